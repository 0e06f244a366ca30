//! The future of a response: the application's, or the login's, now or later.

use std::fmt;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use actix_web::HttpMessage as _;
use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse};
use fncy_login::adapter::{Reply, ResponsePatch, Verdict};
use pin_project_lite::pin_project;

use crate::convert::{patched, response};

pin_project! {
    /// The response of the middleware.
    #[doc(hidden)]
    pub struct ResponseFuture<S>
    where
        S: Service<ServiceRequest>,
    {
        #[pin]
        pub(crate) state: State<S>,
    }
}

pin_project! {
    #[project = StateProjection]
    pub(crate) enum State<S>
    where
        S: Service<ServiceRequest>,
    {
        Inner { #[pin] future: S::Future, patch: Option<ResponsePatch> },
        Reply { reply: Option<(Box<Reply>, ServiceRequest)> },
        Later {
            verdict: Pin<Box<dyn Future<Output = Verdict> + Send>>,
            waiting: Option<Waiting<S>>,
        },
    }
}

/// An application and the request that it gets if it is admitted.
pub(crate) struct Waiting<S> {
    pub(crate) inner: Rc<S>,
    pub(crate) request: ServiceRequest,
}

impl<S: Service<ServiceRequest>> fmt::Debug for ResponseFuture<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}

impl<S, B> Future for ResponseFuture<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = actix_web::Error>,
    B: MessageBody + 'static,
{
    type Output = Result<ServiceResponse, actix_web::Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.project().state;
        loop {
            let next = match state.as_mut().project() {
                StateProjection::Inner { future, patch } => {
                    let polled = ResponsePatch::scope(patch.as_mut(), || future.poll(cx));
                    let response = patched(ready!(polled), patch.take());
                    // A body that is boxed or bytes already is not boxed again.
                    return Poll::Ready(response.map(ServiceResponse::map_into_boxed_body));
                }
                StateProjection::Reply { reply } => {
                    // The future was polled again after it was ready.
                    let Some((reply, request)) = reply.take() else {
                        return Poll::Pending;
                    };
                    return Poll::Ready(Ok(request.into_response(response(*reply))));
                }
                StateProjection::Later { verdict, waiting } => {
                    let verdict = ready!(verdict.as_mut().poll(cx));
                    let Some(Waiting { inner, request }) = waiting.take() else {
                        return Poll::Pending;
                    };
                    match verdict {
                        Verdict::Admit { context, patch } => {
                            request.extensions_mut().insert(context);
                            State::Inner {
                                future: inner.call(request),
                                patch: Some(patch),
                            }
                        }
                        Verdict::Reply(reply) => State::Reply {
                            reply: Some((reply, request)),
                        },
                    }
                }
            };
            state.set(next);
        }
    }
}
