//! From a code to a session: token answer, user data, cookies (RFC 6749, section 4.1.4).
//!
//! Rules: a sign-in makes a **new** session and never changes one; until it succeeds, an older
//! session stays as it was; the user data's id is the only identity.

use crate::core::Core;
use crate::core::Machine;
use crate::provider::answer::{
    Failure, ProviderAnswer, ProviderError, TOKEN_ENDPOINT, USER_DATA_ENDPOINT,
};
use crate::provider::token_answer::TokenSet;
use crate::provider::user_data::UserData;
use crate::reply::event::Event;
use crate::reply::outcome::{Ending, Report};
use crate::request::head::Head;
use crate::request::return_to::ReturnTo;
use crate::session::open::{Found, Moment};
use crate::session::tokens::SessionTokens;
use crate::session::user::{RevokedSession, User};
use crate::session::user::{Segment, Terms};
use crate::sign_in::login_loop::Round;
use crate::step::{Exchange, Newcomer, Pending, Question, Step};
use crate::values::code::ErrorCode;
use crate::values::entropy::Entropy;
use crate::values::entropy::pair;
use crate::values::timestamp::Timestamp;

use crate::sign_in::callback::arrive;
use crate::stage::Stage;

/// Heads of requests are often limited to 8 KB, and there are other cookies in them. Bytes.
const LARGE: usize = 7 * 1024;

/// A callback whose code is being redeemed.
#[derive(Debug)]
pub(crate) struct Redemption {
    return_to: ReturnTo,
    /// The line that removes the login.
    finished: [String; 1],
    /// Who was signed in before, with the tokens of that session.
    before: Option<(User, Option<SessionTokens>)>,
    /// Names of the session cookies that the browser sent.
    session_cookies: Vec<String>,
    round: Round,
}

/// A code that was redeemed, whose user is being asked for.
#[derive(Debug)]
pub(crate) struct Redeemed {
    redemption: Redemption,
    tokens: TokenSet,
}

/// A user whom the application may still refuse.
#[derive(Debug)]
pub(crate) struct Arrived {
    redeemed: Redeemed,
    user: UserData,
    scopes: String,
}

impl Redemption {
    pub(crate) fn new<H: Head>(
        machine: &Machine,
        head: &H,
        return_to: ReturnTo,
        finished: [String; 1],
        found: Found,
        moment: Moment<'_>,
    ) -> Self {
        let vault = &machine.vault;
        let round = vault.round(head, moment.now).filter(|_| !found.sticks());
        let user = found.into_user();
        Self {
            return_to,
            finished,
            before: user.map(|user| {
                let tokens = vault.tokens(head, &user);
                (user, tokens)
            }),
            session_cookies: vault.session_names(head),
            round: Round::after(round, moment.now),
        }
    }
}

impl Core {
    /// The same callback again: the provider is not asked.
    pub(crate) fn spent(&self, redemption: Redemption) -> Step {
        let reply = if redemption.before.is_some() {
            arrive(&redemption.return_to)
        } else {
            let detail = "the code was redeemed before";
            self.sign_in_failed(ErrorCode::LoginExpired, detail, &redemption.return_to)
        };
        Step::reply(reply.cookies(redemption.finished))
    }

    pub(crate) fn redeemed(
        &self,
        redemption: Redemption,
        answer: &ProviderAnswer,
        now: Timestamp,
    ) -> Step {
        let tokens = match TokenSet::parse(answer, &self.0.provider.dialect, now) {
            Ok(tokens) if tokens.expires_at > now => tokens,
            Ok(_) => {
                let detail = "expires_in of the token answer is not positive";
                let error = ProviderError::new(ErrorCode::TokenExpired, detail);
                return self.redemption_failed(&redemption, error);
            }
            Err(error) => return self.redemption_failed(&redemption, error),
        };
        let exchange = Exchange::UserData {
            access_token: tokens.tokens.access_token.clone(),
        };
        let stage = Stage::UserData(Redeemed { redemption, tokens });
        Step::Send(exchange, Pending::new(self, stage))
    }

    pub(crate) fn redemption_undecided(&self, redemption: &Redemption) -> Step {
        let detail = "the store can't say whether the code was redeemed before";
        let error = ProviderError::new(ErrorCode::ProviderUnavailable, detail);
        self.redemption_failed(redemption, error)
    }

    pub(crate) fn redemption_lost(&self, redemption: &Redemption, failure: Failure) -> Step {
        self.redemption_failed(redemption, ProviderError::lost(TOKEN_ENDPOINT, failure))
    }

    pub(crate) fn user_data_lost(&self, redeemed: &Redeemed, failure: Failure) -> Step {
        let error = ProviderError::lost(USER_DATA_ENDPOINT, failure);
        self.redemption_failed(&redeemed.redemption, error)
    }

