//! Completing: the sign-in succeeds, and the new session is written.
//!
//! Rules: a sign-in always makes a **new** session, and never changes an old one. Tokens that no session keeps are
//! revoked.

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
use crate::session::revoked_session::RevokedSession;
use crate::session::sealed_tokens;
use crate::session::user::{Segment, Terms, User};
use crate::session::write::{TooLarge, write};
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
    /// JSON that the application adds to the session, or an empty text.
    data: String,
}

impl Completing {
    pub(crate) fn new(
        callback: KnownCallback,
        tokens: TokenSet,
        user: UserData,
        scopes: String,
    ) -> Self {
        Self {
            callback,
            tokens,
            user,
            scopes,
            data: String::new(),
        }
    }

    pub(crate) fn with_data(self, data: Option<String>) -> Self {
        Self {
            data: data.unwrap_or_default(),
            ..self
        }
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

    pub(crate) fn failed(self, error: ProviderError) -> Box<Reply> {
        let mut reply = self.callback.failed(error);
        reply.subject = Some(without_session(self.user));
        reply
    }

    /// Ends the sign-in with this page, and revokes its tokens, since there will be no session to sign out.
    pub(crate) fn refused(self, page: impl FnOnce(&Machine, &ReturnTo) -> Draft) -> Box<Reply> {
        let Self {
            callback,
            tokens,
            user,
            ..
        } = self;
        let machine = &callback.responder;
        let draft = page(machine, &callback.return_to)
            .cookies([callback.removal])
            .revoking(machine.revocation_of(tokens.tokens));
        let mut reply = machine.write(draft);
        reply.subject = Some(without_session(user));
        reply
    }

    /// Writes the session. Without entropy, the reply is a page with status 500.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "entropy serves one purpose")]
    pub fn finish(self, now: Timestamp, entropy: Option<Entropy>) -> Box<Reply> {
        let machine = &self.callback.responder;
        let Some(Entropy([ids, nonce, salt])) = entropy else {
            let detail =
                "the sign-in could not be completed: the operating system returned no random bytes";
            return machine.write(failure(machine, ErrorCode::Internal, detail));
        };
        let Ok((cookies, user)) = self.write_session(now, &ids, &nonce) else {
            let detail = "the session does not fit: the user into 1,024 bytes, or user and tokens into five cookies of 4,096 bytes";
            return self.failed(ProviderError::new(ErrorCode::SessionTooLarge, detail));
        };
        let size: usize = cookies.iter().map(String::len).sum();
        let is_large = (size > LARGE).then(|| {
            let detail = "the session's cookies take more than 7 KB, and servers and proxies often refuse heads of 8 KB; raise their limits (nginx: large_client_header_buffers; HTTP/2: the size of a header list), or ask for fewer scopes and claims";
            Report::warning("session_large", detail)
        });
        let before = self.callback.before.map(|(before, tokens)| {
            let revoked = RevokedSession::asked_by(&before, now);
            // FNCY may give a user the same tokens at each sign-in.
            let unused = tokens.filter(|_| before.id() != self.user.id && !revoked.spares_newer);
            Ending {
                session: Some(revoked),
                revoke: unused.and_then(|tokens| machine.revocation_of(tokens)),
            }
        });
        let unused = machine.sign_in_only.then_some(self.tokens.tokens);
        let draft = arrive(&self.callback.return_to)
            .cookies(cookies)
            .cookies([self.callback.removal])
            .cookies([loop_count::set(
                &machine.vault,
                self.callback.loop_count,
                salt,
            )])
            .report(self.tokens.reports)
            .report(is_large)
            .event([Event::SignInFinished])
            .about(&user)
            .begins(user)
            .ending(before)
            .revoking(unused.and_then(|tokens| machine.revocation_of(tokens)));
        machine.write(draft)
    }

    fn write_session(
        &self,
        now: Timestamp,
        ids: &[u8; 32],
        nonce: &[u8; 32],
    ) -> Result<(Vec<String>, User), TooLarge> {
        let machine = &self.callback.responder;
        let (session_id, tokens_nonce) = pair(ids);
        let ends = machine.lifetimes.ends(now);
        let keeps_tokens = !machine.sign_in_only;
        let (token_expires, token_life) = if keeps_tokens {
            (self.tokens.expires_at, self.tokens.life)
        } else {
            (ends, ends.seconds_since(now))
        };
        let segment = Segment {
            terms: Terms {
                session_id,
                chunks: 0,
                generation: 0,
                issued: now,
                ends,
                idle_ends: machine.lifetimes.idle_ends(ends, now),
                token_expires,
                token_life,
                can_refresh: keeps_tokens && self.tokens.tokens.refresh_token.is_some(),
                user_read: now,
                signed_in: now,
                data_version: 0,
            },
            user_id: &self.user.id,
            name: self.user.name.as_deref().unwrap_or_default(),
            email: self.user.email.as_deref().unwrap_or_default(),
            scopes: &self.scopes,
            claims: &self.user.claims,
            data: &self.data,
        };
        let vault = &machine.vault;
        let sealed_tokens = if keeps_tokens {
            sealed_tokens::seal(vault, &self.tokens.tokens, &segment, tokens_nonce)
        } else {
            String::new()
        };
        let present = &self.callback.session_cookies;
        write(vault, segment, &sealed_tokens, present, now, nonce)
    }
}

/// The user of a sign-in that has ended without a session.
fn without_session(user: UserData) -> Subject {
    Subject {
        user_id: user.id,
        session: None,
    }
}
