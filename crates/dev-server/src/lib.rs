#![doc = include_str!("../README.md")]
//! ## The protocol
//!
//! The server keeps its data in memory until it stops. It follows FNCY's login documentation: the authorization code
//! grant (RFC 6749 section 4.1) with a **JSON** token request, `redirect_url` beside `redirect_uri`, and a token
//! response whose `scope` is an array. FNCY does not document user data, refreshes, revocation, introspection, the form
//! of access tokens and sign-outs: there, the server follows the RFCs. [`DevServerBuilder`] has a switch for each point
//! on which real servers differ.
//!
//! ## Endpoints
//!
//! | path | purpose |
//! | --- | --- |
//! | `GET /` | front page: an application's settings, the demo users, request counters |
//! | `GET /v1/oauth2/authorize` | RFC 6749 section 4.1.1, RFC 7636 section 4.3 |
//! | `POST /v1/oauth2/token` | RFC 6749 sections 4.1.3, 4.4.2 and 6; see [Grants](#grants) |
//! | `POST /v1/oauth2/revoke` | RFC 7009 section 2.1 |
//! | `POST /v1/oauth2/introspect` | RFC 7662 section 2.1; see [Access tokens](#access-tokens) |
//! | `GET /v1/oauth2/jwks` | the public keys of JWTs (RFC 7517 section 5) |
//! | `GET /v1/user` | the signed-in user's data, for a bearer token (RFC 6750) |
//! | `GET`, `POST /sign-in` | the sign-in (log in, login) page and its form |
//! | `GET`, `POST /consent` | the consent page and its form |
//! | `GET /sign-out?return_to=` | closes the provider's own session; `return_to` must be loopback |
//! | `PUT /_dev/faults/{endpoint}` | replaces an endpoint's faults; [`Fault`] has the JSON |
//! | `DELETE /_dev/faults` | clears all faults |
//! | `GET /_dev/requests` | the number of requests to each endpoint |
//!
//! ## Grants
//!
//! | `grant_type` | tokens |
//! | --- | --- |
//! | `authorization_code` | the user's tokens; a code is valid once, for a minute |
//! | `refresh_token` | new tokens of the same authorization, with the same scope or a part of it |
//! | `client_credentials` | an access token of the client; it has no user, no refresh token, and gets 403 for user data |
//!
//! FNCY publishes no list of scopes, so every well-formed scope is granted, unless the user has
//! [`scopes`](DemoUser::scopes). The default scope is `profile`.
//!
//! ## Access tokens
//!
//! An access token is an opaque text. With [`AccessTokenFormat::Jwt`], it is a JWT that is signed with
//! ES256 (RFC 9068). The claims of a JWT and the answer of an introspection have the same members:
//!
//! | member | value |
//! | --- | --- |
//! | `iss` | [`DevServerBuilder::issuer`], or else the base URL |
//! | `aud` | [`DevServerBuilder::audience`] |
//! | `sub` | the user's ID; for a client's own token, the client ID |
//! | `client_id`, `scope`, `jti` | those of the token; `scope` is separated by spaces |
//! | `iat`, `exp` | the time of issue and the end, in Unix seconds |
//! | `auth_time` | the time of the user's sign-in |
//! | others | the user data; the members above replace its members of the same names |
//!
//! An introspection has `active` and `token_type` too. For an unknown, an expired or a revoked token, and
//! for a refresh token, it says `"active": false` only. The client must authenticate.
//!
//! A test gets a token for any user and client without a browser ([`DevServer::token_for`]). It can sign
//! claims that no server should issue ([`DevServer::sign_jwt`]), and add a key
//! ([`DevServer::rotate_signing_key`]).
//!
//! ## Users
//!
//! The default users are `alex`, `haneul`, `maximiliane` and `jun`. Set others in code
//! ([`DevServerBuilder::users`]), or in a JSON file ([`DevServerBuilder::users_file`]). Their user
//! data can have any shape. The password of all users is [`DEMO_PASSWORD`].
//!
//! ## Sign-in parameters
//!
//! The authorization endpoint reads these parameters of OpenID Connect Core section 3.1.2.1. A bad
//! value is the error `invalid_request` at the redirect URI. The pages list the parameters that the
//! application sent.
//!
//! | parameter | effect |
//! | --- | --- |
//! | `prompt=login` | a new sign-in |
//! | `prompt=select_account` | the sign-in page; the button of the signed-in user continues the session |
//! | `prompt=consent` | the consent page, also after a consent |
//! | `prompt=none` | no page: a code, `login_required`, `account_selection_required` or `consent_required` |
//! | `max_age` | a new sign-in if the last sign-in is older, in seconds; 0 is the same as `prompt=login` |
//! | `login_hint` | the user with this ID or email address comes first; if another user is signed in, the sign-in page comes |
//! | `ui_locales` | the language of the pages, `en` or `ko`, before `Accept-Language` |
//!
//! The user data and the token response have `auth_time`: the time of the user's sign-in in Unix
//! seconds. A refresh keeps it. [`DevServer::approve`] counts as a sign-in. If the user's own data has
//! a member `auth_time`, the user data endpoint returns that member.
//!
//! ## Pages
//!
//! A test without a browser can call [`DevServer::approve`] or submit the forms itself:
//!
//! * Each form has a hidden input `token`. A token is accepted once, and only from the session of its
//!   page.
//! * The sign-in form has a button `user` for each demo user. It also takes `username` and `password`,
//!   or `decision=cancel`.
//! * The consent form has a button `decision` with the values `allow`, `cancel` and `switch`.
//!
//! A sign-in replaces the session. A page of the old session in another tab then leads to the next
//! page of its own authorization request. So does a page that was used, after the back button.
//!
//! ## Layout
//!
//! Each folder imports only from the folders above it in this table.
//!
//! | folder | content |
//! | --- | --- |
//! | `system/` | clocks, randomness and locks |
//! | `config/` | settings, users and their file, redirect URIs, the endpoints' paths |
//! | `protocol/` | OAuth requests and error responses, as pure functions |
//! | `faults/` | the fault script and the recorded requests |
//! | `state/` | the provider, with its codes and tokens |
//! | `pages/` | HTML |
//! | `sign_in/` | sessions, forms and consent |
//! | `endpoints/` | the handlers that applications and tools call |
//! | `server/` | the thread, the connections and the routes |
//!
//! ## Intentional omissions
//!
//! * **The implicit and the password grant.** RFC 9700 sections 2.1.2 and 2.4 forbid them.
//! * **The `plain` code challenge method.** RFC 7636 section 4.2 leaves it to clients that cannot hash.
//! * **Other addresses than loopback, persistence, TLS, and timing-safe comparisons.** The front page
//!   prints the server's secrets, so the server must not guard real data.
//! * **The crates of the login client.** A shared parser would hide a shared mistake.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod config;
mod endpoints;
mod faults;
mod pages;
mod protocol;
mod server;
mod sign_in;
mod state;
mod system;

pub use config::demo_user::{DEMO_PASSWORD, DemoUser};
pub use config::endpoint::Endpoint;
pub use config::settings::{AccessTokenFormat, ScopeFormat, TokenBody};
pub use config::users_file_error::UsersFileError;
pub use faults::fault::Fault;
pub use faults::fault_script::Hold;
pub use faults::recorder::RecordedRequest;
pub use server::builder::DevServerBuilder;
pub use server::dev_server::DevServer;
pub use server::start_error::StartError;
pub use sign_in::approve::ApproveError;
