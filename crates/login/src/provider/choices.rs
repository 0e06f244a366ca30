//! The settings that choose one of several forms of a request to FNCY.
//!
//! Rule: a choice is a word in the environment and a value in code. One table has both.

use fncy_login_core::{RedirectParam, ScopeSeparator};

/// A setting with a few possible values.
pub(crate) trait Choice: Copy + PartialEq + 'static {
    /// Each value with its word in the environment. The first is the default.
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
    /// The format of token and revocation requests.
    TokenBody {
        /// JSON, as FNCY documents it. The default.
        Json = "json",
        /// A form (RFC 6749, section 4.1.3).
        Form = "form",
    }

    /// The place of the client secret in requests (RFC 6749, section 2.3.1).
    ClientAuth {
        /// In the body. The default.
        Body = "body",
        /// In the header `Authorization`, as HTTP Basic.
        Basic = "basic",
    }

    /// The method of user data requests. Their token is in the header `Authorization`.
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
        /// No `prompt`, for a server that supports neither value.
        Off = "off",
    }
}

impl AccountPrompt {
    /// The value of the parameter, if it is sent.
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
