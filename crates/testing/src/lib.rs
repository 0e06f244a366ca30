// Here, the links of README.md lead to the pages of this version.
//! [How to test a protected route]: fncy_login::manual::guides::testing
#![cfg_attr(any(not(doctest), feature = "tower"), doc = include_str!("../README.md"))]
//! ## How it works
//!
//! [`TestFncy`] plays FNCY on loopback and has the settings for it. [`TestFncy::signed_in`] returns a [`Client`] of the
//! application with a session. Requests go to the application in this process, without a socket, and have the headers of
//! a browser (`Origin`, `Sec-Fetch-Site`, cookies). The application's own callback makes the session, from the answer of
//! the dev server: the kit has no code that could make one.
//!
//! These users can sign in, with these `roles` in their user data: `alex` (player, admin), `haneul` (player),
//! `maximiliane` (player, moderator), `jun` (no role and no email address). [`Setup::server`] takes other users.
//!
//! Let the application take a [`LoginBuilder`](fncy_login::LoginBuilder): in `main` it is `Login::builder().env()`, in a
//! test [`TestFncy::login`]. The test then covers its public paths, guards and hooks.
#![cfg_attr(feature = "actix", doc = "## actix-web")]
#![cfg_attr(feature = "actix", doc = include_str!("actix.md"))]
//! ## Bearer tokens
//!
//! [`TestFncy::bearer`] returns a client that shows an access token, as a mobile application does. The check of
//! [`LoginBuilder::bearer_prefix`](fncy_login::LoginBuilder::bearer_prefix) takes the addresses of the dev server:
//! [`DevServer::introspection_url`], [`DevServer::jwks_url`], [`DevServer::issuer`] and [`DevServer::audience`].
//!
//! ## Clients of your own
//!
//! [`Client::cookie_header`] is the session for other clients in your tests. Unsafe requests (POST, PUT, …) need
//! [`TestFncy::origin`] as their `Origin` too. A WebSocket needs a socket, and so does an event stream that is read while it
//! lasts: serve the application, and send the header there.
//!
//! ## Time and faults
//!
//! [`TestFncy::advance`] moves the login's clock. After five minutes the access token has expired and is refreshed; after a
//! day the session is over. [`TestFncy::fault`] lets the dev server fail, be slow or lose an answer.
//!
//! ## Device keys
//!
//! With the feature `device-bound`, [`Client::bind_device`] binds the session to a [`DeviceKey`], as a browser does by
//! itself after a sign-in, and [`Client::prove_device`] gets a new device cookie.
//!
//! ## Layout
//!
//! `fncy.rs` is FNCY with its clock. `client.rs` is a browser without pages, or a program with a token. `cookies/`
//! keeps cookies as browsers do, and `device.rs` device keys. `app.rs` has the trait of an application, and `tower.rs` and
//! `actix.rs` implement it.
//! The dev server is built on axum, so tests compile axum in any case, and actix-web only with its feature.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "actix")]
mod actix;
mod answer;
mod app;
mod client;
mod clock;
pub mod cookies;
#[cfg(feature = "device-bound")]
mod device;
mod error;
mod fncy;
mod request;
mod setup;
mod sign_in;
#[cfg(feature = "tower")]
mod tower;

pub use fncy_dev_server::{
    AccessTokenFormat, ApproveError, DemoUser, DevServer, Endpoint, Fault, Hold, RecordedRequest,
    ScopeFormat, TokenBody,
};

#[cfg(feature = "actix")]
pub use crate::actix::Actix;
pub use crate::answer::Answer;
pub use crate::app::{App, AppError};
pub use crate::client::Client;
pub use crate::clock::TestClock;
#[cfg(feature = "device-bound")]
pub use crate::device::DeviceKey;
pub use crate::error::TestError;
pub use crate::fncy::TestFncy;
pub use crate::request::Request;
pub use crate::setup::Setup;
