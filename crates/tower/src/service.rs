//! The service: asks the login about each request, and carries out the verdict.

use std::task::{Context, Poll};

use fncy_login::adapter::{Decision, Verdict};
use fncy_login::{AuthContext, Login};
use http::{Request, Response};
use tower_service::Service;

use crate::body::Body;
use crate::convert::{RequestHead, admit};
use crate::future::{ResponseFuture, State, Waiting};

/// A service with the login around it, as [`FncyLoginLayer`](crate::FncyLoginLayer) makes it.
#[derive(Clone, Debug)]
pub struct FncyLoginService<S> {
    login: Login,
    inner: S,
}

impl<S> FncyLoginService<S> {
    pub(crate) fn new(login: Login, inner: S) -> Self {
        Self { login, inner }
    }

    #[cfg(feature = "axum")]
    pub(crate) fn login(&self) -> &Login {
        &self.login
    }
}

impl<S, B, R> Service<Request<B>> for FncyLoginService<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone,
{
    type Response = Response<Body<R>>;
    type Error = S::Error;
    type Future = ResponseFuture<S, B>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let before = request.extensions().get::<AuthContext>();
        let state = match self.login.decide(&RequestHead::new(&request), before) {
            Decision::Pass => State::Inner {
                future: self.inner.call(request),
                patch: None,
            },
            Decision::Now(Verdict::Admit { context, patch }) => {
                admit(&mut request, context);
                State::Inner {
                    future: self.inner.call(request),
                    patch: Some(patch),
                }
            }
            Decision::Now(Verdict::Reply(reply)) => State::Reply { reply: Some(reply) },
            Decision::Later(verdict) => {
                // The clone has not been polled; the service that is ready waits for the verdict.
                let unready = self.inner.clone();
                let inner = std::mem::replace(&mut self.inner, unready);
                State::Later {
                    verdict,
                    waiting: Some(Waiting { inner, request }),
                }
            }
        };
        ResponseFuture { state }
    }
}
