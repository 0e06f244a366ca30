//! The configuration: any text in any setting.
//!
//! The login builds, or each mistake is one sentence without any secret.

use std::time::Duration;

use fncy_login::{Login, LoginBuilder, Setting};

use crate::input::Input;

/// What is in every secret here, and must be in no sentence.
const MARK: &str = "zq9mark";

/// Settings one after the other: which, how long, the text. What isn't set is as it should be.
pub(crate) fn check(data: &[u8]) {
    let mut input = Input::new(data);
    let mut builder = complete();
    builder = choices(builder, input.byte());
    while !input.is_empty() {
        let setting = input.one_of(Setting::ALL);
        let length = input.below(64);
        let text: Vec<u8> = (0..length).map(|_| input.byte()).collect();
        let text = String::from_utf8_lossy(&text);
        // A password in an address is a secret as well.
        let mark = match setting {
            Setting::ClientSecret | Setting::CookieSecret => MARK.to_owned(),
            setting if setting.name().ends_with("_URL") || setting == Setting::RedirectUri => {
                format!("user:{MARK}@")
            }
            _ => String::new(),
        };
        let text = text.replace('\u{1}', &mark);
        builder = builder.set(setting, text);
    }
    match builder.clone().build() {
        Ok(login) => {
            let base = login.site().base();
            assert!(base.is_empty() || login.site().redirect_uri().ends_with("/auth/callback"));
            assert!(!format!("{login:?} {builder:?}").contains(MARK));
        }
        Err(error) => error.mistakes().for_each(assert_sentence),
    }
}

fn complete() -> LoginBuilder {
    let vars = [
        ("FNCY_BASE_URL", "http://127.0.0.1:4000"),
        ("FNCY_CLIENT_ID", "client"),
        ("FNCY_CLIENT_SECRET", "a secret of zq9mark"),
        ("FNCY_REDIRECT_URI", "https://app.example/auth/callback"),
        ("FNCY_USERINFO_URL", "http://127.0.0.1:4000/me"),
        (
            "FNCY_COOKIE_SECRET",
            "0123456789abcdefghijklmnopqrstuvwxyzzq9mark=",
        ),
    ];
    Login::builder().env_from(vars.map(|(name, value)| (name, value.to_owned())))
}

/// Choices that are no text.
fn choices(builder: LoginBuilder, bits: u8) -> LoginBuilder {
    let mut builder = builder;
    if bits & 1 != 0 {
        builder = builder.idle_timeout(Duration::from_secs(u64::from(bits)));
    }
    if bits & 2 != 0 {
        builder = builder.session_lifetime(Duration::from_secs(u64::MAX));
    }
    if bits & 4 != 0 {
        builder = builder.signed_cookies();
    }
    if bits & 8 != 0 {
        builder = builder.protected_prefix("/a*");
    }
    if bits & 16 != 0 {
        builder = builder.trusted_origin("https://other.example/\n");
    }
    builder
}

fn assert_sentence(sentence: &str) {
    assert!(!sentence.contains(MARK), "{sentence}");
    assert!(!sentence.contains(char::is_control), "{sentence:?}");
    assert!(sentence.ends_with('.'), "{sentence}");
    let is_named = Setting::ALL
        .iter()
        .any(|setting| sentence.starts_with(setting.name()));
    let is_general =
        sentence.starts_with("The ") || sentence.starts_with('`') || sentence.starts_with("No ");
    assert!(is_named || is_general, "{sentence}");
}
