//! The sign-in, from a code to its reply, as a story: redeem, read the user, ask the hook, write the session.
//!
//! Rule: all that one request may cause has one deadline.

use std::time::Duration;

use fncy_login_core::{
    Approved, Approving, Completing, Exchange, HookAnswer, Redeemed, Redeeming, Reply, UserRead,
};
use tokio::time::Instant;

use crate::observe::clock;
use crate::provider::places::Place;
use crate::request::approval::{self, NewLogin};
use crate::request::login::Login;

/// All that one request may cause takes no longer.
pub(crate) const REQUEST_DEADLINE: Duration = Duration::from_secs(15);

impl Login {
    /// Signs in with a code. The place is held until the user is known.
    pub(crate) async fn sign_in(
        &self,
        redeeming: Redeeming,
        place: Place,
        deadline: Instant,
    ) -> Box<Reply> {
        let provider = &self.0.provider;
        let exchange = Exchange::Redeem(redeeming.redeem());
        let answer = provider.run(exchange, &place, deadline).await;
        let reading = match redeeming.answered(answer, self.0.clock.now()) {
            Redeemed::ReadUser(reading) => reading,
            Redeemed::Reply(reply) => return reply,
        };
        let access_token = reading.access_token();
        let exchange = Exchange::UserData { access_token };
        let answer = provider.run(exchange, &place, deadline).await;
        drop(place);
        match reading.answered(answer) {
            UserRead::Complete(completing) => self.complete(*completing),
            UserRead::Approve(approving) => self.approve(*approving, deadline).await,
            UserRead::Reply(reply) => reply,
        }
    }

    async fn approve(&self, approving: Approving, deadline: Instant) -> Box<Reply> {
        let answer = match &self.0.on_login {
            Some(on_login) => {
                let login = NewLogin::new(approving.candidate());
                approval::ask(on_login, login, deadline).await
            }
            None => HookAnswer::Approved { data: None },
        };
        match approving.answered(answer) {
            Approved::Complete(completing) => self.complete(*completing),
            Approved::Reply(reply) => reply,
        }
    }

    fn complete(&self, completing: Completing) -> Box<Reply> {
        completing.finish(self.0.clock.now(), clock::entropy())
    }
}
