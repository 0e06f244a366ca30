//! `RedisStore`: the seams of the driver, on one server.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use fncy_login::store::{
    Claim, LeaseKey, Leases, RevocationStatus, Revocations, RevokedSession, SessionId,
    SessionLists, SessionRef, SharedStore, StoreError, StoreFuture,
};
use fncy_login::{SecretFile, Timestamp};
use tokio::time::sleep;

use crate::keys::Keys;
use crate::leases::LeaseTable;
use crate::redis_url::{FILE, Problem, RedisUrlError, VARIABLE, parse};
use crate::revocation_log::RevocationLog;
use crate::script_client::ScriptClient;
use crate::session_lists::ListTable;

/// Between two looks at what is still to be written.
const PAUSE: Duration = Duration::from_millis(50);
/// The first part of all keys.
const PREFIX: &str = "fncy-login";

/// A store on Redis or Valkey, for all instances of an application. Clones share one connection.
///
/// It connects with the first call, so that an application starts while the server is down.
#[doc(alias("valkey", "session store", "cluster"))]
#[derive(Clone)]
pub struct RedisStore {
    leases: LeaseTable,
    log: Arc<RevocationLog>,
    lists: ListTable,
}

impl RedisStore {
    /// The store at the address in the variable `FNCY_REDIS_URL`.
    ///
    /// | address | what it needs |
    /// | --- | --- |
    /// | `redis://localhost:6379/0` | |
    /// | `redis+unix:///run/redis.sock` | |
    /// | `rediss://user:password@redis.example` | the feature `tls` or `tls-ring` |
    /// | `redis://a.example,redis://b.example`: nodes of a Redis Cluster, which name the others | the feature `cluster` |
    ///
    /// `FNCY_REDIS_URL_FILE` may name a file with the address instead, such as a mounted Docker or Kubernetes
    /// secret. When the file changes, the store uses the new address within seconds, on a new connection.
    ///
    /// # Errors
    ///
    /// [`RedisUrlError`] if the address is missing or wrong. This doesn't connect.
    pub fn from_env() -> Result<Self, RedisUrlError> {
        #[expect(
            clippy::disallowed_methods,
            reason = "the one setting of this crate, which the driver doesn't know"
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

    /// The store at the address in a file, as `FNCY_REDIS_URL_FILE` names it.
    ///
    /// # Errors
    ///
    /// [`RedisUrlError`] if the file can't be read, or if its address is wrong.
    pub fn from_file(path: impl Into<PathBuf>) -> Result<Self, RedisUrlError> {
        let (file, url) = SecretFile::open(path)
            .map_err(|error| RedisUrlError(Problem::Unreadable(error.kind())))?;
        let client = ScriptClient::new(parse(&url)?, Some(file));
        Ok(Self::on(client, PREFIX))
    }

    /// The store at this address. [`RedisStore::from_env`] lists the forms.
    ///
    /// # Errors
    ///
    /// [`RedisUrlError`] if the address is wrong.
    pub fn new(url: &str) -> Result<Self, RedisUrlError> {
        Self::with_prefix(url, PREFIX)
    }

    /// The store at this address, with another first part of its keys than `fncy-login`.
    ///
    /// Give each application a prefix of its own if several share a server.
    ///
    /// # Errors
    ///
    /// [`RedisUrlError`] if the address is wrong.
    pub fn with_prefix(url: &str, prefix: &str) -> Result<Self, RedisUrlError> {
        Ok(Self::on(ScriptClient::new(parse(url)?, None), prefix))
    }

    fn on(client: ScriptClient, prefix: &str) -> Self {
        let (client, keys) = (Arc::new(client), Arc::new(Keys::new(prefix)));
        Self {
            leases: LeaseTable::new(Arc::clone(&client), Arc::clone(&keys)),
            lists: ListTable::new(Arc::clone(&client), Arc::clone(&keys)),
            log: Arc::new(RevocationLog::new(client, keys)),
        }
    }
}

impl Revocations for RedisStore {
    fn status(&self, session: &SessionRef, user_id: &str) -> RevocationStatus {
        let status = self.log.list.status(session, user_id);
        if matches!(
            status,
            RevocationStatus::RevokedUnlessNew | RevocationStatus::Ask
        ) {
            self.log.start();
        }
        status
    }

