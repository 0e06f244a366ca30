//! The response's body: the application's, or a small body of the login's.
//!
//! Rule: the application's body needs no more than `http_body::Body`, so that the layer fits over any service. Its
//! pieces come out as `Bytes`, which costs nothing where they are `Bytes` already.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use http_body::{Frame, SizeHint};
use pin_project_lite::pin_project;

pin_project! {
    /// The body of a response that went through [`FncyLoginLayer`](crate::FncyLoginLayer).
    pub struct Body<B> {
        #[pin]
        kind: Kind<B>,
    }
}

pin_project! {
    #[project = KindProjection]
    enum Kind<B> {
        Inner { #[pin] body: B },
        Reply { bytes: Bytes },
    }
}

impl<B> Body<B> {
    pub(crate) fn inner(body: B) -> Self {
        Self {
            kind: Kind::Inner { body },
        }
    }

    pub(crate) fn reply(body: String) -> Self {
        Self {
            kind: Kind::Reply {
                bytes: Bytes::from(body),
            },
        }
    }
}

/// An empty body, for middleware that needs a placeholder.
impl<B> Default for Body<B> {
    fn default() -> Self {
        Self::reply(String::new())
    }
}

/// Shows whose body it is and no byte of it.
impl<B> fmt::Debug for Body<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            Kind::Inner { .. } => "Body(inner)",
            Kind::Reply { .. } => "Body(reply)",
        })
    }
}

impl<B: http_body::Body> http_body::Body for Body<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, B::Error>>> {
        match self.project().kind.project() {
            KindProjection::Inner { body } => body
                .poll_frame(cx)
                .map_ok(|frame| frame.map_data(|mut data| data.copy_to_bytes(data.remaining()))),
            KindProjection::Reply { bytes } if bytes.is_empty() => Poll::Ready(None),
            KindProjection::Reply { bytes } => {
                let frame = Frame::data(std::mem::take(bytes));
                Poll::Ready(Some(Ok(frame)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.kind {
            Kind::Inner { body } => body.is_end_stream(),
            Kind::Reply { bytes } => bytes.is_empty(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.kind {
            Kind::Inner { body } => body.size_hint(),
            Kind::Reply { bytes } => SizeHint::with_exact(bytes.len() as u64),
        }
    }
}
