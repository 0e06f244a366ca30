//! The challenge: "sign in first", or "sign in again", in the form that fits the request (RFC 9110, section 15.5.2).
//!
//! Rules:
//! - Only a navigation is redirected. Every other request gets a status, and starts no sign-in.
//! - A posted form is never sent again.
//! - For a signed-in user, only a page of our own asks for more scopes.
//! - A request that needs a recent sign-in gets the challenge of RFC 9470, and keeps its session.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use crate::device::skipped::is_skipped;
use crate::machine::machine::Machine;
use crate::machine::responder::Responder;
use crate::provider::sign_in_options::SignInOptions;
use crate::refusal::bearer;
use crate::refusal::failed_sign_in::{misplaced_callback, sign_in_failed};
use crate::refusal::parts::{authenticate, kind_of, page_about, problem_at};
use crate::refusal::refuse::{
    lacks_device, lacks_scope, offer_access, refuse, unproven, unverified,
};
use crate::reply::draft::Draft;
use crate::reply::event::Event;
use crate::reply::page::{Page, WayOn};
use crate::reply::reply::Reply;
use crate::reply::words::label::Label;
use crate::reply::words::subject::PageSubject;
use crate::request::addresses::{address_of, page_of};
use crate::request::classify::Kind;
use crate::request::endpoint::Endpoint;
use crate::request::head::Head;
use crate::request::request_paths::RequestPaths;
use crate::request::return_to::ReturnTo;
use crate::rules::path_rules::Need;
use crate::session::found::{Found, Verdict};
use crate::session::user::User;
use crate::session::write::remove_session;
use crate::sign_in::loop_count::{self, LoopCount};
use crate::sign_in::start::{FormerSession, StartSignIn};
use crate::values::error_code::ErrorCode;
use crate::values::timestamp::Timestamp;

/// The outcome of a request without a user.
#[must_use]
pub enum Challenge {
    /// A reply that asks the person to sign in, or refuses.
    Reply(Box<Reply>),
    /// The browser is sent to sign in.
    SignIn(Box<StartSignIn>),
}

impl Challenge {
    /// This challenge, which also brings the cookies of a refreshed session.
    pub(crate) fn bringing(self, cookies: Vec<String>) -> Self {
        match self {
            Self::Reply(mut reply) => {
                for line in cookies {
                    reply.header("set-cookie", line);
                }
                Self::Reply(reply)
            }
            Self::SignIn(start) => Self::SignIn(Box::new(start.bringing(cookies))),
        }
    }
}

/// Challenges a request, depending on its session.
pub(crate) fn challenge<H: Head>(
    responder: Responder,
    head: &H,
    found: &Found,
    now: Timestamp,
) -> Challenge {
    let former = match found.verdict {
        Verdict::Unknown => {
            let draft = unverified(&responder, head);
            return Challenge::Reply(responder.write(draft));
        }
        Verdict::Refused(_) if is_skipped(&responder, head, found) => {
            let draft = unproven(&responder, head);
            return Challenge::Reply(responder.write(draft));
        }
        Verdict::Refused(refusal) if refusal.keeps_cookie() => FormerSession {
            refusal: Some(refusal),
            ..FormerSession::default()
        },
        Verdict::Refused(refusal) => FormerSession {
            removals: remove_session(&responder.vault, head),
            refusal: Some(refusal),
            ends: None,
        },
        Verdict::Live | Verdict::Absent => FormerSession::default(),
    };
    send_away(responder, head, former, found.sticks(), now)
}

/// Challenges a request, and ends its former session. `sticks` says that the browser keeps session cookies, so that it
/// is in no sign-in loop.
pub(crate) fn send_away<H: Head>(
    responder: Responder,
    head: &H,
    former: FormerSession,
    sticks: bool,
    now: Timestamp,
) -> Challenge {
    let kind = kind_of(&responder, head);
    let draft = if kind != Kind::Navigation {
        unauthenticated(&responder, head, kind, &Ask::sign_in())
    } else if responder.site.is_misplaced_callback(head.path()) {
        misplaced_callback(&responder)
    } else {
        let return_to = address_of(&responder.site, head);
        let count = loop_count::find(&responder.vault, head, now);
        if sticks || !count.is_some_and(LoopCount::is_loop) {
            let start = StartSignIn::new(responder, head, return_to).after(former);
            return Challenge::SignIn(Box::new(if sticks && count.is_some() {
                start.forgetting_loop()
            } else {
                start
            }));
        }
        let detail = "three sign-ins within a minute came back without their session";
        let detail: Cow<'static, str> = match former.refusal {
            Some(refusal) => format!("{detail}; the last one was {}", refusal.as_str()).into(),
            None => detail.into(),
        };
        sign_in_failed(&responder, ErrorCode::LoginLoop, detail, &return_to)
    };
    Challenge::Reply(responder.write(former.end_with(draft)))
}

