//! What is wrong with the settings, all at once.
//!
//! Rule: a sentence calls a setting as its author wrote it: the variable, or the method in code.

use std::fmt;

use crate::config::setting::Setting;
use crate::config::values::Values;

/// All mistakes in the settings, each in one sentence: the setting, what was found, what to write.
///
/// ```
/// # use fncy_login::Login;
/// let error = Login::builder().build().unwrap_err();
/// assert!(error.to_string().contains("FNCY_CLIENT_ID is not set"));
/// assert!(error.mistakes().count() > 1);
///
/// let error = Login::builder().redirect_uri("app.example").build().unwrap_err();
/// assert!(error.to_string().contains("`redirect_uri` is not an absolute URL"));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ConfigError(Vec<(Option<Setting>, String)>);

impl ConfigError {
    /// The sentences, in the order of [`Setting::ALL`].
    pub fn mistakes(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(_, sentence)| sentence.as_str())
    }

    /// Whether a setting is among the mistakes.
    #[must_use]
    pub fn names(&self, setting: Setting) -> bool {
        self.0.iter().any(|(found, _)| *found == Some(setting))
    }
}

/// The mistakes that were found so far.
pub(crate) struct Mistakes<'a> {
    values: &'a Values,
    found: Vec<(Option<Setting>, String)>,
}

impl<'a> Mistakes<'a> {
    /// `values` tell how a setting is called.
    pub(crate) fn new(values: &'a Values) -> Self {
        Self {
            values,
            found: Vec::new(),
        }
    }

    /// Notes that `setting` has a mistake; `rest` ends the sentence.
    pub(crate) fn add(&mut self, setting: Setting, rest: impl fmt::Display) {
        let sentence = format!("{} {rest}.", self.values.name_of(setting));
        self.found.push((Some(setting), sentence));
    }

    /// Notes a mistake of no one setting.
    pub(crate) fn add_general(&mut self, sentence: String) {
        self.found.push((None, sentence));
    }

    pub(crate) fn into_result<T>(mut self, value: Option<T>) -> Result<T, ConfigError> {
        self.found.sort_by_key(|(setting, _)| *setting);
        match value {
            Some(value) if self.found.is_empty() => Ok(value),
            _ => Err(ConfigError(self.found)),
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login with FNCY can't start:")?;
        self.mistakes()
            .try_for_each(|sentence| write!(f, "\n- {sentence}"))
    }
}

/// The sentences, as `Display`: a `main` that returns the error shows it with `Debug`.
impl fmt::Debug for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for ConfigError {}
