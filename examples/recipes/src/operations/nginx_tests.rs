//! Debian's nginx with the recipe's configurations, met over TLS.

use std::error::Error;

use fncy_login_testing::{Endpoint, Fault, TestFncy};
use fncy_login_tests::real_server::fleet::free_address;
use fncy_login_tests::real_server::nginx::Nginx;
use fncy_login_tests::real_server::tls::{HOST, OverTls};
use tokio::net::TcpListener;

use super::{Paths, UPSTREAM, app};

/// An nginx with this configuration in front of a port; `None` where it is not installed.
async fn nginx(name: &str, config: &str, port: u16) -> Option<(Nginx, OverTls)> {
    let mut front = None;
    let nginx = Nginx::start(name, |folder| {
        let address = free_address();
        front = Some(OverTls::new(address, folder));
        let socket = Nginx::socket_in(folder);
        let mut config = config.to_owned();
        for (there, here) in [
            (
                "listen 443 ssl;",
                format!("listen unix:{};\nlisten {address} ssl;", socket.display()),
            ),
            ("/etc/ssl/certs/app.example.pem", "certificate".to_owned()),
            ("/etc/ssl/private/app.example.key", "key".to_owned()),
            (UPSTREAM, format!("127.0.0.1:{port}")),
        ] {
            assert_eq!(config.matches(there).count(), 1, "{there}");
            config = config.replace(there, &here);
        }
        config
    });
    Some((nginx.await?, front?))
}

/// Signs in, orders and signs out, with sessions small and large.
async fn is_of_use(name: &str, config: &str, paths: Paths) -> Result<(), Box<dyn Error>> {
    let fncy = TestFncy::setup()
        .redirect_uri(format!("https://{HOST}/shop/auth/callback"))
        .start()?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    tokio::spawn(axum::serve(listener, app(fncy.login(), paths)?).into_future());
    let Some((_nginx, front)) = nginx(name, config, port).await else {
        return Ok(());
    };

    let alex = fncy.visitor(&front);
    let home = alex.get("/shop/").send().await?;
    assert!(
        home.text().contains("href=\"/shop/orders\""),
        "{}",
        home.text()
    );
    let back = alex.sign_in_at("/shop/orders?a=1", "alex").await?;
    assert_eq!(back.location(), Some("/shop/orders?a=1"));
    assert!(
        alex.get("/shop/orders?a=1")
            .send()
            .await?
            .text()
            .contains("ordered by alex")
    );
    let out = alex.post("/shop/auth/logout").send().await?;
    assert!(
        out.location().unwrap().starts_with("/shop/auth/logout"),
        "{out:?}"
    );
    assert_eq!(alex.get("/shop/orders").send().await?.status(), 303);

    let tokens = format!(
        r#"{{"access_token":"{}","expires_in":300}}"#,
        "t".repeat(9_000)
    );
    fncy.fault(Endpoint::Token, Fault::status(200).json(&tokens).once());
    fncy.fault(
        Endpoint::UserData,
        Fault::status(200).json(r#"{"id":"jun"}"#).once(),
    );
    let jun = fncy.signed_in("jun", &front).await?;
    assert!(jun.cookie_header().len() > 12_000);
    assert!(
        jun.get("/shop/orders")
            .send()
            .await?
            .text()
            .contains("ordered by jun")
    );
    Ok(())
}

#[tokio::test]
async fn whole_paths_are_passed_on() -> Result<(), Box<dyn Error>> {
    is_of_use(
        "whole",
        include_str!("../../nginx/whole.conf"),
        Paths::Whole,
    )
    .await
}

#[tokio::test]
async fn the_sub_path_is_stripped() -> Result<(), Box<dyn Error>> {
    let config = include_str!("../../nginx/stripped.conf");
    is_of_use("stripped", config, Paths::Stripped).await
}
