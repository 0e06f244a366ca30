//! A sign-in that a handler asks for: an adapter's `SignIn` holds it.

use std::fmt;
use std::sync::Arc;

use fncy_login_core::{Head, OwnedHead, SignInError, SignInOptions};

use crate::adapter::rejection::Rejection;
use crate::handle::caller::event_request;
use crate::hooks::request_context::RequestContext;
use crate::request::auth_context::AuthContext;

/// The sign-in of a request, before its options are known.
#[derive(Clone)]
pub struct SignInStart {
    context: AuthContext,
    head: Arc<OwnedHead>,
    /// The request as `on_event` sees it.
    request: Option<RequestContext>,
}

impl SignInStart {
    /// Takes along what a response needs; `head` is that of the same request.
    pub fn new<H: Head>(context: &AuthContext, head: &H) -> Self {
        Self {
            context: context.clone(),
            head: Arc::new(OwnedHead::of(head)),
            request: event_request(context.login(), head),
        }
    }

    /// A sign-in with options. It begins when the result becomes a response.
    ///
    /// # Errors
    ///
    /// [`SignInError`], if an option can't be sent.
    pub fn start(&self, options: SignInOptions) -> Result<Rejection, SignInError> {
        options.check()?;
        let (context, head) = (self.context.clone(), Arc::clone(&self.head));
        Ok(Rejection::sign_in(context, head, options).seen_as(self.request.clone()))
    }
}

/// Shows nothing of the request, whose query and headers have secrets in them.
impl fmt::Debug for SignInStart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignInStart").finish_non_exhaustive()
    }
}
