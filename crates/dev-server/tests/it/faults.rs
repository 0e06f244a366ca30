//! Faults, from the test and over HTTP.

use std::thread;
use std::time::Duration;

use fncy_dev_server::{DevServer, Endpoint, Fault, StartError};
use serde_json::json;

use crate::app::{code, code_request, post_json, refresh_request, text, token, tokens, user_data};
use crate::client::send;

#[test]
fn a_fault_replaces_the_response_and_leaves_the_code_alone() {
    let server = DevServer::start().unwrap();
    let request = code_request(&code(&server));
    server.fault(
        Endpoint::Token,
        Fault::status(503).header("retry-after", "1").once(),
    );
    server.fault(Endpoint::Token, Fault::status(200).json("{").once());
    let busy = token(&server, &request);
    assert_eq!((busy.status, busy.header("retry-after")), (503, Some("1")));
    assert_eq!(token(&server, &request).body, "{");
    assert_eq!(token(&server, &request).status, 200);
    let statuses: Vec<_> = server
        .requests(Endpoint::Token)
        .iter()
        .map(|r| r.status)
        .collect();
    assert_eq!(statuses, [Some(503), Some(200), Some(200)]);
}

#[test]
fn a_lost_response_uses_the_code_up() {
    let server = DevServer::start().unwrap();
    let request = code_request(&code(&server));
    server.fault(Endpoint::Token, Fault::lost_response().once());
    assert!(post_json(&server, Endpoint::Token, &request).is_none());
    assert_eq!(server.requests(Endpoint::Token)[0].status, None);
    assert_eq!(token(&server, &request).error(), "invalid_grant");
}

#[test]
fn a_lost_response_rotates_the_refresh_token() {
    let server = DevServer::start().unwrap();
    let request = refresh_request(text(&tokens(&server), "refresh_token"));
    server.fault(Endpoint::Token, Fault::lost_response().once());
    assert!(post_json(&server, Endpoint::Token, &request).is_none());
    assert_eq!(token(&server, &request).error(), "invalid_grant");
}

#[test]
fn a_held_endpoint_counts_requests_and_answers_after_the_release() {
    let server = DevServer::start().unwrap();
    let access_token = text(&tokens(&server), "access_token").to_owned();
    let hold = server.hold(Endpoint::UserData);
    thread::scope(|scope| {
        let asked = scope.spawn(|| user_data(&server, &access_token));
        while server.request_count(Endpoint::UserData) == 0 {
            thread::sleep(Duration::from_millis(1));
        }
        assert_eq!(server.requests(Endpoint::UserData)[0].status, None);
        drop(hold);
        assert_eq!(asked.join().unwrap().status, 200);
    });
}

#[test]
fn faults_over_http_but_not_from_other_origins() {
    let server = DevServer::start().unwrap();
    let url = server.base_url();
    let fault = json!([{ "status": 500, "body": "no", "delay_ms": 1, "count": 1 }, {}]).to_string();
    let put = |target: &str, headers: &[(&str, &str)], body: &str| {
        send(url, "PUT", target, headers, body).unwrap().status
    };
    assert_eq!(
        put(
            "/_dev/faults/token",
            &[("Origin", "https://evil.test")],
            &fault
        ),
        403
    );
    assert_eq!(
        put("/_dev/faults/token", &[("Origin", "null")], &fault),
        403
    );
    assert_eq!(
        put(
            "/_dev/faults/token",
            &[("Sec-Fetch-Site", "cross-site")],
            &fault
        ),
        403
    );
    assert_eq!(
        put(
            "/_dev/faults/token",
            &[("Sec-Fetch-Site", "same-site")],
            &fault
        ),
        403
    );
    assert_eq!(put("/_dev/faults/none", &[], &fault), 404);
    let typo = send(url, "PUT", "/_dev/faults/token", &[], "{\"stauts\":500}").unwrap();
    assert_eq!(typo.status, 400);
    assert!(typo.body.contains("`stauts`"), "{}", typo.body);
    let own = [("Origin", url), ("Sec-Fetch-Site", "same-origin")];
    assert_eq!(put("/_dev/faults/token", &own, &fault), 204);
    let reply = token(&server, &refresh_request("x"));
    assert_eq!((reply.status, reply.body.as_str()), (500, "no"));
    assert_eq!(token(&server, &refresh_request("x")).status, 400);

    server.fault(Endpoint::Token, Fault::status(500));
    assert_eq!(
        send(url, "DELETE", "/_dev/faults", &[], "").unwrap().status,
        204
    );
    assert_eq!(token(&server, &refresh_request("x")).status, 400);
    let counts = send(url, "GET", "/_dev/requests", &[], "").unwrap().json();
    assert_eq!(
        (&counts["token"], &counts["user-data"]),
        (&json!(3), &json!(0))
    );
}

#[test]
fn it_starts_and_stops_inside_an_async_test() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let count = runtime.block_on(async {
        let server = DevServer::start().unwrap();
        assert_eq!(token(&server, &refresh_request("x")).status, 400);
        server.request_count(Endpoint::Token)
    });
    assert_eq!(count, 1);
}

#[test]
fn starting_fails_with_a_reason() {
    let taken = DevServer::start().unwrap();
    let port = taken
        .base_url()
        .rsplit_once(':')
        .unwrap()
        .1
        .parse()
        .unwrap();
    let error = DevServer::builder().port(port).start().unwrap_err();
    assert!(matches!(error, StartError::Bind { .. }), "{error}");
    drop(taken);
    assert!(
        DevServer::builder().port(port).start().is_ok(),
        "dropping a server frees its port"
    );
    for bad in ["/cb", "app:/cb", "http://localhost/#top"] {
        let error = DevServer::builder().redirect_uri(bad).start().unwrap_err();
        assert!(error.to_string().contains(bad));
    }
    let error = DevServer::builder().users(Vec::new()).start().unwrap_err();
    assert!(matches!(error, StartError::NoUsers));
}
