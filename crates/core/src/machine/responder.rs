//! The writer of the replies to one request, which waiting requests keep.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use crate::machine::machine::Machine;
use crate::reply::draft::Draft;
use crate::reply::format::ReplyFormat;
use crate::reply::reply::Reply;
use crate::request::head::Head;

/// The machine, and the format of one request's reply.
#[derive(Clone)]
pub(crate) struct Responder {
    machine: Arc<Machine>,
    format: ReplyFormat,
}

impl Responder {
    /// The responder to this request.
    pub(crate) fn to<H: Head>(machine: &Arc<Machine>, head: &H) -> Self {
        Self {
            machine: Arc::clone(machine),
            format: ReplyFormat::of(head),
        }
    }

    /// The machine, to keep.
    pub(crate) fn machine(&self) -> &Arc<Machine> {
        &self.machine
    }

    /// Writes a reply in the format of this request.
    pub(crate) fn write(&self, draft: Draft) -> Box<Reply> {
        draft.write(&self.machine.pages, &self.machine.references, self.format)
    }
}

impl Deref for Responder {
    type Target = Machine;

    fn deref(&self) -> &Machine {
        &self.machine
    }
}

/// Shows no fields, since a machine holds keys.
impl fmt::Debug for Responder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Responder").finish_non_exhaustive()
    }
}
