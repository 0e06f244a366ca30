//! Resealing: an opened session that is sealed anew, with a later idle end, other session data, user data that were read
//! again, or refreshed tokens.
//!
//! Rules:
//! - A roll moves the idle end on. It is rare, since each one is a `Set-Cookie`. A request that a program sends by
//!   itself rolls no session.
//! - The second segment is copied as it is, so that no token is opened. If its key no longer seals, it is sealed anew.
//!   So sessions in use stop needing a former key.
//! - If a change does not fit into the cookies, the session stays as it was.
//! - The application changes its session data. Id, times and tokens are the login's.

use std::fmt;
use std::sync::Arc;

use crate::machine::machine::Machine;
use crate::provider::tokens::SessionTokens;
use crate::reply::reply::Ending;
use crate::request::head::Head;
use crate::seal::format::NONCE_LEN;
use crate::session::profile::Profile;
use crate::session::sealed_tokens;
use crate::session::segment::{Segment, Terms};
use crate::session::user::{User, newer};
use crate::session::write::{TooLarge, check_size, cookie_names, remove_cookies, write};
use crate::values::entropy::{Entropy, pair};
use crate::values::timestamp::Timestamp;

/// A session that waits for the entropy of its new seal.
#[must_use]
pub struct Resealing {
    machine: Arc<Machine>,
    user: User,
    second: Second,
    /// The names of the request's session cookies.
    present: Vec<String>,
}

/// The second segment.
pub(crate) enum Second {
    Copied(String),
    Opened(SessionTokens),
}

impl Resealing {
    /// The session of a request. `tokens` are those that the request has refreshed, if it has.
    pub(crate) fn new<H: Head>(
        machine: &Arc<Machine>,
        head: &H,
        user: User,
        tokens: Option<&SessionTokens>,
    ) -> Self {
        let vault = &machine.vault;
        let second = tokens.cloned().map_or_else(
            || {
                // Damaged or missing tokens stay as they are. The request that needs them reports it.
                let sealed = sealed_tokens::own_text(vault, head, &user).unwrap_or_default();
                let outdated = !vault.keys().is_sealing(sealed.as_bytes());
                let opened = outdated.then(|| sealed_tokens::open(vault, head, &user));
                let opened = opened.flatten();
                opened.map_or(Second::Copied(sealed), Second::Opened)
            },
            Second::Opened,
        );
        Self::of(machine, user, second, cookie_names(vault, head))
    }

    pub(crate) fn of(
        machine: &Arc<Machine>,
        user: User,
        second: Second,
        present: Vec<String>,
    ) -> Self {
        Self {
            machine: Arc::clone(machine),
            user,
            second,
            present,
        }
    }

    /// The user of the session, with all changes so far.
    #[must_use]
    pub fn user(&self) -> &User {
        &self.user
    }

    /// The tokens of the session. `None` if they are damaged, or the application discards tokens.
    #[must_use]
    pub fn tokens(&self) -> Option<SessionTokens> {
        match &self.second {
            Second::Opened(tokens) => Some(tokens.clone()),
            Second::Copied(sealed) => {
                sealed_tokens::open_text(&self.machine.vault, sealed, &self.user.terms())
            }
        }
    }

    /// Whether the access token has expired.
    #[must_use]
    pub fn has_expired(&self, now: Timestamp) -> bool {
        self.user.terms().token_expires <= now
    }

    /// Replaces the session data, which are JSON or an empty text.
    ///
    /// # Errors
    ///
    /// [`TooLarge`], if the session does not fit into its cookies then.
    pub fn set_data(&mut self, data: &str, now: Timestamp) -> Result<(), TooLarge> {
        let before = self.user.segment();
        let terms = Terms {
            data_version: before.data_version.saturating_add(1),
            ..before.terms
        };
        let changed = Segment {
            terms,
            data,
            ..before
        };
        self.user = self.checked(&changed, &self.second, now)?;
        Ok(())
    }

