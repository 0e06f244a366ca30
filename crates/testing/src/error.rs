//! The error of the test kit.

use std::error::Error;
use std::fmt;

use fncy_dev_server::ApproveError;
use fncy_login::ConfigError;

/// Why the kit could not do what a test asked for: a sentence for the author of the test.
pub struct TestError {
    sentence: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl TestError {
    pub(crate) fn new(sentence: impl Into<String>) -> Self {
        Self {
            sentence: sentence.into(),
            source: None,
        }
    }

    pub(crate) fn because(
        sentence: impl Into<String>,
        source: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        Self {
            source: Some(source.into()),
            ..Self::new(sentence)
        }
    }
}

/// Lets a test use `?` on an application's settings too.
impl From<ConfigError> for TestError {
    fn from(error: ConfigError) -> Self {
        Self::because("the settings are wrong", error)
    }
}

/// Lets a test use `?` on [`DevServer::token_for`](fncy_dev_server::DevServer::token_for) too.
impl From<ApproveError> for TestError {
    fn from(error: ApproveError) -> Self {
        Self::because("FNCY issued no token", error)
    }
}

impl fmt::Display for TestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            Some(source) => write!(f, "{}: {source}", self.sentence),
            None => f.write_str(&self.sentence),
        }
    }
}

/// The sentence as in `Display`, since a test that returns an error prints its `Debug`.
impl fmt::Debug for TestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for TestError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let source = self.source.as_deref();
        source.map(|source| source as _)
    }
}
