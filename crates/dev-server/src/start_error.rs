//! Why a server did not start.

use std::{error, fmt, io};

/// Why a development server did not start.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// The port could not be listened on: most often, something else has it.
    Bind {
        /// The port asked for.
        port: u16,
        /// What the system said.
        source: io::Error,
    },
    /// The system gave no randomness.
    Entropy,
    /// There are no users, so that nobody could sign in.
    NoUsers,
    /// A registered redirect URI is not an absolute http or https URL without a fragment
    /// (RFC 6749 section 3.1.2).
    RedirectUri(String),
    /// The system gave no thread, or no event queue for it.
    Runtime(io::Error),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bind { port, source } => {
                write!(f, "cannot listen on 127.0.0.1 port {port}: {source}")
            }
            Self::Entropy => f.write_str("the system gave no randomness"),
            Self::NoUsers => f.write_str("there are no users who could sign in"),
            Self::RedirectUri(uri) => write!(
                f,
                "the redirect URI {uri:?} is not an absolute http or https URL without a fragment"
            ),
            Self::Runtime(source) => write!(f, "cannot start the server's thread: {source}"),
        }
    }
}

impl error::Error for StartError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Bind { source, .. } | Self::Runtime(source) => Some(source),
            Self::Entropy | Self::NoUsers | Self::RedirectUri(_) => None,
        }
    }
}
