//! The form of a reply: what the request says of its reader.

use crate::reply::grpc;
use crate::reply::reply::Reply;
use crate::request::head::{Head, text};
use crate::request::language::Language;

/// How the reply to one request is written.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ReplyFormat {
    language: Language,
    /// HEAD is GET without a body (RFC 9110, section 9.3.2).
    is_bodiless: bool,
    /// A gRPC client reads a status of its own and no body of ours.
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

    /// Gives a whole reply its form.
    pub(crate) fn apply(self, mut reply: Reply) -> Reply {
        if self.is_grpc && reply.status >= 400 {
            return grpc::trailers_only(reply);
        }
        if self.is_bodiless {
            reply.body.clear();
        }
        reply
    }
}
