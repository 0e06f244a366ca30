//! What people read, in each of our languages.
//!
//! Rules: the words say what happened and what to do, name no internals, and reflect no input; each
//! language says the same.

mod english;
mod korean;
pub(crate) mod label;
pub(crate) mod subject;

use crate::reply::words::label::Label;
use crate::reply::words::subject::PageSubject;
use crate::request::language::Language;

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
