//! The session that every peer keeps: the same texts as ours, and two expiry times.

use std::hint::black_box;

use fncy_login_benches::sample::{EMAIL, NAME, REFRESH_TOKEN_LEN, TOKEN_LEN, USER_ID};
use serde::{Deserialize, Serialize};

/// What peers sign and encrypt with.
pub(crate) const KEY: &[u8; 64] =
    b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+/";
/// What the session is called in a peer's store or cookie.
pub(crate) const NAME_IN_STORE: &str = "session";

const NOW: u64 = 1_800_000_000;
const EXPIRES: u64 = 1_900_000_000;

/// All that is known of a person who is signed in.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) user_id: String,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) access_token: String,
    pub(crate) refresh_token: String,
    pub(crate) expires: u64,
    pub(crate) refresh_expires: u64,
}

impl Session {
    /// The one that is measured.
    pub(crate) fn sample() -> Self {
        Self {
            access_token: "a".repeat(TOKEN_LEN),
            refresh_token: "r".repeat(REFRESH_TOKEN_LEN),
            ..Self::without_tokens()
        }
    }

    /// The user alone.
    pub(crate) fn without_tokens() -> Self {
        Self {
            user_id: USER_ID.to_owned(),
            name: NAME.to_owned(),
            email: EMAIL.to_owned(),
            access_token: String::new(),
            refresh_token: String::new(),
            expires: EXPIRES,
            refresh_expires: EXPIRES,
        }
    }

    /// What every handler does with it.
    pub(crate) fn check(&self) {
        assert_eq!(self.user_id, USER_ID);
        assert!(self.expires > black_box(NOW));
    }
}
