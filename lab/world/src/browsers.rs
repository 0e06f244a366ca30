//! The people and their browsers: what they do, and what they make of answers.

use http::Request;
use url::Url;

use crate::conduct::generation_of;
use crate::cookies::{Context, CookieJar};
use crate::faults::Fault;
use crate::instance::{BEGINNING, ORIGIN, PROVIDER};
use crate::network::wires::Answer;
use crate::schedule::Time;
use crate::story::letter;
use crate::world::{Event, World};

/// A browser of a person.
pub(crate) struct Browser {
    pub(crate) user: &'static str,
    jar: CookieJar,
    /// A copy of the cookies, which a thief uses.
    copy: Option<Vec<u8>>,
    is_signing_in: bool,
}

/// A request of a browser, until its answer is there.
pub(crate) struct Visit {
    pub(crate) browser: usize,
    pub(crate) what: What,
    target: String,
    /// When the browser has sent it.
    pub(crate) sent: Time,
    /// The instance that has it, and since when.
    pub(crate) instance: Option<usize>,
    pub(crate) arrived: Time,
    /// The `Cookie` header.
    pub(crate) cookies: Option<Vec<u8>>,
    /// Whether a thief asks.
    pub(crate) is_copy: bool,
    /// Whether all must be well by now.
    pub(crate) is_last: bool,
    /// The instance that it must go to.
    must_go_to: Option<usize>,
}

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Page,
    Api,
    Callback,
    SignOut,
    Everywhere,
}

impl Browser {
    pub(crate) fn new(user: &'static str) -> Self {
        Self {
            user,
            jar: CookieJar::new(BEGINNING),
            copy: None,
            is_signing_in: false,
        }
    }

    fn header(&mut self, now: Time, target: &str, context: Context) -> Option<Vec<u8>> {
        self.jar.now = BEGINNING + now / 1_000;
        self.jar.header(&address(target)?, context)
    }
}

impl Visit {
    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// The value of a parameter in the address.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        parameter(&self.target, name)
    }

    fn request(&self) -> Request<()> {
        let is_navigation = matches!(self.what, What::Page | What::Callback | What::SignOut);
        let is_post = matches!(self.what, What::SignOut | What::Everywhere);
        let mut request = Request::new(());
        if is_post {
            *request.method_mut() = http::Method::POST;
        }
        *request.uri_mut() = self.target.parse().unwrap_or_default();
        let site = match self.what {
            What::Callback => "cross-site",
            _ => "same-origin",
        };
        let [mode, dest, accept] = match is_navigation {
            true => ["navigate", "document", "text/html"],
            false => ["cors", "empty", "application/json"],
        };
        let mut lines = vec![
            ("host", b"app.example".to_vec()),
            ("accept", accept.into()),
            ("sec-fetch-site", site.into()),
            ("sec-fetch-mode", mode.into()),
            ("sec-fetch-dest", dest.into()),
        ];
        if is_post {
            lines.push(("origin", ORIGIN.into()));
        }
        lines.extend(self.cookies.clone().map(|cookies| ("cookie", cookies)));
        for (name, value) in lines {
            if let Ok(value) = value.try_into() {
                request.headers_mut().insert(name, value);
            }
        }
        request
    }
}

impl World {
    /// A person does something, and plans the next.
    pub(crate) fn act(&mut self, browser: usize) {
        if !self.is_free() {
            return;
        }
        let pause = match self.choices.percent(8) {
            true => self.choices.between(15_000, 50_000),
            false => self.choices.between(300, 7_000),
        };
        self.events.plan(self.now + pause, Event::Act(browser));
        if self.browsers[browser].is_signing_in {
            return;
        }
        match self.choices.below(100) {
            0..=69 => {
                for _ in 0..self.choices.between(1, 4) {
                    self.look(browser);
                }
            }
            70..=75 => self.visit(browser, What::SignOut, "/auth/logout"),
            76..=77 => self.visit(browser, What::Everywhere, "/everywhere"),
            78..=83 => {
                let context = Context::SameSite;
                let copy = self.browsers[browser].header(self.now, "/", context);
                self.browsers[browser].copy = copy;
            }
            84..=91 => {
                let copy = self.browsers[browser].copy.clone();
                if copy.is_some() {
                    let visit = self.visit_of(browser, What::Page, "/page", copy);
                    let visit = Visit {
                        is_copy: true,
                        ..visit
                    };
                    self.send(visit);
                }
            }
            _ => {
                let number = self.look(browser);
                let patience = self.choices.between(1, 3_000);
                self.events.plan(self.now + patience, Event::GiveUp(number));
            }
        }
    }

