//! What a browser says of a request that it sends without the device cookie.

use crate::device::sealed::open_binding;
use crate::machine::machine::Machine;
use crate::request::head::{Head, list};
use crate::session::found::Found;
use crate::values::device_draft::{self, SKIPPED};

/// Whether the browser could not prove the key of a session that the request shows, and says so. It may say the same of
/// the bindings of other applications.
pub(crate) fn is_skipped<H: Head>(machine: &Machine, head: &H, found: &Found) -> bool {
    found.unproven().any(|user| {
        let id = user.session().id();
        let mut names = list(head, SKIPPED).filter_map(device_draft::skipped);
        names.any(|name| {
            let binding = open_binding(&machine.vault, name);
            binding.is_some_and(|binding| binding.bindable.session.id() == id)
        })
    })
}
