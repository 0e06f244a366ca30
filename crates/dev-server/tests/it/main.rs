//! The development server over HTTP, as applications and browsers use it.

#![expect(clippy::unwrap_used, reason = "a helper that fails ends the test")]

mod access_tokens;
mod app;
mod approve;
mod browser;
mod client;
mod client_credentials;
mod faults;
mod grant;
mod pages;
mod program;
mod sign_in_options;
mod tabs;
mod users;
