//! Why a file of users is refused.

use std::path::{Path, PathBuf};
use std::{error, fmt, io};

/// A mistake in a file of users: the file, the place, what was found and what to write.
#[derive(Debug)]
pub struct UsersFileError {
    path: PathBuf,
    problem: Problem,
}

#[derive(Debug)]
pub(super) enum Problem {
    Unreadable(io::Error),
    TooLarge,
    NotJson(serde_json::Error),
    /// Another kind of JSON value.
    NoArray(&'static str),
    NoUsers,
    /// The number of the user, from 1, and what is wrong with the user.
    User {
        number: usize,
        what: String,
    },
}

impl UsersFileError {
    pub(super) fn new(path: &Path, problem: Problem) -> Self {
        Self {
            path: path.to_owned(),
            problem,
        }
    }

    /// The path of the file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl fmt::Display for UsersFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const EXAMPLE: &str = "such as [{\"id\": \"alex\"}]";
        let file = format!("the users file {}", self.path.display());
        match &self.problem {
            Problem::Unreadable(error) => {
                write!(
                    f,
                    "cannot read {file}: {error}; write the path of a JSON file"
                )
            }
            Problem::TooLarge => {
                write!(
                    f,
                    "{file} is larger than 1 MiB; write fewer or smaller users"
                )
            }
            Problem::NotJson(error) => write!(
                f,
                "{file} is not JSON: {error}; write an array of users, {EXAMPLE}"
            ),
            Problem::NoArray(kind) => {
                write!(f, "{file} holds {kind}; write an array of users, {EXAMPLE}")
            }
            Problem::NoUsers => {
                write!(f, "{file} has no users; write at least one, {EXAMPLE}")
            }
            Problem::User { number, what } => write!(f, "user {number} of {file} {what}"),
        }
    }
}

impl error::Error for UsersFileError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match &self.problem {
            Problem::Unreadable(error) => Some(error),
            Problem::NotJson(error) => Some(error),
            Problem::TooLarge | Problem::NoArray(_) | Problem::NoUsers | Problem::User { .. } => {
                None
            }
        }
    }
}
