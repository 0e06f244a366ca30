//! A stand-in for the FNCY authorization server, for development and tests.
//!
//! It listens on loopback only, keeps everything in memory until it stops, and behaves as FNCY
//! documents its login: the authorization code grant (RFC 6749 section 4.1) with a **JSON** token
//! request, `redirect_url` beside `redirect_uri`, and a token answer whose `scope` is an array. What
//! FNCY publishes nowhere (user data, refresh, revocation, sign-out) follows the RFCs, and the
//! [`Builder`] has a switch for each point on which real servers differ.
//!
//! ```
//! use fncy_dev_server::{DevServer, Endpoint, Fault};
//!
//! # fn main() -> Result<(), fncy_dev_server::StartError> {
//! let server = DevServer::start()?;
//! assert!(server.base_url().starts_with("http://127.0.0.1:"));
//!
//! // The next token request is answered with a 503; the ones after it are answered as usual.
//! server.fault(Endpoint::Token, Fault::status(503).header("retry-after", "1").once());
//! assert_eq!(server.request_count(Endpoint::Token), 0);
//! # Ok(())
//! # }
//! ```
//!
//! # Endpoints
//!
//! | path | what it is |
//! | --- | --- |
//! | `GET /` | what this is, the settings to point an application at it, request counters |
//! | `GET /v1/oauth2/authorize` | RFC 6749 section 4.1.1, RFC 7636 section 4.3 |
//! | `POST /v1/oauth2/token` | RFC 6749 sections 4.1.3, 4.4.2 and 6; see [Grants](#grants) |
//! | `POST /v1/oauth2/revoke` | RFC 7009 section 2.1 |
//! | `GET /v1/user` | the signed-in user's data, for a bearer token (RFC 6750) |
//! | `GET`, `POST /sign-in` | the sign-in page and its form |
//! | `GET`, `POST /consent` | the consent page and its form |
//! | `GET /sign-out?return_to=` | ends the provider's own session; `return_to` must be loopback |
//! | `PUT /_dev/faults/{endpoint}` | replaces an endpoint's faults; see [`Fault`] for the JSON |
//! | `DELETE /_dev/faults` | clears every fault |
//! | `GET /_dev/requests` | how many requests each endpoint has received |
//!
//! # Grants
//!
//! | `grant_type` | what it gives |
//! | --- | --- |
//! | `authorization_code` | the tokens of the user who signed in; a code is good once, within a minute |
//! | `refresh_token` | new tokens of the same authorization, with the same scope or less |
//! | `client_credentials` | an access token of the client's own: no user, no refresh token, and no user data for it (403) |
//!
//! Every well-formed scope is granted, since FNCY publishes none; `profile` if none is asked for.
//!
//! # Pages
//!
//! [`DevServer::approve`] gives what comes of an authorization request without any of them. Their forms can be
//! driven without a browser as well. Each has a hidden input `token`, good for one submission from the
//! session it was made for; the sign-in form has a button `user` per demo user, or takes `username` and
//! `password`; the consent form has a button `decision` (`allow`, `cancel` or `switch`), and the sign-in
//! form takes `decision=cancel`. Signing in replaces the session: a form
//! from before, in another tab, then only leads to the next page of its own authorization request, and
//! so does a page that was used, by the back button.
//!
//! # Layout
//!
//! `authorize/`, `token/`, `revoke.rs` and `user_data.rs` are the endpoints; `grants/` is the store of
//! codes and tokens and decides what they are good for; `browser/` is the part with a cookie and
//! forms; `pages/` is HTML and nothing else; `observe.rs` records requests and applies faults.
//!
//! # Intentional omissions
//!
//! * **The implicit and the password grant.** RFC 9700 sections 2.1.2 and 2.4.
//! * **The `plain` code challenge method.** RFC 7636 section 4.2 leaves it to clients that cannot hash.
//! * **Listening on anything but loopback**, persistence, TLS, and timing-safe comparisons: its secrets
//!   are printed on its own front page. It must not guard anything real.
//! * **Any crate of the login client.** A shared parser would hide a shared mistake.

mod accept;
mod authorize;
mod browser;
mod builder;
mod client_auth;
mod control;
mod demo_user;
mod endpoint;
mod env;
mod fault;
mod fault_script;
mod grants;
mod host;
mod id_source;
mod loopback;
mod observe;
mod pages;
mod params;
mod pkce;
mod provider;
mod recorder;
mod refusal;
mod request_body;
mod revoke;
mod routes;
mod scope;
mod server;
mod settings;
mod start_error;
mod token;
mod user_data;

pub use authorize::ApproveError;
pub use builder::Builder;
pub use demo_user::{DEMO_PASSWORD, DemoUser};
pub use endpoint::Endpoint;
pub use fault::Fault;
pub use fault_script::Hold;
pub use recorder::RecordedRequest;
pub use server::DevServer;
pub use settings::{ScopeFormat, TokenBody};
pub use start_error::StartError;
