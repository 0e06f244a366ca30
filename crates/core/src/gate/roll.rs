//! The roll: moving on the idle end of a session in use.
//!
//! Rules:
//! - A roll is rare, since each one is a `Set-Cookie`. A request that a program sends by itself rolls no session.
//! - The second segment is copied as it is, so that no token is opened. If its key no longer seals, it is sealed anew.
//!   So sessions in use stop needing a former key.

use std::sync::Arc;

use crate::machine::machine::Machine;
use crate::provider::tokens::SessionTokens;
use crate::reply::admission::{Admission, Update};
use crate::request::head::Head;
use crate::seal::format::NONCE_LEN;
use crate::session::sealed_tokens;
use crate::session::user::{Segment, Terms, User};
use crate::session::write::{cookie_names, write};
use crate::values::entropy::{Entropy, pair};
use crate::values::timestamp::Timestamp;

/// An admitted session that waits for the entropy of its new seal.
#[must_use]
pub struct Roll {
    machine: Arc<Machine>,
    user: User,
    second: Second,
    session_cookies: Vec<String>,
}

/// The second segment.
enum Second {
    Copied(String),
    Opened(SessionTokens),
}

impl Roll {
    pub(crate) fn new<H: Head>(machine: &Arc<Machine>, head: &H, user: User) -> Self {
        let vault = &machine.vault;
        // Damaged or missing tokens stay as they are. The request that needs them reports it.
        let sealed = sealed_tokens::own_text(vault, head, &user).unwrap_or_default();
        let outdated = !vault.keys().is_sealing(sealed.as_bytes());
        let opened = outdated.then(|| sealed_tokens::open(vault, head, &user));
        Self {
            second: opened
                .flatten()
                .map_or(Second::Copied(sealed), Second::Opened),
            session_cookies: cookie_names(vault, head),
            machine: Arc::clone(machine),
            user,
        }
    }

    /// Seals the session anew. Without entropy, or if the session no longer fits into its cookies, it stays as it is.
    pub fn seal(self, now: Timestamp, entropy: Option<Entropy<1>>) -> Admission {
        let written = entropy.and_then(|entropy| self.write(now, &entropy));
        match written {
            Some((cookies, user)) => {
                let update = Update {
                    cookies,
                    tokens: None,
                };
                Admission::of(user, Some(update))
            }
            None => Admission::of(self.user, None),
        }
    }

    fn write(&self, now: Timestamp, Entropy([block]): &Entropy<1>) -> Option<(Vec<String>, User)> {
        let vault = &self.machine.vault;
        let before = self.user.segment();
        let segment = Segment {
            terms: Terms {
                idle_ends: self.machine.lifetimes.idle_ends(before.ends, now),
                ..before.terms
            },
            ..before
        };
        let resealed;
        let sealed_tokens = match &self.second {
            Second::Copied(sealed) => sealed,
            Second::Opened(tokens) => {
                // The start of the block is the nonce of the first segment.
                let (_, nonce) = pair::<NONCE_LEN, NONCE_LEN>(block);
                resealed = sealed_tokens::seal(vault, tokens, &segment, nonce);
                &resealed
            }
        };
        write(
            vault,
            segment,
            sealed_tokens,
            &self.session_cookies,
            now,
            block,
        )
        .ok()
    }
}

/// Shows only the user.
impl std::fmt::Debug for Roll {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Roll")
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}
