//! The coordinator: what the driver asks, put to the store.

use std::fmt;
use std::sync::Arc;

use fncy_login::Timestamp;
use fncy_login::coordinator::{Asked, Claim, Coordinator, Known, SessionRef, Work};

use crate::ended::End;
use crate::follower::{Follower, LONGEST};
use crate::names::{Name, Names};
use crate::server::Server;
use crate::store::Store;
use crate::works::Works;

/// The variable that [`RedisCoordinator::from_env`] reads.
const VARIABLE: &str = "FNCY_REDIS_URL";
/// What all names in the store begin with.
const PREFIX: &str = "fncy-login";

/// Coordinates all instances that share a store. Clones are the same.
///
/// It connects when it is first asked, so that an application starts while its store is down.
#[derive(Clone)]
pub struct RedisCoordinator {
    works: Works,
    follower: Arc<Follower>,
}

/// The address of the store is missing, or is none. `Display` is a sentence, without the address: it may
/// hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadUrl(Problem);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Problem {
    Missing,
    NotOne,
    Unescaped,
}

impl RedisCoordinator {
    /// The store that `FNCY_REDIS_URL` names, such as `redis://localhost:6379/0`, `redis+unix:///run/redis.sock`
    /// or, with the feature `tls`, `rediss://user:password@redis.example`. With the feature `cluster`, several
    /// addresses that are separated by commas are nodes of a Redis Cluster, which name the others.
    ///
    /// # Errors
    ///
    /// [`BadUrl`], where it is missing or no such address. Whether the store can be reached is not asked.
    pub fn from_env() -> Result<Self, BadUrl> {
        #[expect(
            clippy::disallowed_methods,
            reason = "the one setting of this crate; the driver's own are none of its business"
        )]
        let url = std::env::var(VARIABLE);
        let url = url.ok().filter(|url| !url.is_empty());
        Self::new(&url.ok_or(BadUrl(Problem::Missing))?)
    }

    /// The store at this address, as [`RedisCoordinator::from_env`] reads it.
    ///
    /// # Errors
    ///
    /// [`BadUrl`], where it is no such address.
    pub fn new(url: &str) -> Result<Self, BadUrl> {
        Self::with_prefix(url, PREFIX)
    }

    /// The same, with names that begin with something else than `fncy-login`: applications of their own
    /// that share a store need different ones.
    ///
    /// # Errors
    ///
    /// [`BadUrl`], where it is no such address.
    pub fn with_prefix(url: &str, prefix: &str) -> Result<Self, BadUrl> {
        if is_unescaped(url) {
            return Err(BadUrl(Problem::Unescaped));
        }
        let server = Server::at(url).map_err(|_| BadUrl(Problem::NotOne))?;
        let store = Arc::new(Store::new(server));
        let names = Arc::new(Names::new(prefix));
        Ok(Self {
            works: Works::new(Arc::clone(&store), Arc::clone(&names)),
            follower: Arc::new(Follower::new(store, names)),
        })
    }
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

impl Coordinator for RedisCoordinator {
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
            Ok(ended.known(&session, user_id) == Known::Ended)
        })
    }

    fn end(&self, session: SessionRef) -> Asked<'_, ()> {
        let end = End {
            name: Name::Session(session.id),
            at: 0,
            until: session.ends.as_unix(),
        };
        Box::pin(self.follower.end(end))
    }

    fn end_user<'a>(&'a self, user_id: &'a str, at: Timestamp) -> Asked<'a, ()> {
        let end = End {
            name: Name::of_user(user_id),
            at: at.as_unix(),
            until: at.plus(LONGEST).as_unix(),
        };
        Box::pin(self.follower.end(end))
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

impl fmt::Debug for RedisCoordinator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisCoordinator").finish_non_exhaustive()
    }
}

impl fmt::Display for BadUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Problem::Missing => write!(
                f,
                "{VARIABLE} is missing; write an address such as redis://localhost:6379/0."
            ),
            Problem::Unescaped => write!(
                f,
                "{VARIABLE} has a user or a password with @, /, ?, # or a comma in it; write %40, %2F, %3F, %23 or %2C in place of it."
            ),
            Problem::NotOne => write!(
                f,
                "{VARIABLE} is no address of a store; write one such as redis://localhost:6379/0 (rediss:// needs the feature `tls`, and several of them the feature `cluster`)."
            ),
        }
    }
}

impl std::error::Error for BadUrl {}

#[cfg(test)]
mod tests {
    use super::{BadUrl, Problem, RedisCoordinator};

    #[test]
    fn what_must_be_escaped_in_a_password_is_named() {
        for url in [
            "redis://shop:p@ss@localhost",
            "redis://:pa/ss@localhost",
            "redis://:pa?ss@localhost",
            "redis://shop:pa#ss@localhost:6379/0",
            "redis://shop:pa,ss@localhost",
        ] {
            let error = RedisCoordinator::new(url).err().unwrap();
            assert_eq!(error, BadUrl(Problem::Unescaped), "{url}");
            let said = error.to_string();
            assert!(said.contains("%40") && !said.contains("ss@"), "{said}");
        }
        for url in [
            "redis://shop:p%40ss@localhost",
            "redis+unix:///run/redis.sock?user=shop&pass=p@ss",
        ] {
            assert!(RedisCoordinator::new(url).is_ok(), "{url}");
        }
    }
}
