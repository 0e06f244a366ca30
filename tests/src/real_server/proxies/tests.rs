use std::time::Duration;

use fncy_login_testing::{Client, Endpoint, Fault, TestError, TestFncy};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;

use super::instances::Instances;
use super::start::{Proxy, caddy, nginx, traefik};
use crate::real_server::tls::{HOST, OverTls};

async fn application() -> Result<(TestFncy, Instances), TestError> {
    let redirect_uri = format!("https://{HOST}/auth/callback");
    let fncy = TestFncy::setup().redirect_uri(redirect_uri).start()?;
    let instances = Instances::start(fncy.login()).await;
    Ok((fncy, instances))
}

/// What people do, with sessions small and large.
async fn is_of_use(proxy: Option<Proxy>, fncy: &TestFncy) -> Result<(), TestError> {
    let Some(proxy) = proxy else { return Ok(()) };
    let front = &proxy.front;
    believes_no_header_of_strangers(front, fncy).await?;

    let alex = fncy.visitor(front);
    let back = alex.sign_in_at("/?a=1", "alex").await?;
    assert_eq!(back.location(), Some("/?a=1"));
    for _ in 0..20 {
        assert_eq!(alex.get("/").send().await?.text(), "alex");
    }
    let events = "GET /events HTTP/1.1\r\naccept: text/event-stream\r\n";
    comes_at_once(front, events, &alex, "data: first\n\n").await;
    let socket = format!(
        "GET /socket HTTP/1.1\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\norigin: https://{HOST}\r\n"
    );
    comes_at_once(front, &socket, &alex, "hello alex").await;
    alex.post("/auth/logout").send().await?;
    assert_eq!(alex.get("/").send().await?.status(), 303);

    let tokens = format!(
        r#"{{"access_token":"{}","expires_in":300}}"#,
        "t".repeat(13_000)
    );
    fncy.fault(Endpoint::Token, Fault::status(200).json(&tokens).once());
    let user = Fault::status(200).json(r#"{"id":"jun"}"#);
    fncy.fault(Endpoint::UserData, user.once());
    let jun = fncy.signed_in("jun", front).await?;
    assert!(jun.cookie_header().len() > 17_000);
    assert_eq!(jun.get("/").send().await?.text(), "jun");
    Ok(())
}

/// The recipe `production` believes `X-Real-IP` and `X-Request-Id`, and the login's host is that of the browser.
async fn believes_no_header_of_strangers(
    front: &OverTls,
    fncy: &TestFncy,
) -> Result<(), TestError> {
    let visitor = fncy.visitor(front);
    let request = visitor.get("/seen").header("x-real-ip", "192.0.2.1");
    let request = request.header("x-request-id", "forged");
    let seen = request
        .header("x-forwarded-for", "192.0.2.1")
        .send()
        .await?;
    let seen = seen.text().to_lowercase();
    assert!(seen.contains("x-real-ip: 127.0.0.1\n"), "{seen}");
    assert!(seen.contains(&format!("host: {HOST}\n")), "{seen}");
    assert!(!seen.contains("forged"), "{seen}");
    Ok(())
}

/// Sends this head with the client's session, and waits for a text on the open connection.
async fn comes_at_once(front: &OverTls, head: &str, client: &Client<&OverTls>, text: &str) {
    let mut stream = front.connect().await.unwrap();
    let head = format!(
        "{head}host: {HOST}\r\ncookie: {}\r\n\r\n",
        client.cookie_header()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut read = Vec::new();
    let reading = async {
        while !String::from_utf8_lossy(&read).contains(text) {
            assert_ne!(
                stream.read_buf(&mut read).await.unwrap(),
                0,
                "it ended before"
            );
        }
    };
    let came = timeout(Duration::from_secs(8), reading).await;
    assert!(came.is_ok(), "{text}: {}", String::from_utf8_lossy(&read));
}

#[tokio::test(flavor = "multi_thread")]
async fn xr18_people_use_an_application_through_nginx() -> Result<(), TestError> {
    let (fncy, instances) = application().await?;
    is_of_use(nginx(&instances).await, &fncy).await
}

#[tokio::test(flavor = "multi_thread")]
async fn xr18_people_use_an_application_through_caddy() -> Result<(), TestError> {
    let (fncy, instances) = application().await?;
    is_of_use(caddy(&instances).await, &fncy).await
}

#[tokio::test(flavor = "multi_thread")]
async fn xr18_people_use_an_application_through_traefik() -> Result<(), TestError> {
    let (fncy, instances) = application().await?;
    is_of_use(traefik(&instances).await, &fncy).await
}
