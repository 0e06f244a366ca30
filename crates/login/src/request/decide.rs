//! `Login::decide`: the one function that adapters call.
//!
//! Rules:
//! - A request with a live session is decided at once, without a future and without random bytes.
//! - What needs the provider or the store is decided in a future that owns a copy of the request's head.

use std::sync::Arc;

use fncy_login_core::{
    Admission, AfterRefresh, AskStore, Begin, Checked, Endpoint, Head, OwnedHead, Proving,
    Redeeming, Refreshing, Reply, StoreAnswer,
};
use tokio::time::Instant;

use crate::handle::caller::Caller;
use crate::handle::login::Login;
use crate::handle::replies::{ending, send};
use crate::handle::revocation_check::{ask_store, check_sessions};
use crate::observe::clock;
use crate::provider::sender::REQUEST_DEADLINE;
use crate::request::auth_context::AuthContext;
use crate::request::bearer;
use crate::request::challenge::redirect;
use crate::request::device::prove_once;
use crate::request::redeem::redeem_once;
use crate::request::verdict::{Decision, Verdict};

/// The work that a request must wait for.
enum Waits {
    Redeem(Box<Redeeming>, Caller),
    Refresh(Box<Refreshing>, Caller),
    /// The store must say whether a proof of a device key may be used.
    Prove(Box<Proving>, Caller),
    /// The store must learn of the sessions that this reply revokes.
    End(Box<Reply>, Caller),
}

impl Login {
    /// Decides how a request goes on, for adapters.
    ///
    /// `before` is the [`AuthContext`] in the request's extensions, if another layer has left one there.
    ///
    /// A request with a live session is decided at once. If FNCY or the store must be asked, the decision is a future,
    /// which needs a tokio runtime.
    pub fn decide<H: Head>(&self, head: &H, before: Option<&AuthContext>) -> Decision {
        let now = self.0.clock.now();
        if let Some(bearers) = &self.0.bearers
            && let Some(shown) = bearers.machine.shown(head)
        {
            return bearer::decide(self, head, bearers, shown, now);
        }
        let may_pass = |context: &AuthContext| {
            context.is_of(self) && self.0.core.may_pass(head, context.user(), now)
        };
        if before.is_some_and(may_pass) {
            return Decision::Pass;
        }
        let begin = match check_sessions(self, head, now) {
            Checked::Found(found) => self.0.core.begin(head, found, now),
            Checked::Ask(ask) => return decide_later(self, head, *ask),
        };
        // Nearly every request is admitted here. The rest is cold code.
        match begin {
            Begin::Admit(admission) => Decision::Now(Verdict::admit(self, admission)),
            begin => decide_more(self, head, begin),
        }
    }
}

#[cold]
fn decide_more<H: Head>(login: &Login, head: &H, begin: Begin) -> Decision {
    let caller = if matches!(begin, Begin::Roll(_)) {
        Caller::default()
    } else {
        login.0.coverage.look(&login.0.core, head);
        let (may_redeem, may_refresh) = (
            matches!(begin, Begin::Redeem(_)),
            matches!(begin, Begin::Refresh(_)),
        );
        Caller::of(login, head, may_redeem, may_refresh)
    };
    match settle(login, begin, caller) {
        Ok(verdict) => Decision::Now(verdict),
        Err(waits) => {
            let login = login.clone();
            Decision::Later(Box::pin(async move { wait(&login, waits).await }))
        }
    }
}

/// Decides a request after the store was asked about its session. A plain sign-in depends on no session, so it doesn't
/// wait.
fn decide_later<H: Head>(login: &Login, head: &H, ask: AskStore) -> Decision {
    if login.0.core.is_plain_sign_in(head) {
        let found = ask.answered(StoreAnswer::Unknown);
        let begin = login.0.core.begin(head, found, login.0.clock.now());
        return decide_more(login, head, begin);
    }
    let may_redeem = login.0.core.endpoint(head) == Some(Endpoint::Callback);
    let caller = Caller::of(login, head, may_redeem, !may_redeem);
    login.0.coverage.look(&login.0.core, head);
    let (login, head) = (login.clone(), OwnedHead::of(head));
    Decision::Later(Box::pin(async move {
        let found = ask_store(&login, ask).await;
        let begin = login.0.core.begin(&head, found, login.0.clock.now());
        // A state that waits has a copy of its own.
        drop(head);
        match settle(&login, begin, caller) {
            Ok(verdict) => verdict,
            Err(waits) => wait(&login, waits).await,
        }
    }))
}

