//! Why a server did not start.

use std::{error, fmt, io};

use crate::config::users_file_error::UsersFileError;

/// An error at the start of a development server.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// The server cannot listen on the port. Most often, another program uses it.
    Bind {
        /// The port of the builder.
        port: u16,
        /// The system's error.
        source: io::Error,
    },
    /// The system has no randomness.
    Entropy,
    /// The list of users is empty, so that no user can sign in.
    NoUsers,
    /// A registered redirect URI is not an absolute http or https URL without a fragment
    /// (RFC 6749 section 3.1.2).
    RedirectUri(String),
    /// The system cannot create the server's thread or its event queue.
    Runtime(io::Error),
    /// The file of users cannot be read, or has a mistake.
    UsersFile(UsersFileError),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bind { port, source } => write!(
                f,
                "cannot listen on 127.0.0.1 port {port}: {source}; choose another port, or 0 for a \
                 free one"
            ),
            Self::Entropy => f.write_str("the system has no randomness"),
            Self::NoUsers => f.write_str("the list of users is empty; give at least one user"),
            Self::RedirectUri(uri) => write!(
                f,
                "the redirect URI {uri:?} is not an absolute http or https URL without a fragment; \
                 write for example http://localhost:3000/auth/callback"
            ),
            Self::Runtime(source) => write!(f, "cannot start the server's thread: {source}"),
            Self::UsersFile(error) => error.fmt(f),
        }
    }
}

impl error::Error for StartError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Bind { source, .. } | Self::Runtime(source) => Some(source),
            Self::UsersFile(error) => error.source(),
            Self::Entropy | Self::NoUsers | Self::RedirectUri(_) => None,
        }
    }
}
