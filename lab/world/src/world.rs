//! A world: its people, instances, provider and store, on one clock and one schedule.
//!
//! Rules:
//! - The event that comes first happens first. Before it, each instance runs up to its time. What an instance sends may
//!   become an earlier event.
//! - Each decision comes from the choices, so the same choices give the same world.
//! - A world ends with its first broken rule, or when all has been looked at.

use std::collections::BTreeMap;

use fncy_login::http_client::HttpClientError;
use fncy_login_simulated_redis::ServerState;
use http::Response;
use redis::{RedisResult, Value};
use tokio::sync::oneshot;

use crate::browsers::{Browser, Visit};
use crate::choices::Choices;
use crate::conduct::Conduct;
use crate::faults::{Fault, Faults, Planned};
use crate::instance::Instance;
use crate::ledger::Ledger;
use crate::network::store::Store;
use crate::network::wires::{Answer, Sent};
use crate::provider::Provider;
use crate::report::{Fall, Report};
use crate::rules::Everywhere;
use crate::schedule::{Schedule, Time};
use crate::story::{Story, letter};

/// When people stop to do what they like.
const FREE: Time = 138_000;
/// When they are asked for a last page at each instance.
const CALM: Time = 145_000;
/// When all that was asked must be answered.
const END: Time = 185_000;

/// The people. Two browsers may be of the same person.
const PEOPLE: [&str; 4] = ["haneul", "bora", "haneul", "alex"];

/// An answer of the provider, on its way.
pub(crate) type ProviderAnswer = Result<Response<Vec<u8>>, HttpClientError>;

/// What happens.
pub(crate) enum Event {
    /// A person does something.
    Act(usize),
    /// A person agrees at the provider, and comes back with this state.
    Approve { browser: usize, state: String },
    /// A person opens the address of a callback again.
    Reload { browser: usize, target: String },
    /// A request reaches an instance.
    Arrive(u64),
    /// An answer reaches a browser, or the connection has ended.
    Answer(u64, Option<Answer>),
    /// A person no longer waits.
    GiveUp(u64),
    /// A request reaches the provider.
    Exchange {
        number: u64,
        request: http::Request<Vec<u8>>,
        answer: oneshot::Sender<ProviderAnswer>,
    },
    /// The provider's answer reaches an instance.
    Exchanged {
        number: u64,
        answer: oneshot::Sender<ProviderAnswer>,
        answered: ProviderAnswer,
    },
    /// A command reaches the store.
    Command {
        instance: usize,
        connection: u64,
        command: Vec<Vec<u8>>,
        answer: oneshot::Sender<RedisResult<Value>>,
    },
    /// The store's answer reaches an instance.
    Commanded {
        answer: oneshot::Sender<RedisResult<Value>>,
        answered: RedisResult<Value>,
    },
    /// A connection to the store is open, or there is none.
    Connected {
        instance: usize,
        answer: oneshot::Sender<RedisResult<()>>,
        is_open: bool,
    },
    /// A fault begins.
    Begin(Planned),
    /// A fault ends.
    End(Planned),
    /// People are asked for last pages.
    LastPages,
    /// A browser asks an instance for its last page.
    LastPage { browser: usize, instance: usize },
}

/// Runs a world. `is_told` asks for its story.
#[must_use]
pub fn run(choices: Choices, is_told: bool) -> Report {
    let mut world = World::new(choices, is_told);
    while world.fall.is_none() && world.step() {}
    world.report()
}

pub(crate) struct World {
    pub(crate) now: Time,
    pub(crate) choices: Choices,
    pub(crate) events: Schedule<Event>,
    pub(crate) instances: Vec<Instance>,
    pub(crate) provider: Provider,
    pub(crate) store: Store,
    pub(crate) browsers: Vec<Browser>,
    pub(crate) visits: BTreeMap<u64, Visit>,
    pub(crate) faults: Faults,
    pub(crate) ledger: Ledger,
    /// Who has signed out everywhere, and when.
    pub(crate) everywhere: Vec<Everywhere>,
    /// What each process has done.
    pub(crate) conduct: Vec<Conduct>,
    pub(crate) story: Story,
    pub(crate) counts: BTreeMap<&'static str, u64>,
    pub(crate) fall: Option<Fall>,
    pub(crate) numbers: u64,
    fingerprint: u64,
}

