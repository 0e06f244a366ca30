//! Completing: the sign-in succeeds, and the new session is written.
//!
//! Rules:
//! - A sign-in makes a **new** session, and changes no old one. The exception is a sign-in for more scopes or a recent
//!   sign-in, if the person was signed in when it began.
//! - Such a sign-in keeps the session: its id, its times, and the data of the application. Its tokens, scopes and user
//!   are new.
//! - Every other sign-in of the user who is signed in carries the data over, unless `on_login` returns data. So a link of
//!   another site can't empty a cart.
//! - The generation of a session that is kept grows by two. So a refresh of the old tokens at the same time, which adds
//!   one, is older.
//! - Tokens that no session keeps are revoked.
//! - Sessions of the same user without their device cookie end.
//! - The reply offers the browser to bind a new session to a device key, if there is room for the key.

use crate::device::offer::offering;
use crate::machine::machine::Machine;
use crate::provider::answer::ProviderError;
use crate::provider::token_answer::TokenSet;
use crate::provider::tokens::SessionTokens;
use crate::provider::user_data::UserData;
use crate::refusal::refuse::failure;
use crate::reply::draft::Draft;
use crate::reply::event::Event;
use crate::reply::reply::{Ending, Reply};
use crate::reply::subject::Subject;
use crate::request::return_to::ReturnTo;
use crate::seal::format::NONCE_LEN;
use crate::session::lifetimes::MAX_SKEW;
use crate::session::revoked_session::RevokedSession;
use crate::session::sealed_tokens;
use crate::session::segment::{Segment, Terms};
use crate::session::user::User;
use crate::session::write::{TooLarge, check_size, write};
use crate::sign_in::known_callback::{KnownCallback, arrive};
use crate::sign_in::loop_count;
use crate::values::entropy::{Entropy, pair};
use crate::values::error_code::ErrorCode;
use crate::values::report::Report;
use crate::values::timestamp::Timestamp;

/// Cookies of more bytes than this cause a warning. Servers often limit a request's head to 8 KB, which also has other
/// cookies.
const LARGE: usize = 7 * 1024;

/// A sign-in that waits for the entropy of its session.
#[derive(Debug)]
#[must_use]
pub struct Completing {
    callback: KnownCallback,
    tokens: TokenSet,
    user: UserData,
    scopes: String,
    /// The time of the sign-in, as the provider says it.
    auth_time: Option<Timestamp>,
    /// JSON that the application adds to the session, or an empty text.
    data: String,
    /// The user data counts as read at this time at least.
    read_since: Timestamp,
}

impl Completing {
    pub(crate) fn new(
        callback: KnownCallback,
        tokens: TokenSet,
        user: UserData,
        scopes: String,
        auth_time: Option<Timestamp>,
    ) -> Self {
        Self {
            callback,
            tokens,
            user,
            scopes,
            auth_time,
            data: String::new(),
            read_since: Timestamp::default(),
        }
    }

    pub(crate) fn with_data(self, data: Option<String>) -> Self {
        Self {
            data: data.unwrap_or_default(),
            ..self
        }
    }

    /// Has the user data count as read at this time at least, since the clock of another instance may be ahead.
    pub fn read_since(self, read_since: Timestamp) -> Self {
        Self { read_since, ..self }
    }

    /// The user's id at the provider.
    #[must_use]
    pub fn user_id(&self) -> &str {
        &self.user.id
    }

    pub(crate) fn user(&self) -> &UserData {
        &self.user
    }

    pub(crate) fn scopes(&self) -> &str {
        &self.scopes
    }

    pub(crate) fn tokens(&self) -> &SessionTokens {
        &self.tokens.tokens
    }

    pub(crate) fn keeps_session(&self) -> bool {
        self.callback.kept().is_some()
    }

    pub(crate) fn failed(self, error: ProviderError) -> Box<Reply> {
        let mut reply = self.callback.failed(error);
        reply.subject = Some(without_session(self.user));
        reply
    }

    /// Ends the sign-in with this page, and revokes its tokens, since there will be no session to sign out.
    pub(crate) fn refused(self, page: impl FnOnce(&Machine, &ReturnTo) -> Draft) -> Box<Reply> {
        let subject = without_session(self.user);
        let page = |callback: &KnownCallback| page(&callback.responder, &callback.return_to);
        let mut reply = self.callback.ended(true, self.tokens.tokens, page);
        reply.subject = Some(subject);
        reply
    }

