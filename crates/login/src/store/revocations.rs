//! The first seam: the list of revoked sessions.

use fncy_login_core::{RevocationStatus, RevokedSession, SessionId, SessionRef, Timestamp};

use crate::store::store_error::StoreFuture;

/// The list of revoked sessions, which all instances share.
///
/// A session is named by its id. All its copies are revoked together, unless [`RevokedSession::up_to`] names the highest
/// [rank](SessionRef::rank) that is. The ranks of copies that are bound to a device key are above all others. So a session
/// is bound by an entry that reaches all unbound copies, and lives on.
pub trait Revocations: Send + Sync + 'static {
    /// The status of a session, as this instance knows it.
    ///
    /// Must not wait: the driver calls it for each request, and again just before it attaches a session
    /// cookie to a response. [`RevocationStatus::Live`] may be five seconds old. `user_id` is for
    /// [`Revocations::revoke_user`].
    fn status(&self, session: &SessionRef, user_id: &str) -> RevocationStatus;

    /// Asks the store whether a session is revoked.
    ///
    /// The driver calls it where [`Revocations::status`] says [`RevocationStatus::Ask`] or
    /// [`RevocationStatus::RevokedUnlessNew`], and before each
    /// refresh whatever the status was.
    fn is_revoked<'a>(&'a self, session: SessionRef, user_id: &'a str) -> StoreFuture<'a, bool>;

    /// Asks whether a session is an outdated copy: a newer generation was shown 60 seconds ago or earlier,
    /// on any instance ([`Leases::confirm`](crate::store::Leases::confirm)).
    ///
    /// The driver calls it only where the access token has expired, and admits no outdated session. The
    /// default is `false`, for a store that doesn't remember generations.
    fn is_outdated(&self, session: SessionRef) -> StoreFuture<'_, bool> {
        let _ = session;
        Box::pin(async { Ok(false) })
    }

    /// Revokes a session for as long as its cookie can live.
    ///
    /// Of two entries of a session, the one that reaches a higher rank counts.
    ///
    /// The status on this instance is [`RevocationStatus::Revoked`] at once for each copy that the entry reaches, even if
    /// the other instances can't be told. The driver also asks about copies that no request has shown, such as
    /// [`SessionRef::newest`], so compare ranks.
    fn revoke(&self, revoked: RevokedSession) -> StoreFuture<'_, ()>;

    /// Revokes all sessions of a user that were issued no later than `until`, except for the session `spared`.
    ///
    /// The entry stays for 30 days, the longest life of a session. The driver passes the present time plus 60
    /// seconds, since the clock of the instance that issued a session may be that far ahead. If the store has an
    /// entry of this user for the same time or a later one, add a second to that time: the new entry must reach the
    /// sessions that are exempt from the old one.
    ///
    /// No instance may refuse the spared session in between, so keep its id in the entry. The next entry of this user
    /// reaches it. Of two entries for the same time that spare different sessions, each reaches the other's session.
    ///
    /// No call brings a revoked session back: what an earlier entry reaches, no later entry spares, whatever the order in
    /// which instances read them. A session that is exempt from the earlier entry, or that was issued after its time, can
    /// be spared. An entry that [`Revocations::revoke`] has made for the spared session stays.
    fn revoke_user<'a>(
        &'a self,
        user_id: &'a str,
        until: Timestamp,
        spared: Option<SessionId>,
    ) -> StoreFuture<'a, ()>;

    /// Has a user read again, in all sessions of the user whose user data was read before `since`.
    ///
    /// The entry stays for 30 days. The driver passes the present time plus 61 seconds, since the clock of the instance
    /// that has read the user may be a minute ahead. If the store has an entry of this user for the same time or a later
    /// one, add a second to that time. From then on [`Revocations::status`] on this instance, and within five seconds on
    /// the others, is [`RevocationStatus::ReadUser`] for all live sessions of the user.
    fn read_user<'a>(&'a self, user_id: &'a str, since: Timestamp) -> StoreFuture<'a, ()>;

    /// Asks for the time of the user's entry of [`Revocations::read_user`], if there is one.
    ///
    /// The driver calls it with each sign-in, and after [`Revocations::is_revoked`] for a session that may go on.
    fn read_since<'a>(&'a self, user_id: &'a str) -> StoreFuture<'a, Option<Timestamp>>;

    /// Exempts a new session from earlier calls of [`Revocations::revoke_user`].
    ///
    /// Such a call reaches 60 seconds ahead, and would revoke a session that begins within that time. The default
    /// does nothing: the user then has to sign in again.
    fn began<'a>(&'a self, session: SessionRef, user_id: &'a str) -> StoreFuture<'a, ()> {
        let _ = (session, user_id);
        Box::pin(async { Ok(()) })
    }
}
