//! The choice of the site that a request is for.
//!
//! Rules:
//! - If there is one site, no host is read.
//! - The request's host only chooses a site. No address is made from it.
//! - A host that is unknown, missing or named in two ways chooses the first site.
//! - A port does not count. Cookies ignore ports, and proxies may leave them out.

use std::sync::Arc;

use crate::machine::machine::Machine;
use crate::request::head::{Head, has, sole};

/// The machine of the site that a request is for.
pub(crate) fn machine_of<'a, H: Head>(first: &'a Arc<Machine>, head: &H) -> &'a Arc<Machine> {
    if first.others.is_empty() {
        return first;
    }
    other_machine_of(first, head).unwrap_or(first)
}

fn other_machine_of<'a, H: Head>(first: &'a Arc<Machine>, head: &H) -> Option<&'a Arc<Machine>> {
    let line = if has(head, "host") {
        Some(sole(head, "host")?)
    } else {
        None
    };
    let mut named = [head.authority(), line].into_iter().flatten();
    let host = named.next()?;
    let mut others = first.others.iter();
    let other = others.find(|other| other.site.is_at(host))?;
    named.all(|host| other.site.is_at(host)).then_some(other)
}
