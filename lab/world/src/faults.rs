//! What goes wrong in a world, and when. All of it is over before the end.

use std::fmt;

use crate::choices::Choices;
use crate::schedule::Time;

/// When the first fault may begin, and when the last one has ended.
const FAULTS: (Time, Time) = (6_000, 112_000);

/// A kind of fault. The number is an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// The provider answers 500 or 503 and does nothing.
    ProviderFails,
    /// The provider answers 429 and does nothing.
    ProviderIsBusy,
    /// The provider does what it is asked, and answers 500.
    ProviderFailsAfterwards,
    /// The provider does what it is asked, and its answer is lost.
    ProviderAnswersAreLost,
    /// The provider takes up to 14 seconds.
    ProviderIsSlow,
    /// No connection to the provider can be made.
    ProviderIsGone,
    /// One instance can't connect to the provider.
    ProviderIsGoneFor(usize),
    /// The store is down, and comes back with all its data.
    StoreIsDown,
    /// The store hangs (`SIGSTOP`). What it was sent is done when it goes on.
    StoreHangs,
    /// The store refuses everything while it loads its data.
    StoreLoads,
    /// The store refuses to write, as a replica does.
    StoreIsReadOnly,
    /// The store has no memory left.
    StoreIsFull,
    /// The store does what it is asked, and the connection ends before the answer.
    StoreAnswersAreLost,
    /// The store is asked each thing twice, as a client that tries again does.
    StoreIsAskedTwice,
    /// The store restarts without its data.
    StoreIsEmptied,
    /// A replica takes over that lacks the last moments.
    StoreFailsOver,
    /// The clock of the store's machine jumps.
    StoreClockJumps,
    /// One instance can't reach the store.
    StoreIsGoneFor(usize),
    /// An instance is killed, and starts again.
    Killed(usize),
    /// An instance is suspended, and goes on.
    Suspended(usize),
    /// The clock of an instance is wrong by up to 25 seconds.
    ClockIsWrong(usize),
    /// Browsers lose answers.
    BrowsersLoseAnswers,
}

/// A fault, from when until when, and how much of it.
#[derive(Clone, Copy)]
pub(crate) struct Planned {
    pub(crate) fault: Fault,
    pub(crate) from: Time,
    pub(crate) until: Time,
    /// Seconds, for clocks.
    pub(crate) amount: i64,
}

/// The faults of a world.
pub(crate) struct Faults(Vec<Planned>);

impl Faults {
    /// Draws up to six faults for so many instances.
    pub(crate) fn draw(choices: &mut Choices, instances: usize, has_store: bool) -> Self {
        let number = choices.below(7);
        let drawn = (0..number).map(|_| draw(choices, instances, has_store));
        Self(drawn.collect())
    }

    pub(crate) fn all(&self) -> &[Planned] {
        &self.0
    }

    /// Whether one of these is on at a time.
    pub(crate) fn is_on(&self, now: Time, is_one: impl Fn(Fault) -> bool) -> bool {
        self.between(now, now, is_one)
    }

    /// Whether one of these was on between two times.
    pub(crate) fn between(&self, from: Time, until: Time, is_one: impl Fn(Fault) -> bool) -> bool {
        let mut all = self.0.iter();
        all.any(|planned| planned.from <= until && from <= planned.until && is_one(planned.fault))
    }

    /// The first time from `from` on at which none of these is on.
    pub(crate) fn over(&self, from: Time, is_one: impl Fn(Fault) -> bool) -> Time {
        let mut time = from;
        while let Some(on) = self
            .0
            .iter()
            .find(|planned| is_one(planned.fault) && planned.from <= time && time < planned.until)
        {
            time = on.until;
        }
        time
    }
}

impl Fault {
    /// Whether this instance can't use the store.
    pub(crate) fn hinders_store_of(self, instance: usize) -> bool {
        match self {
            Self::StoreIsGoneFor(of) => of == instance,
            Self::StoreIsDown
            | Self::StoreHangs
            | Self::StoreLoads
            | Self::StoreIsReadOnly
            | Self::StoreIsFull
            | Self::StoreAnswersAreLost
            | Self::StoreFailsOver => true,
            _ => false,
        }
    }

    /// Whether the store loses data, or drops them early.
    pub(crate) fn loses_data(self) -> bool {
        matches!(
            self,
            Self::StoreIsEmptied | Self::StoreFailsOver | Self::StoreClockJumps
        )
    }

    /// Whether the provider has it, or the way there.
    pub(crate) fn is_of_provider(self) -> bool {
        matches!(
            self,
            Self::ProviderFails
                | Self::ProviderIsBusy
                | Self::ProviderFailsAfterwards
                | Self::ProviderAnswersAreLost
                | Self::ProviderIsSlow
                | Self::ProviderIsGone
                | Self::ProviderIsGoneFor(_)
        )
    }

