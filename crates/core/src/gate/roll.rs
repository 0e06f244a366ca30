//! The roll: a session in use is moved away from its idle end.
//!
//! Rules: rarely, since each roll is a `Set-Cookie`; never for what comes by itself; the second
//! segment is copied as it is, so that no token is opened for it, but under a key that seals no more:
//! a session that is used outlives no rotation with its old key.

use crate::core::Core;
use crate::gate::gate::admit_user;
use crate::reply::outcome::Update;
use crate::request::head::Head;
use crate::session::tokens::SessionTokens;
use crate::session::user::User;
use crate::session::user::{Segment, Terms};
use crate::stage::Stage;
use crate::step::{Pending, Question, Step};
use crate::values::entropy::Entropy;
use crate::values::entropy::pair;
use crate::values::timestamp::Timestamp;

/// A session that waits for the entropy of its new seal.
#[derive(Debug)]
pub(crate) struct Roll {
    user: User,
    second: Second,
    session_cookies: Vec<String>,
}

/// The second segment.
#[derive(Debug)]
enum Second {
    Copied(String),
    Opened(SessionTokens),
}

impl Core {
    pub(crate) fn ask_to_roll<H: Head>(&self, head: &H, user: User) -> Step {
        let vault = &self.0.vault;
        // Damaged or missing tokens stay so: whoever asks for them finds out.
        let sealed = vault.own_sealed_tokens(head, &user).unwrap_or_default();
        let outdated = !vault.keys().is_sealing(sealed.as_bytes());
        let opened = outdated.then(|| vault.tokens(head, &user)).flatten();
        let roll = Roll {
            second: opened.map_or(Second::Copied(sealed), Second::Opened),
            session_cookies: vault.session_names(head),
            user,
        };
        Step::Ask(Question::Entropy, Pending::new(self, Stage::Roll(roll)))
    }

    pub(crate) fn roll(
        &self,
        roll: Roll,
        now: Timestamp,
        Entropy([nonce, tokens_nonce, _]): &Entropy,
    ) -> Step {
        let machine = &*self.0;
        let before = roll.user.segment();
        let segment = Segment {
            terms: Terms {
                idle_ends: machine.lifetimes.idle_ends(before.ends, now),
                ..before.terms
            },
            ..before
        };
        let sealed_tokens = match roll.second {
            Second::Copied(sealed) => sealed,
            Second::Opened(tokens) => {
                let (nonce, []) = pair(tokens_nonce);
                machine.vault.seal_tokens(&tokens, &segment, nonce)
            }
        };
        let written =
            machine
                .vault
                .set_session(segment, &sealed_tokens, &roll.session_cookies, now, nonce);
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
