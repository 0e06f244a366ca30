//! Replies that outlive their sign-in: those shared with other requests, and those for a task that is gone.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::machine::responder::Responder;
use crate::machine::shared;
use crate::refusal::failed_sign_in::sign_in_failed;
use crate::refusal::refuse::failure;
use crate::reply::reply::Reply;
use crate::request::return_to::ReturnTo;
use crate::values::entropy::Entropy;
use crate::values::error_code::ErrorCode;

/// The kind of a shared reply, to which its seal is bound.
const KIND: &str = "reply";

/// The replies of one sign-in.
#[derive(Clone, Debug)]
pub struct SignInReplies {
    responder: Responder,
    key: [u8; 32],
}

/// A reply without reports, events and endings, which were for the instance that wrote it.
#[derive(Serialize, Deserialize)]
struct SharedReply {
    status: u16,
    headers: Vec<(Cow<'static, str>, Cow<'static, str>)>,
    body: String,
}

impl SignInReplies {
    pub(crate) fn new(responder: Responder, key: [u8; 32]) -> Self {
        Self { responder, key }
    }

    /// The reply if the sign-in did not end within the request's deadline.
    #[must_use]
    pub fn unfinished(&self) -> Box<Reply> {
        let machine = &self.responder;
        let detail = "the redemption of the code did not end in time";
        let root = ReturnTo::root(&machine.site);
        let draft = sign_in_failed(machine, ErrorCode::ProviderUnavailable, detail, &root);
        machine.write(draft)
    }

    /// The reply if the sign-in's task panicked.
    #[must_use]
    pub fn panicked(&self) -> Box<Reply> {
        let detail = "the task of a sign-in panicked";
        let machine = &self.responder;
        machine.write(failure(machine, ErrorCode::Internal, detail))
    }

    /// Seals a reply for other requests of the same sign-in, on all instances.
    #[must_use]
    pub fn seal(&self, reply: &Reply, entropy: &Entropy) -> String {
        let shared = SharedReply {
            status: reply.status,
            headers: reply.headers.clone(),
            body: reply.body.clone(),
        };
        // Strings and a number can always be serialized.
        let body = serde_json::to_vec(&shared).unwrap_or_default();
        shared::seal(&self.responder, KIND, &self.key, &body, entropy)
    }

    /// Opens what [`SignInReplies::seal`] made for this sign-in.
    #[must_use]
    pub fn open(&self, text: &[u8]) -> Option<Box<Reply>> {
        shared::open(&self.responder, KIND, &self.key, text, |body| {
            let shared: SharedReply = serde_json::from_slice(body).ok()?;
            Some(Box::new(Reply {
                headers: shared.headers,
                body: shared.body,
                ..Reply::new(shared.status)
            }))
        })
    }
}
