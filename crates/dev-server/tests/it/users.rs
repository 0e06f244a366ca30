//! Users of one's own, from code and from a file.

use std::error::Error as _;
use std::path::PathBuf;
use std::{env, fs, process};

use fncy_dev_server::{ApproveError, DevServer, StartError};
use serde_json::{Value, json};

use crate::app::{authorize, code_request, text, token, user_data};
use crate::browser::Browser;
use crate::client::query;

const USERS: &str = r#"[
    {"response": {"id": 7, "profile": {"age": 30, "tags": ["a", null]}}, "roles": ["admin"],
     "name": "Mina <Kim>", "groups": {"staff": true}},
    {"response": {"id": "guest"}, "$scopes": ["profile"]},
    {"response": {"id": "nothing"}, "$scopes": []}
]"#;

/// A file that is removed at the end of its test.
pub(crate) struct TemporaryFile(PathBuf);

impl TemporaryFile {
    pub(crate) fn new(name: &str, text: &str) -> Self {
        let path = env::temp_dir().join(format!("fncy-dev-server-{}-{name}", process::id()));
        fs::write(&path, text).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn server(file: &TemporaryFile) -> DevServer {
    DevServer::builder()
        .users_file(file.path())
        .user_id_member("/response/id")
        .start()
        .unwrap()
}

#[test]
fn an_application_gets_the_user_data_of_the_file() {
    let file = TemporaryFile::new("data.json", USERS);
    let server = server(&file);
    let callback = Browser::new(&server).allow(&authorize(&[]), "7");
    let tokens = token(&server, &code_request(&query(&callback, "code").unwrap())).json();
    let mut user = user_data(&server, text(&tokens, "access_token")).json();
    assert!(user.as_object_mut().unwrap().remove("auth_time").is_some());
    let users: Value = serde_json::from_str(USERS).unwrap();
    assert_eq!(user, users[0]);
    assert!(server.env_file().contains("\nFNCY_USER_ID=/response/id\n"));

    let page = Browser::new(&server).get(&authorize(&[])).body;
    for text in ["Mina &lt;Kim&gt;", ">guest<", "value=\"7\""] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let front = Browser::new(&server).get("/").body;
    for text in [
        "<span class=\"role\">admin</span>",
        "&quot;staff&quot;: true",
    ] {
        assert!(front.contains(text), "{text}: {front}");
    }
}

#[test]
fn a_user_grants_the_scopes_of_the_list_alone() {
    let file = TemporaryFile::new("scopes.json", USERS);
    let server = server(&file);
    let mut browser = Browser::new(&server);
    let page = browser.get(&authorize(&[]));
    let reply = browser.submit(&page, "/sign-in", &[("user", "guest")]);
    let consent = browser.follow(&reply);
    assert!(consent.body.contains("<code>profile</code>"));
    assert!(!consent.body.contains("<code>email</code>"));
    let reply = browser.submit(&consent, "/consent", &[("decision", "allow")]);
    let tokens = token(
        &server,
        &code_request(&query(reply.location(), "code").unwrap()),
    )
    .json();
    assert_eq!(tokens["scope"], json!(["profile"]));
    let again = browser.get(&authorize(&[("prompt", "none")]));
    assert!(
        query(again.location(), "code").is_some(),
        "the consent holds"
    );

    let refused = Browser::new(&server).allow(&authorize(&[]), "nothing");
    assert_eq!(query(&refused, "error").as_deref(), Some("access_denied"));
    let url = format!("{}{}", server.base_url(), authorize(&[]));
    assert_eq!(
        server.approve(&url, "nothing"),
        Err(ApproveError::NoScope("nothing".to_owned()))
    );
}

#[test]
fn a_bad_file_is_explained_at_the_start() {
    let large = "[".repeat(1024 * 1024 + 1);
    for (name, text, what) in [
        (
            "twice.json",
            r#"[{"id": "a"}, {"id": "a"}]"#,
            "the ID \"a\" of user 1",
        ),
        ("comma.json", "[{\"id\": \"a\"},\n]", "line 2 column 1"),
        ("large.json", &large, "larger than 1 MiB"),
    ] {
        let file = TemporaryFile::new(name, text);
        let error = DevServer::builder()
            .users_file(file.path())
            .start()
            .unwrap_err();
        let sentence = error.to_string();
        assert!(
            sentence.contains(what) && sentence.contains(file.path()),
            "{sentence}"
        );
        assert!(sentence.contains("; "), "it says what to write: {sentence}");
    }
    let missing = DevServer::builder()
        .users_file("/no/such.json")
        .start()
        .unwrap_err();
    assert!(
        missing
            .to_string()
            .starts_with("cannot read the users file /no/such.json: ")
    );
    assert!(missing.source().is_some());
    let StartError::UsersFile(error) = missing else {
        panic!("another error");
    };
    assert_eq!(error.path(), "/no/such.json");
}
