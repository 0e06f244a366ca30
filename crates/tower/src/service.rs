//! The service: asks the login about each request, and does what it says.

use std::task::{Context, Poll};

use fncy_login::{Admission, Decision, Login, Outcome, Visit};
use http::{Request, Response};
use tower_service::Service;

use crate::body::Body;
use crate::convert::{RequestHead, response};
use crate::future::ResponseFuture;

/// An application with Login with FNCY round it: what [`FncyLogin`](crate::FncyLogin) makes.
#[derive(Clone, Debug)]
pub struct FncyLoginService<S> {
    login: Login,
    inner: S,
}

impl<S> FncyLoginService<S> {
    pub(crate) fn new(login: Login, inner: S) -> Self {
        Self { login, inner }
    }
}

impl<S, B, R> Service<Request<B>> for FncyLoginService<S>
where
    S: Service<Request<B>, Response = Response<R>>,
{
    type Response = Response<Body<R>>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let before = request.extensions().get::<Visit>();
        let decision = self.login.decide(&RequestHead::of(&request), before);
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
            Decision::Now(Outcome::Reply(reply)) => ResponseFuture::ready(response(reply)),
            Decision::Later(reply) => ResponseFuture::later(reply),
        }
    }
}
