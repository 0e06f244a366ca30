//! FNCY's API, for the user of a request: an adapter's `FncyApi` holds it.

use std::fmt;
use std::sync::Arc;

use fncy_login_core::{Credential, Head, OwnedHead, Resealing, SessionTokens, User};
use http::{Request, Response, StatusCode};

use crate::adapter::extract::{signed_out, tokens};
use crate::adapter::rejection::Rejection;
use crate::handle::caller::event_request;
use crate::hooks::request_context::RequestContext;
use crate::observe::once_per_minute::limited;
use crate::provider::api_error::ApiError;
use crate::request::auth_context::AuthContext;
use crate::session::open_session::OpenSession;
use crate::session::patch_slot::open_session;
use crate::session::refresh_tokens::refresh_tokens;

/// FNCY's API, for the user of this request: an adapter's `FncyApi` holds it. Cloning is cheap.
///
/// `send` is a client for it. `tokens` and `refresh` are for a client of
/// your own.
///
/// The user of a bearer token has a token that can't be refreshed: the API's 401 is then a 401 for the caller.
///
/// Each method's error has a reply. Return the error, and the login answers: the person signs in again, or gets a page.
#[derive(Clone)]
pub struct ApiHandle(Arc<Call>);

/// What all calls of one request share.
struct Call {
    context: AuthContext,
    head: OwnedHead,
    /// The request as `on_event` sees it.
    request: Option<RequestContext>,
    /// `None` for the user of a bearer token, which can't be refreshed.
    session: Option<Arc<OpenSession>>,
    /// The tokens that the request began with.
    tokens: SessionTokens,
}

impl ApiHandle {
    /// The API for the user of a request; `head` is that of the same request.
    ///
    /// # Errors
    ///
    /// No user is signed in, the session has no tokens, or they have expired on a public path. Or a layer between the login
    /// and the handler has moved the request to another task, so that the response can't be reached.
    pub fn of<H: Head>(context: &AuthContext, head: &H) -> Result<Self, Rejection> {
        let Some(user) = context.user() else {
            return Err(signed_out(context, head));
        };
        let tokens = tokens(context, head)?;
        let session = match user.credential() {
            Credential::BearerToken => None,
            _ => {
                let session = open_session(user, || context.open_session(head, user));
                Some(session.ok_or_else(Rejection::other_task)?)
            }
        };
        Ok(Self(Arc::new(Call {
            session,
            context: context.clone(),
            head: OwnedHead::of(head),
            request: event_request(context.login(), head),
            tokens,
        })))
    }

    /// Sends a request with the user's access token, and returns the answer with any status but 401.
    ///
    /// If FNCY answers 401, the tokens are refreshed, and the request is sent once more. One refresh serves all requests
    /// that wait for it, on all instances with a [`store`](crate::LoginBuilder::store). The response of your handler brings
    /// the new cookie.
    ///
    /// The address must be below an origin of [`LoginBuilder::api_origin`](crate::LoginBuilder::api_origin). No redirect is
    /// followed: a 302 is the answer. The whole body is read, up to
    /// [`LoginBuilder::api_answer_limit`](crate::LoginBuilder::api_answer_limit). At most 32 calls run at once, and at most
    /// eight for one user. The others wait. Each of the two attempts has ten seconds, with its wait.
    ///
    /// # Errors
    ///
    /// A rejection, whose kind is [`RejectionKind::Api`](crate::RejectionKind::Api) with an [`ApiError`]. A second 401 is
    /// [`ApiError::Refused`].
    ///
    /// ```
    /// use fncy_login::adapter::{ApiHandle, Rejection};
    /// use http::Request;
    ///
    /// async fn orders(api: &ApiHandle) -> Result<String, Rejection> {
    ///     let request = Request::get("https://api.fncy.com/v1/orders").body(Vec::new()).unwrap();
    ///     let answer = api.send(request).await?;
    ///     Ok(String::from_utf8_lossy(answer.body()).into_owned())
    /// }
    /// ```
    #[doc(alias("fetch", "reqwest", "bearer", "resource server"))]
    pub async fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, Rejection> {
        let tokens = self.current(&request).await?;
        let answer = self.attempt(request.clone(), &tokens).await?;
        if answer.status() != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        let tokens = self.refresh(&tokens).await?;
        let answer = self.attempt(request, &tokens).await?;
        if answer.status() == StatusCode::UNAUTHORIZED {
            return Err(self.refused());
        }
        Ok(answer)
    }

