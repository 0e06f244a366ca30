//! Secrets stay out of logs and pages: each public type with a secret is formatted, and the text is searched.

use std::time::Duration;

use fncy_login::adapter::HeaderChanges;
use fncy_login::dialect::{
    AccountPrompt, ClientAuth, RedirectParam, ScopeSeparator, TokenBody, UserinfoMethod,
};
use fncy_login::{Approval, ConfigError, Login, Setting};
use fncy_login_core::{KeyRing, ProviderAnswer, Secret};

use crate::world::COOKIE_SECRET;

const SECRET: &str = "a-client-secret-that-is-nowhere-else";

fn builder() -> fncy_login::LoginBuilder {
    Login::builder()
        .set(Setting::BaseUrl, "http://127.0.0.1:9")
        .set(Setting::ClientId, "id")
        .set(Setting::ClientSecret, SECRET)
        .set(Setting::RedirectUri, "https://app.example/auth/callback")
        .set(Setting::UserinfoUrl, "http://127.0.0.1:9/user")
        .set(Setting::CookieSecret, COOKIE_SECRET)
}

#[test]
fn debug_shows_no_secret() {
    let login = builder().build().unwrap();
    let answer = ProviderAnswer {
        status: 200,
        retry_after: None,
        body: SECRET.as_bytes().to_vec(),
        sent: Vec::new(),
    };
    let changes = HeaderChanges {
        cookies: vec![SECRET.to_owned()],
        ..HeaderChanges::default()
    };
    let ring = KeyRing::new(SECRET.as_bytes(), &[COOKIE_SECRET]).unwrap();
    let shown = [
        format!("{:?}", builder()),
        format!("{login:?}"),
        format!("{answer:?}"),
        format!("{ring:?}"),
        format!("{:?}", Secret::new(SECRET.to_owned())),
        format!("{changes:?}"),
    ];
    for text in shown {
        assert!(
            !text.contains(SECRET) && !text.contains(COOKIE_SECRET),
            "{text}"
        );
    }
}

#[test]
fn an_address_with_a_password_is_not_quoted() {
    for setting in [Setting::BaseUrl, Setting::RedirectUri] {
        for address in [
            "https://user:hunter2@app.example/auth/callback",
            "http://user:hunter2@app.example/auth/callback",
            "https://user:hunter2@app .example/auth/callback",
            "user:hunter2@app.example/auth/callback",
        ] {
            let error = error(builder().set(setting, address));
            assert!(error.names(setting));
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
    }
}

#[test]
fn of_a_wrong_address_the_host_alone_is_quoted() {
    let address = "http://user:hunter2@fncy.example:8080/hunter2?key=hunter2#hunter2";
    let settings = Setting::ALL.iter();
    let addresses = settings.filter(|setting| setting.name().ends_with("_URL"));
    for setting in addresses.chain([&Setting::RedirectUri]) {
        let error = error(builder().set(*setting, address));
        let sentence = error.to_string();
        let place = format!("{} (http://fncy.example:8080) must begin", setting.name());
        assert!(sentence.contains(&place), "{sentence}");
        assert!(!sentence.contains("hunter2"), "{sentence}");
    }
    for wrong in [
        builder().trusted_origin("https://user:hunter2@a.example/hunter2"),
        builder().trusted_origin("hunter2"),
        builder().set(Setting::AuthorizeParams, "?key=hunter2"),
        builder().set(
            Setting::RedirectUri,
            "https://app.example/auth/callback?hunter2",
        ),
        builder().set(Setting::TokenUrl, "fncy.example/token?key=hunter2"),
    ] {
        let sentence = error(wrong).to_string();
        assert!(!sentence.contains("hunter2"), "{sentence}");
    }
    let shown = builder().set(Setting::AuthorizeUrl, "https://fncy.example/a?key=hunter2");
    let core_shows = format!("{:?}", shown.build().unwrap());
    assert!(!core_shows.contains("hunter2"), "{core_shows}");
}

#[test]
fn a_wrong_secret_is_not_quoted() {
    for wrong in ["too-short", "{not base64, nor hex!}", &"a".repeat(64)] {
        let error = error(builder().set(Setting::CookieSecret, wrong));
        assert!(error.names(Setting::CookieSecret));
        assert!(!error.to_string().contains(wrong), "{error}");
    }
}

#[test]
fn a_secret_is_a_setting_or_in_a_file() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let twice = error(builder().set(Setting::CookieSecretFile, file));
    let sentence = "FNCY_COOKIE_SECRET_FILE is set beside FNCY_COOKIE_SECRET; set one of them.";
    assert_eq!(twice.mistakes().collect::<Vec<_>>(), [sentence]);
    let none = builder().set(Setting::ClientSecret, "");
    let none = error(none.set(Setting::ClientSecretFile, "/a-pasted-secret"));
    assert!(none.names(Setting::ClientSecretFile), "{none}");
    assert!(!none.to_string().contains("pasted"), "{none}");
    let in_file = builder()
        .set(Setting::CookieSecret, "")
        .set(Setting::CookieSecretFile, file);
    assert!(
        error(in_file).names(Setting::CookieSecret),
        "what is in it is no secret"
    );
}

