//! Keeping users' session lists in the store.
//!
//! Rules:
//! - No request waits for a list. Each write runs in a task of its own, and there are at most [`MAX_WRITES`] at a time.
//! - A write that is lost is counted. The session is listed again with its next roll or refresh.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use fncy_login_core::{Head, ListedEntry, SessionId, SessionList, Timestamp, User};
use tokio::runtime::Handle;

use crate::handle::client_address::RequestHeaders;
use crate::observe::clock;
use crate::observe::telemetry::Telemetry;
use crate::store::session_lists::{SealedSession, SessionLists, UserKey};
use crate::store::store_client::StoreClient;
use crate::store::store_error::{StoreError, StoreFuture};
use crate::store::tasks::Tasks;

/// Half a megabyte.
const MAX_WRITES: usize = 1_000;
/// The longest label, in characters.
const MAX_LABEL: usize = 100;

/// The application's function that labels a session.
pub(crate) type Label = Arc<dyn Fn(&RequestHeaders<'_>) -> Option<String> + Send + Sync>;

/// The session lists of all users. Cloning is cheap.
#[derive(Clone)]
pub(crate) struct Listing(Arc<Parts>);

struct Parts {
    machine: SessionList,
    store: Arc<StoreClient>,
    telemetry: Arc<Telemetry>,
    tasks: Tasks,
    label: Label,
    writes: AtomicUsize,
    lost: AtomicU64,
}

impl Listing {
    pub(crate) fn new(
        machine: SessionList,
        store: Arc<StoreClient>,
        telemetry: Arc<Telemetry>,
        tasks: Tasks,
        label: Label,
    ) -> Self {
        Self(Arc::new(Parts {
            machine,
            store,
            telemetry,
            tasks,
            label,
            writes: AtomicUsize::new(0),
            lost: AtomicU64::new(0),
        }))
    }

    /// The application's label for the session of a request, cut to its longest length.
    pub(crate) fn label<H: Head>(&self, head: &H) -> String {
        let headers = |name| head.lines(name).last();
        let label = (self.0.label)(&RequestHeaders::new(&headers)).unwrap_or_default();
        label.chars().take(MAX_LABEL).collect()
    }

    /// Lists a session that a request has begun, refreshed or kept alive.
    pub(crate) fn put(&self, user: &User, label: String, now: Timestamp) {
        let entry = ListedEntry {
            session: user.session(),
            over: user.session_ends(),
            last_used: now,
            label,
        };
        let key = self.0.machine.key_of(user.id());
        let Some(entropy) = clock::entropy() else {
            return;
        };
        let sealed = self.0.machine.seal(&key, &entry, &entropy);
        let life = Duration::from_secs(entry.over.seconds_since(now));
        let entry = SealedSession::new(UserKey::new(key), entry.session.id(), sealed, life);
        self.write(move |lists| lists.put(entry));
    }

    /// Takes a session out of its user's list.
    pub(crate) fn remove(&self, user_id: &str, session: SessionId) {
        let user = UserKey::new(self.0.machine.key_of(user_id));
        self.write(move |lists| lists.remove(user, session));
    }

    /// The entries of a user's list that open.
    pub(crate) async fn entries(&self, user_id: &str) -> Result<Vec<ListedEntry>, StoreError> {
        let key = self.0.machine.key_of(user_id);
        let sealed = self
            .0
            .store
            .lists(|lists| lists.all(UserKey::new(key)))
            .await?;
        let opened = sealed
            .iter()
            .filter_map(|text| self.0.machine.open(&key, text));
        Ok(opened.collect())
    }

    /// Starts a write in a task of its own. It is lost if there are too many.
    fn write(&self, call: impl FnOnce(&dyn SessionLists) -> StoreFuture<'_, ()> + Send + 'static) {
        let parts = Arc::clone(&self.0);
        let before = parts.writes.fetch_add(1, Ordering::Relaxed);
        match Handle::try_current() {
            Ok(_) if before < MAX_WRITES => {
                let tasks = parts.tasks.clone();
                drop(tasks.spawn(async move {
                    let written = parts.store.lists(call).await;
                    parts.wrote(written.is_ok());
                }));
            }
            _ => parts.wrote(false),
        }
    }
}

impl Parts {
    /// Counts the end of a write.
    fn wrote(&self, is_written: bool) {
        self.writes.fetch_sub(1, Ordering::Relaxed);
        if is_written {
            return;
        }
        self.lost.fetch_add(1, Ordering::Relaxed);
        if self.telemetry.lines.is_due("entries of session lists") {
            let lost = self.lost.swap(0, Ordering::Relaxed);
            tracing::warn!(
                lost,
                "entries of session lists could not be written; the lists lack these sessions until their next refresh"
            );
        }
    }
}