    /// A page or a script asks for something. Returns the number of the visit.
    fn look(&mut self, browser: usize) -> u64 {
        let (what, path) = self.choices.one(&[
            (What::Page, "/page"),
            (What::Api, "/api"),
            (What::Api, "/api"),
            (What::Api, "/api"),
            (What::Page, "/slow"),
            (What::Page, "/slow"),
            (What::Page, "/page"),
            (What::Api, "/download"),
        ]);
        self.visit(browser, what, path);
        self.numbers
    }

    fn visit(&mut self, browser: usize, what: What, target: &str) {
        let context = match what {
            What::Callback => Context::CrossSiteNavigation,
            _ => Context::SameSite,
        };
        let cookies = self.browsers[browser].header(self.now, target, context);
        let visit = self.visit_of(browser, what, target, cookies);
        self.send(visit);
    }

    fn visit_of(
        &self,
        browser: usize,
        what: What,
        target: &str,
        cookies: Option<Vec<u8>>,
    ) -> Visit {
        Visit {
            browser,
            what,
            target: target.to_owned(),
            sent: self.now,
            instance: None,
            arrived: self.now,
            cookies,
            is_copy: false,
            is_last: false,
            must_go_to: None,
        }
    }

    fn send(&mut self, visit: Visit) {
        let number = self.number();
        self.visits.insert(number, visit);
        let there = self.now + self.choices.between(5, 40);
        self.events.plan(there, Event::Arrive(number));
    }

    /// A request reaches the proxy, which hands it to an instance that runs.
    pub(crate) fn arrive(&mut self, number: u64) {
        let (instances, first) = (
            self.instances.len(),
            self.choices.index(self.instances.len()),
        );
        let Some(visit) = self.visits.get_mut(&number) else {
            return;
        };
        let first = visit.must_go_to.unwrap_or(first);
        let mut all = (0..instances).map(|next| (first + next) % instances);
        let Some(instance) = all.find(|instance| self.instances[*instance].is_alive()) else {
            self.events.plan(self.now + 5, Event::Answer(number, None));
            return;
        };
        (visit.instance, visit.arrived) = (Some(instance), self.now);
        let request = visit.request();
        let (who, path) = (self.browsers[visit.browser].user, visit.path().to_owned());
        let whose = if visit.is_copy { "a thief of " } else { "" };
        let (browser, what) = (visit.browser, visit.what);
        let state = self.ledger.state_of(visit.cookies.as_deref());
        self.instances[instance].receive(number, request);
        self.count("requests of browsers");
        self.ledger
            .asked(self.now, self.visits[&number].cookies.as_deref());
        self.note_request(number);
        self.tell(|| {
            let name = letter(instance);
            format!("{whose}{who} (browser {browser}) asks {name} for {path} [{what:?} {number}] with {state}")
        });
    }

    /// An instance has answered.
    pub(crate) fn answered(&mut self, instance: usize, time: Time, number: u64, answer: Answer) {
        if !self.visits.contains_key(&number) {
            return;
        }
        self.judge_time(instance, time, number);
        let visit = &self.visits[&number];
        let shown = self.ledger.shown(visit.cookies.as_deref());
        if visit.what != What::Callback
            && let Some((shown, generation)) = shown.zip(generation_of(&answer))
        {
            self.judge_cookie(instance, time, shown.session, generation);
        }
        self.note_promise(instance, time, number, &answer);
        let is_lossy = self
            .faults
            .is_on(time, |fault| fault == Fault::BrowsersLoseAnswers);
        let is_lost = self.is_free() && self.choices.percent(if is_lossy { 30 } else { 1 });
        let back = time + self.choices.between(5, 40);
        let answer = (!is_lost).then_some(answer);
        self.events.plan(back, Event::Answer(number, answer));
    }

    /// A person no longer waits.
    pub(crate) fn give_up(&mut self, number: u64) {
        if let Some(visit) = self.visits.remove(&number) {
            self.count("requests given up");
            self.tell(|| format!("visit {number} is given up"));
            if let Some(instance) = visit.instance {
                self.instances[instance].abandon(number);
                self.learn_abandoned(instance);
            }
        }
    }

