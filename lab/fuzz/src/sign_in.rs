//! A sign-in, with the parts of the browser and the provider.

use fncy_login_core::{Core, Exchange, ProviderResult, Reply};

use crate::app::{self, NOW, Outcome};
use crate::jar::Jar;
use crate::reply::{set_cookies, values};
use crate::request::Request;

/// A login under way.
pub(crate) struct Started {
    pub(crate) state: String,
    pub(crate) jar: Jar,
    /// Sessions of different seeds are different ones.
    pub(crate) seed: u8,
}

/// A login that comes back to `return_to`, which is sent as it stands.
pub(crate) fn start(core: &Core, return_to: &str) -> Started {
    let base = core.site().base();
    let page = Request::get(&format!("{base}/auth/login?return_to={return_to}"));
    let page = page.header("accept", "text/html");
    started(&app::reply_to(core, &page, NOW))
}

/// The login that a reply starts, in a browser without cookies.
pub(crate) fn started(reply: &Reply) -> Started {
    let location = url::Url::parse(values(reply, "location")[0]).unwrap();
    let mut state = location.query_pairs().filter(|(name, _)| name == "state");
    let (_, state) = state.next().unwrap();
    let mut jar = Jar::default();
    for line in set_cookies(reply) {
        jar.take(line, NOW.as_unix());
    }
    Started {
        state: state.into_owned(),
        jar,
        seed: 0,
    }
}

/// The callback of a login, with what the provider then answers.
pub(crate) fn come_back(
    core: &Core,
    started: &Started,
    answer: impl FnMut(Exchange<'_>) -> ProviderResult,
) -> Reply {
    let base = core.site().base();
    let target = format!("{base}/auth/callback?code=c&state={}", started.state);
    let request = Request::get(&target).header("cookie", started.jar.header(NOW.as_unix()));
    match app::settle_from(started.seed, core, &request, NOW, answer) {
        Outcome::Reply(reply) => *reply,
        Outcome::Admit(admission) => panic!("a callback is admitted: {admission:?}"),
    }
}

/// A sign-in that succeeds, unless its session is too large.
pub(crate) fn sign_in(core: &Core, user: &str, access_token: &str) -> Reply {
    let started = Started {
        seed: user.as_bytes()[0],
        ..start(core, "/page")
    };
    come_back(core, &started, |exchange| match exchange {
        Exchange::Redeem(_) => app::response(200, token_answer(access_token)),
        _ => app::response(200, format!(r#"{{"id":"{user}"}}"#)),
    })
}

/// What a token endpoint answers: tokens for a month.
fn token_answer(access_token: &str) -> String {
    format!(
        r#"{{"access_token":"{access_token}","token_type":"bearer","expires_in":2592000,"refresh_token":"r"}}"#
    )
}
