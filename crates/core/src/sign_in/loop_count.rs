//! The loop count: how many sign-ins did not stick, sealed in a cookie of its own.
//!
//! Rules:
//! - Only successful sign-ins count. The count is forgotten a minute after the first one.
//! - A sign-out removes the count, and so does a session cookie that opens, since that sign-in did stick.
//! - If the browser drops the session cookie and keeps this one, the third sign-in ends on a page with the possible
//!   causes. The browser is not sent to the provider again.
//! - Its `Set-Cookie` is the last line of a reply. A proxy that keeps one of several lines then keeps the session or
//!   the count.

use crate::cookies::scan;
use crate::cookies::vault::Vault;
use crate::request::head::Head;
use crate::values::codec::{Reader, Writer};
use crate::values::timestamp::Timestamp;

/// A sign-in did not stick if another one follows within this time, in seconds.
const WINDOW: u64 = 60;
/// The number of sign-ins that make a loop.
const MAX_SIGN_INS: u8 = 3;
/// The longest sealed text, with room to spare.
const MAX_TEXT_LEN: usize = 128;

/// The number of sign-ins, and the time of the first.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LoopCount {
    count: u8,
    first: Timestamp,
}

impl LoopCount {
    /// One more successful sign-in after `before`.
    pub(crate) fn after(before: Option<Self>, now: Timestamp) -> Self {
        before.map_or(
            Self {
                count: 1,
                first: now,
            },
            |before| Self {
                count: before.count.saturating_add(1),
                ..before
            },
        )
    }

    pub(crate) fn is_loop(self) -> bool {
        self.count >= MAX_SIGN_INS
    }
}

/// The count of this browser, if its first sign-in was less than a minute ago.
pub(crate) fn find<H: Head>(vault: &Vault, head: &H, now: Timestamp) -> Option<LoopCount> {
    let name = vault.cookies.loop_name();
    scan::values(head, name)
        .filter_map(|text| {
            let mut buffer = [0; MAX_TEXT_LEN];
            let body = vault
                .keys()
                .open_login(name.as_bytes(), text, &mut buffer)
                .ok()?;
            let mut body = Reader::new(body);
            let count = LoopCount {
                count: body.byte()?,
                first: body.time()?,
            };
            body.is_empty().then_some(count)
        })
        .find(|count| now.seconds_since(count.first) < WINDOW)
}

/// The `Set-Cookie` line of a count.
pub(crate) fn set(vault: &Vault, count: LoopCount, salt: [u8; 32]) -> String {
    let body = Writer::with_capacity(16)
        .byte(count.count)
        .number(count.first.as_unix())
        .into_bytes();
    let name = vault.cookies.loop_name();
    let text = vault.keys().seal_login(salt, name.as_bytes(), &body);
    vault.cookies.set(name, &text, WINDOW)
}
