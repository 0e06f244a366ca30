//! The future of a response: the application's, or a reply of ours, now or later.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use actix_web::HttpRequest;
use actix_web::body::{BoxBody, EitherBody};
use actix_web::dev::ServiceResponse;
use actix_web::http::header;
use fncy_login::Reply;
use pin_project_lite::pin_project;

use crate::convert::response;

pin_project! {
    /// The response of the middleware.
    #[doc(hidden)]
    pub struct ResponseFuture<F> {
        #[pin]
        state: State<F>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<F> {
        Inner { #[pin] future: F, default_cache_control: Option<&'static str> },
        Ready { response: Option<ServiceResponse<BoxBody>> },
        Later {
            reply: Pin<Box<dyn Future<Output = Reply> + Send>>,
            request: Option<HttpRequest>,
        },
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

    pub(crate) fn ready(response: ServiceResponse<BoxBody>) -> Self {
        Self {
            state: State::Ready {
                response: Some(response),
            },
        }
    }

    pub(crate) fn later(
        reply: Pin<Box<dyn Future<Output = Reply> + Send>>,
        request: HttpRequest,
    ) -> Self {
        Self {
            state: State::Later {
                reply,
                request: Some(request),
            },
        }
    }
}

impl<F, B> Future for ResponseFuture<F>
where
    F: Future<Output = Result<ServiceResponse<B>, actix_web::Error>>,
{
    type Output = Result<ServiceResponse<EitherBody<B>>, actix_web::Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let own = match self.project().state.project() {
            StateProjection::Inner {
                future,
                default_cache_control,
            } => {
                let mut response = ready!(future.poll(cx))?;
                if let Some(value) = default_cache_control
                    && !response.headers().contains_key(header::CACHE_CONTROL)
                {
                    response.headers_mut().insert(
                        header::CACHE_CONTROL,
                        header::HeaderValue::from_static(value),
                    );
                }
                return Poll::Ready(Ok(response.map_into_left_body()));
            }
            StateProjection::Ready { response } => response.take(),
            StateProjection::Later { reply, request } => {
                let reply = ready!(reply.as_mut().poll(cx));
                request
                    .take()
                    .map(|request| ServiceResponse::new(request, response(reply)))
            }
        };
        // A future that is polled after it was ready has nothing more to say.
        own.map_or(Poll::Pending, |response| {
            Poll::Ready(Ok(response.map_into_right_body()))
        })
    }
}
