//! The endpoint: asks the login about each request, and does what it says.

use fncy_login::{Admitted, AuthContext, Decision, Login, Verdict};
use poem::{Endpoint, IntoResponse as _, Request, Response, Result};

use crate::convert::{RequestHead, finished, response};

/// An application with Login with FNCY round it: what [`FncyLogin`](crate::FncyLogin) makes.
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
            Verdict::Admit(Admitted { context, finish }) => {
                request.set_data(context);
                // An error is an answer too, and carries what the login adds.
                finished(self.inner.get_response(request).await, finish)
            }
            Verdict::Reply(reply) => response(*reply),
        })
    }
}