#[test]
fn a_main_that_returns_the_error_shows_its_sentences() {
    let error = error(Login::builder());
    assert_eq!(format!("{error:?}"), error.to_string());
}

fn error(builder: fncy_login::LoginBuilder) -> ConfigError {
    builder.build().unwrap_err()
}

#[test]
fn every_mistake_is_reported_at_once() {
    let nothing = error(Login::builder());
    let required = [
        Setting::BaseUrl,
        Setting::ClientId,
        Setting::ClientSecret,
        Setting::RedirectUri,
        Setting::UserinfoUrl,
        Setting::CookieSecret,
    ];
    assert_eq!(nothing.mistakes().count(), required.len() + 1, "{nothing}");
    let hint = "`fncy-dev-server --env` prints settings";
    assert!(
        nothing.mistakes().next().unwrap().contains(hint),
        "{nothing}"
    );
    let almost = error(Login::builder().set(Setting::ClientId, "id"));
    assert!(!almost.to_string().contains(hint), "{almost}");
    for setting in required {
        let sentence = format!("{} is not set; it must be ", setting.name());
        assert!(nothing.to_string().contains(&sentence), "{nothing}");
    }
}

#[test]
fn an_empty_variable_replaces_no_value() {
    let wrong = "ftp://fncy.example";
    for empty in ["", " \n"] {
        let variable = [(Setting::TokenUrl.name(), empty.to_owned())];
        let kept = error(builder().token_url(wrong).env_from(variable));
        assert!(kept.to_string().contains("`token_url`"), "{kept}");
    }
    let cleared = builder().token_url(wrong).set(Setting::TokenUrl, "");
    assert!(cleared.build().is_ok(), "code can still clear it");
}

#[test]
fn quotation_marks_are_named_for_every_setting() {
    let in_quotes = "is in quotation marks; write it without them";
    for setting in Setting::ALL {
        for value in ["\"xyzzy\"", "'xyzzy'", "\"\"", " 'xyzzy'\n"] {
            let error = error(builder().set(*setting, value));
            let sentence = format!("{} {in_quotes}.", setting.name());
            let found = error.mistakes().filter(|found| *found == sentence);
            assert_eq!(found.count(), 1, "{value:?}: {error}");
        }
    }
    let secret = error(builder().set(Setting::ClientSecret, "\"xyzzy\""));
    assert_eq!(secret.mistakes().count(), 1, "{secret}");
    assert!(!secret.to_string().contains("xyzzy"), "{secret}");
    for legitimate in ["it's", "a\"b", "\"", "'", "\"a'", " ", " a\n"] {
        let built = builder().set(Setting::Scope, legitimate).build();
        assert!(built.is_ok(), "{legitimate:?}: {built:?}");
    }
}