/// The page for a browser in a sign-in loop. `detail` is for the operator.
pub(crate) fn looped<H: Head>(
    machine: &Machine,
    head: &H,
    return_to: &ReturnTo,
    detail: &'static str,
    now: Timestamp,
) -> Option<Draft> {
    let count = loop_count::find(&machine.vault, head, now)?;
    let page = || sign_in_failed(machine, ErrorCode::LoginLoop, detail, return_to);
    count.is_loop().then(page)
}

/// The need of a request's paths that its user doesn't meet. Each predicate is asked once.
pub(crate) fn unmet_need<'a>(
    machine: &'a Machine,
    paths: &RequestPaths<'_>,
    user: &User,
    now: Timestamp,
) -> Option<&'a Need> {
    match paths.both(|path| machine.paths.unmet(path, user, now)) {
        [None, None] => None,
        unmet => unmet.into_iter().flatten().min_by_key(|need| need.rank()),
    }
}

/// The refusal by the guards of a request's paths, if its user lacks what they need.
pub(crate) fn guard<H: Head>(
    machine: &Arc<Machine>,
    head: &H,
    paths: &RequestPaths<'_>,
    user: &User,
    now: Timestamp,
) -> Option<Challenge> {
    let need = unmet_need(machine, paths, user, now)?;
    let detail = "the user lacks what the path needs";
    let responder = Responder::to(machine, head);
    Some(unmet(responder, head, need, user, now, detail))
}

/// The reply to a request whose user lacks what a guard needs. `detail` is about a predicate, for the operator.
pub(crate) fn unmet<H: Head>(
    responder: Responder,
    head: &H,
    need: &Need,
    user: &User,
    now: Timestamp,
    detail: &'static str,
) -> Challenge {
    if !user.has_session() {
        let draft = bearer::unmet(need, detail).about(user);
        return Challenge::Reply(responder.write(draft));
    }
    let draft = match need {
        Need::Predicate(_) => refuse(&responder, head, ErrorCode::Forbidden, detail),
        Need::DeviceBound => lacks_device(&responder, head, detail),
        Need::Scope(scope) => lacks_scope(&responder, head, scope),
        Need::Recent(age) => return sign_in_again(responder, head, *age, user, now),
    };
    Challenge::Reply(responder.write(draft.about(user)))
}

/// The 403 for more scopes of a signed-in user, if no page of our own asks for them. FNCY is asked for nothing. `again` is
/// the address of the button, which asks for them by a click.
pub(crate) fn unasked<H: Head>(
    machine: &Machine,
    head: &H,
    options: &SignInOptions,
    user: Option<&User>,
    again: impl FnOnce() -> Option<String>,
) -> Option<Draft> {
    let is_unasked = !options.scopes.is_empty() && !machine.sources.is_own(head);
    let user = user.filter(|_| is_unasked)?;
    let detail = "a sign-in for more scopes did not come from a page of this origin";
    let scopes = options.scopes.join(" ");
    Some(offer_access(machine, head, &scopes, again().as_deref(), detail).about(user))
}

/// The options of a sign-in that must be recent. The person proves again who they are.
pub(crate) fn recent(options: SignInOptions, age: u64) -> SignInOptions {
    options.max_age(Duration::from_secs(age)).prompt("login")
}

fn sign_in_again<H: Head>(
    responder: Responder,
    head: &H,
    age: u64,
    user: &User,
    now: Timestamp,
) -> Challenge {
    let kind = kind_of(&responder, head);
    if kind != Kind::Navigation {
        let draft = unauthenticated(&responder, head, kind, &Ask::again(age));
        return Challenge::Reply(responder.write(draft.about(user)));
    }
    let return_to = address_of(&responder.site, head);
    let detail = "three recent sign-ins within a minute came back without their session";
    if let Some(draft) = looped(&responder, head, &return_to, detail, now) {
        return Challenge::Reply(responder.write(draft.about(user)));
    }
    let options = recent(SignInOptions::new(), age);
    let start = StartSignIn::with_options(responder, head, return_to, &options, Some(user));
    Challenge::SignIn(Box::new(start))
}

