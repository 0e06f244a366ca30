#![doc = include_str!("../README.md")]
//! ## Rules
//!
//! The core doesn't wait, retry, read a clock, draw randomness or open a socket. The driver, `fncy-login`, does all of
//! that. Adapters translate the decisions for a web framework.
//!
//! ## A request
//!
//! ```text
//!  Core::open(head, now) -> Opened --check: what this instance knows--> Found, or AskStore --store's answer--> Found
//!
//!  Core::begin(head, found, now) -> Begin
//!    |-- Admit(Admission)    a live session, or a public path
//!    |-- Reply(Reply)        a refusal, a page, an endpoint of ours
//!    |-- Roll(Resealing)     a live session, idle for a while  --entropy--> Admission
//!    |-- SignIn(StartSignIn) no session: a person is sent      --entropy--> Reply: 303 to FNCY, transaction cookie
//!    |-- Redeem(Redeeming)   a callback with a code of this browser: the sign-in
//!    |-- Refresh(Refreshing) the access token has expired, or soon: the refresh
//!    |-- Challenge(Challenging) a device key must be proved  --entropy--> Reply: 403 and a challenge
//!    \-- Prove(Proving)      a device key was proved: was the session revoked, was the proof used?  --entropy--> Reply
//! ```
//!
//! ## The sign-in
//!
//! ```text
//!  Redeeming --token answer--> ReadingUser --user data--> Approving --hook's answer--> Completing --entropy--> Reply
//!                                  \--- no hook --------------------------------------->/     a new session
//!  each of them -- refused, lost, spent --> Reply
//! ```
//!
//! ## The refresh
//!
//! It runs apart from any request, since many requests may wait for the same one.
//!
//! ```text
//!  Exchanging --token answer--> ReadingUserAgain --user data--> ApprovingRefresh --hook's answer--> RefreshedTokens
//!       |                            \-- another user's             \-- refused --> EndedRefresh
//!       \-- refused, lost --> NotRefreshed
//!
//!  Refreshing --RefreshedTokens, or RefreshFailure--> Admission, Reply, or StartSignIn
//! ```
//!
//! Each state holds its question, and names its own exits. The method that takes the answer consumes the state. So a
//! call in the wrong order doesn't compile, and neither does an answer of the wrong type.
//!
//! ## Layout
//!
//! Imports run down this table: a folder imports from those above it.
//!
//! | folder | content |
//! | --- | --- |
//! | `values` | plain values: secrets, times, error codes, entropy, reports |
//! | `request` | the kind of a request, its origin, its return address |
//! | `provider` | RFC 6749, 7636, 9207: the authorize URL, the callback, the meaning of answers |
//! | `seal`, `cookies` | AES-256-GCM, HMAC-SHA256 and HKDF; reading and writing cookies |
//! | `session` | opening, judging and writing a session |
//! | `rules` | the application's rules about paths |
//! | `reply` | replies, pages and their words |
//! | `machine` | the settings of a site, and what is derived from them once |
//! | `admission` | admissions, and sessions that are sealed anew |
//! | `refusal` | refusals, in the form that fits the request |
//! | `device` | device keys: offers, challenges and proofs |
//! | `sign_in`, `refresh` | the two machines, a file for each state |
//! | `bearer` | bearer tokens: reading, judging and refusing them |
//! | `endpoints`, `gate` | our endpoints; the branch of every request |
//! | `session_list` | the sealed entries of users' session lists |
//! | `handling`, `core` | the interface: to a handler, and to the driver |
//!
//! ## Intentional omissions
//!
//! - The implicit grant and the resource owner password credentials grant (RFC 9700, sections 2.1.2 and 2.4).
//! - `response_mode=form_post`: the callback would need cross-site cookies.
//! - `Forwarded` and `X-Forwarded-…`: the redirect URI says where the application is. If there are several, `Host`
//!   chooses one of them, and no address is made from `Host`.
//! - ID tokens: FNCY documents none. The id in the user data is the only identity.
//! - A cache of opened cookies: opening one costs less than looking it up safely.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod admission;
mod bearer;
mod cookies;
mod core;
mod device;
mod endpoints;
mod gate;
mod handling;
mod machine;
mod provider;
mod refresh;
mod refusal;
mod reply;
mod request;
mod rules;
mod seal;
mod session;
mod session_list;
mod sign_in;
#[cfg(test)]
mod tests;
mod values;