    /// Writes the session. Without entropy, the reply is a page with status 500.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "entropy serves one purpose")]
    pub fn finish(self, now: Timestamp, entropy: Option<Entropy>) -> Box<Reply> {
        let machine = &self.callback.responder;
        let Some(Entropy([ids, nonces, salt])) = entropy else {
            let detail =
                "the sign-in could not be completed: the operating system returned no random bytes";
            return machine.write(failure(machine, ErrorCode::Internal, detail));
        };
        let Ok((cookies, user, can_be_bound)) = self.write_session(now, &ids, &nonces) else {
            let detail = "the session does not fit: the user into 1,024 bytes, or user and tokens into five cookies of 4,096 bytes";
            return self.failed(ProviderError::new(ErrorCode::SessionTooLarge, detail));
        };
        let size: usize = cookies.iter().map(String::len).sum();
        let is_large = (size > LARGE).then(|| {
            let detail = "the session's cookies take more than 7 KB, and servers and proxies often refuse heads of 8 KB; raise their limits (nginx: large_client_header_buffers; HTTP/2: the size of a header list), or ask for fewer scopes and claims";
            Report::warning("session_large", detail)
        });
        let is_kept = self.keeps_session();
        let counts = !is_kept || self.callback.demands.is_counted();
        let count = self.callback.loop_count;
        let count = counts.then(|| loop_count::set(&machine.vault, count, salt));
        let before = self.callback.before.filter(|_| !is_kept);
        let before = before.map(|(before, tokens)| {
            let revoked = RevokedSession::asked_by(&before, now);
            // FNCY may give a user the same tokens at each sign-in.
            let unused = tokens.filter(|_| before.id() != self.user.id && revoked.is_whole());
            Ending {
                session: Some(revoked),
                revoke: unused.and_then(|tokens| machine.revocation_of(tokens)),
            }
        });
        // The user signs in since these can't be proved. A thief may have bound one of them.
        let unproven = self.callback.unproven.iter();
        let unproven = unproven.filter(|unproven| unproven.id() == self.user.id);
        let unproven: Vec<_> = unproven
            .map(|unproven| Ending {
                session: Some(RevokedSession::asked_by(unproven, now)),
                revoke: None,
            })
            .collect();
        let draft = arrive(&self.callback.return_to);
        let draft = if can_be_bound {
            let (_, nonce) = pair::<NONCE_LEN, NONCE_LEN>(&nonces);
            offering(draft, machine, &user, now, nonce)
        } else {
            draft
        };
        let draft = draft
            .cookies(cookies)
            .cookies([self.callback.removal])
            .cookies(count)
            .report(self.tokens.reports)
            .report(is_large)
            .event([Event::SignInFinished])
            .about(&user)
            .ending(before)
            .ending(unproven);
        let draft = if is_kept {
            draft.keeps(user, &self.tokens.tokens)
        } else {
            draft.begins(user)
        };
        let unused = machine.sign_in_only.then_some(self.tokens.tokens);
        machine.write(draft.revoking(unused.and_then(|tokens| machine.revocation_of(tokens))))
    }

    /// The time at which the person signed in, or 0 if it is unknown.
    fn signed_in(&self, now: Timestamp) -> Timestamp {
        let before = self.callback.kept().map(|user| user.terms().signed_in);
        let at = self.auth_time.filter(|at| *at <= now.plus(MAX_SKEW));
        if self.callback.responder.provider.auth_time.is_some() {
            at.map(|at| at.min(now)).or(before).unwrap_or_default()
        } else {
            let is_asked_again = self.callback.demands.max_age.is_some();
            before.filter(|_| !is_asked_again).unwrap_or(now)
        }
    }

    fn write_session(
        &self,
        now: Timestamp,
        ids: &[u8; 32],
        nonce: &[u8; 32],
    ) -> Result<(Vec<String>, User, bool), TooLarge> {
        let machine = &self.callback.responder;
        let (session_id, tokens_nonce) = pair(ids);
        let former = self.callback.kept().map(User::segment);
        let before = self.callback.before.as_ref().map(|(user, _)| user);
        let before = before.filter(|user| user.id() == self.user.id);
        let carried = before.filter(|_| former.is_some() || self.data.is_empty());
        let carried = carried.map(User::segment);
        let ends = former.map_or_else(|| machine.lifetimes.ends(now), |former| former.ends);
        let keeps_tokens = !machine.sign_in_only;
        let (token_expires, token_life) = if keeps_tokens {
            (self.tokens.expires_at, self.tokens.life)
        } else {
            (ends, ends.seconds_since(now))
        };
        let new = Terms {
            session_id,
            chunks: 0,
            generation: 0,
            issued: now,
            ends,
            idle_ends: machine.lifetimes.idle_ends(ends, now),
            token_expires,
            token_life,
            can_refresh: keeps_tokens && self.tokens.tokens.refresh_token.is_some(),
            is_bound: false,
            user_read: now.max(self.read_since),
            signed_in: self.signed_in(now),
            data_version: carried.map_or(0, |carried| carried.data_version),
        };
        let terms = former.map_or(new, |former| Terms {
            session_id: former.session_id,
            generation: former.generation.saturating_add(2),
            issued: former.issued,
            ..new
        });
        let segment = Segment {
            terms,
            user_id: &self.user.id,
            name: self.user.name.as_deref().unwrap_or_default(),
            email: self.user.email.as_deref().unwrap_or_default(),
            scopes: &self.scopes,
            claims: &self.user.claims,
            data: carried.map_or(&self.data, |carried| carried.data),
            device: former.map_or("", |former| former.device),
        };
        let vault = &machine.vault;
        let sealed_tokens = if keeps_tokens {
            sealed_tokens::seal(vault, &self.tokens.tokens, &segment, tokens_nonce)
        } else {
            String::new()
        };
        let present = &self.callback.session_cookies;
        // A request that is on its way is judged by the time of the sign-in, so an older session is not bound.
        let can_be_bound =
            former.is_none() && check_size(vault, &segment, sealed_tokens.len(), now).is_ok();
        let (cookies, user) = write(vault, segment, &sealed_tokens, present, now, nonce)?;
        Ok((cookies, user, can_be_bound))
    }
}

/// The user of a sign-in that has ended without a session.
fn without_session(user: UserData) -> Subject {
    Subject {
        user_id: user.id,
        session: None,
    }
}
