//! The loop breaker: a sealed count of the sign-ins that succeeded, looked at when one comes back without
//! its session.
//!
//! Rules: only a successful sign-in counts; a minute after the first one all is forgotten; a sign-out forgets at
//! once, and so does a session's cookie that opens, since that one did stick. Where a browser drops the session's
//! cookie but keeps this one, the third round ends on a page that names the causes instead of at the provider.
//! Its line is the last of an answer: a proxy that keeps one line of several keeps the session's or this one.

use crate::cookies::scan;
use crate::cookies::vault::Vault;
use crate::request::head::Head;
use crate::values::codec::{Reader, Writer};
use crate::values::timestamp::Timestamp;

/// A sign-in that is followed by another within this many seconds did not stick.
const WINDOW: u64 = 60;
/// So many are no accident.
const MAX_ROUNDS: u8 = 3;
/// Longest sealed text, with room to spare.
const MAX_TEXT_LEN: usize = 128;

/// How many sign-ins succeeded since when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Round {
    count: u8,
    first: Timestamp,
}

impl Round {
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
        self.count >= MAX_ROUNDS
    }
}

impl Vault {
    /// The round that is still going on.
    pub(crate) fn round<H: Head>(&self, head: &H, now: Timestamp) -> Option<Round> {
        let name = self.cookies.round_name();
        scan::values(head, name)
            .filter_map(|text| {
                let mut buffer = [0; MAX_TEXT_LEN];
                let body = self
                    .keys()
                    .open_login(
                        &self.aad("round", self.cookies.round_name(), b""),
                        text,
                        &mut buffer,
                    )
                    .ok()?;
                let mut body = Reader::new(body);
                let round = Round {
                    count: body.byte()?,
                    first: body.time()?,
                };
                body.is_empty().then_some(round)
            })
            .find(|round| now.seconds_since(round.first) < WINDOW)
    }

    /// The `Set-Cookie` line of a round.
    pub(crate) fn set_round(&self, round: Round, salt: [u8; 32]) -> String {
        let body = Writer::with_capacity(16)
            .byte(round.count)
            .number(round.first.as_unix())
            .into_bytes();
        let text = self.keys().seal_login(
            salt,
            &self.aad("round", self.cookies.round_name(), b""),
            &body,
        );
        self.cookies.set(self.cookies.round_name(), &text, WINDOW)
    }
}
