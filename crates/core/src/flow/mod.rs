//! What happens to a request, as functions from what is known to the next [`Step`].
//!
//! One file for each way through the machine; the graph is in the crate's documentation.

mod callback;
mod challenge;
mod gate;
mod redemption;
mod refusal;
mod renewal;
mod roll;
mod session_info;
mod sign_out;
mod start;

use crate::step::Step;
use crate::{Answer, Code, Core, Entropy, Timestamp};

/// What a [`Pending`](crate::Pending) waits for.
#[derive(Debug)]
pub(crate) enum Stage {
    /// The entropy of a new login.
    Start(start::Start),
    /// The answer of the token endpoint.
    Redeem(redemption::Redemption),
    /// The user data of a redeemed code.
    UserData(redemption::Redeemed),
    /// The application's word on a user.
    Approve(Box<redemption::Arrived>),
    /// New tokens for a session.
    Renew(Box<renewal::Renewing>),
    /// The entropy of a session's new seal.
    Roll(roll::Roll),
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
            (Stage::Renew(renewing), Answer::Renewed(successor)) => {
                self.renewed(*renewing, &successor, now, &entropy)
            }
            (Stage::Renew(renewing), Answer::NotRenewed(failure)) => {
                self.not_renewed(*renewing, failure, now)
            }
            (Stage::Roll(roll), Answer::Entropy) => self.roll(roll, now, &entropy),
            _ => {
                let detail = "the driver gave an answer that was not asked for";
                Step::reply(self.failure(Code::Internal, detail))
            }
        }
    }
}