    /// Sends a request as `send` does, but once only. A 401 is the answer.
    ///
    /// It is for a body that can't be sent again, such as one with the name of an upload that works once.
    ///
    /// # Errors
    ///
    /// Those of `send`, except for a second 401.
    pub async fn send_once(
        &self,
        request: Request<Vec<u8>>,
    ) -> Result<Response<Vec<u8>>, Rejection> {
        let tokens = self.current(&request).await?;
        self.attempt(request, &tokens).await
    }

    /// The newest tokens of this request, for a client of your own.
    #[must_use]
    pub fn tokens(&self) -> SessionTokens {
        let session = self.0.session.as_ref();
        // After the response, only the tokens are left that the request began with.
        let newest = session.and_then(|open| open.read(Resealing::tokens).ok()?);
        newest.unwrap_or_else(|| self.0.tokens.clone())
    }

    /// New tokens, after FNCY's API answered 401 to a client of your own. `refused` are the tokens that the API refused.
    ///
    /// If another request has refreshed them meanwhile, you get its tokens, and FNCY isn't asked. The response of your
    /// handler brings the new cookie. The call takes at most 15 seconds, and waits its turn among the refreshes of the
    /// same user.
    ///
    /// # Errors
    ///
    /// As for `send`. In particular [`ApiError::Refused`] if FNCY refuses the refresh token, and
    /// [`ApiError::SessionEnded`] if the session was revoked. A revoked session gets no refresh and no cookie. The user of a
    /// bearer token gets [`ApiError::NotRefreshable`].
    ///
    /// ```
    /// use fncy_login::adapter::{ApiHandle, Rejection};
    ///
    /// async fn orders(api: &ApiHandle) -> Result<u16, Rejection> {
    ///     let mut tokens = api.tokens();
    ///     let mut status = call(tokens.access_token()).await;
    ///     if status == 401 {
    ///         tokens = api.refresh(&tokens).await?;
    ///         status = call(tokens.access_token()).await;
    ///     }
    ///     if status == 401 {
    ///         return Err(api.refused());
    ///     }
    ///     Ok(status)
    /// }
    /// # async fn call(_: &str) -> u16 { 200 }
    /// ```
    pub async fn refresh(&self, refused: &SessionTokens) -> Result<SessionTokens, Rejection> {
        let refreshed = match &self.0.session {
            Some(open) => refresh_tokens(open, refused).await,
            None => Err(ApiError::NotRefreshable),
        };
        refreshed.map_err(|error| self.rejection(error))
    }

    /// The refusal after FNCY's API refused a new token as well: the person signs in again, and a script gets a 401.
    ///
    /// A person who signed in less than a minute ago gets a page with a button, and is not redirected. So no loop begins if
    /// the API refuses each token.
    #[must_use]
    pub fn refused(&self) -> Rejection {
        let telemetry = &self.0.context.login().0.telemetry;
        limited!(
            telemetry,
            warn,
            "FNCY's API refuses a token that was just refreshed; check the API's audience and scopes"
        );
        self.rejection(ApiError::Refused)
    }

    /// The tokens for a request that may carry one. If they have expired while the handler ran, they are refreshed.
    async fn current(&self, request: &Request<Vec<u8>>) -> Result<SessionTokens, Rejection> {
        let login = &self.0.context.login().0;
        let checked = login.api.check(request);
        checked.map_err(|error| self.rejection(error))?;
        let (tokens, now) = (self.tokens(), login.clock.now());
        let session = self.0.session.as_ref();
        match session.map(|open| open.read(|session| session.has_expired(now))) {
            Some(Ok(true)) => self.refresh(&tokens).await,
            _ => Ok(tokens),
        }
    }

    async fn attempt(
        &self,
        request: Request<Vec<u8>>,
        tokens: &SessionTokens,
    ) -> Result<Response<Vec<u8>>, Rejection> {
        let login = &self.0.context.login().0;
        let user = self.0.context.user().map_or("", User::id);
        let user = login.refresher.0.holder(user);
        let (http, places) = (&login.provider.http, &login.places);
        let sending = login
            .api
            .send(http, places, user, request, tokens.access_token());
        sending.await.map_err(|error| self.rejection(error))
    }

    fn rejection(&self, error: ApiError) -> Rejection {
        if let ApiError::OtherOrigin | ApiError::ReservedHeader | ApiError::ResponseSent = error {
            let error = error.to_string();
            let telemetry = &self.0.context.login().0.telemetry;
            limited!(
                telemetry,
                error,
                "a handler called FNCY's API in a way that can't work",
                by & error,
                error
            );
        }
        let Call { context, head, .. } = &*self.0;
        Rejection::api(context, head, error).seen_as(self.0.request.clone())
    }
}

/// Shows the user's id only.
impl fmt::Debug for ApiHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiHandle")
            .field("user", &self.0.context.user())
            .finish_non_exhaustive()
    }
}
