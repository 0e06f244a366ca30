//! Driving the machine: answering it until it is done.
//!
//! Rules: what needs no waiting is answered at once; a code is redeemed once, in a task that
//! outlives its browser; all that one request may cause has one deadline.

use std::time::Duration;

use fncy_login_core::{
    Answer, Exchange, Failure, Newcomer, Outcome, Pending, Question, Redeem, Reply, Severity, Step,
};
use tokio::time::Instant;

use crate::observe::clock;
use crate::provider::places::Place;
use crate::request::approval;
use crate::request::approval::NewLogin;
use crate::request::login::Login;

/// All that one request may cause takes no longer.
const REQUEST_DEADLINE: Duration = Duration::from_secs(15);

/// A step that is done, or that only the provider or the application can help on.
pub(crate) enum Settled {
    Done(Outcome),
    Send(Exchange, Pending),
    Approve(Box<Newcomer>, Pending),
}

impl Login {
    /// Answers what needs no waiting.
    pub(crate) fn settle(&self, mut step: Step) -> Settled {
        loop {
            step = match step {
                Step::Done(outcome) => return Settled::Done(outcome),
                Step::Send(exchange, pending) => return Settled::Send(exchange, pending),
                Step::Ask(Question::Entropy, pending) => self.resume(pending, Answer::Entropy),
                Step::Ask(Question::Approve(newcomer), pending) => {
                    return Settled::Approve(newcomer, pending);
                }
                Step::Ask(..) => Step::Done(self.0.core.internal_error().into()),
            };
        }
    }

    fn resume(&self, pending: Pending, answer: Answer) -> Step {
        match clock::draw() {
            Ok(entropy) => pending.resume(answer, self.0.clock.now(), entropy),
            Err(error) => {
                tracing::error!(%error, "the operating system gives no entropy");
                Step::Done(self.0.core.internal_error().into())
            }
        }
    }

    /// Has the provider asked; `client` is who brought the request.
    pub(crate) async fn exchange(
        &self,
        exchange: Exchange,
        pending: Pending,
        client: u64,
    ) -> Outcome {
        let deadline = Instant::now() + REQUEST_DEADLINE;
        match exchange {
            Exchange::Redeem(redeem) => {
                let redeeming = self.redeem_once(*redeem, pending, client, deadline);
                redeeming.await.into()
            }
            Exchange::Refresh(refresh) => {
                let answer = match self.0.refresher.refresh(*refresh, deadline).await {
                    Ok(refreshed) => Answer::Refreshed(refreshed),
                    Err(failure) => Answer::NotRefreshed(failure),
                };
                match self.settle(self.resume(pending, answer)) {
                    Settled::Done(outcome) => outcome,
                    _ => self.0.core.internal_error().into(),
                }
            }
            _ => self.0.core.internal_error().into(),
        }
    }

    /// An answer that ends the matter: nothing more is asked.
    pub(crate) fn last_word(&self, pending: Pending, answer: Answer) -> Reply {
        self.send(self.last_reply(pending, answer))
    }

    /// The same for a callback that got no place. Strangers cause any number of them, so that none is an error in
    /// the log: one warning a minute speaks of all (`places.rs`).
    pub(crate) fn turned_away(&self, pending: Pending) -> Reply {
        let mut reply = self.last_reply(pending, Answer::Failed(Failure::Crowded));
        for report in &mut reply.reports {
            report.severity = Severity::Info;
        }
        self.send(reply)
    }

    fn last_reply(&self, pending: Pending, answer: Answer) -> Reply {
        match self.settle(self.resume(pending, answer)) {
            Settled::Done(Outcome::Reply(reply)) => *reply,
            _ => self.0.core.internal_error(),
        }
    }

    /// Redeems a code and reads who it stands for, in one place; then asks the application.
    pub(crate) async fn drive(
        &self,
        redeem: Redeem,
        pending: Pending,
        place: Place,
        deadline: Instant,
    ) -> Reply {
        let mut place = Some(place);
        let mut settled = Settled::Send(Exchange::Redeem(Box::new(redeem)), pending);
        loop {
            let (answer, pending) = match (settled, &place) {
                (Settled::Done(Outcome::Reply(reply)), _) => return *reply,
                (Settled::Send(exchange, pending), Some(place)) => {
                    let answer = self.0.provider.run(&exchange, place, deadline).await;
                    (answer, pending)
                }
                (Settled::Approve(newcomer, pending), _) => {
                    drop(place.take());
                    (self.approve(*newcomer, deadline).await, pending)
                }
                _ => return self.0.core.internal_error(),
            };
            settled = self.settle(self.resume(pending, answer));
        }
    }

    /// Asks `on_login`, but not for ever.
    async fn approve(&self, newcomer: Newcomer, deadline: Instant) -> Answer {
        let Some(on_login) = &self.0.on_login else {
            return Answer::Failed(Failure::TimedOut);
        };
        let word = approval::ask(on_login, NewLogin::new(newcomer), deadline).await;
        word.map_or(Answer::Failed(Failure::TimedOut), approval::answer)
    }
}