pub use crate::admission::admission::{Admission, DEFAULT_CACHE_CONTROL, Update};
pub use crate::admission::resealing::Resealing;
pub use crate::bearer::machine::{BearerMachine, ShownToken, TOKEN_CHECK_LIFE};
pub use crate::bearer::policy::{TokenPolicy, TokenSource};
pub use crate::bearer::refusal::BearerRefusal;
pub use crate::cookies::policy::CookiePolicy;
pub use crate::core::{Core, NewSecret};
pub use crate::device::challenging::Challenging;
pub use crate::device::proving::Proving;
pub use crate::device::sealed::DEVICE_CHALLENGE_LIFE;
pub use crate::gate::begin::Begin;
pub use crate::gate::coverage::Coverage;
pub use crate::handling::Handling;
pub use crate::machine::settings::{Choices, DeviceBinding, Settings};
pub use crate::provider::answer::{Failure, ProviderAnswer, ProviderResult};
pub use crate::provider::auth_time::AuthTime;
pub use crate::provider::client_token::{ClientGrant, NoClientGrant, NoGrantReason};
pub use crate::provider::exchange::{Exchange, Redeem, Revoke, TokenKind};
pub use crate::provider::scope::ScopeSeparator;
pub use crate::provider::settings::{
    AuthorizeParams, ParamError, Provider, RedirectParam, TokenDialect,
};
pub use crate::provider::sign_in_options::{SignInError, SignInOptions};
pub use crate::provider::tokens::SessionTokens;
pub use crate::provider::user_data::{PointerError, UserPointers};
pub use crate::refresh::approving::{
    ApprovingRefresh, EndedRefresh, RefreshApproved, RefreshCandidate, UserKnown,
};
pub use crate::refresh::exchanging::{Exchanged, Exchanging};
pub use crate::refresh::failure::{NotRefreshed, RefreshFailure};
pub use crate::refresh::machine::RefreshMachine;
pub use crate::refresh::reading_user::{ReadingUserAgain, Unread, UserReadAgain};
pub use crate::refresh::refreshed_tokens::RefreshedTokens;
pub use crate::refresh::refreshing::{AfterRefresh, Refreshing};
pub use crate::refresh::request::RefreshRequest;
pub use crate::reply::event::Event;
pub use crate::reply::page::{Page, WayOn};
pub use crate::reply::pages::OwnPage;
pub use crate::reply::reference::{Reference, References};
pub use crate::reply::reply::{Ending, PRIVATE, Reply};
pub use crate::reply::subject::Subject;
pub use crate::reply::words::subject::PageSubject;
pub use crate::request::endpoint::Endpoint;
pub use crate::request::head::Head;
pub use crate::request::language::Language;
pub use crate::request::owned_head::OwnedHead;
pub use crate::request::placement::Placement;
pub use crate::request::return_to::ReturnTo;
pub use crate::request::site::{Site, SiteError};
pub use crate::rules::path_rules::{Need, PathRules};
pub use crate::seal::key_ring::{KeyRing, SecretError};
pub use crate::seal::protection::Protection;
pub use crate::session::device_cookie::DEVICE_COOKIE_LIFE;
pub use crate::session::found::{AskStore, Checked, Found, Opened};
pub use crate::session::lifetimes::{Lifetimes, MAX_SKEW};
pub use crate::session::profile::Profile;
pub use crate::session::refusal::SessionRefusal;
pub use crate::session::revoked_session::RevokedSession;
pub use crate::session::session_ref::{SessionId, SessionRef};
pub use crate::session::status::{RevocationStatus, StoreAnswer};
pub use crate::session::user::{Credential, DataError, User, newer};
pub use crate::session::write::TooLarge;
pub use crate::session_list::{ListedEntry, SessionList};
pub use crate::sign_in::approving::{Approved, Approving, Candidate};
pub use crate::sign_in::challenge::Challenge;
pub use crate::sign_in::completing::Completing;
pub use crate::sign_in::reading_user::{ReadingUser, UserRead};
pub use crate::sign_in::redeeming::{Redeemed, Redeeming};
pub use crate::sign_in::replies::SignInReplies;
pub use crate::sign_in::start::StartSignIn;
pub use crate::values::entropy::Entropy;
pub use crate::values::error_code::ErrorCode;
pub use crate::values::hook_answer::HookAnswer;
pub use crate::values::json::strict_object;
pub use crate::values::jws::Jws;
pub use crate::values::newest::Newest;
pub use crate::values::quick_hash::quick_hash;
pub use crate::values::report::{Report, Severity};
pub use crate::values::secret::Secret;
pub use crate::values::secure_url::{SecureUrl, UrlError};
pub use crate::values::timestamp::Timestamp;
