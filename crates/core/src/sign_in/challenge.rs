//! "Sign in first", said so that whoever asks can understand it (RFC 9110, section 15.5.2).
//!
//! Rules: a redirect is for navigations only; everything else gets a status, and no login is
//! started for it; a form that was posted is never replayed.

use crate::core::Core;
use crate::refusal::refusal::ANOTHER_ACCOUNT;
use crate::reply::event::{Event, SessionRefusal};
use crate::reply::format::ReplyFormat;
use crate::reply::outcome::{Ending, Reply};
use crate::reply::page::WayOn;
use crate::reply::words::Label;
use crate::request::classify::{Kind, classify};
use crate::request::head::Head;
use crate::request::head::text;
use crate::request::return_to::ReturnTo;
use crate::session::open::{Found, Moment};
use crate::session::user::RevokedSession;
use crate::sign_in::start::Start;
use crate::stage::Stage;
use crate::step::{Pending, Question, Step};
use crate::values::code::ErrorCode;
use crate::values::timestamp::Timestamp;

/// The authentication scheme of our 401s: a name that makes no browser ask for a password.
const SCHEME: &str = "FncyLogin";

/// What becomes of the session that a request without a user came with.
#[derive(Debug, Default)]
pub(crate) struct Former {
    /// Lines that remove its cookies.
    pub(crate) removals: Vec<String>,
    /// It ends with the answer.
    pub(crate) ends: Option<RevokedSession>,
    /// Why it was not believed.
    pub(crate) refusal: Option<SessionRefusal>,
}

/// What becomes of a request without a user.
#[derive(Debug)]
pub(crate) enum Anonymous {
    SentToSignIn(Start),
    Told(Reply),
}

impl Reply {
    /// This answer, to a request that came with such a session.
    pub(crate) fn after(self, former: Former) -> Self {
        self.cookies(former.removals)
            .ending(former.ends.map(Ending::of))
            .event(former.refusal.map(Event::SessionRefused))
    }
}

impl Core {
    /// What a request without a user gets, wherever it was found out: the gate, or an extractor on
    /// a public path. One of whose session nobody can say whether it was ended is not asked to sign
    /// in for that.
    pub fn challenge<H: Head>(&self, head: &H, moment: Moment<'_>) -> Step {
        let step = self.at_host_of(head).ask_to_sign_in(head, moment);
        step.told_to(&self.0.pages, || ReplyFormat::of(head))
    }

    pub(crate) fn ask_to_sign_in<H: Head>(&self, head: &H, moment: Moment<'_>) -> Step {
        match self.0.vault.session(head, moment) {
            Found::Unknown => Step::reply(self.unverified(head)),
            found => self.challenge_found(head, moment.now, &found),
        }
    }

    pub(crate) fn challenge_found<H: Head>(&self, head: &H, now: Timestamp, found: &Found) -> Step {
        let former = match found {
            Found::Refused(refusal @ (SessionRefusal::Foreign | SessionRefusal::Outdated)) => {
                Former {
                    refusal: Some(*refusal),
                    ..Former::default()
                }
            }
            Found::Refused(refusal) => Former {
                removals: self.0.vault.remove_session(head),
                refusal: Some(*refusal),
                ends: None,
            },
            Found::Live(_) | Found::Unknown | Found::Absent => Former::default(),
        };
        self.send_away(self.anonymous(head, now, found.sticks()), former)
    }

    /// What this request gets if it turns out to have no user. `sticks` says that the browser keeps a session's
    /// cookie, so that it goes round in no circle.
    pub(crate) fn anonymous<H: Head>(&self, head: &H, now: Timestamp, sticks: bool) -> Anonymous {
        let machine = &*self.0;
        let kind = self.kind_of(head);
        if kind != Kind::Navigation {
            return Anonymous::Told(self.unauthenticated(head, kind));
        }
        if machine.site.is_misplaced_callback(head.path()) {
            return Anonymous::Told(self.misplaced());
        }
        let return_to = self.address_of(head);
        let round = machine.vault.round(head, now);
        if !sticks && round.is_some_and(|round| round.is_loop()) {
            let detail = "three sign-ins within a minute came back without their session";
            let reply = self.sign_in_failed(ErrorCode::LoginLoop, detail, &return_to);
            return Anonymous::Told(reply);
        }
        let start = Start::new(machine, head, return_to);
        Anonymous::SentToSignIn(start.forgetting(machine, round.filter(|_| sticks)))
    }

