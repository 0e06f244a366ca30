//! The options of one sign-in, which the application sets for a link or in a handler.
//!
//! Rules:
//! - A setter never fails. The options are checked as a whole: at start for an intent, and otherwise when they are used.
//! - No option changes who the client is, where the answer goes, or how it is protected.
//! - `Debug` shows no value that may name a person.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use crate::provider::scope::is_scope;
use crate::provider::settings::AuthorizeParams;

/// The options of one sign-in, beyond the settings of all sign-ins.
///
/// A handler passes them to the extractor `SignIn`. A link names those of `LoginBuilder::intent`.
///
/// ```
/// use fncy_login_core::SignInOptions;
///
/// let options = SignInOptions::new()
///     .scope("calendar.read")
///     .login_hint("haneul@example.com")
///     .return_to("/calendar");
/// assert!(options.check().is_ok());
/// assert!(SignInOptions::new().param("state", "x").check().is_err());
/// ```
#[doc(alias("prompt", "login_hint", "ui_locales", "incremental consent"))]
#[derive(Clone, Default, PartialEq, Eq)]
#[must_use]
pub struct SignInOptions {
    pub(crate) return_to: Option<String>,
    pub(crate) scopes: Vec<String>,
    /// Seconds.
    pub(crate) max_age: Option<u64>,
    /// Parameters with a setter of their own.
    named: Vec<(&'static str, String)>,
    params: Vec<(String, String)>,
}

/// The reason for which the options of a sign-in were refused.
///
/// `Display` says what to write.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignInError {
    /// A parameter that the login sets itself, by name.
    ReservedParam(String),
    /// A parameter that has a method of its own, by name.
    NamedParam(String),
    /// A name that no parameter has (RFC 6749, section 8.2).
    InvalidParam(String),
    /// A scope with characters that no scope has (RFC 6749, section 3.3).
    InvalidScope(String),
    /// The new scopes, or all other options together, have this many bytes.
    TooLong(usize),
}

/// The parameters that have a setter. `scope` and `max_age` are among them.
const NAMED: [&str; 5] = ["login_hint", "max_age", "prompt", "scope", "ui_locales"];
/// The most bytes of new scopes. They are sealed in a cookie, beside those that the user has.
const MAX_SCOPES_LEN: usize = 512;
/// The most bytes of all other options. They are part of an address, and servers limit its length.
const MAX_LEN: usize = 2_048;

impl SignInOptions {
    /// No options: the sign-in is like any other.
    pub fn new() -> Self {
        Self::default()
    }

    /// The page to return to: a path as browsers see it, with its query.
    ///
    /// By default, the sign-in of a link ends at the front page, and that of a handler at the page of its request. An
    /// address of another origin leads to the front page. If a link has a `return_to`, that one counts.
    #[doc(alias("redirect after login"))]
    pub fn return_to(mut self, address: impl Into<String>) -> Self {
        self.return_to = Some(address.into());
        self
    }

    /// Asks for more scopes, separated by spaces. Each call adds scopes.
    ///
    /// If the user is signed in, the request has the granted scopes as well, and the session is kept: its id and its data
    /// stay. Otherwise the request has the scopes of the setting as well.
    #[doc(alias("incremental authorization", "step-up"))]
    pub fn scope(mut self, scopes: impl AsRef<str>) -> Self {
        let scopes = scopes.as_ref().split(' ');
        let scopes = scopes.filter(|scope| !scope.is_empty());
        self.scopes.extend(scopes.map(str::to_owned));
        self
    }

    /// Asks for a sign-in that is no older than this, in whole seconds (OpenID Connect Core, section 3.1.2.1).
    ///
    /// If the user is signed in, the session is kept. With `FNCY_AUTH_TIME`, the age is checked when the person comes
    /// back. Add [`prompt`](Self::prompt)`("login")` to have FNCY ask for the password in any case.
    #[doc(alias("auth_time", "step-up"))]
    pub fn max_age(mut self, age: Duration) -> Self {
        self.max_age = Some(age.as_secs());
        self
    }

    /// What FNCY asks the person: `login`, `consent`, `select_account`, or several, separated by spaces (OpenID Connect
    /// Core, section 3.1.2.1). The words are added to those of the setting. An empty text sets nothing.
    pub fn prompt(self, prompt: impl Into<String>) -> Self {
        self.named("prompt", prompt.into())
    }

    /// The expected user, such as by an email address. FNCY may show it in its form. An empty text sets no hint.
    pub fn login_hint(self, user: impl Into<String>) -> Self {
        self.named("login_hint", user.into())
    }

    /// The languages of FNCY's pages, by preference: tags such as `ko en`, separated by spaces. An empty text sets nothing.
    #[doc(alias("language", "locale"))]
    pub fn ui_locales(self, tags: impl Into<String>) -> Self {
        self.named("ui_locales", tags.into())
    }

    /// Another parameter, such as one of FNCY's own. It replaces the parameter of the same name in the setting.
    pub fn param(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let name = name.into();
        self.params.retain(|(other, _)| *other != name);
        self.params.push((name, value.into()));
        self
    }

    fn named(mut self, name: &'static str, value: String) -> Self {
        self.named.retain(|(other, _)| *other != name);
        if !value.is_empty() {
            self.named.push((name, value));
        }
        self
    }

