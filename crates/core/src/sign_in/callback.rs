//! The callback: what the authorization server sent the browser back with (RFC 6749,
//! section 4.1.2), judged before anything is believed.
//!
//! Rules: the provider is asked only for a code whose `state` opens a login of this very browser;
//! a link that leads nowhere takes a signed-in person where they wanted to go; an answer of the
//! provider always shows its page, and no page starts a login by itself; only the login that the
//! callback names is cleared.

use subtle::ConstantTimeEq as _;

use crate::core::Core;
use crate::provider::answer::ProviderError;
use crate::provider::callback::{Callback, CallbackOutcome};
use crate::reply::outcome::Reply;
use crate::request::classify::{is_part, is_prefetch};
use crate::request::head::Head;
use crate::request::return_to::ReturnTo;
use crate::session::open::Moment;
use crate::sign_in::redemption::Redemption;
use crate::sign_in::transaction::{State, Transaction};
use crate::stage::Stage;
use crate::step::{Exchange, Pending, Redeem, Step};
use crate::values::code::ErrorCode;
use crate::values::timestamp::Timestamp;

impl Core {
    /// `GET {prefix}/callback`.
    pub(crate) fn callback_endpoint<H: Head>(&self, head: &H, moment: Moment<'_>) -> Step {
        if head.method() != "GET" {
            return self.method_not_allowed("GET");
        }
        if is_prefetch(head) || is_part(head) {
            return self.ask_to_sign_in(head, moment);
        }
        let callback = match Callback::parse(head.query().unwrap_or_default()) {
            Ok(callback) => callback,
            Err(malformed) => {
                let root = ReturnTo::root(&self.0.site);
                let reply = self.sign_in_failed(ErrorCode::InvalidCallback, malformed.0, &root);
                return Step::reply(reply);
            }
        };
        let machine = &*self.0;
        let found = machine.vault.session(head, moment);
        let state = State::new(callback.state);
        let Some(transaction) = machine.vault.transaction(head, &state, &machine.site) else {
            let is_error = matches!(callback.outcome, CallbackOutcome::Error(_));
            let is_unnamed = is_error && state.text.is_empty();
            return self.unknown_transaction(head, is_unnamed, found.is_live());
        };
        let finished = [machine
            .vault
            .cookies
            .remove(&machine.vault.cookies.login_name(&state.digest))];
        match self.judge(
            &transaction,
            callback.outcome,
            callback.issuer.as_deref(),
            moment.now,
        ) {
            Verdict::Redeem(code) => {
                let redeem = Redeem {
                    code,
                    redirect_uri: machine.site.redirect_uri().to_owned(),
                    verifier: machine.provider.pkce.then(|| transaction.pkce.verifier()),
                    key: state.digest,
                };
                let redemption = Redemption::new(
                    machine,
                    head,
                    transaction.return_to,
                    finished,
                    found,
                    moment,
                );
                Step::Send(
                    Exchange::Redeem(Box::new(redeem)),
                    Pending::new(self, Stage::Redeem(redemption)),
                )
            }
            Verdict::Expired if found.is_live() => {
                let reply = arrive(&transaction.return_to).cookies(finished);
                Step::reply(reply)
            }
            Verdict::Expired => {
                let detail = "the login is older than ten minutes";
                self.refused(
                    ErrorCode::LoginExpired,
                    detail.into(),
                    &transaction,
                    finished,
                )
            }
            Verdict::Refused(error) => {
                let ProviderError { code, detail, .. } = error;
                self.refused(code, detail, &transaction, finished)
            }
        }
    }

    fn judge(
        &self,
        transaction: &Transaction,
        outcome: CallbackOutcome,
        issuer: Option<&str>,
        now: Timestamp,
    ) -> Verdict {
        let machine = &*self.0;
        let same_provider: bool = transaction.provider.ct_eq(&machine.provider_id).into();
        if !same_provider {
            let detail = "the login was started with another provider";
            return Verdict::Refused(ProviderError::new(ErrorCode::WrongProvider, detail));
        }
        if transaction.is_expired(now) {
            return Verdict::Expired;
        }
        if machine.provider.issuer.is_some() && machine.provider.issuer.as_deref() != issuer {
            let detail = "iss is missing or is not FNCY_ISSUER";
            return Verdict::Refused(ProviderError::new(ErrorCode::WrongIssuer, detail));
        }
        match outcome {
            CallbackOutcome::Code(code) => Verdict::Redeem(code),
            CallbackOutcome::Error(error) => Verdict::Refused(ProviderError::of_callback(&error)),
            CallbackOutcome::Nothing => {
                let detail = "it has neither a usable code nor an error";
                Verdict::Refused(ProviderError::new(ErrorCode::InvalidCallback, detail))
            }
        }
    }

    fn unknown_transaction<H: Head>(&self, head: &H, is_unnamed: bool, is_signed_in: bool) -> Step {
        let machine = &*self.0;
        let root = ReturnTo::root(&machine.site);
        let reply = if is_signed_in {
            arrive(&root)
        } else if is_unnamed {
            let detail = "the authorization endpoint says an error, and no state";
            self.sign_in_failed(ErrorCode::StateMissing, detail, &root)
        } else if machine.vault.has_transactions(head) {
            let detail = "no login of this browser has this state";
            self.sign_in_failed(ErrorCode::LoginExpired, detail, &root)
        } else {
            let detail = "the callback came without any login's cookie; open the site under the host of its redirect URI, or of one of them (localhost and 127.0.0.1 are two), and over https: over plain http a browser may keep no Secure cookie";
            self.sign_in_failed(ErrorCode::LoginCookieMissing, detail, &root)
        };
        Step::reply(reply)
    }

    fn refused(
        &self,
        code: ErrorCode,
        detail: std::borrow::Cow<'static, str>,
        transaction: &Transaction,
        finished: [String; 1],
    ) -> Step {
        let reply = self.sign_in_failed(code, detail, &transaction.return_to);
        Step::reply(reply.cookies(finished))
    }
}

/// What a callback comes to, once its login is known.
enum Verdict {
    Redeem(crate::values::secret::Secret),
    Expired,
    Refused(ProviderError),
}

/// The end of a sign-in: the page that was asked for, and no code in its `Referer`.
pub(crate) fn arrive(return_to: &ReturnTo) -> Reply {
    Reply::see_other(return_to.as_str()).header("referrer-policy", "no-referrer")
}
