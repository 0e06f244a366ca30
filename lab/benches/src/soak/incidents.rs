//! The table of incidents, and what they happen to.

use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use fncy_dev_server::{DevServer, Endpoint, Fault};
use tokio::time::Instant;

use super::fleet::Fleet;
use super::uses::sender;
use crate::redis_server::RedisServer;

/// How far away the provider is: requests that are answered at once are never many at a time.
const LATENCY: Duration = Duration::from_millis(5);
/// Within this, a refresh is under way at an instance that may be killed.
const UNTIL_HELD: Duration = Duration::from_secs(60);
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// All programs beside the visitors'.
pub(super) struct Stage {
    pub(super) fleet: Fleet,
    pub(super) redis: RedisServer,
    pub(super) provider: Arc<DevServer>,
    /// The instance that was killed or suspended last.
    victim: usize,
}

/// What happens, and what visitors may see of it.
pub(super) struct Incident {
    pub(super) name: &'static str,
    pub(super) begin: fn(&mut Stage),
    pub(super) end: fn(&mut Stage),
    /// How long it lasts, in seconds.
    pub(super) lasts: u64,
    /// How long after its end answers may still be 503, in seconds.
    pub(super) recovers: u64,
    /// Which of the promises don't hold.
    pub(super) concerns: Concerns,
}

/// What an incident concerns.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Concerns {
    /// Refreshes and sign-ins.
    Provider,
    /// The same. An answer of the provider is lost, so a refresh token is sent twice.
    Answer,
    /// Whatever needs the store.
    Store,
    /// What one instance has under way.
    Instance,
}

const PROVIDER: Incident = Incident {
    name: "",
    begin: |_| {},
    end: |stage| stage.fault(Fault::delay(LATENCY)),
    lasts: 6,
    // The rest of a token that failed, and a second until the next request.
    recovers: 6,
    concerns: Concerns::Provider,
};

const STORE: Incident = Incident {
    begin: |stage| stage.redis.kill(),
    end: |stage| stage.redis.restart(),
    lasts: 4,
    recovers: 6,
    concerns: Concerns::Store,
    ..PROVIDER
};

const INSTANCE: Incident = Incident {
    end: |stage| stage.fleet.restart(stage.victim),
    lasts: 4,
    // A lease lasts 30 seconds, and a request that finds it gets its 503 after 15.
    recovers: 30,
    concerns: Concerns::Instance,
    ..PROVIDER
};

/// All incidents. They take about five minutes.
pub(super) const ALL: &[Incident] = &[
    Incident {
        name: "an instance is killed",
        begin: |stage| {
            stage.next_victim();
            stage.fleet.kill(stage.victim);
        },
        ..INSTANCE
    },
    Incident {
        name: "Redis is killed, for 4 s",
        ..STORE
    },
    Incident {
        name: "the token endpoint answers 500",
        begin: |stage| stage.fault(Fault::status(500)),
        ..PROVIDER
    },
    Incident {
        name: "a lease holder is killed",
        begin: |stage| {
            stage.victim = stage.holder();
            stage.fleet.kill(stage.victim);
            stage.fault(Fault::delay(LATENCY));
        },
        ..INSTANCE
    },
    Incident {
        name: "Redis is killed, for 9 s",
        // Sessions are believed for 4.5 s without the store.
        lasts: 9,
        ..STORE
    },
    Incident {
        name: "a lease holder is suspended, for 35 s",
        begin: |stage| {
            stage.victim = stage.holder();
            stage.fleet.suspend(stage.victim);
            stage.fault(Fault::delay(LATENCY));
        },
        end: |stage| stage.fleet.resume(stage.victim),
        lasts: 35,
        recovers: 10,
        ..INSTANCE
    },
    Incident {
        name: "the token endpoint answers 429",
        begin: |stage| stage.fault(Fault::status(429).header("retry-after", "1")),
        ..PROVIDER
    },
    Incident {
        name: "an answer with tokens is lost",
        begin: |stage| {
            stage.provider.clear_faults();
            let lost = Fault::lost_response().once();
            stage.provider.fault(Endpoint::Token, lost);
            let later = Fault::delay(LATENCY);
            stage.provider.fault(Endpoint::Token, later);
        },
        // A token is refreshed in this time, if tokens live for ten seconds.
        lasts: 12,
        concerns: Concerns::Answer,
        ..PROVIDER
    },
    Incident {
        name: "the token endpoint hangs",
        begin: |stage| {
            let hangs = Fault::delay(Duration::from_secs(60));
            stage.fault(Fault {
                status: Some(503),
                ..hangs
            });
        },
        lasts: 6,
        // The deadline of an exchange is ten seconds.
        recovers: 16,
        ..PROVIDER
    },
    Incident {
        name: "the token endpoint is cut off in its answer",
        begin: |stage| {
            let cut = Fault::status(200).json(r#"{"access_token": "cut"#);
            stage.fault(cut.header("content-length", "900"));
        },
        // The rest is awaited until the deadline of the exchange.
        recovers: 16,
        ..PROVIDER
    },
    Incident {
        name: "the token endpoint answers in 0.3 s",
        begin: |stage| stage.fault(Fault::delay(Duration::from_millis(300))),
        ..PROVIDER
    },
];

impl Stage {
    pub(super) fn new(fleet: Fleet, redis: RedisServer, provider: Arc<DevServer>) -> Self {
        let mut stage = Self {
            fleet,
            redis,
            provider,
            victim: 0,
        };
        stage.fault(Fault::delay(LATENCY));
        stage
    }

    /// From now on the token endpoint has this fault alone.
    fn fault(&mut self, fault: Fault) {
        self.provider.clear_faults();
        self.provider.fault(Endpoint::Token, fault);
    }

    fn next_victim(&mut self) {
        let mut mortals = self.fleet.mortals();
        let first = mortals.next().unwrap();
        self.victim = mortals.find(|next| *next > self.victim).unwrap_or(first);
    }

    /// Makes the provider slow, and waits until an instance has asked it for new tokens. The instance, among those that
    /// are killed.
    fn holder(&mut self) -> usize {
        let before = self.provider.request_count(Endpoint::Token);
        self.fault(Fault::delay(Duration::from_secs(3)));
        let end = Instant::now() + UNTIL_HELD;
        while Instant::now() < end {
            let requests = self.provider.requests(Endpoint::Token);
            let since = requests.iter().skip(before as usize);
            let under_way = since.filter(|request| request.status.is_none());
            let mut mortals = self.fleet.mortals();
            let senders: Vec<_> = under_way.filter_map(sender).collect();
            if let Some(holder) = mortals.find(|number| senders.contains(number)) {
                return holder;
            }
            sleep(LOOK_AGAIN);
        }
        self.next_victim();
        self.victim
    }
}
