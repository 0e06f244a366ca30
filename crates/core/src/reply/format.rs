//! Reply formats: the form of a reply that fits the request.

use crate::reply::grpc;
use crate::reply::reply::Reply;
use crate::request::head::{Head, text};
use crate::request::language::Language;

/// The format of the reply to one request.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ReplyFormat {
    language: Language,
    /// Whether the body is left out, as for HEAD (RFC 9110, section 9.3.2).
    is_bodiless: bool,
    /// Whether the reader is a gRPC client, which reads a status of its own and no body.
    is_grpc: bool,
}

impl ReplyFormat {
    pub(crate) fn of<H: Head>(head: &H) -> Self {
        Self {
            language: Language::of(head),
            is_bodiless: head.method() == "HEAD",
            is_grpc: text(head, "content-type").is_some_and(grpc::is_grpc),
        }
    }

    #[cfg(test)]
    pub(crate) fn in_language(language: Language) -> Self {
        Self {
            language,
            ..Self::default()
        }
    }

    pub(crate) fn language(self) -> Language {
        self.language
    }

    /// Changes a complete reply to this format.
    pub(crate) fn apply(self, mut reply: Box<Reply>) -> Box<Reply> {
        if self.is_grpc && reply.status >= 400 {
            grpc::trailers_only(&mut reply);
        } else if self.is_bodiless {
            reply.body.clear();
        }
        reply
    }
}
