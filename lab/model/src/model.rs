//! A configuration of the model, and its first state.

use std::fmt;

use crate::instance::{Instance, Life};
use crate::past::Past;
use crate::rules::Rules;
use crate::state::{Browser, Faults, MAX_INSTANCES, Provider, State};
use crate::store::{Slot, Store};

/// How the provider treats a refresh token that was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// Each answer has a new refresh token. The second use of an old one ends the grant.
    Rotates,
    /// The refresh token stays.
    Keeps,
}

/// A configuration: what there is, and what may happen.
#[derive(Clone, Copy, Debug)]
pub struct Model {
    /// How many instances share the store.
    pub instances: usize,
    /// The provider.
    pub rotation: Rotation,
    /// How many generations of tokens follow the first one: one or two. With two, older cookies are outdated in time.
    pub refreshes: u8,
    /// Whether the user signs out.
    pub signs_out: bool,
    /// How many faults may happen, of any kind. Of each kind there is at most one.
    pub faults: u8,
    /// The defences.
    pub rules: Rules,
}

impl Model {
    /// The first state: a browser with an expired access token, and instances that have read the log.
    pub(crate) fn first(&self) -> State {
        let mut instances = [Instance::default(); MAX_INSTANCES];
        for instance in &mut instances[..self.instances] {
            instance.life = Life::Up;
            instance.list.is_current = true;
            instance.list.age = 1;
        }
        let store = Store {
            age: 1,
            ..Store::default()
        };
        let faults = Faults {
            left: self.faults,
            crash: true,
            pause: true,
            lost_call: true,
            lost_answer: true,
            failover: true,
        };
        State {
            instances,
            store,
            replica: None,
            late: None,
            leases: Default::default(),
            provider: Provider::default(),
            browser: Browser::default(),
            past: Past::default(),
            faults: if self.faults == 0 {
                Faults::default()
            } else {
                faults
            },
            may_sign_out: self.signs_out,
        }
    }

    /// The slot of a generation's refresh token.
    pub(crate) const fn slot(&self, generation: u8) -> usize {
        match self.rotation {
            Rotation::Rotates => generation as usize,
            Rotation::Keeps => 0,
        }
    }

    /// The slot of a generation's refresh token in the store.
    pub(crate) const fn slot_in<'a>(&self, store: &'a mut Store, generation: u8) -> &'a mut Slot {
        &mut store.slots[self.slot(generation)]
    }
}

impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (instances, faults) = (self.instances, self.faults);
        let rotation = match self.rotation {
            Rotation::Rotates => "rotates",
            Rotation::Keeps => "keeps its tokens",
        };
        write!(
            f,
            "{instances} instances, the provider {rotation}, {} refreshes",
            self.refreshes
        )?;
        if self.signs_out {
            f.write_str(", a sign-out")?;
        }
        write!(f, ", {faults} faults")
    }
}
