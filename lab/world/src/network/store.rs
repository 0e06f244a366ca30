//! The way to the store, and back.
//!
//! Rules:
//! - Commands of one connection stay in order, and so do their answers.
//! - What was sent to a store that hangs, or into a broken network, arrives when that is over, even if its sender no
//!   longer waits.

use std::time::Duration;

use fncy_login_simulated_redis::{SimulatedServer, Snapshot, broken_connection};
use redis::{RedisResult, Value};
use tokio::sync::oneshot;

use crate::faults::Fault;
use crate::schedule::Time;
use crate::story::letter;
use crate::world::{Event, World};

/// The store, and the connection of each instance.
pub(crate) struct Store {
    pub(crate) server: SimulatedServer,
    /// What a replica has, while one is about to take over.
    pub(crate) replica: Option<Snapshot>,
    links: Vec<Connection>,
    opened: u64,
}

#[derive(Clone, Copy, Default)]
struct Connection {
    /// Which connection is open. 0: none.
    open: u64,
    /// When the last command arrives, and the last answer.
    arrives: Time,
    returns: Time,
}

impl Store {
    pub(crate) fn new(instances: usize) -> Self {
        Self {
            server: SimulatedServer::new(),
            replica: None,
            links: vec![Connection::default(); instances],
            opened: 0,
        }
    }

    /// Ends all connections.
    pub(crate) fn close(&mut self) {
        self.links.fill(Connection::default());
    }

    /// Ends the connection of an instance.
    pub(crate) fn forget(&mut self, instance: usize) {
        self.links[instance] = Connection::default();
    }
}

/// Whether what this instance sends arrives later.
fn delays(instance: usize) -> impl Fn(Fault) -> bool {
    move |fault| match fault {
        Fault::StoreIsGoneFor(of) => of == instance,
        fault => fault == Fault::StoreHangs,
    }
}

fn is_down(fault: Fault) -> bool {
    fault == Fault::StoreIsDown
}

impl World {
    pub(crate) fn connect(
        &mut self,
        instance: usize,
        time: Time,
        answer: oneshot::Sender<RedisResult<()>>,
    ) {
        let is_open = !self.faults.is_on(time, is_down);
        let there = self.faults.over(time, delays(instance));
        let event = Event::Connected {
            instance,
            answer,
            is_open,
        };
        self.events.plan(there + self.choices.between(1, 3), event);
    }

    pub(crate) fn connected(
        &mut self,
        instance: usize,
        answer: oneshot::Sender<RedisResult<()>>,
        is_open: bool,
    ) {
        if !is_open || self.faults.is_on(self.now, is_down) {
            drop(answer.send(Err(broken_connection())));
        } else if answer.send(Ok(())).is_ok() {
            self.store.opened += 1;
            self.store.links[instance].open = self.store.opened;
        }
    }

    pub(crate) fn command(
        &mut self,
        instance: usize,
        time: Time,
        command: Vec<Vec<u8>>,
        answer: oneshot::Sender<RedisResult<Value>>,
    ) {
        self.count("commands for the store");
        self.judge_claim(instance, time, &command);
        let there = self.faults.over(time, delays(instance)) + self.choices.between(1, 3);
        let link = &mut self.store.links[instance];
        link.arrives = link.arrives.max(there);
        let event = Event::Command {
            instance,
            connection: link.open,
            command,
            answer,
        };
        self.events.plan(link.arrives, event);
    }

    pub(crate) fn run_command(
        &mut self,
        instance: usize,
        connection: u64,
        command: &[Vec<u8>],
        answer: oneshot::Sender<RedisResult<Value>>,
    ) {
        let (now, is) = (self.now, |fault| move |on| on == fault);
        let is_lost = connection == 0 || connection != self.store.links[instance].open;
        if is_lost || self.faults.is_on(now, is_down) {
            let answered = Err(broken_connection());
            self.learn_claim(instance, command, now + 1);
            self.events
                .plan(now + 1, Event::Commanded { answer, answered });
            return;
        }
        let time = Duration::from_millis(now);
        let mut answered = self.store.server.run(time, command);
        if self.faults.is_on(now, is(Fault::StoreIsAskedTwice)) {
            answered = self.store.server.run(time, command);
        }
        if self.faults.is_on(now, is(Fault::StoreAnswersAreLost)) && self.choices.percent(30) {
            self.store.forget(instance);
            answered = Err(broken_connection());
        }
        self.tell_command(instance, command, &answered);
        let link = &mut self.store.links[instance];
        let back = self.faults.over(now, delays(instance)) + self.choices.between(1, 3);
        link.returns = link.returns.max(back);
        let returns = link.returns;
        let event = Event::Commanded { answer, answered };
        self.events.plan(returns, event);
        self.learn_claim(instance, command, returns);
    }

    /// Tells what the store was asked. Two questions a second of each instance are left out while all is well.
    fn tell_command(
        &mut self,
        instance: usize,
        command: &[Vec<u8>],
        answered: &RedisResult<Value>,
    ) {
        let text = |word: &[u8]| String::from_utf8_lossy(word).into_owned();
        let key = command.get(3).map(|key| text(key)).unwrap_or_default();
        if answered.is_ok()
            && (key.ends_with(":ping") || command.len() <= 9 && key.ends_with(":log"))
        {
            return;
        }
        self.tell(|| {
            let name = letter(instance);
            let short = |text: &str| text.chars().take(40).collect::<String>();
            let key = short(key.trim_start_matches("fncy-login:"));
            match answered {
                Ok(value) => format!(
                    "{name} asks the store for {key}: {}",
                    short(&format!("{value:?}"))
                ),
                Err(error) => format!("{name} asks the store for {key}: {error}"),
            }
        });
    }
}
