//! A browser that binds its session to a device key, step by step, and one that is hostile.

use fncy_login::LoginBuilder;
use fncy_login_testing::DeviceKey;
use serde_json::Value;
use url::Url;

use crate::browser::{Backend, Browser, Context, RawRequest, RawResponse, Tab};
use crate::harness::{Harness, Served};
use crate::steps::session::page_with;
use crate::world::{APP, World};

/// The prefix of a device cookie's name.
pub(crate) const DEVICE: &str = "__Host-fncy_device_";
/// How long a device cookie is good for the login, in seconds: five minutes, and a minute for clocks that differ.
pub(crate) const GOOD: u64 = 360;
/// How long an unbound copy of a session that was bound since is still served, in seconds.
pub(crate) const YOUNG: u64 = 120;

/// A browser whose session is bound, with what it remembers.
pub(crate) struct Bound {
    pub(crate) tab: Tab,
    pub(crate) key: DeviceKey,
    /// The binding, as the browser names it.
    pub(crate) name: String,
    /// The next challenge.
    pub(crate) challenge: String,
}

/// A world that binds sessions, with a public page and a guarded one.
pub(crate) fn binding(harness: Harness) -> World {
    World::with(harness, |setup| setup.login = Box::new(binds))
}

pub(crate) fn binds(builder: LoginBuilder) -> LoginBuilder {
    builder
        .device_bound()
        .public_path("/maybe")
        .require_device_bound_prefix("/vault")
}

/// A person signs in, and the browser is offered a registration: the tab, and the challenge.
pub(crate) async fn offered(world: &World) -> (Tab, String) {
    let mut tab = world.tab();
    let challenge = sign_in(world, &mut tab).await;
    (tab, challenge)
}

/// Signs in with a tab, and returns the challenge of the offer.
pub(crate) async fn sign_in(world: &World, tab: &mut Tab) -> String {
    let location = world.start(tab, "/page").await;
    let callback = world.approve(&location, "alex").await;
    let arrived = tab.get(&callback).await;
    assert_eq!(arrived.status, 303, "{}", arrived.text());
    let offer = arrived.header("secure-session-registration");
    let offer = offer.expect("an offer to bind the session");
    assert!(offer.starts_with("(ES256);path=\"/auth/device/register\";challenge=\""));
    challenge_in(offer, "challenge=")
}

/// The text after a name, in quotation marks.
fn challenge_in(value: &str, name: &str) -> String {
    let (_, rest) = value.split_once(name).expect(name);
    rest.split('"').nth(1).expect("a text").to_owned()
}

/// The challenge of an answer.
pub(crate) fn challenge_of(answer: &RawResponse) -> String {
    let value = answer.header("secure-session-challenge");
    challenge_in(value.expect("a challenge"), "")
}

/// A person signs in, and the browser registers a key.
pub(crate) async fn bound(world: &World) -> Bound {
    let (tab, offer) = offered(world).await;
    bind(world, tab, &offer).await
}

