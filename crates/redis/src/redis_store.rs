//! The store: what the driver asks, put to the store.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use std::{fmt, io};

use fncy_login::store::{Asked, Claim, Known, RevokedSession, SessionRef, SharedStore, Work};
use fncy_login::{SecretFile, Timestamp};
use tokio::time::Instant;

use crate::ended::End;
use crate::follower::{Follower, LONGEST};
use crate::names::{Name, Names, hash_of, owner_of};
use crate::server::Server;
use crate::store::Store;
use crate::works::Works;

/// The variable that [`RedisStore::from_env`] reads.
const VARIABLE: &str = "FNCY_REDIS_URL";
/// The one that names a file with it.
pub(crate) const FILE: &str = "FNCY_REDIS_URL_FILE";
/// What all names in the store begin with.
const PREFIX: &str = "fncy-login";

/// Coordinates all instances that share a store. Clones are the same.
///
/// It connects when it is first asked, so that an application starts while its store is down.
#[derive(Clone)]
pub struct RedisStore {
    works: Works,
    follower: Arc<Follower>,
}

/// The address of the store is missing, or is none. `Display` is a sentence, without the address: it may
/// hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RedisUrlError(Problem);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Problem {
    Missing,
    Twice,
    Unreadable(io::ErrorKind),
    NotOne,
    Unescaped,
}

impl RedisStore {
    /// The store that `FNCY_REDIS_URL` names, such as `redis://localhost:6379/0`, `redis+unix:///run/redis.sock`
    /// or, with the feature `tls` or `tls-ring`, `rediss://user:password@redis.example`. With the feature `cluster`, several
    /// addresses that are separated by commas are nodes of a Redis Cluster, which name the others.
    ///
    /// In place of it, `FNCY_REDIS_URL_FILE` may name a file that has the address. A new one in the file is used
    /// within seconds, on a new connection.
    ///
    /// # Errors
    ///
    /// [`RedisUrlError`], where it is missing or no such address. Whether the store can be reached is not asked.
    pub fn from_env() -> Result<Self, RedisUrlError> {
        #[expect(
            clippy::disallowed_methods,
            reason = "the one setting of this crate; the driver's own are none of its business"
        )]
        let [url, path] = [VARIABLE, FILE].map(|name| {
            let value = std::env::var(name).ok()?.trim().to_owned();
            (!value.is_empty()).then_some(value)
        });
        match (url, path) {
            (Some(_), Some(_)) => Err(RedisUrlError(Problem::Twice)),
            (Some(url), None) => Self::new(&url),
            (None, Some(path)) => Self::from_file(path),
            (None, None) => Err(RedisUrlError(Problem::Missing)),
        }
    }

    /// The store whose address is in this file, as `FNCY_REDIS_URL_FILE` names it.
    ///
    /// # Errors
    ///
    /// [`RedisUrlError`], where it can't be read, or has no such address.
    pub fn from_file(path: impl Into<PathBuf>) -> Result<Self, RedisUrlError> {
        let (file, url) = SecretFile::open(path)
            .map_err(|error| RedisUrlError(Problem::Unreadable(error.kind())))?;
        Ok(Self::on(Store::new(parse(&url)?, Some(file)), PREFIX))
    }

    /// The store at this address, as [`RedisStore::from_env`] reads it.
    ///
    /// # Errors
    ///
    /// [`RedisUrlError`], where it is no such address.
    pub fn new(url: &str) -> Result<Self, RedisUrlError> {
        Self::with_prefix(url, PREFIX)
    }

    /// The same, with names that begin with something else than `fncy-login`: applications of their own
    /// that share a store need different ones.
    ///
    /// # Errors
    ///
    /// [`RedisUrlError`], where it is no such address.
    pub fn with_prefix(url: &str, prefix: &str) -> Result<Self, RedisUrlError> {
        Ok(Self::on(Store::new(parse(url)?, None), prefix))
    }

    fn on(store: Store, prefix: &str) -> Self {
        let (store, names) = (Arc::new(store), Arc::new(Names::new(prefix)));
        Self {
            works: Works::new(Arc::clone(&store), Arc::clone(&names)),
            follower: Arc::new(Follower::new(store, names)),
        }
    }
}

/// The server that an address names.
pub(crate) fn parse(url: &str) -> Result<Server, RedisUrlError> {
    if is_unescaped(url) {
        return Err(RedisUrlError(Problem::Unescaped));
    }
    Server::at(url).map_err(|_| RedisUrlError(Problem::NotOne))
}

/// Whether the user or the password of an address, or of one of several, has a sign of its own that ends the password
/// for who reads the address. A path to a socket, and what follows it, has no user in front.
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

impl SharedStore for RedisStore {
    fn known(&self, session: &SessionRef, user_id: &str) -> Known {
        let known = self.follower.ended.known(session, user_id);
        if known == Known::Ask {
            self.follower.start();
        }
        known
    }

