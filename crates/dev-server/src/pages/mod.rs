//! HTML, and nothing else: no page decides anything.
//!
//! * Every value that is not ours is escaped; see [`html`].
//! * No script; one stylesheet inside the page, allowed by its hash; see [`layout`].

pub(crate) mod consent;
pub(crate) mod error;
mod html;
pub(crate) mod landing;
mod layout;
pub(crate) mod sign_in;
mod user_card;
mod words;

pub(crate) use words::Words;
