//! Answers of the token endpoint, and their effect on a redemption and on a refresh.

use std::sync::atomic::{AtomicUsize, Ordering};

use fncy_dev_server::{Endpoint, Fault};

use crate::browser::{Page, Tab};
use crate::steps::callback::assert_failure;
use crate::steps::session::LIFE;
use crate::world::wire_provider::WireProvider;
use crate::world::{APP, SCRIPTED, World};

/// The kind of a token request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grant {
    Code,
    RefreshToken,
}

impl Grant {
    pub(crate) const BOTH: [Self; 2] = [Self::Code, Self::RefreshToken];
}

/// The answer to the next token request.
pub(crate) trait Answers {
    fn prepare(&self, world: &World);

    /// The number of requests that the endpoint has received.
    fn hears(&self) -> u64 {
        1
    }
}

impl Answers for Fault {
    fn prepare(&self, world: &World) {
        world.provider.fault(Endpoint::Token, self.clone().once());
    }
}

impl Answers for WireProvider {
    fn prepare(&self, world: &World) {
        world.restart_with(self);
    }

    fn hears(&self) -> u64 {
        u64::from(self.is_there())
    }
}

/// A token answer with these members, each after its comma, beside the access token.
pub(crate) fn tokens(members: &str) -> Fault {
    Fault::status(200).json(&format!("{{{ACCESS_TOKEN}{members}}}"))
}

