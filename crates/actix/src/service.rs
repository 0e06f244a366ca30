//! The service: asks the login about each request, and does what it says.

use std::task::{Context, Poll};

use actix_web::HttpMessage as _;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse};
use fncy_login::{Admission, Decision, Login, Outcome, Visit};

use crate::convert::{RequestHead, response};
use crate::future::ResponseFuture;

/// An application with Login with FNCY round it: what [`FncyLogin`](crate::FncyLogin) makes.
#[doc(hidden)]
#[derive(Debug)]
pub struct FncyLoginMiddleware<S> {
    login: Login,
    inner: S,
}

impl<S> FncyLoginMiddleware<S> {
    pub(crate) fn new(login: Login, inner: S) -> Self {
        Self { login, inner }
    }
}

impl<S, B> Service<ServiceRequest> for FncyLoginMiddleware<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = actix_web::Error>,
    B: MessageBody,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = actix_web::Error;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let decision = {
            let extensions = request.extensions();
            let head = RequestHead::of(request.head());
            self.login.decide(&head, extensions.get::<Visit>())
        };
        match decision {
            Decision::Pass => ResponseFuture::inner(self.inner.call(request), None),
            Decision::Now(Outcome::Admit(admission)) => {
                let Admission {
                    user,
                    default_cache_control,
                } = admission;
                let visit = Visit::new(self.login.clone(), user);
                request.extensions_mut().insert(visit);
                ResponseFuture::inner(self.inner.call(request), default_cache_control)
            }
            Decision::Now(Outcome::Reply(reply)) => {
                ResponseFuture::ready(request.into_response(response(reply)))
            }
            Decision::Later(reply) => ResponseFuture::later(reply, request.into_parts().0),
        }
    }
}