    /// An answer reaches the browser.
    pub(crate) fn receive(&mut self, number: u64, answer: Option<Answer>) {
        let Some(visit) = self.visits.remove(&number) else {
            return;
        };
        let Some(answer) = answer else {
            self.tell(|| format!("the answer to {number} is lost"));
            self.lost(&visit);
            return;
        };
        self.tell(|| {
            let code = answer
                .code
                .map(|code| format!(" {code}"))
                .unwrap_or_default();
            let cookie = answer.headers.get_all("set-cookie").iter().count();
            format!(
                "{number} is answered {}{code}, with {cookie} cookies",
                answer.status
            )
        });
        self.learn(&visit, &answer);
        if !visit.is_copy
            && let Some(address) = address(&visit.target)
        {
            let browser = &mut self.browsers[visit.browser];
            browser.jar.now = BEGINNING + self.now / 1_000;
            let lines = answer.headers.get_all("set-cookie");
            browser.jar.apply(&address, Context::SameSite, lines);
        }
        self.judge(&visit, &answer);
        if !visit.is_copy {
            self.go_on(&visit, &answer);
        }
    }

    fn lost(&mut self, visit: &Visit) {
        if visit.what == What::Callback {
            if self.choices.percent(70) {
                self.visit(visit.browser, What::Callback, &visit.target);
            } else {
                self.browsers[visit.browser].is_signing_in = false;
            }
        } else if visit.is_last && visit.must_go_to.is_some() {
            self.last_page(visit.browser, visit.must_go_to);
        }
    }

    /// Follows a redirect, or comes back from one.
    fn go_on(&mut self, visit: &Visit, answer: &Answer) {
        let location = answer.headers.get("location");
        let location = location.and_then(|value| value.to_str().ok());
        let browser = visit.browser;
        if visit.what == What::Callback {
            self.browsers[browser].is_signing_in = false;
            if self.is_free() && self.choices.percent(10) {
                let later = self.now + self.choices.between(1_000, 20_000);
                let target = visit.target.clone();
                self.events.plan(later, Event::Reload { browser, target });
            }
        }
        match location {
            Some(location) if location.starts_with(PROVIDER) => {
                let is_busy = self.browsers[browser].is_signing_in;
                let state = parameter(location, "state");
                if let (What::Page, false, Some(state)) = (visit.what, is_busy, state) {
                    self.browsers[browser].is_signing_in = true;
                    let pause = self.choices.between(300, 3_000);
                    let event = Event::Approve { browser, state };
                    self.events.plan(self.now + pause, event);
                }
            }
            Some(location) if visit.what == What::Callback => {
                self.count("sign-ins");
                let target = location.strip_prefix(ORIGIN).unwrap_or(location).to_owned();
                self.visit(browser, What::Page, &target);
            }
            _ => {}
        }
    }

    /// A person agrees, and comes back: sometimes twice, sometimes never.
    pub(crate) fn approve(&mut self, browser: usize, state: &str) {
        if self.choices.percent(4) && self.is_free() {
            self.browsers[browser].is_signing_in = false;
            return;
        }
        let code = self.provider.approve(self.browsers[browser].user);
        let target = format!("/auth/callback?code={code}&state={state}");
        self.visit(browser, What::Callback, &target);
        if self.choices.percent(10) {
            self.visit(browser, What::Callback, &target);
        }
    }

    /// A person goes back in the history of the tab, to the address that has signed them in.
    pub(crate) fn reload(&mut self, browser: usize, target: &str) {
        if self.is_free() {
            self.visit(browser, What::Callback, target);
        }
    }

    /// Each browser asks each instance for a page, twice: it may have to sign in first.
    pub(crate) fn ask_for_last_pages(&mut self) {
        self.tell(|| {
            "-- all faults are over, and people are asked for their last pages".to_owned()
        });
        for browser in 0..self.browsers.len() {
            if !self.browsers[browser].is_signing_in {
                self.visit(browser, What::Page, "/page");
            }
            for instance in 0..self.instances.len() {
                let event = Event::LastPage { browser, instance };
                let later = 12_000 + 1_500 * instance as u64;
                self.events.plan(self.now + later, event);
            }
        }
    }

    pub(crate) fn last_page(&mut self, browser: usize, instance: Option<usize>) {
        let cookies = self.browsers[browser].header(self.now, "/page", Context::SameSite);
        let visit = self.visit_of(browser, What::Page, "/page", cookies);
        self.send(Visit {
            is_last: true,
            must_go_to: instance,
            ..visit
        });
    }
}

fn address(target: &str) -> Option<Url> {
    Url::parse(&format!("{ORIGIN}{target}")).ok()
}

fn parameter(address: &str, name: &str) -> Option<String> {
    let (_, query) = address.split_once('?')?;
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let (_, value) = pairs.find(|(found, _)| found == name)?;
    Some(value.into_owned())
}
