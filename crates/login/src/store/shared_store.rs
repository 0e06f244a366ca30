//! What the instances of an application agree on: one refresh for each refresh token, one redemption
//! for each code, and which sessions were ended.
//!
//! These three don't fit into a cookie. In one process [`MemoryStore`] keeps them, and needs no
//! setting; several instances need one that all of them can ask.
//!
//! # The contract
//!
//! - **Work** is named by its kind and a hash. [`SharedStore::claim`] gives a [`Lease`] to one
//!   claimant; the others wait. When the holder finishes, they get what it left; when it drops the
//!   lease, or the lease runs out, one of them is granted it.
//! - What is left is a sealed text: whoever keeps it can neither read nor change it, and nothing is
//!   believed of it before it opens.
//! - An outcome has a version. It answers a claim for something newer than an older version, and
//!   stands aside for a claim for something newer than itself: until that is finished, it still
//!   answers older claims. Work that is spent has no versions.
//! - **Sessions**: [`SharedStore::known`] answers at once, for every request. It is at most five
//!   seconds behind [`SharedStore::end`] on another instance, and not at all on the same one. A
//!   session is its id: its generations end together, but for an [`RevokedSession`] that spares the newer ones.
//! - **Generations**: a session whose newer generation was shown 60 seconds ago is outdated
//!   ([`SharedStore::is_outdated`]). That is asked for sessions with an expired access token only.
//! - Whoever can't be asked is [`StoreError`]. Nothing is guessed then: see
//!   [`LoginBuilder::store`](crate::LoginBuilder::store) for what becomes of requests.
//! - Every future may be dropped at any time. All but claims are, after two seconds, and count as
//!   [`StoreError`]; what was begun may still have its effect. Claims wait for as long as the request
//!   may take, 15 seconds.
//!
//! # An implementation
//!
//! [`known`](SharedStore::known) remembers what [`has_ended`](SharedStore::has_ended) said for up to
//! five seconds, or is fed by the store; where it says [`Known::Ask`] each time, each request asks.
//! [`has_ended`](SharedStore::has_ended) is asked before each refresh as well, whatever `known` said.
//! [`confirm`](SharedStore::confirm) is called for requests that show their session, and must not
//! wait: an implementation over a network hands it on. The suite in `tests/src/store/contract.rs` of the
//! repository asserts the contract for any implementation.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use fncy_login_core::Timestamp;
pub(crate) use fncy_login_core::{RevokedSession, SessionRef};
use tokio::time::{Instant, timeout, timeout_at};

use crate::observe::meter;

/// An answer that may have to be fetched.
pub type Asked<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Whoever coordinates the instances can't be asked at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoreError;

/// Nobody waits longer for an answer that depends on nobody's work.
const DEADLINE: Duration = Duration::from_secs(2);

/// An answer that is not waited for long: one that doesn't come is none.
pub(crate) async fn soon<T>(asked: Asked<'_, T>) -> Result<T, StoreError> {
    let answer = timeout(DEADLINE, asked).await.unwrap_or(Err(StoreError));
    meter::store(answer.is_ok());
    answer
}

/// A store that grants no lease which is long enough, as often as this, is none.
const MAX_CLAIMS: usize = 3;

/// A claim whose lease, if it is one, outlasts all that may be done with it until the deadline: a
/// last question, and leaving the outcome. None if others were at it for all that time.
pub(crate) async fn claim(
    store: &dyn SharedStore,
    work: Work,
    deadline: Instant,
) -> Result<Option<Claim>, StoreError> {
    let outlasts = |lease: &dyn Lease| {
        let left = deadline.saturating_duration_since(Instant::now());
        lease.remaining() > left + 2 * DEADLINE
    };
    let claims = async {
        for _ in 0..MAX_CLAIMS {
            match store.claim(work).await? {
                Claim::Granted(lease) if !outlasts(&*lease) => {}
                claim => return Ok(Some(claim)),
            }
        }
        Err(StoreError)
    };
    timeout_at(deadline, claims).await.unwrap_or(Ok(None))
}

