//! The future of a response: the application's, or a reply of ours, now or later.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use fncy_login::Reply;
use http::{HeaderValue, Response, header};
use pin_project_lite::pin_project;

use crate::body::Body;
use crate::convert::response;

pin_project! {
    /// The response of a [`FncyLoginService`](crate::FncyLoginService).
    pub struct ResponseFuture<F> {
        #[pin]
        state: State<F>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<F> {
        Inner { #[pin] future: F, default_cache_control: Option<&'static str> },
        Ready { reply: Option<Response<String>> },
        Later { reply: Pin<Box<dyn Future<Output = Reply> + Send>> },
    }
}

impl<F> ResponseFuture<F> {
    pub(crate) fn inner(future: F, default_cache_control: Option<&'static str>) -> Self {
        Self {
            state: State::Inner {
                future,
                default_cache_control,
            },
        }
    }

    pub(crate) fn ready(reply: Response<String>) -> Self {
        Self {
            state: State::Ready { reply: Some(reply) },
        }
    }

    pub(crate) fn later(reply: Pin<Box<dyn Future<Output = Reply> + Send>>) -> Self {
        Self {
            state: State::Later { reply },
        }
    }
}

impl<F, R, E> Future for ResponseFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
{
    type Output = Result<Response<Body<R>>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().state.project() {
            StateProjection::Inner {
                future,
                default_cache_control,
            } => {
                let mut response = ready!(future.poll(cx))?;
                if let Some(value) = default_cache_control {
                    response
                        .headers_mut()
                        .entry(header::CACHE_CONTROL)
                        .or_insert(HeaderValue::from_static(value));
                }
                Poll::Ready(Ok(response.map(Body::inner)))
            }
            StateProjection::Ready { reply } => match reply.take() {
                Some(reply) => Poll::Ready(Ok(reply.map(Body::reply))),
                None => Poll::Pending,
            },
            StateProjection::Later { reply } => {
                let reply = ready!(reply.as_mut().poll(cx));
                Poll::Ready(Ok(response(reply).map(Body::reply)))
            }
        }
    }
}
