//! The endpoint: asks the login about each request, and carries out the verdict.

use fncy_login::adapter::{Decision, Verdict};
use fncy_login::{AuthContext, Login};
use poem::{Endpoint, IntoResponse as _, Request, Response, Result};

use crate::convert::{RequestHead, patched, response};

/// An endpoint with the login around it, as [`FncyLogin`](crate::FncyLogin) makes it.
#[derive(Clone, Debug)]
pub struct FncyLoginEndpoint<E> {
    pub(crate) login: Login,
    pub(crate) inner: E,
}

impl<E: Endpoint> Endpoint for FncyLoginEndpoint<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        let before = request.data::<AuthContext>();
        let verdict = match self.login.decide(&RequestHead::of(&request), before) {
            Decision::Pass => return Ok(self.inner.call(request).await?.into_response()),
            Decision::Now(verdict) => verdict,
            Decision::Later(verdict) => verdict.await,
        };
        Ok(match verdict {
            Verdict::Admit { context, mut patch } => {
                request.set_data(context);
                // An error becomes a response here, so that it carries the cookies of the login.
                let response = patch.around(self.inner.get_response(request)).await;
                patched(response, patch)
            }
            Verdict::Reply(reply) => response(*reply),
        })
    }
}