/// A seam between the driver and whatever the instances of an application share.
pub trait SharedStore: Send + Sync + 'static {
    /// What is known here and now of a session, and of its user's id, by which all sessions of a user
    /// might be ended. Asked for every request, and again just before a session's cookie is attached
    /// to an answer: it must not wait.
    fn known(&self, session: &SessionRef, user_id: &str) -> Known;

    /// Whether a session was ended: where [`SharedStore::known`] said [`Known::Ask`], and before each
    /// refresh.
    fn has_ended<'a>(&'a self, session: SessionRef, user_id: &'a str) -> Asked<'a, bool>;

    /// Whether a newer generation of this session was shown 60 seconds ago, on any instance: then this is
    /// a copy from before a refresh, and admitted nowhere. Asked where the access token has expired.
    /// An implementation that doesn't remember it says no.
    fn is_outdated(&self, session: SessionRef) -> Asked<'_, bool> {
        let _ = session;
        Box::pin(async { Ok(false) })
    }

    /// Ends a session for as long as its cookie could live. This instance knows it from then on,
    /// even if the others can't be told.
    fn end(&self, ending: RevokedSession) -> Asked<'_, ()>;

    /// Ends all sessions of a user that were issued no later than this, as [`SharedStore::end`] does with
    /// one: for 30 days, which is as long as any could live. The time is 60 seconds after the call, since
    /// the clock of the instance that began a session may be so far ahead.
    fn end_user<'a>(&'a self, user_id: &'a str, at: Timestamp) -> Asked<'a, ()>;

    /// A session begins. Where [`SharedStore::end_user`] was called for its user before, and the session
    /// would be over by the time that was given there, it lives all the same. An implementation that
    /// doesn't remember it lets the user sign in again after that time.
    fn begin<'a>(&'a self, session: SessionRef, user_id: &'a str) -> Asked<'a, ()> {
        let _ = (session, user_id);
        Box::pin(async { Ok(()) })
    }

    /// Asks to do a piece of work. Waits while somebody else is at it; whoever waits no longer drops
    /// the future.
    fn claim(&self, work: Work) -> Asked<'_, Claim>;

    /// What was left by whoever did this, if anything newer than [`Work::newer_than`] was.
    fn find(&self, work: Work) -> Asked<'_, Option<Vec<u8>>>;

    /// A request shows this session: outcomes for it whose version is its generation or lower, whoever
    /// left them, are needed for 60 seconds more, and its older generations are outdated after that. Called for every request, so it must cost nothing
    /// where there are none; one that is lost keeps them for the time that they were left for.
    fn confirm(&self, session: &dyn Fn() -> SessionRef);
}

/// What an instance knows of a session without asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// It has not been ended, as of at most five seconds ago.
    Live,
    /// It was ended.
    Ended,
    /// That must be asked.
    Ask,
}

/// The name of something that must be done once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Work {
    /// What is done.
    pub kind: WorkKind,
    /// A hash of the token or the login that it is done with.
    pub key: [u8; 32],
    /// An outcome of this version, or of a lower one, is none.
    pub newer_than: Option<u32>,
}

/// The kinds of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WorkKind {
    /// Redeeming an authorization code.
    Redemption,
    /// Using a refresh token.
    Refresh,
}

/// What a claim comes to.
pub enum Claim {
    /// Do it.
    Granted(Box<dyn Lease>),
    /// It was done, and this was left.
    Done(Vec<u8>),
    /// It was done, and nothing is left of it.
    Spent,
}

/// The right to do a piece of work. Dropping it gives it back.
pub trait Lease: Send {
    /// How long nobody else will be granted the same work. Longer than all that a request may
    /// cause, 15 seconds, and four more for what is asked and told around it: nothing is begun with
    /// less, since somebody else would begin it again.
    fn remaining(&self) -> Duration;

    /// Leaves an outcome for those who wait, and for those who come later. This instance knows it
    /// from then on; an error says that the others could not be told. They are told as soon as that
    /// is possible, and until then the lease is not given back: it runs out.
    ///
    /// An outcome that comes after the lease has run out is not taken if somebody else has finished
    /// meanwhile.
    fn finish(self: Box<Self>, outcome: Finished) -> Asked<'static, ()>;
}

/// What is left of a piece of work.
#[derive(Clone, Debug)]
pub struct Finished {
    /// Its version: a refresh's is the generation that it leads to.
    pub version: u32,
    /// The sealed outcome; empty where the work came to nothing that others could use.
    pub sealed: Vec<u8>,
    /// How long it is kept, if it isn't confirmed before.
    pub keep: Duration,
    /// How long after that the work stays done, with nothing left of it.
    pub spent: Duration,
    /// The session that [`SharedStore::confirm`] names when it is needed no longer.
    pub session: Option<[u8; 16]>,
}

impl fmt::Debug for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Granted(_) => "Granted",
            Self::Done(_) => "Done",
            Self::Spent => "Spent",
        })
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the store of this application's instances can't be reached")
    }
}

impl std::error::Error for StoreError {}
