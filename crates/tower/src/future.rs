//! The future of a response: the application's, or the login's, now or later.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use fncy_login::adapter::{Reply, ResponsePatch, Verdict};
use http::{Request, Response};
use pin_project_lite::pin_project;
use tower_service::Service;

use crate::body::Body;
use crate::convert::{admit, apply, response};

pin_project! {
    /// The response of a [`FncyLoginService`](crate::FncyLoginService).
    pub struct ResponseFuture<S, B>
    where
        S: Service<Request<B>>,
    {
        #[pin]
        pub(crate) state: State<S, B>,
    }
}

pin_project! {
    #[project = StateProjection]
    pub(crate) enum State<S, B>
    where
        S: Service<Request<B>>,
    {
        Inner { #[pin] future: S::Future, patch: Option<ResponsePatch> },
        Reply { reply: Option<Box<Reply>> },
        Later {
            verdict: Pin<Box<dyn Future<Output = Verdict> + Send>>,
            waiting: Option<Waiting<S, B>>,
        },
    }
}

/// An application and the request that it gets if it is admitted.
pub(crate) struct Waiting<S, B> {
    pub(crate) inner: S,
    pub(crate) request: Request<B>,
}

impl<S: Service<Request<B>>, B> fmt::Debug for ResponseFuture<S, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}

impl<S, B, R> ResponseFuture<S, B>
where
    S: Service<Request<B>, Response = Response<R>>,
{
    /// Polls for a response whose body is made of the application's body or of a reply's text.
    pub(crate) fn poll_with<T>(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        inner: impl FnOnce(R) -> T,
        of_reply: impl FnOnce(String) -> T,
    ) -> Poll<Result<Response<T>, S::Error>> {
        let mut state = self.project().state;
        loop {
            let next = match state.as_mut().project() {
                StateProjection::Inner { future, patch } => {
                    let polled = ResponsePatch::scope(patch.as_mut(), || future.poll(cx));
                    let mut response = ready!(polled)?;
                    if let Some(patch) = patch.take() {
                        apply(patch, response.headers_mut());
                    }
                    return Poll::Ready(Ok(response.map(inner)));
                }
                StateProjection::Reply { reply } => {
                    // The future was polled again after it was ready.
                    let Some(reply) = reply.take() else {
                        return Poll::Pending;
                    };
                    return Poll::Ready(Ok(response(*reply).map(of_reply)));
                }
                StateProjection::Later { verdict, waiting } => {
                    match (ready!(verdict.as_mut().poll(cx)), waiting.take()) {
                        (Verdict::Admit { context, patch }, Some(mut waiting)) => {
                            admit(&mut waiting.request, context);
                            State::Inner {
                                future: waiting.inner.call(waiting.request),
                                patch: Some(patch),
                            }
                        }
                        (Verdict::Admit { .. }, None) => return Poll::Pending,
                        (Verdict::Reply(reply), _) => State::Reply { reply: Some(reply) },
                    }
                }
            };
            state.set(next);
        }
    }
}

impl<S, B, R> Future for ResponseFuture<S, B>
where
    S: Service<Request<B>, Response = Response<R>>,
{
    type Output = Result<Response<Body<R>>, S::Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.poll_with(cx, Body::inner, Body::reply)
    }
}