    /// Takes over user data that were read again, and newer session data.
    ///
    /// # Errors
    ///
    /// [`TooLarge`], if the session does not fit into its cookies then.
    pub fn read(&mut self, profile: &Profile, now: Timestamp) -> Result<(), TooLarge> {
        let before = self.user.segment();
        let mut changed = before;
        let read = profile.segment(before.terms);
        changed.learn(&read);
        changed.take_user(&read);
        self.user = self.checked(&changed, &self.second, now)?;
        Ok(())
    }

    /// Takes over refreshed tokens, and the segment of the session with them.
    pub(crate) fn refresh(
        &mut self,
        segment: &Segment<'_>,
        tokens: SessionTokens,
        now: Timestamp,
    ) -> Result<(), TooLarge> {
        let second = Second::Opened(tokens);
        self.user = self.checked(segment, &second, now)?;
        self.second = second;
        Ok(())
    }

    /// Takes over what another copy of the same session knows better, and returns whether there was any.
    ///
    /// `tokens` are those of the other copy, if they are known. Without them, a newer generation is left alone.
    pub fn learn(&mut self, other: &User, tokens: Option<&SessionTokens>) -> bool {
        let is_refreshed = other.session().generation() > self.user.session().generation();
        if is_refreshed && tokens.is_none() {
            return false;
        }
        let Some(user) = newer(&self.user, other) else {
            return false;
        };
        self.user = user;
        if let Some(tokens) = tokens.filter(|_| is_refreshed) {
            self.second = Second::Opened(tokens.clone());
        }
        true
    }

    /// Seals the session, and returns the `Set-Cookie` lines. `None` without entropy, or if the session no longer fits
    /// into its cookies.
    #[must_use]
    pub fn seal(&mut self, now: Timestamp, entropy: Option<Entropy<1>>) -> Option<Vec<String>> {
        let Entropy([block]) = entropy?;
        let vault = &self.machine.vault;
        let segment = self.user.segment();
        let resealed;
        let sealed_tokens = match &self.second {
            Second::Copied(sealed) => sealed,
            Second::Opened(tokens) => {
                // The start of the block is the nonce of the first segment.
                let (_, nonce) = pair::<NONCE_LEN, NONCE_LEN>(&block);
                resealed = sealed_tokens::seal(vault, tokens, &segment, nonce);
                &resealed
            }
        };
        let (cookies, user) =
            write(vault, segment, sealed_tokens, &self.present, now, &block).ok()?;
        self.user = user;
        Some(cookies)
    }

    /// Moves the idle end on, and seals the session as [`Resealing::seal`] does. Otherwise it stays as it is.
    pub(crate) fn roll(
        &mut self,
        now: Timestamp,
        entropy: Option<Entropy<1>>,
    ) -> Option<Vec<String>> {
        let before = self.user.clone();
        let segment = before.segment();
        let terms = Terms {
            idle_ends: self.machine.lifetimes.idle_ends(segment.ends, now),
            ..segment.terms
        };
        self.user = Segment { terms, ..segment }.to_user()?;
        let cookies = self.seal(now, entropy);
        if cookies.is_none() {
            self.user = before;
        }
        cookies
    }

    /// The end of the session by the application, with the token to revoke.
    pub fn ending(&self, now: Timestamp) -> Ending {
        self.machine.ending(&self.user, now, || self.tokens())
    }

    /// The lines that remove the session's cookies.
    #[must_use]
    pub fn removals(&self) -> Vec<String> {
        remove_cookies(&self.machine.vault, &self.present)
    }

    /// The user of a changed segment, if the session fits into its cookies.
    fn checked(
        &self,
        segment: &Segment<'_>,
        second: &Second,
        now: Timestamp,
    ) -> Result<User, TooLarge> {
        let tokens_len = match second {
            Second::Copied(sealed) => sealed.len(),
            Second::Opened(tokens) => sealed_tokens::sealed_len(tokens),
        };
        check_size(&self.machine.vault, segment, tokens_len, now)?;
        segment.to_user().ok_or(TooLarge)
    }
}

/// Shows only the user.
impl fmt::Debug for Resealing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resealing")
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}
