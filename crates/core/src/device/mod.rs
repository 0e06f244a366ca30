//! Device Bound Session Credentials: sessions that are bound to a key of the browser's device.
//!
//! Rules:
//! - The browser signs a challenge. Challenges and bindings are sealed texts, so no instance keeps one. The store
//!   remembers that a challenge was used, so no proof is accepted twice.
//! - Neither step needs a cookie. A binding names its session and its key, and an offer names its session.
//! - The facts of the draft are in `values/device_draft.rs`.

pub(crate) mod challenging;
pub(crate) mod device_key;
pub(crate) mod offer;
pub(crate) mod proof;
pub(crate) mod proving;
pub(crate) mod sealed;
pub(crate) mod skipped;
