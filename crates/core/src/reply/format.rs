//! Who a reply is for: the last thing that is decided over one.
//!
//! Rule: a request's wishes are read once, where the machine is entered, and kept with whatever it waits
//! for; nobody in between has to think of them.

use crate::reply::grpc;
use crate::reply::outcome::{Outcome, Reply};
use crate::reply::page::Pages;
use crate::request::head::Head;
use crate::request::head::text;
use crate::request::language::Language;
use crate::step::Step;

/// What of a request says how its reply is written.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ReplyFormat {
    language: Language,
    /// HEAD is GET without a body (RFC 9110, section 9.3.2).
    is_bodiless: bool,
    /// A call of gRPC reads its own status and no body of ours.
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

    /// Writes a reply's page, if it has one.
    pub(crate) fn address(self, pages: &Pages, reply: Reply) -> Reply {
        let mut reply = pages.write(reply, self.language);
        if self.is_grpc && reply.status >= 400 {
            return grpc::trailers_only(reply);
        }
        if self.is_bodiless {
            reply.body.clear();
        }
        reply
    }
}

impl Step {
    /// This step, said so that the format understands it. One that admits asks for none.
    pub(crate) fn told_to(self, pages: &Pages, format: impl FnOnce() -> ReplyFormat) -> Self {
        match self {
            Self::Done(Outcome::Reply(reply)) => Self::reply(format().address(pages, *reply)),
            Self::Send(exchange, pending) => Self::Send(exchange, pending.with(format())),
            Self::Ask(question, pending) => Self::Ask(question, pending.with(format())),
            Self::Done(Outcome::Admit(_)) => self,
        }
    }
}
