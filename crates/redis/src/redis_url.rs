//! The address of the server, and what is wrong with it.
//!
//! Rule: no error shows the address, which may hold a password.

use std::{fmt, io};

use crate::server::Server;

/// The variable with the address.
pub(crate) const VARIABLE: &str = "FNCY_REDIS_URL";
/// The variable that names a file with the address.
pub(crate) const FILE: &str = "FNCY_REDIS_URL_FILE";

/// The address of the server is missing or wrong.
///
/// `Display` says what to write. It doesn't show the address, which may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RedisUrlError(pub(crate) Problem);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    Missing,
    Twice,
    Unreadable(io::ErrorKind),
    Unknown,
    Unescaped,
}

/// The server at an address.
pub(crate) fn parse(url: &str) -> Result<Server, RedisUrlError> {
    if is_unescaped(url) {
        return Err(RedisUrlError(Problem::Unescaped));
    }
    Server::at(url).map_err(|_| RedisUrlError(Problem::Unknown))
}

/// Whether the user or the password of an address has a sign that would end it too early. There may be several
/// addresses. The path of a socket has no user before it.
fn is_unescaped(addresses: &str) -> bool {
    let mut each = addresses
        .split(',')
        .map(|address| address.split_once("://"));
    each.any(|address| {
        let (scheme, rest) = address.unwrap_or(("", addresses));
        let user = rest.rsplit_once('@').filter(|_| !scheme.contains("unix"));
        user.is_some_and(|(user, _)| user.contains(['@', '/', '?', '#', ',']))
    })
}

impl fmt::Display for RedisUrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Problem::Missing => write!(
                f,
                "{VARIABLE} is missing; write an address such as redis://localhost:6379/0."
            ),
            Problem::Twice => write!(f, "{VARIABLE} and {FILE} are both set; remove one of them."),
            Problem::Unreadable(kind) => write!(
                f,
                "{FILE} names a file that is empty or can't be read ({kind}); write an address into it."
            ),
            Problem::Unescaped => write!(
                f,
                "{VARIABLE} has one of @ / ? # , in its user or password; write %40, %2F, %3F, %23 or %2C."
            ),
            Problem::Unknown => write!(
                f,
                "{VARIABLE} is not the address of a Redis server; write one such as redis://localhost:6379/0. \
                 For rediss://, turn on the feature `tls` or `tls-ring`; for several addresses, `cluster`."
            ),
        }
    }
}

impl std::error::Error for RedisUrlError {}

#[cfg(test)]
mod tests {
    use super::{Problem, RedisUrlError, parse};

    #[test]
    fn what_must_be_escaped_in_a_password_is_named() {
        for url in [
            "redis://shop:p@ss@localhost",
            "redis://:pa/ss@localhost",
            "redis://:pa?ss@localhost",
            "redis://shop:pa#ss@localhost:6379/0",
            "redis://shop:pa,ss@localhost",
        ] {
            let error = parse(url).err().unwrap();
            assert_eq!(error, RedisUrlError(Problem::Unescaped), "{url}");
            let said = error.to_string();
            assert!(said.contains("%40") && !said.contains("ss@"), "{said}");
        }
        for url in [
            "redis://shop:p%40ss@localhost",
            "redis+unix:///run/redis.sock?user=shop&pass=p@ss",
        ] {
            assert!(parse(url).is_ok(), "{url}");
        }
    }
}
