//! What is about one adapter alone: where it can be put, and what it can be put round.

mod actix;
mod axum;
mod bodies;
mod rejections;

use fncy_dev_server::DevServer;
use fncy_login::{Builder, Login};

use crate::world::{APP, usual};

/// A login whose provider nobody asks, and that provider.
fn login(mount: &str, change: impl FnOnce(Builder) -> Builder) -> (Login, DevServer) {
    let redirect_uri = format!("{APP}{mount}/auth/callback");
    let provider = DevServer::builder()
        .redirect_uri(&redirect_uri)
        .start()
        .unwrap();
    let login = change(usual(&provider, &redirect_uri)).build().unwrap();
    (login, provider)
}
