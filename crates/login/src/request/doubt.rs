//! Sessions that somebody else must be asked about.
//!
//! Rules: what is known here is enough for nearly every request; where somebody must be asked and
//! can't be, nobody is taken for signed in or for signed out: it is a 503, unless the application
//! has chosen otherwise. Whether a session is outdated is asked where its access token has expired.

use std::cell::Cell;

use fncy_login_core::{Head, Moment, SessionRef, Shown, Standing, Step};

use crate::request::login::Login;
use crate::request::sign_in::Settled;
use crate::store::shared_store::{Known, StoreError, soon};

/// A session that somebody else must be asked about.
pub(crate) struct Doubtful {
    session: SessionRef,
    user_id: String,
    /// Whether it is known that it was not ended.
    is_live: bool,
    /// Whether its access token lives, so that it can't be outdated.
    is_newest: bool,
    if_ended: Step,
    if_outdated: Step,
    if_unknown: Step,
}

impl Login {
    /// Begins with what is known here. The machine is pure: where somebody else must be asked, all
    /// that may follow is worked out now, while the head is there, and one of it is taken.
    pub(crate) fn begin<H: Head>(&self, head: &H) -> (Step, Option<Box<Doubtful>>) {
        let now = self.0.clock.now();
        let begin = |standing: &dyn Fn(&Shown<'_>) -> Standing| {
            self.0.core.begin(head, Moment { now, standing })
        };
        let asked = Cell::new(None);
        let if_live = begin(&|shown| {
            let is_live = Cell::new(true);
            let standing = self.standing(shown, || {
                is_live.set(false);
                Standing::Live
            });
            let is_newest = !shown.has_expired;
            if standing == Standing::Live && !(is_live.get() && is_newest) {
                let user_id = shown.user_id.to_owned();
                asked.set(Some((shown.session, user_id, is_live.get(), is_newest)));
            }
            standing
        });
        let Some((session, user_id, is_live, is_newest)) = asked.take() else {
            return (if_live, None);
        };
        // What is known of another session beside it, it stays. Only one is asked about: of two copies, the answer
        // to one would make the other the user.
        let begin_if = |answer| {
            begin(&|shown| match self.standing(shown, || answer) {
                Standing::Live if shown.session == session => answer,
                Standing::Live if shown.has_expired => Standing::Outdated,
                standing => standing,
            })
        };
        let doubtful = Doubtful {
            session,
            user_id,
            is_live,
            is_newest,
            if_ended: begin_if(Standing::Ended),
            if_outdated: begin_if(Standing::Outdated),
            if_unknown: begin_if(Standing::Unknown),
        };
        (if_live, Some(Box::new(doubtful)))
    }

    /// What is known here of a session, and what is taken for known where that must be asked.
    pub(crate) fn standing(
        &self,
        shown: &Shown<'_>,
        if_asked: impl FnOnce() -> Standing,
    ) -> Standing {
        match self.0.store.known(&shown.session, shown.user_id) {
            Known::Live => Standing::Live,
            Known::Ended => Standing::Ended,
            Known::Ask => if_asked(),
        }
    }

    /// Asks, and takes what follows.
    pub(crate) async fn resolve(&self, doubtful: Doubtful, if_live: Settled) -> Settled {
        match self.ask(&doubtful).await {
            Ok(Standing::Ended) => self.settle(doubtful.if_ended),
            Ok(Standing::Outdated) => self.settle(doubtful.if_outdated),
            Err(StoreError) if !self.0.admits_unverified => self.settle(doubtful.if_unknown),
            Ok(Standing::Live | Standing::Unknown) | Err(StoreError) => if_live,
        }
    }

    async fn ask(&self, doubtful: &Doubtful) -> Result<Standing, StoreError> {
        let Doubtful {
            session, user_id, ..
        } = doubtful;
        let store = &self.0.store;
        if !doubtful.is_live && soon(store.has_ended(*session, user_id)).await? {
            return Ok(Standing::Ended);
        }
        // The one that is told which sessions are shown.
        let store = &self.0.refresher.0.store;
        if !doubtful.is_newest && soon(store.is_outdated(*session)).await? {
            return Ok(Standing::Outdated);
        }
        Ok(Standing::Live)
    }
}
