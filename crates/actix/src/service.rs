//! The service: asks the login about each request, and carries out the verdict.

use std::rc::Rc;
use std::task::{Context, Poll};

use actix_web::HttpMessage as _;
use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse};
use fncy_login::adapter::{Decision, Verdict};
use fncy_login::{AuthContext, Login};

use crate::convert::RequestHead;
use crate::future::{ResponseFuture, State, Waiting};

/// A service with the login around it, as [`FncyLogin`](crate::FncyLogin) makes it.
#[doc(hidden)]
#[derive(Debug)]
pub struct FncyLoginMiddleware<S> {
    login: Login,
    inner: Rc<S>,
}

impl<S> FncyLoginMiddleware<S> {
    pub(crate) fn new(login: Login, inner: S) -> Self {
        Self {
            login,
            inner: Rc::new(inner),
        }
    }
}

impl<S, B> Service<ServiceRequest> for FncyLoginMiddleware<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = actix_web::Error>,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse;
    type Error = actix_web::Error;
    type Future = ResponseFuture<S>;

    fn poll_ready(&self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let decision = {
            let extensions = request.extensions();
            let head = RequestHead::of(request.request());
            self.login.decide(&head, extensions.get::<AuthContext>())
        };
        let state = match decision {
            Decision::Pass => State::Inner {
                future: self.inner.call(request),
                patch: None,
            },
            Decision::Now(Verdict::Admit { context, patch }) => {
                request.extensions_mut().insert(context);
                State::Inner {
                    future: self.inner.call(request),
                    patch: Some(patch),
                }
            }
            Decision::Now(Verdict::Reply(reply)) => State::Reply {
                reply: Some((reply, request)),
            },
            Decision::Later(verdict) => {
                let inner = Rc::clone(&self.inner);
                State::Later {
                    verdict,
                    waiting: Some(Waiting { inner, request }),
                }
            }
        };
        ResponseFuture { state }
    }
}
