//! Pages that stay open in one tab while the browser signs in in another.

use fncy_dev_server::DevServer;

use crate::app::{CALLBACK, authorize, code_request, text, token, user_data};
use crate::browser::Browser;
use crate::client::query;

#[test]
fn a_stale_sign_in_form_continues_as_the_signed_in_user() {
    let server = DevServer::start().unwrap();
    let mut browser = Browser::new(&server);
    let first = browser.get(&authorize(&[]));
    let second = browser.get(&authorize(&[("state", "second")]));
    let reply = browser.submit(&first, "/sign-in", &[("user", "alex")]);
    let first = browser.follow(&reply);
    let signed_in = browser.cookie.clone();

    for fields in [("user", "haneul"), ("decision", "cancel")] {
        let reply = browser.submit(&second, "/sign-in", &[fields]);
        assert!(reply.location().starts_with("/consent?page="));
        let page = browser.follow(&reply).body;
        assert!(page.contains("Alex") && !page.contains("김하늘"), "{page}");
        assert_eq!(browser.cookie, signed_in, "the user stays the same");
    }

    browser.submit(&first, "/consent", &[("decision", "allow")]);
    let reply = browser.submit(&second, "/sign-in", &[("user", "haneul")]);
    let answer = reply.location();
    assert!(answer.starts_with(CALLBACK));
    assert_eq!(query(answer, "state").as_deref(), Some("second"));
    let tokens = token(&server, &code_request(&query(answer, "code").unwrap())).json();
    let user = user_data(&server, text(&tokens, "access_token")).body;
    assert!(user.contains("Alex"), "{user}");
}

#[test]
fn a_stale_consent_form_grants_nothing() {
    let server = DevServer::start().unwrap();
    let mut browser = Browser::new(&server);
    let page = browser.get(&authorize(&[]));
    let reply = browser.submit(&page, "/sign-in", &[("user", "alex")]);
    let stale = reply.location().to_owned();
    let first = browser.get(&stale);
    let second = browser.get(&authorize(&[]));
    let reply = browser.submit(&second, "/consent", &[("decision", "switch")]);
    let second = browser.follow(&reply);
    browser.submit(&second, "/sign-in", &[("user", "haneul")]);

    let allowed = browser.submit(&first, "/consent", &[("decision", "allow")]);
    let reloaded = browser.get(&stale);
    for reply in [allowed, reloaded] {
        assert!(reply.location().starts_with("/consent?page="));
        assert!(browser.follow(&reply).body.contains("김하늘"));
    }
    for user in ["haneul", "alex"] {
        let page = browser.get(&authorize(&[("prompt", "login")]));
        let reply = browser.submit(&page, "/sign-in", &[("user", user)]);
        assert!(reply.location().starts_with("/consent?page="), "{user}");
    }
}

#[test]
fn a_stale_page_with_prompt_login_asks_for_the_sign_in_again() {
    let server = DevServer::start().unwrap();
    let mut browser = Browser::new(&server);
    let asked = browser.get(&authorize(&[("prompt", "login")]));
    let reply = browser.submit(&asked, "/sign-in", &[("user", "alex")]);
    let consent = browser.follow(&reply);
    let waiting = browser.get(&authorize(&[("prompt", "login")]));
    browser.allow(&authorize(&[("prompt", "login")]), "alex");

    for (page, path) in [(waiting, "/sign-in"), (consent, "/consent")] {
        let reply = browser.submit(&page, path, &[("user", "alex"), ("decision", "allow")]);
        assert!(reply.location().starts_with("/sign-in?page="), "{path}");
    }
}

#[test]
fn a_used_page_leads_to_the_application() {
    let server = DevServer::start().unwrap();
    let mut browser = Browser::new(&server);
    let page = browser.get(&authorize(&[]));
    let reply = browser.submit(&page, "/sign-in", &[("user", "alex")]);
    let consent = reply.location().to_owned();
    let page = browser.follow(&reply);
    browser.submit(&page, "/consent", &[("decision", "allow")]);

    let back = browser.get(&consent);
    assert!(back.location().starts_with(CALLBACK));
    assert!(query(back.location(), "code").is_some());
}

#[test]
fn an_unknown_page_is_explained() {
    let (server, restarted) = (DevServer::start().unwrap(), DevServer::start().unwrap());
    let page = Browser::new(&server).get(&authorize(&[]));
    let mut browser = Browser::new(&restarted);
    browser.allow(&authorize(&[]), "alex");
    for reply in [
        browser.submit(&page, "/sign-in", &[("user", "alex")]),
        browser.get("/consent?page=unknown"),
        browser.get("/sign-in"),
    ] {
        assert_eq!((reply.status, reply.header("location")), (400, None));
        assert!(reply.body.contains("restarted"), "{}", reply.body);
    }
}
