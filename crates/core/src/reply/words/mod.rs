//! What people read, in each of our languages.
//!
//! Rules: the words say what happened and what to do, name no internals, and reflect no input; each
//! language says the same.

mod english;
mod korean;

use crate::request::language::Language;
use crate::values::error_code::ErrorCode;

/// What a page is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PageSubject {
    /// Why there is no page of the application.
    Refusal(ErrorCode),
    /// Whether to sign out.
    SignOut,
    /// Somebody has signed out, or never was in.
    SignedOut,
    /// A sign-out goes on to the authorization server.
    SigningOut,
}

/// What stands on a link or a button, or before a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Label {
    SignIn,
    AnotherAccount,
    Continue,
    TryAgain,
    Back,
    SignOut,
    Stay,
    Code,
}

impl PageSubject {
    pub(crate) const fn title(self, language: Language) -> &'static str {
        self.words(language).0
    }

    pub(crate) const fn text(self, language: Language) -> &'static str {
        self.words(language).1
    }

    const fn words(self, language: Language) -> (&'static str, &'static str) {
        match language {
            Language::English => english::of(self),
            Language::Korean => korean::of(self),
        }
    }
}

impl Label {
    pub(crate) const fn text(self, language: Language) -> &'static str {
        match language {
            Language::English => english::label(self),
            Language::Korean => korean::label(self),
        }
    }
}
