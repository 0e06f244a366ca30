//! The pages, and the sessions that they belong to.

use fncy_dev_server::{DEMO_PASSWORD, DemoUser, DevServer, Endpoint};

use crate::app::{CALLBACK, authorize};
use crate::browser::{Browser, token};
use crate::client::{query, send};

#[test]
fn the_application_learns_of_a_cancel() {
    let server = DevServer::start().unwrap();
    let mut browser = Browser::new(&server);
    let page = browser.get(&authorize(&[]));
    let reply = browser.submit(&page, "/sign-in", &[("user", "alex")]);
    let page = browser.follow(&reply);
    let answer = browser.submit(&page, "/consent", &[("decision", "cancel")]);
    assert!(answer.location().starts_with(CALLBACK));
    assert_eq!(
        query(answer.location(), "error").as_deref(),
        Some("access_denied")
    );
    assert_eq!(
        query(answer.location(), "state").as_deref(),
        Some("a state & more")
    );
    assert!(query(answer.location(), "error_description").is_some());

    let page = Browser::new(&server).get(&authorize(&[]));
    let mut other = Browser::new(&server);
    other.get(&authorize(&[]));
    let stolen = other.submit(&page, "/sign-in", &[("decision", "cancel")]);
    assert_eq!(stolen.status, 400, "a page belongs to one browser");
}

#[test]
fn sign_in_with_the_password() {
    let server = DevServer::start().unwrap();
    let mut browser = Browser::new(&server);
    let page = browser.get(&authorize(&[]));
    let before = browser.cookie.clone();
    let wrong = browser.submit(
        &page,
        "/sign-in",
        &[("username", "jun"), ("password", "guess")],
    );
    let page = browser.follow(&wrong);
    assert!(page.body.contains("role=\"alert\""));
    let fields = [("username", "jun"), ("password", DEMO_PASSWORD)];
    let consent = browser.submit(&page, "/sign-in", &fields);
    assert!(consent.location().starts_with("/consent?page="));
    assert_ne!(browser.cookie, before, "a sign-in replaces the session ID");
    let again = browser.submit(&page, "/sign-in", &[("user", "alex")]);
    let again = browser.follow(&again).body;
    assert!(
        again.contains("Jun Park"),
        "a form is accepted once: {again}"
    );
}

#[test]
fn the_sign_in_is_in_the_browsers_language() {
    let server = DevServer::start().unwrap();
    for (languages, tag, sign_in, allow) in [
        ("ko-KR,ko;q=0.9,en;q=0.8", "ko", "로그인", "허용"),
        ("fr-FR,en-US;q=0.8,ko;q=0.2", "en", "Sign in", "Allow"),
        ("*", "en", "Sign in", "Allow"),
    ] {
        let mut browser = Browser::new(&server);
        browser.languages = languages;
        let page = browser.get(&authorize(&[("prompt", "consent")]));
        let reply = browser.submit(&page, "/sign-in", &[("user", "alex")]);
        let consent = browser.follow(&reply);
        for (page, button) in [(page, sign_in), (consent, allow)] {
            let (lang, label) = (
                format!("<html lang=\"{tag}\">"),
                format!(">{button}</button>"),
            );
            assert!(
                page.body.contains(&lang) && page.body.contains(&label),
                "{}",
                page.body
            );
            assert!(!page.body.contains("{}"), "{}", page.body);
        }
    }
}

