//! One state of the model: instances, store, replica, provider, browser, and what has happened.

use crate::instance::{Command, Instance};
use crate::past::Past;
use crate::store::{Fence, Outcome, Store};

/// The most instances.
pub(crate) const MAX_INSTANCES: usize = 3;
/// The most leases at once, of holders and of claims that no instance holds any more.
const FENCES: usize = 8;

/// The time that is left of a lease.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Left {
    /// Two: it outlasts a request. One: it doesn't. Zero: it is over.
    pub(crate) time: u8,
    /// Whether no live instance answers for it, so that it must run out.
    pub(crate) is_orphan: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Provider {
    /// The newest generation of tokens.
    pub(crate) newest: u8,
    /// The number of answers.
    pub(crate) issues: u8,
    /// An old refresh token was used again, so no token of the session works.
    pub(crate) saw_theft: bool,
    /// The newest tokens were revoked.
    pub(crate) is_revoked: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Browser {
    /// The newest generation of which it has the cookie.
    pub(crate) has: u8,
    /// Whether the access token of generation one has expired.
    pub(crate) is_expired: bool,
}

/// The kinds of faults that are still possible.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Faults {
    pub(crate) left: u8,
    pub(crate) crash: bool,
    pub(crate) pause: bool,
    pub(crate) lost_call: bool,
    pub(crate) lost_answer: bool,
    pub(crate) failover: bool,
}

/// A state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct State {
    pub(crate) instances: [Instance; MAX_INSTANCES],
    pub(crate) store: Store,
    /// What the replica has when it takes over.
    pub(crate) replica: Option<Store>,
    /// A command of a connection that is broken.
    pub(crate) late: Option<Command>,
    pub(crate) leases: [Option<Left>; FENCES],
    pub(crate) provider: Provider,
    pub(crate) browser: Browser,
    pub(crate) past: Past,
    pub(crate) faults: Faults,
    /// Whether the user may still sign out.
    pub(crate) may_sign_out: bool,
}

impl State {
    /// A fence that is in use nowhere.
    ///
    /// # Panics
    ///
    /// If all are in use, which the number of faults makes impossible.
    pub(crate) fn draw(&mut self) -> Fence {
        let free = self.leases.iter().position(Option::is_none);
        #[expect(clippy::expect_used, reason = "a bound of the model itself")]
        let free = free.expect("more leases than the model has room for");
        self.leases[free] = Some(Left {
            time: 2,
            is_orphan: false,
        });
        u8::try_from(free).unwrap_or(u8::MAX)
    }

    pub(crate) fn left(&mut self, fence: Fence) -> &mut Left {
        self.leases[usize::from(fence)].get_or_insert_default()
    }

    /// The same state for all that differ in the names of instances and fences.
    pub(crate) fn canonical(self) -> Self {
        self.ordered().0
    }

    /// The same, and where each of its instances was.
    pub(crate) fn ordered(mut self) -> (Self, [usize; MAX_INSTANCES]) {
        self.drop_copies();
        self.rename_fences();
        let before = self.instances;
        let mut order = std::array::from_fn(|index| index);
        order.sort_unstable_by_key(|index: &usize| before[*index]);
        self.instances = order.map(|index| before[index]);
        self.rename_fences();
        (self, order)
    }

    /// While the store can lose no outcome, an instance has no use for its own copy.
    fn drop_copies(&mut self) {
        let may_lose = self.replica.is_some() || self.faults.left > 0 && self.faults.failover;
        if may_lose {
            return;
        }
        for (index, slot) in self.store.slots.iter().enumerate() {
            for instance in &mut self.instances {
                let here = &mut instance.here[index];
                let is_needed =
                    |here: &Outcome| slot.outcome.is_none_or(|left| left.version < here.version);
                *here = here.filter(is_needed);
            }
        }
    }

    /// Names fences by the order in which they are found, and drops those that are in use nowhere.
    fn rename_fences(&mut self) {
        let mut names = [None; FENCES];
        let mut leases = [None; FENCES];
        let mut next: u8 = 0;
        let before = self.leases;
        self.each_fence(|fence| {
            let index = usize::from(*fence);
            let name = *names[index].get_or_insert_with(|| {
                leases[usize::from(next)] = before[index];
                next += 1;
                next - 1
            });
            *fence = name;
        });
        self.leases = leases;
    }

    fn each_fence(&mut self, mut change: impl FnMut(&mut Fence)) {
        for instance in &mut self.instances {
            if let Some(held) = instance.task.held() {
                change(&mut held.fence);
            }
            instance.unsent.sort_unstable();
            for command in instance.unsent.iter_mut().flatten() {
                command.fence().map(&mut change);
            }
        }
        self.late.as_mut().and_then(Command::fence).map(&mut change);
        for store in [Some(&mut self.store), self.replica.as_mut()]
            .into_iter()
            .flatten()
        {
            for slot in &mut store.slots {
                slot.lease.as_mut().map(&mut change);
            }
        }
    }
}