    pub(crate) fn user_known(
        &self,
        redeemed: Redeemed,
        answer: &ProviderAnswer,
        now: Timestamp,
        entropy: Entropy,
    ) -> Step {
        let provider = &self.0.provider;
        let user = match UserData::parse(answer, &provider.pointers, &provider.keep_claims) {
            Ok(user) => user,
            Err(error) => return self.redemption_failed(&redeemed.redemption, error),
        };
        let scopes = self.granted(&redeemed.tokens);
        let arrived = Arrived {
            redeemed,
            user,
            scopes,
        };
        if !self.0.asks_approval {
            return self.signed_in(arrived, "", now, entropy);
        }
        let newcomer = Newcomer {
            id: arrived.user.id.clone(),
            name: arrived.user.name.clone(),
            email: arrived.user.email.clone(),
            scopes: arrived.scopes.clone(),
            user_data: answer.text(),
            tokens: arrived.redeemed.tokens.tokens.clone(),
        };
        Step::Ask(
            Question::Approve(Box::new(newcomer)),
            Pending::new(self, Stage::Approve(Box::new(arrived))),
        )
    }

    /// What the answer grants: nothing by silence, unless the application trusts that.
    fn granted(&self, tokens: &TokenSet) -> String {
        let provider = &self.0.provider;
        match (&tokens.scopes, &provider.scope) {
            (Some(scopes), _) => scopes.clone(),
            (None, Some(requested)) if provider.danger_trust_requested_scope => requested.clone(),
            (None, _) => String::new(),
        }
    }

    /// Nobody is there to use the tokens, or to sign out later.
    pub(crate) fn not_approved(&self, arrived: Arrived, message: &str) -> Step {
        let Redeemed { redemption, tokens } = arrived.redeemed;
        let unused = Ending {
            session: None,
            revoke: self.revocation_of(tokens.tokens),
        };
        let reply = self.said_no(message, &redemption.return_to);
        Step::reply(reply.cookies(redemption.finished).ending([unused]))
    }

    pub(crate) fn not_decided(&self, arrived: &Arrived) -> Step {
        let detail = "on_login could not decide now";
        let error = ProviderError::new(ErrorCode::LoginUndecided, detail);
        self.redemption_failed(&arrived.redeemed.redemption, error)
    }

    pub(crate) fn approval_lost(&self, arrived: &Arrived) -> Step {
        let detail = "on_login panicked, or did not answer within the deadline";
        let error = ProviderError::new(ErrorCode::Internal, detail);
        self.redemption_failed(&arrived.redeemed.redemption, error)
    }

    pub(crate) fn signed_in(
        &self,
        arrived: Arrived,
        data: &str,
        now: Timestamp,
        Entropy([ids, nonce, salt]): Entropy,
    ) -> Step {
        let Arrived {
            redeemed: Redeemed { redemption, tokens },
            user,
            scopes,
        } = arrived;
        let machine = &*self.0;
        let vault = &machine.vault;
        let (session_id, tokens_nonce) = pair(&ids);
        let ends = machine.lifetimes.ends(now);
        let keeps_tokens = !machine.sign_in_only;
        let (token_expires, token_life) = if keeps_tokens {
            (tokens.expires_at, tokens.life)
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
                can_refresh: keeps_tokens && tokens.tokens.refresh_token.is_some(),
                user_read: now,
            },
            user_id: &user.id,
            name: user.name.as_deref().unwrap_or_default(),
            email: user.email.as_deref().unwrap_or_default(),
            scopes: &scopes,
            claims: &user.claims,
            data,
        };
        let sealed_tokens = if keeps_tokens {
            vault.seal_tokens(&tokens.tokens, &segment, tokens_nonce)
        } else {
            String::new()
        };
        let Ok((session, begun)) = vault.set_session(
            segment,
            &sealed_tokens,
            &redemption.session_cookies,
            now,
            &nonce,
        ) else {
            let detail = "user and tokens do not fit into five cookies of 4,096 bytes, or the user not into 1,024 bytes of the first";
            let error = ProviderError::new(ErrorCode::SessionTooLarge, detail);
            return self.redemption_failed(&redemption, error);
        };
        let size: usize = session.iter().map(String::len).sum();
        let is_large = (size > LARGE).then(|| {
            let detail = "the session's cookies take more than 7 KB; servers and proxies often refuse heads of 8 KB: raise their limits (nginx: large_client_header_buffers; HTTP/2: the size of a header list), or ask for fewer scopes and claims";
            Report::warning("session_large", detail)
        });
        let before = redemption.before.map(|(before, tokens)| {
            let ended = RevokedSession::asked_by(&before, now);
            // FNCY may give a user who signs in again the tokens that they had.
            let unused = tokens.filter(|_| before.id() != user.id && !ended.spares_newer);
            Ending {
                session: Some(ended),
                revoke: unused.and_then(|tokens| self.revocation_of(tokens)),
            }
        });
        let reply = arrive(&redemption.return_to)
            .cookies(session)
            .cookies(redemption.finished)
            .cookies([vault.set_round(redemption.round, salt)])
            .report(tokens.reports)
            .report(is_large)
            .event([Event::SignInFinished])
            .begins(begun.session(), &user.id)
            .ending(before)
            // No session keeps them.
            .ending((!keeps_tokens).then(|| Ending {
                session: None,
                revoke: self.revocation_of(tokens.tokens),
            }));
        Step::reply(reply)
    }

    fn redemption_failed(&self, redemption: &Redemption, error: ProviderError) -> Step {
        let ProviderError {
            code,
            detail,
            retry_after,
        } = error;
        let mut reply = self
            .sign_in_failed(code, detail, &redemption.return_to)
            .cookies(redemption.finished.clone());
        if let Some(seconds) = retry_after {
            reply = reply.retry_after(seconds);
        }
        Step::reply(reply)
    }
}
