//! The roll: a session in use is moved away from its idle end.
//!
//! Rules: rarely, since each roll is a `Set-Cookie`; never for what comes by itself; the second
//! segment is copied as it is, so that no token is opened for it.

use super::Stage;
use super::gate::admit_user;
use crate::outcome::Update;
use crate::step::{Pending, Question, Step};
use crate::user::Segment;
use crate::{Core, Entropy, Head, Timestamp, User};

/// A session that waits for the entropy of its new seal.
#[derive(Debug)]
pub(crate) struct Roll {
    user: User,
    sealed_tokens: String,
    session_cookies: Vec<String>,
}

impl Core {
    pub(super) fn ask_to_roll<H: Head>(&self, head: &H, user: User) -> Step {
        let vault = &self.0.vault;
        let roll = Roll {
            // Damaged or missing tokens stay so: whoever asks for them finds out.
            sealed_tokens: vault.own_sealed_tokens(head, &user).unwrap_or_default(),
            session_cookies: vault.session_names(head),
            user,
        };
        Step::Ask(Question::Entropy, Pending::new(self, Stage::Roll(roll)))
    }

    pub(super) fn roll(&self, roll: Roll, now: Timestamp, Entropy([nonce, ..]): &Entropy) -> Step {
        let machine = &*self.0;
        let before = roll.user.segment();
        let segment = Segment {
            idle_ends: machine.lifetimes.idle_ends(now).min(before.ends),
            ..before
        };
        let written = machine.vault.set_session(
            segment,
            &roll.sealed_tokens,
            &roll.session_cookies,
            now,
            nonce,
        );
        match written {
            Ok((cookies, user)) => {
                let update = Update {
                    cookies,
                    tokens: None,
                };
                admit_user(user, Some(update))
            }
            // It fitted before; if it doesn't now, it stays as it is.
            Err(_) => admit_user(roll.user, None),
        }
    }
}
