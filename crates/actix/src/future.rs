//! The future of a response: the application's, or a reply of ours, now or later.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use actix_web::HttpMessage as _;
use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse};
use fncy_login::{Finish, Reply, Verdict};
use pin_project_lite::pin_project;

use crate::convert::{finished, response};

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
        Inner { #[pin] future: S::Future, finish: Option<Finish> },
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
                StateProjection::Inner { future, finish } => {
                    let answer = finished(ready!(future.poll(cx)), finish.take());
                    // Nothing is boxed that is boxed already, and no body that is bytes.
                    return Poll::Ready(answer.map(ServiceResponse::map_into_boxed_body));
                }
                StateProjection::Reply { reply } => {
                    // A future that is polled after it was ready has nothing more to say.
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
                        Verdict::Admit(admitted) => {
                            request.extensions_mut().insert(admitted.context);
                            State::Inner {
                                future: inner.call(request),
                                finish: Some(admitted.finish),
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