    fn is_revoked<'a>(&'a self, session: SessionRef, user_id: &'a str) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            let list = &self.log.list;
            if list.status(&session, user_id) != RevocationStatus::Revoked {
                self.log.catch_up().await?;
            }
            Ok(list.has(&session, user_id))
        })
    }

    fn is_outdated(&self, session: SessionRef) -> StoreFuture<'_, bool> {
        self.leases.is_outdated(session)
    }

    fn revoke(&self, revoked: RevokedSession) -> StoreFuture<'_, ()> {
        Box::pin(async move { self.log.revoke(&revoked).await })
    }

    fn revoke_user<'a>(
        &'a self,
        user_id: &'a str,
        until: Timestamp,
        spared: Option<SessionId>,
    ) -> StoreFuture<'a, ()> {
        Box::pin(self.log.revoke_user(user_id, until, spared))
    }

    fn read_user<'a>(&'a self, user_id: &'a str, since: Timestamp) -> StoreFuture<'a, ()> {
        Box::pin(self.log.read_user(user_id, since))
    }

    fn read_since<'a>(&'a self, user_id: &'a str) -> StoreFuture<'a, Option<Timestamp>> {
        let since = self.log.list.read_since(user_id);
        Box::pin(async move { Ok(since) })
    }

    fn began<'a>(&'a self, session: SessionRef, user_id: &'a str) -> StoreFuture<'a, ()> {
        Box::pin(async move { self.log.began(&session, user_id).await })
    }
}

impl Leases for RedisStore {
    fn claim(&self, key: LeaseKey, newer_than: Option<u32>) -> StoreFuture<'_, Claim> {
        self.leases.claim(key, newer_than)
    }

    fn find(&self, key: LeaseKey, newer_than: Option<u32>) -> StoreFuture<'_, Option<Vec<u8>>> {
        self.leases.find(key, newer_than)
    }

    fn confirm(&self, session: &dyn Fn() -> SessionRef) {
        self.leases.confirm(session);
    }
}

impl SharedStore for RedisStore {
    fn ping(&self) -> StoreFuture<'_, ()> {
        // A full server, a replica, or a server without its scripts' commands would answer a plain `PING`.
        Box::pin(self.log.ping())
    }

    fn revocation_count(&self) -> Option<usize> {
        Some(self.log.list.len())
    }

    fn flush(&self) -> StoreFuture<'_, ()> {
        Box::pin(async {
            while !self.leases.is_written() || !self.log.is_written() {
                // A reading writes what the log lacks.
                let _: Result<(), StoreError> = self.log.catch_up().await;
                sleep(PAUSE).await;
            }
            Ok(())
        })
    }

    fn session_lists(&self) -> Option<&dyn SessionLists> {
        Some(&self.lists)
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::RedisStore;
    use crate::redis_url::{Problem, RedisUrlError};

    #[test]
    fn p43_an_address_in_a_file_is_read() {
        let path = std::env::temp_dir().join(format!("fncy-redis-url-{}", std::process::id()));
        let path = path.to_str().unwrap();
        std::fs::write(path, "redis://shop:secret@localhost\n").unwrap();
        assert!(RedisStore::from_file(path).is_ok());
        std::fs::write(path, "localhost").unwrap();
        let error = RedisStore::from_file(path).err();
        assert_eq!(error, Some(RedisUrlError(Problem::Unknown)));
        std::fs::remove_file(path).unwrap();
        let error = RedisStore::from_file(path).err().unwrap();
        assert!(error.to_string().contains("can't be read"), "{error}");
    }
}