#[test]
fn session_and_consent_are_remembered_until_the_prompt_asks() {
    let server = DevServer::start().unwrap();
    let mut browser = Browser::new(&server);
    let error = |reply: &crate::client::Reply| query(reply.location(), "error").unwrap();
    assert_eq!(
        error(&browser.get(&authorize(&[("prompt", "none")]))),
        "login_required"
    );
    browser.allow(&authorize(&[]), "alex");
    assert!(query(browser.get(&authorize(&[])).location(), "code").is_some());
    assert!(
        query(
            browser.get(&authorize(&[("prompt", "none")])).location(),
            "code"
        )
        .is_some()
    );
    let wider = authorize(&[("prompt", "none"), ("scope", "profile admin")]);
    assert_eq!(error(&browser.get(&wider)), "consent_required");
    assert!(
        browser
            .get(&authorize(&[("prompt", "consent")]))
            .body
            .contains("Allow access?")
    );

    let page = browser.get(&authorize(&[("prompt", "login")]));
    let reply = browser.submit(&page, "/sign-in", &[("user", "alex")]);
    assert!(
        query(reply.location(), "code").is_some(),
        "the consent is remembered"
    );

    let out = browser.get("/sign-out?return_to=http%3A%2F%2Flocalhost%3A3000%2Fbye");
    assert_eq!(out.location(), "http://localhost:3000/bye");
    assert_eq!(
        browser
            .get("/sign-out?return_to=https%3A%2F%2Fevil.test")
            .status,
        400
    );
    assert_eq!(
        error(&browser.get(&authorize(&[("prompt", "none")]))),
        "login_required"
    );
}

#[test]
fn another_user_can_be_chosen_at_consent() {
    let server = DevServer::start().unwrap();
    let mut browser = Browser::new(&server);
    let page = browser.get(&authorize(&[]));
    let reply = browser.submit(&page, "/sign-in", &[("user", "alex")]);
    let page = browser.follow(&reply);
    let reply = browser.submit(&page, "/consent", &[("decision", "switch")]);
    let page = browser.follow(&reply);
    let reply = browser.submit(&page, "/sign-in", &[("user", "haneul")]);
    assert!(browser.follow(&reply).body.contains("김하늘"));
}

#[test]
fn a_registered_redirect_uri_is_matched_exactly() {
    let server = DevServer::builder()
        .redirect_uri("https://app.test/cb")
        .start()
        .unwrap();
    let mut browser = Browser::new(&server);
    let to = |uri| authorize(&[("redirect_uri", uri), ("redirect_url", "")]);
    let page = browser.get(&to("https://app.test/cb"));
    let policy = page.header("content-security-policy").unwrap();
    assert!(
        policy.ends_with("form-action 'self' https://app.test"),
        "{policy}"
    );
    for bad in ["https://app.test/cb/", "http://localhost:3000/cb"] {
        let reply = browser.get(&to(bad));
        assert_eq!((reply.status, reply.header("location")), (400, None));
    }
}

#[test]
fn names_are_text_and_not_markup() {
    let mallory = DemoUser::new("\"><script>", "<img src=x>");
    let server = DevServer::builder()
        .client("<b>app", "s")
        .users(vec![mallory])
        .start()
        .unwrap();
    let page = Browser::new(&server).get(&authorize(&[("client_id", "<b>app")]));
    let front = Browser::new(&server).get("/");
    for page in [page, front] {
        assert_eq!(page.status, 200);
        for markup in ["<script", "<img", "<b>"] {
            assert!(!page.body.contains(markup), "{markup}");
        }
    }
}

#[test]
fn only_loopback_hosts_get_a_response() {
    let server = DevServer::start().unwrap();
    let port = server.base_url().rsplit_once(':').unwrap().1;
    let status = |host: &str| {
        send(server.base_url(), "GET", "/", &[("Host", host)], "")
            .unwrap()
            .status
    };
    for own in ["127.0.0.1", "localhost", "[::1]"] {
        assert_eq!(status(&format!("{own}:{port}")), 200, "{own}");
    }
    for other in ["evil.test", "localhost", "127.0.0.1:1"] {
        assert_eq!(status(other), 421, "{other}");
    }
    assert_eq!(server.request_count(Endpoint::Authorize), 0);
    assert_eq!(Browser::new(&server).get("/nowhere").status, 404);
}

#[test]
fn page_tokens_are_long_and_differ() {
    let server = DevServer::start().unwrap();
    let mut browser = Browser::new(&server);
    let (one, two) = (browser.get(&authorize(&[])), browser.get(&authorize(&[])));
    assert_ne!(token(&one), token(&two));
    assert!(token(&one).len() > 40);
}