    fn has_ended<'a>(&'a self, session: SessionRef, user_id: &'a str) -> Asked<'a, bool> {
        Box::pin(async move {
            let ended = &self.follower.ended;
            if ended.known(&session, user_id) != Known::Ended {
                self.follower.catch_up().await?;
            }
            Ok(ended.has(&session, user_id))
        })
    }

    fn is_outdated(&self, session: SessionRef) -> Asked<'_, bool> {
        self.works.is_outdated(session)
    }

    fn end(&self, ending: RevokedSession) -> Asked<'_, ()> {
        let session = &ending.session;
        let hash = hash_of(&ending.user_id);
        let end = End {
            name: Name::Session {
                id: session.id,
                owner: owner_of(&hash),
                issued: session.issued.as_unix(),
                up_to: if ending.spares_newer {
                    session.generation
                } else {
                    u32::MAX
                },
            },
            until: after(life(session)),
        };
        Box::pin(self.follower.end(end, hash))
    }

    fn end_user<'a>(&'a self, user_id: &'a str, at: Timestamp) -> Asked<'a, ()> {
        let hash = hash_of(user_id);
        let at = self.follower.ended.later(hash, at.as_unix());
        let end = End {
            name: Name::User { hash, at },
            until: after(LONGEST),
        };
        Box::pin(self.follower.end(end, hash))
    }

    fn begin<'a>(&'a self, session: SessionRef, user_id: &'a str) -> Asked<'a, ()> {
        Box::pin(async move {
            let Some(at) = self.follower.ended.begins_after(&session, user_id) else {
                return Ok(());
            };
            let end = End {
                name: Name::Begun { id: session.id, at },
                until: after(life(&session)),
            };
            self.follower.end(end, hash_of(user_id)).await
        })
    }

    fn claim(&self, work: Work) -> Asked<'_, Claim> {
        self.works.claim(work)
    }

    fn find(&self, work: Work) -> Asked<'_, Option<Vec<u8>>> {
        self.works.find(work)
    }

    fn confirm(&self, session: &dyn Fn() -> SessionRef) {
        self.works.confirm(session);
    }
}

/// How long a cookie of a session can live from now on at most, whatever clock is wrong: seconds.
fn life(session: &SessionRef) -> u64 {
    session.ends.seconds_since(session.issued)
}

fn after(seconds: u64) -> Instant {
    Instant::now() + Duration::from_secs(seconds)
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore").finish_non_exhaustive()
    }
}

impl fmt::Display for RedisUrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Problem::Missing => write!(
                f,
                "{VARIABLE} is missing; write an address such as redis://localhost:6379/0."
            ),
            Problem::Twice => write!(f, "{FILE} is set beside {VARIABLE}; set one of them."),
            Problem::Unreadable(kind) => write!(
                f,
                "{FILE} names a file that can't be read, or has nothing in it: {kind}."
            ),
            Problem::Unescaped => write!(
                f,
                "{VARIABLE} has a user or a password with @, /, ?, # or a comma in it; write %40, %2F, %3F, %23 or %2C in place of it."
            ),
            Problem::NotOne => write!(
                f,
                "{VARIABLE} is no address of a store; write one such as redis://localhost:6379/0 (rediss:// needs the feature `tls` or `tls-ring`, and several of them the feature `cluster`)."
            ),
        }
    }
}

impl std::error::Error for RedisUrlError {}

#[cfg(test)]
mod tests {
    use super::{Problem, RedisStore, RedisUrlError};

    #[test]
    fn what_must_be_escaped_in_a_password_is_named() {
        for url in [
            "redis://shop:p@ss@localhost",
            "redis://:pa/ss@localhost",
            "redis://:pa?ss@localhost",
            "redis://shop:pa#ss@localhost:6379/0",
            "redis://shop:pa,ss@localhost",
        ] {
            let error = RedisStore::new(url).err().unwrap();
            assert_eq!(error, RedisUrlError(Problem::Unescaped), "{url}");
            let said = error.to_string();
            assert!(said.contains("%40") && !said.contains("ss@"), "{said}");
        }
        for url in [
            "redis://shop:p%40ss@localhost",
            "redis+unix:///run/redis.sock?user=shop&pass=p@ss",
        ] {
            assert!(RedisStore::new(url).is_ok(), "{url}");
        }
    }
    #[test]
    fn p43_an_address_in_a_file_is_read() {
        let path = std::env::temp_dir().join(format!("fncy-redis-url-{}", std::process::id()));
        let path = path.to_str().unwrap();
        std::fs::write(path, "redis://shop:secret@localhost\n").unwrap();
        assert!(RedisStore::from_file(path).is_ok());
        std::fs::write(path, "localhost").unwrap();
        let error = RedisStore::from_file(path).err();
        assert_eq!(error, Some(RedisUrlError(Problem::NotOne)));
        std::fs::remove_file(path).unwrap();
        let error = RedisStore::from_file(path).err().unwrap();
        assert!(error.to_string().contains("can't be read"), "{error}");
    }
}
