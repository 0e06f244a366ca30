//! How requests to FNCY are written, where there is a choice.
//!
//! Rule: a choice is a word in the environment and a value in code; both are in one table.

use fncy_login_core::{RedirectParam, ScopeSeparator};

/// A setting that is one of a few values.
pub(crate) trait Choice: Copy + PartialEq + 'static {
    /// Each value with its word in the environment; the first is the default.
    const WORDS: &'static [(&'static str, Self)];

    /// The word of a value.
    fn word(self) -> &'static str {
        let mut words = Self::WORDS.iter();
        words
            .find(|(_, value)| *value == self)
            .map_or("", |(word, _)| word)
    }
}

/// Declares choices with their words.
macro_rules! choices {
    ($($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)* })*) => {$(
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$doc])* $variant,)*
        }

        impl Choice for $name {
            const WORDS: &'static [(&'static str, Self)] = &[$(($word, Self::$variant)),*];
        }
    )*};
}

choices! {
    /// How token and revocation requests are written.
    TokenBody {
        /// JSON, as FNCY documents it. The default.
        Json = "json",
        /// A form, as RFC 6749, section 4.1.3, has it.
        Form = "form",
    }

    /// Where requests hold the client secret (RFC 6749, section 2.3.1).
    ClientAuth {
        /// In the body. The default.
        Body = "body",
        /// In the header `Authorization`, as HTTP Basic.
        Basic = "basic",
    }

    /// The method of requests for user data. The token is in the header `Authorization`.
    UserinfoMethod {
        /// `GET`. The default.
        Get = "get",
        /// `POST` with an empty body.
        Post = "post",
    }

    /// The `prompt` of a sign-in with another account (OpenID Connect Core, section 3.1.2.1).
    AccountPrompt {
        /// `prompt=select_account`. The default.
        SelectAccount = "select_account",
        /// `prompt=login`.
        Login = "login",
        /// No `prompt`, for a server that knows neither.
        Off = "off",
    }
}

impl AccountPrompt {
    /// The value of the parameter.
    pub(crate) fn prompt(self) -> Option<&'static str> {
        (self != Self::Off).then(|| self.word())
    }
}

impl Choice for RedirectParam {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("both", Self::Both),
        ("redirect_uri", Self::RedirectUri),
        ("redirect_url", Self::RedirectUrl),
    ];
}

impl Choice for ScopeSeparator {
    const WORDS: &'static [(&'static str, Self)] =
        &[("space", Self::Space), ("comma", Self::Comma)];
}

/// A switch: `1` is on.
impl Choice for bool {
    const WORDS: &'static [(&'static str, Self)] = &[("0", false), ("1", true)];
}