/// A browser takes an offer.
pub(crate) async fn bind(world: &World, tab: Tab, offer: &str) -> Bound {
    let key = DeviceKey::generate().unwrap();
    let answer = register(&world.app(), &key.registration(offer)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    take(tab.browser(), &answer);
    let instructions = json_of(&answer);
    assert_eq!(instructions["refresh_url"], "/auth/device/refresh");
    assert_eq!(instructions["scope"]["origin"], APP);
    let credential = &instructions["credentials"][0];
    let cookie = credential["name"].as_str().unwrap();
    assert!(cookie.starts_with(DEVICE), "{cookie}");
    assert_eq!(
        credential["attributes"],
        "HttpOnly; SameSite=Lax; Secure; Path=/"
    );
    Bound {
        name: instructions["session_identifier"]
            .as_str()
            .unwrap()
            .to_owned(),
        challenge: challenge_of(&answer),
        key,
        tab,
    }
}

pub(crate) fn json_of(answer: &RawResponse) -> Value {
    serde_json::from_slice(&answer.body).expect("JSON")
}

/// Sends a registration. It has no cookies, as if FNCY's page had caused it.
pub(crate) async fn register(app: &Served, proof: &str) -> RawResponse {
    app.send(post("/auth/device/register").with_header("secure-session-response", proof))
        .await
}

/// Sends a refresh of this binding, perhaps with a proof. It has no cookies.
pub(crate) async fn refresh(app: &Served, name: &str, proof: Option<&str>) -> RawResponse {
    app.send(refresh_request(name, proof)).await
}

pub(crate) fn refresh_request(name: &str, proof: Option<&str>) -> RawRequest {
    let request = post("/auth/device/refresh");
    let request = request.with_header("sec-secure-session-id", format!("\"{name}\""));
    match proof {
        Some(proof) => request.with_header("secure-session-response", proof),
        None => request,
    }
}

fn post(path: &str) -> RawRequest {
    RawRequest::new("POST", path)
        .with_header("host", "app.example")
        .with_header("content-length", "0")
}

/// The browser takes the cookies of an answer to its own request.
pub(crate) fn take(browser: &Browser, answer: &RawResponse) {
    let url = Url::parse(APP).unwrap();
    let lines = answer.headers_named("set-cookie");
    browser.jar().apply(&url, Context::SameSite, lines);
}

/// The number of device cookies that an answer sets.
pub(crate) fn device_cookies(answer: &RawResponse) -> usize {
    let is_set = |line: &&[u8]| {
        line.starts_with(DEVICE.as_bytes()) && !String::from_utf8_lossy(line).contains("Max-Age=0")
    };
    answer.headers_named("set-cookie").filter(is_set).count()
}

/// A refused proof: the code, and no cookie.
pub(crate) fn assert_refused(answer: &RawResponse, what: &str) {
    assert_eq!(answer.status, 400, "{what}: {}", answer.text());
    assert_eq!(json_of(answer)["code"], "device_proof_refused", "{what}");
    assert_eq!(answer.header("set-cookie"), None, "{what}");
}

/// A proof that leads to a new challenge, and to no cookie.
pub(crate) fn assert_challenged(answer: &RawResponse, what: &str) {
    assert_eq!(answer.status, 403, "{what}: {}", answer.text());
    assert!(!challenge_of(answer).is_empty());
    assert_eq!(answer.header("set-cookie"), None, "{what}");
}

/// The end of a binding, as the browser is told.
pub(crate) fn assert_over(answer: &RawResponse) {
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(json_of(answer)["continue"], false);
    assert_eq!(device_cookies(answer), 0);
}

impl Bound {
    /// The browser's cookies, as a thief copies them.
    pub(crate) fn copy(&self) -> Vec<u8> {
        let url = Url::parse(APP).unwrap();
        let header = self.tab.browser().jar().header(&url, Context::SameSite);
        header.unwrap_or_default()
    }

    /// Refreshes the device cookie at an instance, as the browser does when it is gone.
    pub(crate) async fn prove(&mut self, app: &Served) {
        let proof = self.key.proof(&self.challenge);
        let mut answer = refresh(app, &self.name, Some(&proof)).await;
        if answer.status == 403 {
            let proof = self.key.proof(&challenge_of(&answer));
            answer = refresh(app, &self.name, Some(&proof)).await;
        }
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(device_cookies(&answer), 1);
        self.challenge = challenge_of(&answer);
        take(self.tab.browser(), &answer);
    }

    /// Opens a page.
    pub(crate) async fn text(&mut self, path: &str) -> String {
        let page = self.tab.get(&format!("{APP}{path}")).await;
        assert_eq!(page.status, 200, "{path}: {}", page.text());
        page.text().into_owned()
    }
}

/// These cookies have no user, and stay.
pub(crate) async fn is_anonymous(world: &World, app: &Served, cookies: &[u8]) {
    world.may_be_anonymous();
    let answer = app.send(page_with("/page", cookies)).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    let is_session = |line: &[u8]| line.starts_with(b"__Host-fncy_session");
    assert!(!answer.headers_named("set-cookie").any(is_session));
    let greeted = app.send(page_with("/maybe", cookies)).await;
    assert_eq!(greeted.text(), "user=-");
    let asked = app.send(page_with("/auth/session", cookies)).await;
    assert_eq!(asked.status, 401, "{}", asked.text());
}

/// The cookies with this prefix in a `Cookie` header.
pub(crate) fn only(cookies: &[u8], prefix: &str) -> Vec<u8> {
    let text = String::from_utf8(cookies.to_vec()).unwrap();
    let kept = text.split("; ").filter(|pair| pair.starts_with(prefix));
    kept.collect::<Vec<_>>().join("; ").into_bytes()
}