#[test]
fn each_wrong_value_is_named_with_what_to_write() {
    for (setting, value, hint) in [
        (
            Setting::BaseUrl,
            "fncy.example",
            "write one that begins with https://",
        ),
        (
            Setting::BaseUrl,
            "http://fncy.example",
            "must begin with https://",
        ),
        (Setting::TokenUrl, "https://a@fncy.example", "no user"),
        (
            Setting::UserinfoUrl,
            "ftp://fncy.example",
            "must begin with https://",
        ),
        (
            Setting::RedirectUri,
            "https://app.example/",
            "only the callback's, such as https://app.example/auth/callback",
        ),
        (
            Setting::RedirectUri,
            "http://app.example/auth/callback",
            "localhost only",
        ),
        (
            Setting::RedirectUri,
            "https://app.example:443/auth/callback",
            "as browsers write it, here and where it is registered with FNCY: https://app.example/auth/callback",
        ),
        (
            Setting::AuthorizeUrl,
            "https://fncy.example/a?state=x",
            "has state, which the login sets",
        ),
        (Setting::AuthorizeParams, "request_uri=x", "has request_uri"),
        (Setting::TokenBody, "xml", "write one of: json, form"),
        (Setting::ClientAuth, "post", "write one of: body, basic"),
        (
            Setting::RedirectParam,
            "uri",
            "write one of: both, redirect_uri, redirect_url",
        ),
        (
            Setting::AuthorizeParams,
            "prompt=login&state=x",
            "has state, which the login sets",
        ),
        (
            Setting::AuthorizeParams,
            "?prompt=consent",
            "begins with ? or &; write it without",
        ),
        (Setting::AuthorizeParams, "&a=b", "begins with ? or &"),
        (
            Setting::RedirectUri,
            "https://m\u{fc}nchen.example/auth/callback",
            "registered with FNCY: https://xn--mnchen-3ya.example/auth/callback",
        ),
        (
            Setting::RedirectUri,
            "https://APP.example/./auth/callback",
            "registered with FNCY: https://app.example/auth/callback",
        ),
        (
            Setting::RedirectUri,
            "https://app.example/auth/callback, https://b.example/auth/callback",
            "has a comma between two addresses; write a space between them",
        ),
        (
            Setting::RedirectUri,
            "https://app.example/auth/callback,https://b.example/auth/callback",
            "has a comma between two addresses; write a space between them",
        ),
        (
            Setting::RedirectUri,
            "https://app.example/auth/callback https://b.example/sub/auth/callback",
            "another path at b.example than in its first address; write the same path at each host",
        ),
        (
            Setting::RedirectUri,
            "https://app.example/auth/callback https://b.example/signed-in",
            "another path at b.example than in its first address",
        ),
        (
            Setting::RedirectUri,
            "https://app.example/auth/callback https://app.example:8443/auth/callback",
            "names the host app.example twice; write one address for each host",
        ),
        (
            Setting::RedirectUri,
            "https://app.example/auth/callback https://b.example",
            "(https://b.example) must be written as browsers write it",
        ),
        (Setting::UserId, "id", "write a JSON pointer"),
        (Setting::UserEmail, "email", "write a JSON pointer"),
        (Setting::CookieName, "a;b", "letters, digits and hyphens"),
        (
            Setting::CookieSecret,
            "changeme",
            "at least 32 random bytes",
        ),
        (Setting::BaseStripped, "yes", "write one of: 0, 1"),
        (
            Setting::DangerInsecureCookies,
            "1",
            "redirect URI on localhost only",
        ),
    ] {
        let error = error(builder().set(setting, value));
        assert_eq!(error.mistakes().count(), 1, "{error}");
        assert!(error.names(setting), "{error}");
        assert!(error.to_string().contains(hint), "{error}");
        assert!(error.to_string().contains(setting.name()), "{error}");
    }
    let sub = || {
        builder().set(
            Setting::RedirectUri,
            "https://app.example/sub/auth/callback",
        )
    };
    for (wrong, hint) in [
        (sub().protected_prefix("/sub/admin"), "without it"),
        (
            sub().public_path("/auth/login"),
            "The path \"/auth/login\" is an endpoint of the login itself",
        ),
        (
            builder().protected_prefix("/auth/logout/"),
            "no rule changes; remove the rule",
        ),
        (
            builder().require_prefix("/files/index.html", |_| true),
            "write \"/files/\", which protects all",
        ),
        (
            builder().protected_prefix("/Index.HTM/"),
            "write \"/\", which",
        ),
        (
            sub().home_path("admin"),
            "The home path \"admin\" is not a plain path",
        ),
        (builder().public_prefix(""), "\"\" is not a plain path"),
        (
            builder().protected_prefix("/admin/*"),
            "is not a plain path",
        ),
        (builder().public_path("/item/{id}"), "is not a plain path"),
        (
            builder().public_path("assets"),
            "\"assets\" is not a plain path",
        ),
        (
            builder().background_path("events"),
            "\"events\" is not a plain path; write a path such as \"/admin\"",
        ),
        (
            builder().api_prefix("api"),
            "The methods that end in `_prefix` take all below it",
        ),
        (
            builder().endpoint_prefix("login"),
            "The endpoint prefix \"login\" is not a plain path; write a path such as \"/auth\"",
        ),
        (builder().endpoint_prefix("/login/"), "and none at its end"),
        (
            builder().danger_allow_cross_site_path("/a/../b"),
            "is not a plain path",
        ),
        (
            builder().require_scope_prefix("/x", ""),
            "\"\", which \"/x\" requires, is not a valid scope",
        ),
        (
            builder().require_scope_prefix("/x", "a b"),
            "is not a valid scope",
        ),
        (
            builder().require_scope_prefix("/x", "mail\n"),
            "is not a valid scope",
        ),
        (
            builder().require_scope_prefix("/x", "\u{b9e5}"),
            "is not a valid scope",
        ),
        (
            builder().require_scope_prefix("/x", "a\"b"),
            "without white space",
        ),
        (
            builder().require_scope_prefix("/x", r"a\b"),
            "without white space",
        ),
        (builder().trusted_origin("https://a.example/"), "no path"),
        (builder().trusted_origin("https://*.example"), "no wildcard"),
        (builder().trusted_origin("a.example"), "such as https://"),
        (
            builder().idle_timeout(Duration::ZERO),
            "`idle_timeout` is 0 seconds; write a time from a minute",
        ),
        (
            builder().session_lifetime(Duration::from_secs(31 * 24 * 3600)),
            "`session_lifetime` is 2678400 seconds",
        ),
        (
            builder()
                .sign_in_only()
                .on_refresh(async |_| Ok(Approval::new())),
            "`on_refresh` is never called",
        ),
        (builder().danger_refresh_without_store(), "need a store"),
    ] {
        let error = wrong.build().unwrap_err();
        assert!(error.to_string().contains(hint), "{error}");
        assert!(!error.names(Setting::RedirectUri), "{error}");
    }
}