/// A token answer with these members and a refresh token that is used once in all tests.
pub(crate) fn refreshable(members: &str) -> Fault {
    let token = new_refresh_token();
    tokens(&format!(r#","refresh_token":"{token}"{members}"#))
}

/// A refresh token that is used once in all tests.
pub(crate) fn new_refresh_token() -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(2);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("{SCRIPTED}-{number}")
}

/// The members that a token answer needs.
pub(crate) const ACCESS_TOKEN: &str = r#""access_token":"scripted-token","token_type":"bearer""#;

/// A protected page.
pub(crate) const PAGE: &str = "https://app.example/page";

/// A callback of a sign-in under way. The browser may have a session too.
async fn callback(world: &World, tab: &mut Tab) -> String {
    let location = world.start(tab, "/auth/login?return_to=/page").await;
    world.approve(&location, "alex").await
}

/// A new session with the dev server's tokens.
pub(crate) async fn sign_in_anew(world: &World) -> Tab {
    let mut tab = world.tab();
    let callback = callback(world, &mut tab).await;
    assert_eq!(tab.visit(&callback).await.text(), "user=alex");
    tab
}

/// A new session with the tokens of this answer.
pub(crate) async fn accepted(world: &World, grant: Grant, answer: &impl Answers) -> Tab {
    let mut tab = world.tab();
    let next = match grant {
        Grant::Code => {
            answer.prepare(world);
            callback(world, &mut tab).await
        }
        Grant::RefreshToken => {
            sign_in_anew(world).await;
            world.advance(LIFE + 1);
            answer.prepare(world);
            PAGE.to_owned()
        }
    };
    let user = Fault::status(200).json(r#"{"id":"alex"}"#);
    world.provider.fault(Endpoint::UserData, user.once());
    let page = tab.visit(&next).await;
    assert_eq!(page.text(), "user=alex", "{grant:?}");
    let token = tab.get(&format!("{APP}/token")).await;
    assert_eq!(token.text(), SCRIPTED, "{grant:?}");
    tab
}

/// The answer to a code leads to an error page, and an older session stays as it was.
pub(crate) async fn assert_no_sign_in(
    world: &World,
    answer: &impl Answers,
    status: u16,
    code: &str,
) -> Page {
    let mut tab = world.tab();
    let session = world.cookies("__Host-fncy_session");
    let before = (!session.is_empty()).then(|| world.session_cookie());
    answer.prepare(world);
    let callback = callback(world, &mut tab).await;
    let seen = Seen::by(world);
    let page = tab.get(&callback).await;
    assert_failure(&page, status, code);
    assert_eq!(page.header("retry-after").is_some(), status == 503);
    assert_eq!(page.links()[0].href, "/auth/login?return_to=%2Fpage");
    assert_eq!(world.cookies("__Host-fncy_login"), [""; 0]);
    let after = before.as_ref().map(|_| world.session_cookie());
    assert_eq!(before, after, "an older session stays");
    assert_eq!(world.cookies("__Host-fncy_session"), session);
    assert_eq!(seen.since(world), (answer.hears(), 0, 0), "one request");
    assert!(world.logged().contains(code));
    page
}

/// While the access token lives, the answer to a refresh has no effect on the user.
pub(crate) async fn assert_unnoticed(world: &World, answer: &impl Answers) {
    world.restart();
    let mut tab = sign_in_anew(world).await;
    world.advance(LIFE - 5);
    answer.prepare(world);
    let seen = Seen::by(world);
    let page = tab.get(PAGE).await;
    assert_eq!(page.text(), "user=alex");
    assert_eq!(page.header("set-cookie"), None);
    assert_eq!(seen.since(world), (answer.hears(), 0, 1));
}

/// After the access token has expired, requests get 503, and the session stays.
pub(crate) async fn assert_kept(world: &World, answer: &impl Answers) -> Page {
    world.restart();
    let mut tab = sign_in_anew(world).await;
    world.advance(LIFE + 1);
    answer.prepare(world);
    let seen = Seen::by(world);
    // At once, since a token that failed rests for a second only.
    let script = tab.clone();
    let (page, fetched) = tokio::join!(tab.get(PAGE), script.fetch(PAGE));
    assert_failure(&page, 503, "provider_unavailable");
    assert_offers_sign_in(&page, &fetched);
    for answer in [&page, &fetched] {
        assert!(answer.header("retry-after").is_some());
        assert_eq!(answer.header("set-cookie"), None);
    }
    assert_eq!(
        seen.since(world),
        (answer.hears(), 0, 0),
        "asked once, for both"
    );
    page
}

/// After the access token has expired, the refresh token is dead.
///
/// At the second request at the latest, a person is redirected to sign in, and a script gets the address. The cookie
/// stays, and the provider isn't asked again.
pub(crate) async fn assert_ends_in_sign_in(world: &World, answer: &Fault) {
    world.restart();
    let mut tab = sign_in_anew(world).await;
    world.advance(LIFE + 1);
    world.provider.fault(Endpoint::Token, answer.clone());
    let seen = Seen::by(world);
    let first = tab.get(PAGE).await;
    if first.status == 503 {
        world.resends("the first answer need not be about the token");
    }
    let asked = if first.status == 503 { 2 } else { 1 };
    for _ in 0..3 {
        let page = tab.get(PAGE).await;
        assert_eq!(page.status, 303);
        let location = page.header("location").unwrap();
        assert!(
            location.starts_with(world.provider.base_url()),
            "{location}"
        );
        let fetched = tab.fetch(PAGE).await;
        assert_eq!(fetched.status, 401);
        assert!(fetched.text().contains("login_url"));
        assert_eq!(world.cookies("__Host-fncy_session").len(), 1, "not cleared");
        assert_eq!(seen.since(world), (asked, 0, 0), "asked no more than that");
    }
    world.provider.clear_faults();
    let mut tab = world.tab();
    let page = world.visit_and_sign_in(&mut tab, "/page", "alex").await;
    assert_eq!(page.text(), "user=alex");
}

/// A 503 shows a person and a script how to go on: the same page again, or a sign-in.
pub(crate) fn assert_offers_sign_in(page: &Page, fetched: &Page) {
    let links: Vec<_> = page.links().into_iter().map(|link| link.href).collect();
    assert_eq!(links, ["/page", "/auth/login?return_to=%2Fpage"]);
    assert_eq!(fetched.status, 503);
    let json = Some("application/problem+json");
    assert_eq!(fetched.header("content-type"), json);
    let problem: serde_json::Value = serde_json::from_slice(&fetched.body).unwrap();
    let login_url = problem["login_url"].as_str().unwrap();
    assert_eq!(login_url, "/auth/login?return_to=%2Fpage");
}

/// Both effects of an answer that doesn't concern the session.
pub(crate) async fn assert_nobody_is_signed_out(
    world: &World,
    answer: &impl Answers,
    status: u16,
    code: &str,
) {
    assert_no_sign_in(world, answer, status, code).await;
    assert_unnoticed(world, answer).await;
    assert_kept(world, answer).await;
}

/// The numbers of requests to the token endpoint, the user data endpoint and the application.
struct Seen(u64, u64, usize);

impl Seen {
    fn by(world: &World) -> Self {
        let user_data = world.provider.request_count(Endpoint::UserData);
        Self(world.token_requests(), user_data, world.calls.all().len())
    }

    fn since(&self, world: &World) -> (u64, u64, usize) {
        let now = Self::by(world);
        (now.0 - self.0, now.1 - self.1, now.2 - self.2)
    }
}

/// A sign-in with this user data.
pub(crate) async fn sign_in_with_user_data(world: &World, answer: Fault) -> Page {
    let mut tab = world.tab();
    let location = world.start(&mut tab, "/auth/login?return_to=/page").await;
    let callback = world.approve(&location, "alex").await;
    world.provider.fault(Endpoint::UserData, answer.once());
    tab.visit(&callback).await
}