impl World {
    fn new(mut choices: Choices, is_told: bool) -> Self {
        getrandom::seed(choices.below(1 << 32));
        let has_store = choices.percent(85);
        let instances = if has_store {
            choices.between(2, 4) as usize
        } else {
            1
        };
        let rotates = choices.percent(80);
        let provider = Provider::new(rotates, choices.between(20, 60));
        let faults = Faults::draw(&mut choices, instances, has_store);
        let browsers = PEOPLE.iter().take(choices.between(2, 4) as usize);
        let mut world = Self {
            now: 0,
            events: Schedule::new(),
            instances: (0..instances)
                .map(|_| Instance::start(0, has_store))
                .collect(),
            provider,
            store: Store::new(instances),
            browsers: browsers.map(|user| Browser::new(user)).collect(),
            visits: BTreeMap::new(),
            ledger: Ledger::default(),
            everywhere: Vec::new(),
            conduct: vec![Conduct::default(); instances],
            story: Story::new(is_told),
            counts: BTreeMap::new(),
            fall: None,
            numbers: 0,
            fingerprint: 0,
            choices,
            faults,
        };
        world.story.tell(0, || {
            let store = if has_store { "a store" } else { "no store" };
            let rotation = if rotates { "rotates" } else { "keeps" };
            format!("{instances} instances with {store}; the provider {rotation} refresh tokens")
        });
        for planned in world.faults.all().to_vec() {
            world.events.plan(planned.from, Event::Begin(planned));
            world.events.plan(planned.until, Event::End(planned));
        }
        for browser in 0..world.browsers.len() {
            let first = world.choices.between(200, 4_000);
            world.events.plan(first, Event::Act(browser));
        }
        world.events.plan(CALM, Event::LastPages);
        world
    }

    /// Whether people do what they like.
    pub(crate) fn is_free(&self) -> bool {
        self.now < FREE
    }

    pub(crate) fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    pub(crate) fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    pub(crate) fn tell(&mut self, line: impl FnOnce() -> String) {
        self.story.tell(self.now, line);
    }

    /// Notes that a rule did not hold. The first one counts.
    pub(crate) fn falls(&mut self, rule: &'static str, seen: String) {
        self.story
            .tell(self.now, || format!("BROKEN: {rule}: {seen}"));
        self.fall.get_or_insert(Fall { rule, seen });
    }

    /// Lets the next event happen. `false` at the end.
    fn step(&mut self) -> bool {
        self.run_instances();
        let Some((time, event)) = self.events.take() else {
            return false;
        };
        self.now = self.now.max(time);
        if self.now >= END {
            self.look_at_the_end();
            return false;
        }
        self.note(&event);
        self.happen(event);
        true
    }

    /// Runs each instance up to the next event, which may be one that an instance causes.
    fn run_instances(&mut self) {
        for index in 0..self.instances.len() {
            loop {
                let until = self.events.next().unwrap_or(END).min(END);
                let (sent, is_there) = self.instances[index].run_until(until);
                for (time, sent) in sent {
                    self.sent(index, time.max(self.now), sent);
                }
                if is_there {
                    break;
                }
            }
        }
    }

