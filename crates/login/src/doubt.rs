//! Sessions that another instance may have ended.
//!
//! Rules: what is known here is enough for nearly every request; where somebody must be asked and
//! can't be, nobody is taken for signed in or for signed out: it is a 503, unless the application
//! has chosen otherwise.

use std::cell::Cell;

use fncy_login_core::{Head, Moment, SessionRef, Standing, Step};

use crate::Login;
use crate::coordinator::{Known, Unreachable, soon};
use crate::drive::Settled;

/// A session that somebody else must be asked about.
pub(crate) struct Doubtful {
    session: SessionRef,
    user_id: String,
    if_ended: Step,
    if_unknown: Step,
}

impl Login {
    /// Begins with what is known here. The machine is pure: where somebody else must be asked, all
    /// that may follow is worked out now, while the head is there, and one of it is taken.
    pub(crate) fn begin<H: Head>(&self, head: &H) -> (Step, Option<Box<Doubtful>>) {
        let now = self.0.clock.now();
        let begin = |standing: &dyn Fn(&SessionRef, &str) -> Standing| {
            self.0.core.begin(head, Moment { now, standing })
        };
        let asked = Cell::new(None);
        let if_live = begin(&|session, user_id| {
            self.standing(session, user_id, || {
                asked.set(Some((*session, user_id.to_owned())));
                Standing::Live
            })
        });
        let Some((session, user_id)) = asked.take() else {
            return (if_live, None);
        };
        // What is known of another session beside it, it stays.
        let begin_if =
            |answer| begin(&|session, user_id| self.standing(session, user_id, || answer));
        let doubtful = Doubtful {
            session,
            user_id,
            if_ended: begin_if(Standing::Ended),
            if_unknown: begin_if(Standing::Unknown),
        };
        (if_live, Some(Box::new(doubtful)))
    }

    /// What is known here of a session, and what is taken for known where that must be asked.
    pub(crate) fn standing(
        &self,
        session: &SessionRef,
        user_id: &str,
        if_asked: impl FnOnce() -> Standing,
    ) -> Standing {
        match self.0.coordinator.known(session, user_id) {
            Known::Live => Standing::Live,
            Known::Ended => Standing::Ended,
            Known::Ask => if_asked(),
        }
    }

    /// Asks, and takes what follows.
    pub(crate) async fn resolve(&self, doubtful: Doubtful, if_live: Settled) -> Settled {
        let Doubtful {
            session,
            user_id,
            if_ended,
            if_unknown,
        } = doubtful;
        match soon(self.0.coordinator.has_ended(session, &user_id)).await {
            Ok(false) => if_live,
            Ok(true) => self.settle(if_ended),
            Err(Unreachable) if self.0.admits_unverified => if_live,
            Err(Unreachable) => self.settle(if_unknown),
        }
    }
}
