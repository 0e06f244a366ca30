//! The development server over the wire, as an application and a browser meet it.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that cannot go on fails the test"
)]

mod app;
mod browser;
mod client;
mod client_credentials;
mod faults;
mod grant;
mod pages;
mod program;
mod tabs;
