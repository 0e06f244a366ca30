//! A hook for events that keeps them.

use std::sync::{Arc, Mutex};

use fncy_login::LoginEvent;

use crate::world::World;

/// The events that a hook has heard. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct Heard(Arc<Mutex<Vec<LoginEvent>>>);

impl Heard {
    /// The hook.
    pub(crate) async fn hear(self, event: LoginEvent) {
        self.0.lock().unwrap().push(event);
    }

    /// All events since the last call.
    pub(crate) async fn all(&self, world: &World) -> Vec<LoginEvent> {
        world.login.drain().await;
        self.so_far()
    }

    /// The events since the last call that the hook was called for by now.
    pub(crate) fn so_far(&self) -> Vec<LoginEvent> {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    /// The events since the last call, which are so many.
    pub(crate) async fn take<const N: usize>(&self, world: &World) -> [LoginEvent; N] {
        let events = self.all(world).await;
        events
            .try_into()
            .unwrap_or_else(|events| panic!("not {N}: {events:#?}"))
    }
}
