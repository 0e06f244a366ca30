//! The pages as HTML. No page decides anything.
//!
//! * Values from outside are escaped: see [`html`].
//! * A page has no script. Its one stylesheet is inline and allowed by hash: see [`layout`].

pub(crate) mod consent_page;
pub(crate) mod error_page;
pub(crate) mod front_page;
mod html;
mod layout;
mod sign_in_options;
pub(crate) mod sign_in_page;
mod user_card;
pub(crate) mod words;
