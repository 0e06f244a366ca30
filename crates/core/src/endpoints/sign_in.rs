//! `GET {prefix}/login?return_to=…`: a sign-in that a link or a script asks for.
//!
//! Rules:
//! - `with` names an intent, and `max_age` asks for a recent sign-in. No other parameter reaches the provider.
//! - A name that is unknown or repeated starts no sign-in, since a plain one is not what the page meant.

use std::borrow::Cow;

use crate::machine::responder::Responder;
use crate::provider::sign_in_options::SignInOptions;
use crate::refusal::parts::ANOTHER_ACCOUNT;
use crate::refusal::refuse::{method_not_allowed, unknown_intent};
use crate::request::addresses::asked_address;
use crate::request::classify::{Kind, classify};
use crate::request::head::Head;
use crate::request::return_to::ReturnTo;
use crate::session::found::Found;
use crate::sign_in::challenge::{Ask, Challenge, recent, unasked, unauthenticated};
use crate::sign_in::start::StartSignIn;

/// The parameters of the address that choose a sign-in.
struct Query<'a> {
    intent: Option<Cow<'a, str>>,
    max_age: Option<u32>,
}

pub(crate) fn sign_in<H: Head>(responder: Responder, head: &H, found: &Found) -> Challenge {
    if !matches!(head.method(), "GET" | "HEAD") {
        return Challenge::Reply(responder.write(method_not_allowed("GET, HEAD")));
    }
    let query = head.query().unwrap_or_default();
    let asked = asked_address(&responder.site, head);
    let parsed = Query::parse(query);
    let Some((parsed, options)) = parsed.and_then(|parsed| {
        let options = parsed.options(&responder)?;
        Some((parsed, options))
    }) else {
        let return_to = asked.unwrap_or_else(|| ReturnTo::root(&responder.site));
        let draft = unknown_intent(&responder, head, &return_to);
        return Challenge::Reply(responder.write(draft));
    };
    match classify(head) {
        Kind::Navigation => {
            let own = options.as_ref().and_then(|own| own.return_to.as_deref());
            let own = || own.map(|own| ReturnTo::parse(own, &responder.site));
            let return_to = asked.or_else(own);
            let return_to = return_to.unwrap_or_else(|| ReturnTo::root(&responder.site));
            let chooses_account = query.split('&').any(|pair| pair == ANOTHER_ACCOUNT);
            if let Some(options) = &options {
                let again = || {
                    let sign_in = responder.site.login_path_to(return_to.as_str());
                    let address = format!("{sign_in}{parsed}");
                    Some(if chooses_account {
                        format!("{address}&{ANOTHER_ACCOUNT}")
                    } else {
                        address
                    })
                };
                if let Some(draft) = unasked(&responder, head, options, found.user(), again) {
                    return Challenge::Reply(responder.write(draft));
                }
            }
            // Another account's session is a new one.
            let user = found.user().filter(|_| !chooses_account);
            let start = match options {
                Some(options) => {
                    StartSignIn::with_options(responder, head, return_to, &options, user)
                }
                None => StartSignIn::new(responder, head, return_to),
            };
            Challenge::SignIn(Box::new(if chooses_account {
                start.choosing_account()
            } else {
                start
            }))
        }
        kind => {
            let ask = Ask::with_query(parsed.to_string());
            let draft = unauthenticated(&responder, head, kind, &ask);
            Challenge::Reply(responder.write(draft))
        }
    }
}

/// Whether the sign-in may keep the session, which must then be known.
pub(crate) fn may_keep_session<H: Head>(head: &H) -> bool {
    let query = Query::parse(head.query().unwrap_or_default());
    query.is_some_and(|query| query.intent.is_some() || query.max_age.is_some())
}

impl<'a> Query<'a> {
    /// `None` if a parameter is repeated, or is no number where one is needed.
    fn parse(query: &'a str) -> Option<Self> {
        let mut parsed = Self {
            intent: None,
            max_age: None,
        };
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let is_repeated = match &*name {
                "with" => parsed.intent.replace(value).is_some(),
                "max_age" => {
                    let is_number = value.bytes().all(|byte| byte.is_ascii_digit());
                    let seconds = value.parse().ok().filter(|_| is_number)?;
                    parsed.max_age.replace(seconds).is_some()
                }
                _ => false,
            };
            if is_repeated {
                return None;
            }
        }
        Some(parsed)
    }

    /// The options of the sign-in, or `None` for an unknown intent. A plain sign-in has none.
    fn options(&self, responder: &Responder) -> Option<Option<SignInOptions>> {
        let intent = match &self.intent {
            Some(name) => Some(responder.intent(name)?.clone()),
            None => None,
        };
        Some(match self.max_age {
            Some(age) => Some(recent(intent.unwrap_or_default(), age.into())),
            None => intent,
        })
    }
}

/// The parameters as they are added to an address. The name of an intent needs no escapes.
impl std::fmt::Display for Query<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(name) = &self.intent {
            write!(f, "&with={name}")?;
        }
        self.max_age
            .map_or(Ok(()), |age| write!(f, "&max_age={age}"))
    }
}