/// The verdict of a state that needs no wait, or the work to wait for.
fn settle(login: &Login, begin: Begin, caller: Caller) -> Result<Verdict, Waits> {
    match begin {
        Begin::Admit(admission) => Ok(Verdict::admit(login, admission)),
        Begin::Roll(roll) => {
            let admission = Admission::rolled(*roll, login.0.clock.now(), clock::entropy());
            Ok(admit(login, admission, caller))
        }
        Begin::SignIn(start) => {
            let caller = caller.returning_to(start.return_to());
            answer(login, redirect(login, *start), caller)
        }
        Begin::Reply(reply) => answer(login, reply, caller),
        Begin::Redeem(redeeming) => {
            let caller = caller.returning_to(redeeming.return_to());
            Err(Waits::Redeem(redeeming, caller))
        }
        Begin::Refresh(refreshing) => Err(Waits::Refresh(refreshing, caller)),
        Begin::Challenge(challenging) => {
            let now = login.0.clock.now();
            answer(login, challenging.finish(now, clock::entropy()), caller)
        }
        Begin::Prove(proving) => Err(Waits::Prove(proving, caller)),
    }
}

/// Admits a request whose session may have changed.
fn admit(login: &Login, admission: Admission, caller: Caller) -> Verdict {
    if let Some(user) = admission
        .user
        .as_ref()
        .filter(|_| admission.update.is_some())
    {
        caller.list(login, user);
    }
    Verdict::admit(login, admission)
}

/// A reply is sent at once, unless it revokes sessions.
fn answer(login: &Login, reply: Box<Reply>, caller: Caller) -> Result<Verdict, Waits> {
    if reply.endings.is_empty() {
        Ok(Verdict::Reply(send(login, reply, caller.request.as_ref())))
    } else {
        Err(Waits::End(reply, caller))
    }
}

async fn wait(login: &Login, waits: Waits) -> Verdict {
    let (reply, caller) = match waits {
        Waits::Redeem(redeeming, caller) => {
            // Boxed, so that a wait for a refresh takes no room for a redemption.
            return Verdict::Reply(Box::pin(redeem_once(login, *redeeming, caller)).await);
        }
        Waits::Refresh(refreshing, caller) => match refresh(login, refreshing, &caller).await {
            AfterRefresh::Admit(admission) => return admit(login, admission, caller),
            AfterRefresh::Reply(reply) => (reply, caller),
            AfterRefresh::SignIn(start) => {
                let caller = caller.returning_to(start.return_to());
                (redirect(login, *start), caller)
            }
        },
        Waits::Prove(proving, caller) => {
            return Verdict::Reply(Box::pin(prove_once(login, *proving, caller)).await);
        }
        Waits::End(reply, caller) => (reply, caller),
    };
    Verdict::Reply(ending(login, reply, caller.request.as_ref()).await)
}

async fn refresh(login: &Login, refreshing: Box<Refreshing>, caller: &Caller) -> AfterRefresh {
    let deadline = Instant::now() + REQUEST_DEADLINE;
    let request = Arc::clone(refreshing.request());
    let by = caller.request.as_ref();
    let refreshed = login.0.refresher.refresh(request, by, deadline).await;
    let now = login.0.clock.now();
    match refreshed {
        Ok(tokens) => refreshing.refreshed(&tokens, now, clock::entropy()),
        Err(failure) => refreshing.failed(failure, now),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::thread;

    use fncy_login_core::Head;

    use super::{Decision, Verdict};
    use crate::refresh::tests::double::settings;

    struct FrontPage;

    impl Head for FrontPage {
        fn method(&self) -> &str {
            "GET"
        }

        fn path(&self) -> &str {
            "/"
        }

        fn query(&self) -> Option<&str> {
            None
        }

        fn lines<'a>(&'a self, _: &'static str) -> impl Iterator<Item = &'a [u8]> {
            std::iter::empty()
        }
    }

    /// A count that all threads write to makes each request slower on each further core.
    #[test]
    fn an_admitted_request_changes_no_count_that_threads_share() {
        let login = settings().public_path("/");
        let login = login.build().unwrap();
        let request = || {
            let service = login.clone();
            match service.decide(&FrontPage, None) {
                Decision::Now(Verdict::Admit { context, patch }) => (service, context, patch),
                other => unreachable!("the page is public: {other:?}"),
            }
        };
        let counts = || {
            let inner = &*login.0;
            [
                login.0.value_count(),
                Arc::strong_count(&inner.clock),
                Arc::strong_count(&inner.store),
                Arc::strong_count(&inner.provider),
                Arc::strong_count(&inner.places),
                Arc::strong_count(&inner.refresher.0),
            ]
        };
        let on_thread = || {
            drop(request());
            let before = counts();
            let held = [request(), request()];
            assert_eq!(counts(), before);
            drop(held);
        };
        thread::scope(|scope| scope.spawn(on_thread).join().unwrap());
    }
}
