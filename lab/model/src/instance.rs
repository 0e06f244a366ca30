//! One process: its refresh, its sign-out, its list, and what it has still to write.

use crate::store::{Fence, Outcome};

/// One process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Instance {
    pub(crate) life: Life,
    pub(crate) task: Task,
    /// The outcomes in its own memory.
    pub(crate) here: [Option<Outcome>; 2],
    /// What it has to write to the store, and repeats until that succeeds.
    pub(crate) unsent: [Option<Command>; 2],
    pub(crate) sign_out: SignOut,
    pub(crate) list: List,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Life {
    /// Not part of this configuration.
    #[default]
    Absent,
    Up,
    /// Suspended, for longer than any deadline.
    Paused,
    /// Crashed.
    Down,
}

/// The refresh of one instance: its requests share it. The number is the generation of the cookie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Task {
    #[default]
    Idle,
    /// Asks whether the generation is outdated.
    Ask(u8),
    /// Waits for an outcome or the lease.
    Claim(u8),
    /// Has the lease, and compares it with the deadline.
    Claimed(u8, Held),
    /// Asks the log, and sends the refresh token.
    Exchange(u8, Held),
    /// Waits for the provider.
    Sent(u8, Held, Sent),
    /// Has new tokens, and leaves them in the store.
    Publish(u8, Held, Outcome),
    /// Has found an outcome, and asks the log.
    TakeOver(u8, Outcome),
    /// Asks the log whether the session was revoked meanwhile. The number is the new generation.
    AskAgain(u8),
    /// Revokes the new tokens.
    Revoke(u8),
}

/// A lease, as its holder sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Held {
    pub(crate) fence: Fence,
    /// Whether it outlasted the request when it was compared. While the holder runs, it then can't run out.
    pub(crate) outlasts: bool,
    /// Whether the session was revoked before the lease was granted.
    pub(crate) was_revoked: bool,
}

/// The provider's answer, on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Sent {
    Tokens(Outcome),
    Refused,
    Lost,
}

/// A sign-out. The number is the generation of the cookie, or of the token that is revoked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum SignOut {
    #[default]
    No,
    Append(u8),
    Find(u8),
    Revoke(u8),
}

/// What an instance knows of the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct List {
    /// Whether it has the session's entry.
    pub(crate) has_entry: bool,
    /// Whether it was read within the last seconds.
    pub(crate) is_current: bool,
    /// The age of the log that was read. Zero: none was read.
    pub(crate) age: u8,
    /// Whether the entry is still to be written.
    pub(crate) is_unwritten: bool,
    /// Whether it was read in this round of readings.
    pub(crate) was_read: bool,
}

/// A command of the store that may arrive late.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Command {
    Claim(u8, Fence),
    Release(u8, Fence),
    Finish(u8, Fence, Outcome),
    Append,
}

impl Task {
    /// The lease of this task.
    pub(crate) const fn held(&mut self) -> Option<&mut Held> {
        match self {
            Self::Claimed(_, held)
            | Self::Exchange(_, held)
            | Self::Sent(_, held, _)
            | Self::Publish(_, held, _) => Some(held),
            Self::Idle
            | Self::Ask(_)
            | Self::Claim(_)
            | Self::TakeOver(..)
            | Self::AskAgain(_)
            | Self::Revoke(_) => None,
        }
    }

    /// The generation that may still be used for an exchange, once the request was admitted.
    pub(crate) const fn may_use(self) -> Option<u8> {
        match self {
            Self::Claim(generation)
            | Self::Claimed(generation, _)
            | Self::Exchange(generation, _)
            | Self::TakeOver(generation, _) => Some(generation),
            Self::Idle
            | Self::Ask(_)
            | Self::Sent(..)
            | Self::Publish(..)
            | Self::AskAgain(_)
            | Self::Revoke(_) => None,
        }
    }
}

impl Command {
    pub(crate) const fn fence(&mut self) -> Option<&mut Fence> {
        match self {
            Self::Claim(_, fence) | Self::Release(_, fence) | Self::Finish(_, fence, _) => {
                Some(fence)
            }
            Self::Append => None,
        }
    }
}

impl Instance {
    /// Whether this instance answers for a lease.
    pub(crate) fn answers_for(mut self, fence: Fence) -> bool {
        let unsent = self.unsent.iter_mut().flatten();
        let mut unsent = unsent.filter_map(|command| command.fence().copied());
        self.task.held().is_some_and(|held| held.fence == fence)
            || unsent.any(|other| other == fence)
    }

    /// Puts a command to those that are repeated. `None` if there is no room for it.
    pub(crate) fn put(&mut self, command: Command) -> Option<()> {
        let free = self.unsent.iter_mut().find(|unsent| unsent.is_none())?;
        *free = Some(command);
        Some(())
    }
}
