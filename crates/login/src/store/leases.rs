//! The second seam: the lease table, by which one instance at a time uses a token or a code.

use std::fmt;
use std::time::Duration;

use fncy_login_core::{SessionId, SessionRef};

use crate::store::store_error::StoreFuture;

/// The lease table, which all instances share.
///
/// One claimant gets the [`Lease`] of a key. The others wait until its holder leaves an outcome or drops the
/// lease. An outcome is sealed: a store can neither read nor change it.
pub trait Leases: Send + Sync + 'static {
    /// Asks for the lease of a key.
    ///
    /// Waits while another claimant holds it. When that lease is dropped or runs out, one of the waiting
    /// claimants gets it.
    ///
    /// An outcome whose version is `newer_than` or lower doesn't answer the claim: the lease is granted. The
    /// old outcome still answers other claims until the new one replaces it. A key that is spent has no
    /// versions.
    fn claim(&self, key: LeaseKey, newer_than: Option<u32>) -> StoreFuture<'_, Claim>;

    /// The outcome of a key, if its version is higher than `newer_than`. Doesn't wait for a holder.
    fn find(&self, key: LeaseKey, newer_than: Option<u32>) -> StoreFuture<'_, Option<Vec<u8>>>;

    /// Says that a request has shown a session.
    ///
    /// After 60 seconds, its older generations are outdated
    /// ([`Revocations::is_outdated`](crate::store::Revocations::is_outdated)). Outcomes for the session up to its
    /// generation stay for 90 seconds more: a request that came just before its cookie was outdated must find them.
    ///
    /// Must not wait: the driver calls it for each request. Call `session` only if an outcome may wait for
    /// it. If a call gets lost, outcomes stay for [`LeaseOutcome::keep`].
    fn confirm(&self, session: &dyn Fn() -> SessionRef);
}

/// The right to use a token or a code. Dropping it gives it back.
pub trait Lease: Send {
    /// How long no other claimant gets the same lease.
    ///
    /// A new lease has more than 29 seconds: 15 for all that a request may cause, ten by which a busy process may exceed
    /// that, and four for the calls of the store around that. With less, the driver doesn't use the lease.
    fn remaining(&self) -> Duration;

    /// Leaves an outcome for the claimants that wait, and for later ones, and gives the lease back.
    ///
    /// This instance knows the outcome at once. An error says that the other instances could not be told.
    /// The implementation then goes on trying, and doesn't give the lease back: it runs out.
    ///
    /// If the lease has run out and another holder has finished since, the outcome is dropped.
    fn finish(self: Box<Self>, outcome: LeaseOutcome) -> StoreFuture<'static, ()>;
}

/// The name of a lease: its kind, and a hash of the token or the code.
///
/// `Debug` shows the first four bytes of the hash.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LeaseKey {
    kind: LeaseKind,
    hash: [u8; 32],
}

impl LeaseKey {
    /// The key of this kind and hash.
    #[must_use]
    pub const fn new(kind: LeaseKind, hash: [u8; 32]) -> Self {
        Self { kind, hash }
    }

    /// What the lease is for.
    #[must_use]
    pub const fn kind(&self) -> LeaseKind {
        self.kind
    }

    /// A keyed hash of a refresh token, or a hash of a sign-in's `state`, of a device key's challenge, or of the session to
    /// bind.
    #[must_use]
    pub const fn hash(&self) -> &[u8; 32] {
        &self.hash
    }
}

/// What a lease is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum LeaseKind {
    /// Redeeming an authorization code.
    Redemption,
    /// Using a refresh token.
    Refresh,
    /// Using a proof of a device key.
    DeviceProof,
}

impl LeaseKind {
    /// A word for names in a store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Redemption => "redemption",
            Self::Refresh => "refresh",
            Self::DeviceProof => "device-proof",
        }
    }
}

/// The answer to a claim.
#[non_exhaustive]
pub enum Claim {
    /// The claimant holds the lease.
    Granted(Box<dyn Lease>),
    /// Another holder has left this sealed outcome.
    Done(Vec<u8>),
    /// Another holder has finished, and its outcome is gone.
    Spent,
}

/// What the holder of a lease leaves.
///
/// `Debug` shows the length of the sealed text alone.
///
/// ```
/// use std::time::Duration;
///
/// use fncy_login::store::LeaseOutcome;
///
/// let outcome = LeaseOutcome::new("AQID", Duration::from_secs(3600)).with_version(1);
/// assert_eq!((outcome.version(), outcome.sealed()), (1, &b"AQID"[..]));
/// assert!(!format!("{outcome:?}").contains("AQID"));
/// ```
#[derive(Clone)]
pub struct LeaseOutcome {
    version: u32,
    sealed: Vec<u8>,
    keep: Duration,
    spent: Duration,
    session: Option<SessionId>,
}

impl LeaseOutcome {
    /// An outcome that stays for `keep`, of version zero.
    #[must_use]
    pub fn new(sealed: impl Into<Vec<u8>>, keep: Duration) -> Self {
        Self {
            version: 0,
            sealed: sealed.into(),
            keep,
            spent: Duration::ZERO,
            session: None,
        }
    }

    /// No outcome, since other claimants have no use for what happened.
    #[must_use]
    pub fn empty() -> Self {
        Self::new(Vec::new(), Duration::ZERO)
    }

    /// Sets the version. That of a refresh is the generation to which it leads.
    #[must_use]
    pub fn with_version(self, version: u32) -> Self {
        Self { version, ..self }
    }

    /// Sets how long the key stays spent after the outcome is gone. By default it doesn't.
    #[must_use]
    pub fn with_spent(self, spent: Duration) -> Self {
        Self { spent, ..self }
    }

    /// Sets the session whose requests confirm the outcome ([`Leases::confirm`]).
    #[must_use]
    pub fn with_session(self, session: SessionId) -> Self {
        let session = Some(session);
        Self { session, ..self }
    }

    /// Its version.
    #[must_use]
    pub const fn version(&self) -> u32 {
        self.version
    }

    /// The sealed outcome. It is empty if other claimants have no use for it.
    #[must_use]
    pub fn sealed(&self) -> &[u8] {
        &self.sealed
    }

    /// How long it stays if no request confirms it.
    #[must_use]
    pub const fn keep(&self) -> Duration {
        self.keep
    }

    /// How long the key stays spent after that. Zero: it doesn't.
    #[must_use]
    pub const fn spent(&self) -> Duration {
        self.spent
    }

    /// The session whose requests confirm it.
    #[must_use]
    pub const fn session(&self) -> Option<SessionId> {
        self.session
    }
}

impl fmt::Debug for LeaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, ..] = self.hash;
        let kind = self.kind;
        write!(f, "LeaseKey({kind:?}, {a:02x}{b:02x}{c:02x}{d:02x}…)")
    }
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

impl fmt::Debug for LeaseOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LeaseOutcome")
            .field("version", &self.version)
            .field("bytes", &self.sealed.len())
            .field("keep", &self.keep)
            .field("spent", &self.spent)
            .field("session", &self.session)
            .finish()
    }
}
