//! The session list of each user in Redis.
//!
//! Rule: a list is one sorted set, whose members are a session's id and its sealed entry, by the time at which they
//! expire. Each step is one script.

use std::sync::{Arc, LazyLock};

use fncy_login::store::{MAX_LISTED, SealedSession, SessionId, SessionLists, StoreFuture, UserKey};
use redis::Script;

use crate::hex;
use crate::keys::Keys;
use crate::script_client::ScriptClient;

static LIST: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("scripts/list.lua")));
static LISTED: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("scripts/listed.lua")));

/// The lists of all users. Clones share them.
#[derive(Clone)]
pub(crate) struct ListTable {
    client: Arc<ScriptClient>,
    keys: Arc<Keys>,
}

impl ListTable {
    pub(crate) fn new(client: Arc<ScriptClient>, keys: Arc<Keys>) -> Self {
        Self { client, keys }
    }

    /// Replaces a session's entry. An empty one removes it.
    fn replace(
        &self,
        user: UserKey,
        session: SessionId,
        sealed: String,
        life: u64,
    ) -> StoreFuture<'_, ()> {
        Box::pin(async move {
            let keys = [self.keys.session_list(&user)];
            let arguments = (hex::encode(session.as_bytes()), sealed, life, MAX_LISTED);
            self.client.run(&LIST, &keys, arguments).await
        })
    }
}

impl SessionLists for ListTable {
    fn put(&self, entry: SealedSession) -> StoreFuture<'_, ()> {
        let life = u64::try_from(entry.life().as_millis()).unwrap_or(u64::MAX);
        self.replace(
            entry.user(),
            entry.session(),
            entry.sealed().to_owned(),
            life,
        )
    }

    fn remove(&self, user: UserKey, session: SessionId) -> StoreFuture<'_, ()> {
        self.replace(user, session, String::new(), 0)
    }

    fn all(&self, user: UserKey) -> StoreFuture<'_, Vec<Vec<u8>>> {
        Box::pin(async move {
            let keys = [self.keys.session_list(&user)];
            self.client.run(&LISTED, &keys, MAX_LISTED).await
        })
    }
}