#[test]
fn a_mistake_calls_a_setting_as_it_was_written() {
    let in_code = || {
        Login::builder()
            .base_url("http://127.0.0.1:9")
            .client_id("id")
            .client_secret(SECRET)
            .redirect_uri("https://app.example/auth/callback")
            .userinfo_url("http://127.0.0.1:9/user")
            .cookie_secret(COOKIE_SECRET)
    };
    for (wrong, sentence) in [
        (in_code().cookie_name("a;b"), "`cookie_name` is \"a;b\""),
        (
            in_code().set(Setting::CookieName, "a;b"),
            "FNCY_COOKIE_NAME is \"a;b\"",
        ),
        (in_code().client_id(" "), "`client_id` is not set"),
        (
            builder().set(Setting::ClientId, ""),
            "FNCY_CLIENT_ID is not set",
        ),
        (
            in_code().authorize_params([("state", "x&y")]),
            "`authorize_params` has state",
        ),
        (
            in_code().redirect_uris(["https://a.example/auth/callback", "b.example"]),
            "`redirect_uri` is not an absolute URL",
        ),
        (
            in_code().cookie_secret_file("/nowhere"),
            "`cookie_secret_file` is set beside `cookie_secret`",
        ),
        (
            in_code().hook_headers(["user-agent", "cookie"]),
            "`hook_headers` names \"cookie\", which holds secrets",
        ),
        (
            in_code().hook_headers(["User-Agent"]),
            "write a name such as \"user-agent\"",
        ),
    ] {
        let error = error(wrong);
        assert_eq!(error.mistakes().count(), 1, "{error}");
        assert!(error.to_string().contains(sentence), "{error}");
    }
    let missing = error(Login::builder().client_id("id"));
    assert!(
        missing.to_string().contains("`base_url` is not set"),
        "{missing}"
    );
}

#[test]
fn each_choice_has_a_method() {
    let all = builder()
        .token_body(TokenBody::Form)
        .client_auth(ClientAuth::Basic)
        .userinfo_method(UserinfoMethod::Post)
        .redirect_param(RedirectParam::RedirectUrl)
        .scope_separator(ScopeSeparator::Comma)
        .account_prompt(AccountPrompt::Off)
        .scopes(["profile", "email"])
        .cookie_secrets([COOKIE_SECRET])
        .base_stripped(true)
        .danger_insecure_cookies(false);
    assert!(all.build().is_ok());
}