    /// Whether this instance stops.
    pub(crate) fn stops(self, instance: usize) -> bool {
        matches!(self, Self::Killed(of) | Self::Suspended(of) if of == instance)
    }

    /// The kind alone.
    #[must_use]
    pub fn kind(self) -> Self {
        match self {
            Self::ProviderIsGoneFor(_) => Self::ProviderIsGoneFor(0),
            Self::StoreIsGoneFor(_) => Self::StoreIsGoneFor(0),
            Self::Killed(_) => Self::Killed(0),
            Self::Suspended(_) => Self::Suspended(0),
            Self::ClockIsWrong(_) => Self::ClockIsWrong(0),
            other => other,
        }
    }
}

fn draw(choices: &mut Choices, instances: usize, has_store: bool) -> Planned {
    let of = choices.index(instances);
    let mut faults = vec![
        Fault::ProviderFails,
        Fault::ProviderIsBusy,
        Fault::ProviderFailsAfterwards,
        Fault::ProviderAnswersAreLost,
        Fault::ProviderIsSlow,
        Fault::ProviderIsGone,
        Fault::ProviderIsGoneFor(of),
        Fault::ClockIsWrong(of),
        Fault::BrowsersLoseAnswers,
    ];
    if has_store {
        faults.extend([
            Fault::StoreIsDown,
            Fault::StoreHangs,
            Fault::StoreLoads,
            Fault::StoreIsReadOnly,
            Fault::StoreIsFull,
            Fault::StoreAnswersAreLost,
            Fault::StoreIsAskedTwice,
            Fault::StoreIsEmptied,
            Fault::StoreFailsOver,
            Fault::StoreClockJumps,
            Fault::StoreIsGoneFor(of),
            Fault::Killed(of),
            Fault::Killed(of),
            Fault::Suspended(of),
            Fault::Suspended(of),
        ]);
    }
    let fault = choices.one(&faults);
    let (first, last) = FAULTS;
    let longest = match fault {
        Fault::StoreIsEmptied | Fault::StoreClockJumps => 1,
        Fault::StoreFailsOver => 2_000,
        Fault::Killed(_) => 12_000,
        Fault::Suspended(_) => 45_000,
        _ => 30_000,
    };
    let from = choices.between(first, last - longest);
    let until = from + choices.between(1, longest);
    let seconds = match fault {
        Fault::StoreClockJumps => choices.one(&[1, 20, 40, 90, 4_000]),
        _ => choices.between(1, 25) as i64,
    };
    let amount = if choices.percent(50) {
        -seconds
    } else {
        seconds
    };
    Planned {
        fault,
        from,
        until,
        amount,
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let instance = |of: usize| (b'a' + of as u8) as char;
        match *self {
            Self::ProviderFails => f.write_str("the provider fails"),
            Self::ProviderIsBusy => f.write_str("the provider answers 429"),
            Self::ProviderFailsAfterwards => {
                f.write_str("the provider does its work and answers 500")
            }
            Self::ProviderAnswersAreLost => f.write_str("answers of the provider are lost"),
            Self::ProviderIsSlow => f.write_str("the provider is slow"),
            Self::ProviderIsGone => f.write_str("the provider can't be reached"),
            Self::ProviderIsGoneFor(of) => {
                write!(f, "instance {} can't reach the provider", instance(of))
            }
            Self::StoreIsDown => f.write_str("the store is down"),
            Self::StoreHangs => f.write_str("the store hangs"),
            Self::StoreLoads => f.write_str("the store loads its data"),
            Self::StoreIsReadOnly => f.write_str("the store is read-only"),
            Self::StoreIsFull => f.write_str("the store is full"),
            Self::StoreAnswersAreLost => f.write_str("connections to the store end early"),
            Self::StoreIsAskedTwice => f.write_str("the store is asked twice"),
            Self::StoreIsEmptied => f.write_str("the store restarts without its data"),
            Self::StoreFailsOver => f.write_str("the store fails over"),
            Self::StoreClockJumps => f.write_str("the store's clock jumps"),
            Self::StoreIsGoneFor(of) => {
                write!(f, "instance {} can't reach the store", instance(of))
            }
            Self::Killed(of) => write!(f, "instance {} is killed", instance(of)),
            Self::Suspended(of) => write!(f, "instance {} is suspended", instance(of)),
            Self::ClockIsWrong(of) => write!(f, "the clock of instance {} is wrong", instance(of)),
            Self::BrowsersLoseAnswers => f.write_str("browsers lose answers"),
        }
    }
}