    fn sent(&mut self, instance: usize, time: Time, sent: Sent) {
        match sent {
            Sent::Answer { request, answer } => self.answered(instance, time, request, answer),
            Sent::Exchange { request, answer } => {
                self.ask_provider(instance, time, request, answer);
            }
            Sent::Connect { answer } => self.connect(instance, time, answer),
            Sent::Command { command, answer } => self.command(instance, time, command, answer),
        }
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Act(browser) => self.act(browser),
            Event::Approve { browser, state } => self.approve(browser, &state),
            Event::Reload { browser, target } => self.reload(browser, &target),
            Event::Arrive(visit) => self.arrive(visit),
            Event::Answer(visit, answer) => self.receive(visit, answer),
            Event::GiveUp(visit) => self.give_up(visit),
            Event::Exchange {
                number,
                request,
                answer,
            } => self.exchange(number, &request, answer),
            Event::Exchanged {
                number,
                answer,
                answered,
            } => self.exchanged(number, answer, answered),
            Event::Command {
                instance,
                connection,
                command,
                answer,
            } => self.run_command(instance, connection, &command, answer),
            // The caller may have gone.
            Event::Commanded { answer, answered } => drop(answer.send(answered)),
            Event::Connected {
                instance,
                answer,
                is_open,
            } => self.connected(instance, answer, is_open),
            Event::Begin(planned) => self.begin(planned),
            Event::End(planned) => self.end(planned),
            Event::LastPages => self.ask_for_last_pages(),
            Event::LastPage { browser, instance } => self.last_page(browser, Some(instance)),
        }
    }

    fn begin(&mut self, planned: Planned) {
        self.count("faults");
        self.tell(|| format!("-- {}", planned.fault));
        let store = &mut self.store;
        match planned.fault {
            Fault::StoreIsDown => store.close(),
            Fault::StoreLoads => store.server.set_state(ServerState::Loading),
            Fault::StoreIsReadOnly => store.server.set_state(ServerState::ReadOnly),
            Fault::StoreIsFull => store.server.set_state(ServerState::Full),
            Fault::StoreIsEmptied => {
                store.close();
                store.server.restart(None);
            }
            Fault::StoreFailsOver => store.replica = Some(store.server.snapshot()),
            Fault::StoreClockJumps => store.server.jump(planned.amount),
            Fault::ClockIsWrong(of) => self.instances[of].set_skew(planned.amount),
            Fault::Suspended(of) => self.instances[of].suspend(),
            Fault::Killed(of) => self.kill(of),
            _ => {}
        }
    }

    fn end(&mut self, planned: Planned) {
        self.tell(|| format!("-- over: {}", planned.fault));
        let (now, store) = (self.now, &mut self.store);
        match planned.fault {
            Fault::StoreLoads | Fault::StoreIsReadOnly | Fault::StoreIsFull => {
                store.server.set_state(ServerState::Ready);
            }
            Fault::StoreFailsOver => {
                store.close();
                if let Some(replica) = store.replica.take() {
                    store.server.restart(Some(replica));
                }
            }
            Fault::ClockIsWrong(of) => self.instances[of].set_skew(0),
            Fault::Suspended(of) => self.instances[of].resume(now),
            Fault::Killed(of) if !self.instances[of].is_alive() => {
                self.instances[of].start_again(now);
            }
            _ => {}
        }
    }

    fn kill(&mut self, instance: usize) {
        self.instances[instance].kill();
        self.store.forget(instance);
        self.forget_conduct(instance);
        let of_instance = |visit: &Visit| visit.instance == Some(instance);
        let cut = self.visits.iter().filter(|(_, visit)| of_instance(visit));
        for number in cut.map(|(number, _)| *number).collect::<Vec<_>>() {
            self.events.plan(self.now + 1, Event::Answer(number, None));
        }
    }

    /// What two runs of the same world have in common.
    fn note(&mut self, event: &Event) {
        let kind = match event {
            Event::Act(browser) => 1 + *browser as u64,
            Event::Approve { browser, .. } => 11 + *browser as u64,
            Event::Reload { browser, .. } => 21 + *browser as u64,
            Event::Arrive(visit) => 100 + visit,
            Event::Answer(visit, answer) => {
                let status = answer.as_ref().map_or(0, |answer| answer.status);
                200 + visit * u64::from(status)
            }
            Event::GiveUp(visit) => 300 + visit,
            Event::Exchange { number, .. } => 400 + number,
            Event::Exchanged { number, .. } => 500 + number,
            Event::Command { command, .. } => 600 + command.len() as u64,
            Event::Commanded { answered, .. } => 700 + u64::from(answered.is_ok()),
            Event::Connected { is_open, .. } => 800 + u64::from(*is_open),
            Event::Begin(_) | Event::End(_) | Event::LastPages | Event::LastPage { .. } => 900,
        };
        let mut state = self.fingerprint ^ self.now ^ kind << 32;
        self.fingerprint = getrandom::next(&mut state);
    }

    fn look_at_the_end(&mut self) {
        if let Some((_, visit)) = self.visits.first_key_value() {
            let seen = format!("{} at {} ms", visit.path(), visit.sent);
            self.falls("each request is answered", seen);
        }
        for index in 0..self.instances.len() {
            let (instance, name) = (&self.instances[index], letter(index));
            let tasks = instance.tasks();
            if !instance.is_ready() {
                self.falls("each instance is ready", format!("instance {name} is not"));
            } else if tasks > 8 {
                let seen = format!("{tasks} tasks of instance {name} have not ended");
                self.falls("work ends", seen);
            }
        }
        let (entries, issued) = (self.store.server.len() as u64, self.provider.issued());
        if entries > 10 + 4 * issued {
            let seen = format!("{entries} entries for {issued} tokens and codes");
            self.falls("the store is bounded", seen);
        }
    }

    fn report(self) -> Report {
        let mut faults: Vec<_> = self
            .faults
            .all()
            .iter()
            .map(|one| one.fault.kind())
            .collect();
        faults.sort_unstable();
        Report {
            fall: self.fall,
            events: self.events.planned(),
            counts: self.counts,
            faults,
            fingerprint: self.fingerprint,
            story: self.story.lines(),
        }
    }
}
