//! What happens to a request, as functions from what is known to the next [`Step`].
//!
//! One file for each way through the machine; the graph is in the crate's documentation.

use crate::core::Core;
use crate::gate::roll::Roll;
use crate::provider::answer::Answer;
use crate::refresh::request::Refreshing;
use crate::sign_in::redemption::{Arrived, Redeemed, Redemption};
use crate::sign_in::start::Start;
use crate::step::Step;
use crate::values::code::ErrorCode;
use crate::values::entropy::Entropy;
use crate::values::timestamp::Timestamp;

/// What a [`Pending`](crate::Pending) waits for.
#[derive(Debug)]
pub(crate) enum Stage {
    /// The entropy of a new login.
    Start(Start),
    /// The answer of the token endpoint.
    Redeem(Redemption),
    /// The user data of a redeemed code.
    UserData(Redeemed),
    /// The application's word on a user.
    Approve(Box<Arrived>),
    /// New tokens for a session.
    RefreshRequest(Box<Refreshing>),
    /// The entropy of a session's new seal.
    Roll(Roll),
}

impl Core {
    /// The machine's transition: (stage, answer) to the next step.
    pub(crate) fn resume(
        &self,
        stage: Stage,
        answer: Answer,
        now: Timestamp,
        entropy: Entropy,
    ) -> Step {
        match (stage, answer) {
            (Stage::Start(start), Answer::Entropy) => self.start(start, now, entropy),
            (Stage::Redeem(redemption), Answer::Spent) => self.spent(redemption),
            (Stage::Redeem(redemption), Answer::Response(answer)) => {
                self.redeemed(redemption, &answer, now)
            }
            (Stage::Redeem(redemption), Answer::Undecided) => {
                self.redemption_undecided(&redemption)
            }
            (Stage::Redeem(redemption), Answer::Failed(failure)) => {
                self.redemption_lost(&redemption, failure)
            }
            (Stage::UserData(redeemed), Answer::Response(answer)) => {
                self.user_known(redeemed, &answer, now, entropy)
            }
            (Stage::UserData(redeemed), Answer::Failed(failure)) => {
                self.user_data_lost(&redeemed, failure)
            }
            (Stage::Approve(arrived), Answer::Approved { data }) => {
                self.signed_in(*arrived, &data, now, entropy)
            }
            (Stage::Approve(arrived), Answer::Refused { message }) => {
                self.not_approved(*arrived, &message)
            }
            (Stage::Approve(arrived), Answer::Undecided) => self.not_decided(&arrived),
            (Stage::Approve(arrived), Answer::Failed(_)) => self.approval_lost(&arrived),
            (Stage::RefreshRequest(refreshing), Answer::Refreshed(refreshed)) => {
                self.refreshed(*refreshing, &refreshed, now, &entropy)
            }
            (Stage::RefreshRequest(refreshing), Answer::NotRefreshed(failure)) => {
                self.not_refreshed(*refreshing, failure, now)
            }
            (Stage::Roll(roll), Answer::Entropy) => self.roll(roll, now, &entropy),
            _ => {
                let detail = "the driver gave an answer that was not asked for";
                Step::reply(self.failure(ErrorCode::Internal, detail))
            }
        }
    }
}