    /// The page that a request is for, as an address to come back to.
    pub(crate) fn address_of<H: Head>(&self, head: &H) -> ReturnTo {
        let site = &self.0.site;
        let path = site.browser_path(head.path());
        let address = match head.query() {
            Some(query) => format!("{path}?{query}"),
            None => path.into_owned(),
        };
        ReturnTo::parse(&address, site)
    }

    /// Ends a request without a user, and with it a session, if there was one.
    pub(crate) fn send_away(&self, anonymous: Anonymous, former: Former) -> Step {
        match anonymous {
            Anonymous::Told(reply) => Step::reply(reply.after(former)),
            Anonymous::SentToSignIn(start) => {
                let start = start.after(former);
                Step::Ask(Question::Entropy, Pending::new(self, Stage::Start(start)))
            }
        }
    }

    /// `GET {prefix}/login?return_to=`: a login that the application or a person asks for.
    pub(crate) fn login_endpoint<H: Head>(&self, head: &H) -> Step {
        if !matches!(head.method(), "GET" | "HEAD") {
            return self.method_not_allowed("GET, HEAD");
        }
        let anonymous = match classify(head) {
            Kind::Navigation => {
                let asked = self.asked_return_address(head.query());
                let return_to = asked.unwrap_or_else(|| ReturnTo::root(&self.0.site));
                let mut pairs = head.query().unwrap_or_default().split('&');
                let chooses_account = pairs.any(|pair| pair == ANOTHER_ACCOUNT);
                let start = Start::new(&self.0, head, return_to);
                Anonymous::SentToSignIn(start.choosing_account(chooses_account))
            }
            kind => Anonymous::Told(self.unauthenticated(head, kind)),
        };
        self.send_away(anonymous, Former::default())
    }

    /// Where a sign-in or a sign-out is to end, if its address says so.
    pub(crate) fn asked_return_address(&self, query: Option<&str>) -> Option<ReturnTo> {
        ReturnTo::asked_for(query?, &self.0.site)
    }

    /// 401 for what is no navigation.
    fn unauthenticated<H: Head>(&self, head: &H, kind: Kind) -> Reply {
        match kind {
            Kind::FormPost | Kind::Frame => {
                let sign_in = WayOn::Go(self.login_url(&self.page_of(head)));
                let page = self.page_about(ErrorCode::SignInRequired);
                let page = page.action(sign_in, Label::SignIn);
                Reply::page(page.framed(kind == Kind::Frame))
                    .event([Event::RequestRefused(ErrorCode::SignInRequired)])
                    .header("www-authenticate", self.authenticate())
            }
            Kind::Htmx => self
                .sign_in_problem(head)
                .header("hx-redirect", self.login_url(&self.page_of(head))),
            Kind::Inertia => {
                // A context by GET is to a page that can be opened as it is.
                let is_page = matches!(head.method(), "GET" | "HEAD");
                let page = if is_page {
                    self.address_of(head)
                } else {
                    self.page_of(head)
                };
                Reply::new(409)
                    .header("x-inertia-location", self.login_url(&page))
                    .event([Event::RequestRefused(ErrorCode::SignInRequired)])
            }
            Kind::Navigation | Kind::Other => self.sign_in_problem(head),
        }
    }

    /// 401 for programs: problem+json (RFC 9457) that says where to sign in.
    pub(crate) fn sign_in_problem<H: Head>(&self, head: &H) -> Reply {
        self.problem_with_login_url(head, ErrorCode::SignInRequired)
            .header("www-authenticate", self.authenticate())
            .event([Event::RequestRefused(ErrorCode::SignInRequired)])
    }

    fn authenticate(&self) -> String {
        let login = self.0.site.login_path();
        format!("{SCHEME} login_url=\"{login}\"")
    }

    /// The page that a script, a form or a frame is on, as an address to come back to.
    pub(crate) fn page_of<H: Head>(&self, head: &H) -> ReturnTo {
        let site = &self.0.site;
        let page = ["hx-current-url", "referer"]
            .into_iter()
            .find_map(|name| ReturnTo::parse_url(text(head, name)?, site));
        page.unwrap_or_else(|| ReturnTo::root(site))
    }

    /// The address that starts a login which comes back to `return_to`.
    pub(crate) fn login_url(&self, return_to: &ReturnTo) -> String {
        self.0.site.login_path_to(return_to.as_str())
    }
}
