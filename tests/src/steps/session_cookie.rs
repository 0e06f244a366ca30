//! The session cookie as text, and the effect of a changed cookie.

use fncy_dev_server::{Endpoint, Fault};

use crate::browser::{Page, RawResponse, Tab};
use crate::harness::Harness;
use crate::world::World;

pub(crate) const SESSION: &str = "__Host-fncy_session";

/// The result of a request whose cookie was changed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// The user is signed in and has tokens.
    Whole(String),
    /// The user is signed in. A request for the tokens gets an error, and ends the session.
    Tokenless(String),
    /// No user. Every session cookie that was sent is cleared, once.
    Cleared,
    /// No user, and no cookie is cleared.
    Kept,
}

impl Fate {
    pub(crate) fn whole(user: &str) -> Self {
        Self::Whole(user.to_owned())
    }

    pub(crate) fn tokenless(user: &str) -> Self {
        Self::Tokenless(user.to_owned())
    }
}

/// Requests a page and the tokens.
pub(crate) async fn fate(world: &World, cookies: impl AsRef<[u8]>) -> Fate {
    let cookies = cookies.as_ref();
    let before = world.calls.all().len();
    let page = world.ask("/page", cookies).await;
    let text = page.text();
    let Some(user) = text.strip_prefix("user=") else {
        assert_eq!(page.status, 401, "{text}");
        assert_eq!(world.calls.all().len(), before, "the application is called");
        return match cleared(&page).as_slice() {
            [] => Fate::Kept,
            names => {
                assert_eq!(names, sent(cookies), "cleared, and once");
                Fate::Cleared
            }
        };
    };
    assert_eq!(page.header("set-cookie"), None);
    let token = world.ask("/token", cookies).await;
    if token.status == 200 {
        assert!(token.body.len() > 20, "{}", token.text());
        return Fate::whole(user);
    }
    assert_eq!(token.status, 401);
    assert!(token.text().contains("\"code\":\"tokens_unusable\""));
    assert_eq!(cleared(&token), sent(cookies), "the session ends");
    Fate::tokenless(user)
}

/// The names of the cookies that an answer clears. It sets no cookie.
pub(crate) fn cleared(response: &RawResponse) -> Vec<String> {
    let removal = "=; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=0";
    let lines = response.headers_named("set-cookie");
    let names = lines.map(|line| {
        let line = String::from_utf8_lossy(line);
        let name = line.strip_suffix(removal);
        name.unwrap_or_else(|| panic!("it sets {line}")).to_owned()
    });
    let mut names: Vec<_> = names.collect();
    names.sort_unstable();
    names
}

/// The names of the session cookies that a header has.
pub(crate) fn sent(cookies: &[u8]) -> Vec<String> {
    let names = cookies.split(|byte| *byte == b';').filter_map(|pair| {
        let name = pair.split(|byte| *byte == b'=').next()?;
        String::from_utf8(name.trim_ascii().to_vec()).ok()
    });
    let mut names: Vec<_> = names.filter(|name| name.starts_with(SESSION)).collect();
    names.sort_unstable();
    names.dedup();
    names
}

pub(crate) fn session(value: impl AsRef<[u8]>) -> Vec<u8> {
    [SESSION.as_bytes(), b"=", value.as_ref()].concat()
}

/// A world with a signed-in user, and the value of the session cookie.
pub(crate) async fn signed_in(harness: Harness) -> (World, String) {
    let world = World::new(harness);
    world
        .visit_and_sign_in(&mut world.tab(), "/page", "alex")
        .await;
    let value = world.session_cookie();
    (world, value)
}

/// The value of the session cookie of a person who signs in with another browser.
pub(crate) async fn elsewhere(world: &World, user: &str) -> String {
    let mut tab = world.stranger().tab();
    let location = world.start(&mut tab, "/page").await;
    let callback = world.approve(&location, user).await;
    tab.visit(&callback).await;
    let jar = tab.browser().jar();
    jar.get(SESSION).unwrap().value().into_owned()
}

pub(crate) async fn sign_in_with_token(
    world: &World,
    tab: &mut Tab,
    user: &str,
    length: usize,
) -> (String, Page) {
    let token = "t".repeat(length);
    let body = format!(r#"{{"access_token":"{token}","token_type":"bearer","expires_in":3600}}"#);
    let location = world.start(tab, "/auth/login?return_to=/token").await;
    let callback = world.approve(&location, user).await;
    world
        .provider
        .fault(Endpoint::Token, Fault::status(200).json(&body).once());
    let data = Fault::status(200).json(&format!(r#"{{"id":"{user}"}}"#));
    world.provider.fault(Endpoint::UserData, data.once());
    let page = tab.visit(&callback).await;
    world.provider.clear_faults();
    (token, page)
}