/// What a person is asked for by a 401.
pub(crate) struct Ask {
    code: ErrorCode,
    label: Label,
    /// More parameters of the address that starts the sign-in.
    query: String,
    /// More parameters of the challenge.
    params: String,
}

impl Ask {
    /// A sign-in.
    pub(crate) fn sign_in() -> Self {
        Self {
            code: ErrorCode::SignInRequired,
            label: Label::SignIn,
            query: String::new(),
            params: String::new(),
        }
    }

    /// A sign-in with more parameters of the address.
    pub(crate) fn with_query(query: String) -> Self {
        Self {
            query,
            ..Self::sign_in()
        }
    }

    /// A sign-in that is no older than an age in seconds (RFC 9470, section 3).
    fn again(age: u64) -> Self {
        let code = ErrorCode::InsufficientUserAuthentication;
        Self {
            code,
            label: Label::Confirm,
            query: format!("&max_age={age}"),
            params: format!(", error=\"{code}\", max_age=\"{age}\""),
        }
    }

    fn login_url(&self, machine: &Machine, return_to: &ReturnTo) -> String {
        machine.site.login_path_to(return_to.as_str()) + &self.query
    }

    /// 401 for a person.
    fn page(&self, machine: &Machine, page: Page) -> Draft {
        Draft::page(page)
            .header("www-authenticate", authenticate(machine, &self.params))
            .event([Event::RequestRefused(self.code)])
    }

    /// 401 for programs: a problem with the address of the sign-in.
    fn problem<H: Head>(&self, machine: &Machine, head: &H) -> Draft {
        let login_url = self.login_url(machine, &page_of(&machine.site, head));
        let draft = problem_at(self.code, login_url)
            .header("www-authenticate", authenticate(machine, &self.params))
            .event([Event::RequestRefused(self.code)]);
        let paths = RequestPaths::of(head, &machine.site);
        if machine.paths.has_bearer() && paths.any(|path| machine.paths.may_have_bearer(path)) {
            return draft.header("www-authenticate", "Bearer");
        }
        draft
    }
}

/// 401 for a request that is not redirected.
pub(crate) fn unauthenticated<H: Head>(
    machine: &Machine,
    head: &H,
    kind: Kind,
    ask: &Ask,
) -> Draft {
    match kind {
        Kind::FormPost if ask.code == ErrorCode::SignInRequired => {
            let end = machine.site.path_of(Endpoint::SignedIn);
            let sign_in = WayOn::NewTab(machine.site.login_path_to(&end));
            let page = Page::new(PageSubject::FormNotSent)
                .action(sign_in, Label::SignInNewTab)
                .aside(page_of(&machine.site, head).as_str(), Label::Back);
            ask.page(machine, page)
        }
        Kind::Navigation | Kind::FormPost | Kind::Frame => {
            let here = if kind == Kind::Navigation {
                address_of(&machine.site, head)
            } else {
                page_of(&machine.site, head)
            };
            let way_on = WayOn::Go(ask.login_url(machine, &here));
            let page = page_about(machine, ask.code).action(way_on, ask.label);
            ask.page(machine, page.framed(kind == Kind::Frame))
        }
        Kind::Htmx => {
            let login_url = ask.login_url(machine, &page_of(&machine.site, head));
            ask.problem(machine, head).header("hx-redirect", login_url)
        }
        Kind::Inertia => {
            // A GET of Inertia is for a page that can be opened as it is.
            let page = if matches!(head.method(), "GET" | "HEAD") {
                address_of(&machine.site, head)
            } else {
                page_of(&machine.site, head)
            };
            Draft::new(409)
                .header("x-inertia-location", ask.login_url(machine, &page))
                .event([Event::RequestRefused(ask.code)])
        }
        Kind::Other => ask.problem(machine, head),
    }
}

/// 401 for programs: a problem with the address of the sign-in.
pub(crate) fn sign_in_problem<H: Head>(machine: &Machine, head: &H) -> Draft {
    Ask::sign_in().problem(machine, head)
}
