//! What an adapter for a web framework is made of.
//!
//! An application needs nothing of this module. An adapter does four things:
//!
//! 1. It implements [`Head`] for the framework's request.
//! 2. It asks [`Login::decide`](crate::Login::decide) about each request. It then calls the application with the
//!    [`AuthContext`](crate::AuthContext) in the request's extensions, or sends a [`Reply`].
//! 3. It wraps [`SignedIn`], [`tokens`], [`SessionHandle`], [`Denial`] and [`SignInStart`] as extractors, and [`Guard`]
//!    as middleware.
//! 4. It turns a [`Rejection`] into a response.
//!
//! `CONTRIBUTING.md` in the repository shows each step. `examples/poem-adapter` is an adapter in about 200 lines.

pub(crate) mod api_handle;
pub(crate) mod extract;
pub(crate) mod guard;
pub(crate) mod guard_answer;
pub(crate) mod login_reply;
pub(crate) mod rejection;
pub(crate) mod session_handle;
pub(crate) mod sign_in_start;

pub use fncy_login_core::{DEFAULT_CACHE_CONTROL, Head, OwnedHead, Placement, Reply};

pub use crate::adapter::api_handle::ApiHandle;
pub use crate::adapter::extract::{Denial, SignedIn, tokens};
pub use crate::adapter::guard::Guard;
pub use crate::adapter::rejection::Rejection;
pub use crate::adapter::session_handle::SessionHandle;
pub use crate::adapter::sign_in_start::SignInStart;
pub use crate::request::response_patch::{HeaderChanges, ResponsePatch};
pub use crate::request::verdict::{Decision, Verdict};
