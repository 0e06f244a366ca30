//! Sign-in and consent without pages.

use fncy_dev_server::{ApproveError, DevServer, Endpoint};

#[test]
fn a_valid_request_gets_a_code_for_a_known_user() {
    let server = DevServer::start().unwrap();
    let authorize = server.url(Endpoint::Authorize);
    let approve = |query: &str, user| server.approve(&format!("{authorize}{query}"), user);
    let good = "?client_id=demo-app&response_type=code&redirect_uri=http://localhost/cb&state=s";

    let callback = approve(good, "alex").unwrap();
    assert!(
        callback.starts_with("http://localhost/cb?code="),
        "{callback}"
    );
    assert!(callback.ends_with("&state=s"), "{callback}");
    let mut secrets = server.issued_secrets().into_iter();
    assert!(secrets.any(|code| callback.contains(&code)));
    assert!(matches!(
        approve(good, "ada"),
        Err(ApproveError::UnknownUser { id, known }) if id == "ada" && known.len() == 4
    ));
    assert_eq!(
        approve(&good.replace("demo-app", "other"), "alex"),
        Err(ApproveError::InvalidRequest(
            "No application with this client_id is registered."
        ))
    );
    assert!(matches!(
        approve("r?a", "alex"),
        Err(ApproveError::OtherEndpoint(_))
    ));
    let other = server.approve("https://fncy.example/authorize?a=b", "alex");
    assert!(matches!(other, Err(ApproveError::OtherEndpoint(_))));
}
