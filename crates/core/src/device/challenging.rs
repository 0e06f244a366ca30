//! Challenging: a browser that must sign a new challenge before it gets a new device cookie.

use std::fmt;

use crate::device::sealed;
use crate::machine::responder::Responder;
use crate::refusal::refuse::for_program;
use crate::reply::draft::Draft;
use crate::reply::reply::Reply;
use crate::session::session_ref::SessionRef;
use crate::values::device_draft;
use crate::values::entropy::Entropy;
use crate::values::error_code::ErrorCode;
use crate::values::timestamp::Timestamp;

/// A refresh that waits for the entropy of its challenge.
#[must_use]
pub struct Challenging {
    pub(crate) responder: Responder,
    pub(crate) session: SessionRef,
    /// The binding, as the browser names it.
    pub(crate) name: String,
}

impl Challenging {
    /// The reply with a new challenge: 403, after which the browser sends a proof. Without entropy, it is 500.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "entropy serves one purpose")]
    pub fn finish(self, now: Timestamp, entropy: Option<Entropy<1>>) -> Box<Reply> {
        let Some(Entropy([salt])) = entropy else {
            return self.responder.write(without_entropy());
        };
        let challenge = sealed::challenge(&self.responder.vault, &self.session, now, salt);
        let value = device_draft::challenge(&challenge, &self.name);
        let draft = Draft::new(403).header(device_draft::CHALLENGE, value);
        self.responder.write(draft)
    }
}

/// The reply without entropy. The browser comes back later.
pub(super) fn without_entropy() -> Draft {
    let detail = "a device key could not be checked: the operating system returned no random bytes";
    for_program(ErrorCode::Internal, detail)
}

/// Shows the session only.
impl fmt::Debug for Challenging {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Challenging")
            .field("session", &self.session)
            .finish_non_exhaustive()
    }
}