    /// Checks the options as a whole.
    ///
    /// # Errors
    ///
    /// [`SignInError`] names the first option that can't be sent.
    pub fn check(&self) -> Result<(), SignInError> {
        for (name, _) in &self.params {
            let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
            let lower = name.to_ascii_lowercase();
            if name.is_empty() || !name.bytes().all(is_plain) {
                return Err(SignInError::InvalidParam(name.clone()));
            } else if NAMED.contains(&&*lower) {
                return Err(SignInError::NamedParam(lower));
            } else if AuthorizeParams::is_protected(&lower) {
                return Err(SignInError::ReservedParam(name.clone()));
            }
        }
        if let Some(scope) = self.scopes.iter().find(|scope| !is_scope(scope)) {
            return Err(SignInError::InvalidScope(scope.clone()));
        }
        let scopes: usize = self.scopes.iter().map(|scope| scope.len() + 1).sum();
        let named = self.named.iter().map(|(name, value)| (*name, value));
        let params = self.params.iter().map(|(name, value)| (&**name, value));
        let others: usize = named
            .chain(params)
            .map(|(name, value)| name.len() + value.len())
            .sum();
        for (length, most) in [(scopes, MAX_SCOPES_LEN), (others, MAX_LEN)] {
            if length > most {
                return Err(SignInError::TooLong(length));
            }
        }
        Ok(())
    }

    /// Whether these options ask for a scope.
    pub(crate) fn asks_for(&self, scope: &str) -> bool {
        self.scopes.iter().any(|own| own == scope)
    }

    /// The parameters of the authorization request, except its scopes.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
        let named = self.named.iter().map(|(name, value)| (*name, value.into()));
        let params = self.params.iter();
        let max_age = self.max_age.map(|age| ("max_age", age.to_string().into()));
        let params = params.map(|(name, value)| (&**name, value.into()));
        named.chain(max_age).chain(params)
    }
}

impl fmt::Debug for SignInOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = self.named.iter().map(|(name, _)| *name);
        let params = self.params.iter().map(|(name, _)| &**name);
        f.debug_struct("SignInOptions")
            .field("scopes", &self.scopes)
            .field("max_age", &self.max_age)
            .field("params", &named.chain(params).collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

impl fmt::Display for SignInError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReservedParam(name) => write!(
                f,
                "the parameter {name:?} is set by the login itself; leave it out"
            ),
            Self::NamedParam(name) => write!(
                f,
                "the parameter {name:?} has a method of its own; call `SignInOptions::{name}`"
            ),
            Self::InvalidParam(name) => write!(
                f,
                "{name:?} is not the name of a parameter; write letters, digits, hyphens, dots and underscores"
            ),
            Self::InvalidScope(scope) => write!(
                f,
                "{scope:?} is not a valid scope; write ASCII without white space, quotation marks and backslashes"
            ),
            Self::TooLong(bytes) => write!(
                f,
                "the options have {bytes} bytes; write at most {MAX_SCOPES_LEN} bytes of scopes, and {MAX_LEN} bytes of other options"
            ),
        }
    }
}

impl std::error::Error for SignInError {}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{SignInError, SignInOptions};

    #[test]
    fn s01_a_parameter_of_the_login_itself_is_refused() {
        let refused = |name: &str| SignInOptions::new().param(name, "x").check().unwrap_err();
        for name in [
            "client_id",
            "redirect_uri",
            "redirect_url",
            "redirect_to",
            "response_type",
            "response_mode",
            "state",
            "State",
            "nonce",
            "code_challenge",
            "code_challenge_method",
            "request",
            "request_uri",
        ] {
            assert_eq!(refused(name), SignInError::ReservedParam(name.to_owned()));
        }
        for name in ["scope", "prompt", "max_age", "login_hint", "ui_locales"] {
            assert_eq!(refused(name), SignInError::NamedParam(name.to_owned()));
            let upper = name.to_uppercase();
            assert_eq!(refused(&upper), SignInError::NamedParam(name.to_owned()));
        }
        for name in ["", "state[]", "a b", "a&b", "상태"] {
            assert_eq!(refused(name), SignInError::InvalidParam(name.to_owned()));
        }
        let options = SignInOptions::new()
            .param("tenant", "state=x&client_id=y")
            .param("a.b-c_D", "");
        assert_eq!(options.check(), Ok(()));
    }

    #[test]
    fn s01_scopes_and_lengths_are_checked() {
        let scoped = |scope: &str| SignInOptions::new().scope(scope).check();
        assert_eq!(scoped(" a  b "), Ok(()));
        let bad = "a\"b".to_owned();
        assert_eq!(scoped("c a\"b"), Err(SignInError::InvalidScope(bad)));
        assert_eq!(scoped(&"x".repeat(511)), Ok(()));
        let too_long = SignInError::TooLong(513);
        assert_eq!(scoped(&"x".repeat(512)), Err(too_long));
        let hinted = |length| SignInOptions::new().login_hint("x".repeat(length)).check();
        assert_eq!(hinted(2_038), Ok(()));
        assert_eq!(hinted(2_039), Err(SignInError::TooLong(2_049)));
        let two = SignInOptions::new().param("a", "x".repeat(1_500));
        let two = two.param("b", "x".repeat(1_500));
        assert_eq!(two.check(), Err(SignInError::TooLong(3_002)));
    }

    #[test]
    fn debug_shows_names_and_no_values() {
        let options = SignInOptions::new()
            .return_to("/secret")
            .login_hint("secret")
            .max_age(Duration::from_secs(5))
            .param("tenant", "secret")
            .scope("calendar");
        let shown = format!("{options:?}");
        assert!(!shown.contains("secret"), "{shown}");
        assert!(
            shown.contains("calendar") && shown.contains("tenant"),
            "{shown}"
        );
    }
}
