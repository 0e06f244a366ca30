//! The queue of events between the login and the application's hook `on_event`.
//!
//! Rules:
//! - No request waits for the hook. If the queue is full, the newest event is lost, and counted. Strangers can cause
//!   events, so the queue is bounded.
//! - One task calls the hook, for one event after the other. It begins with the first event and ends when the queue is
//!   empty. If its runtime ends, the next event begins a new task.
//! - A hook that panics or is late loses its own event only.

use std::collections::VecDeque;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fncy_login_core::{Reference, Subject};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::timeout;

use crate::hooks::login_event::{LoginEvent, LoginEventKind};
use crate::hooks::request_context::RequestContext;
use crate::hooks::unless_it_panics::unless_it_panics;
use crate::observe::clock::Clock;
use crate::observe::once_per_minute::limited;
use crate::observe::telemetry::Telemetry;

/// The most events that wait. An event takes a few hundred bytes.
const MAX_WAITING: usize = 1_024;
/// How often a wait looks for the task.
const LOOK: Duration = Duration::from_millis(100);
/// The time that the hook has for one event.
const DEADLINE: Duration = Duration::from_secs(15);

/// `on_event`.
pub(crate) type EventHook =
    Arc<dyn Fn(LoginEvent) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

/// The events of a login. Cloning is cheap.
#[derive(Clone)]
pub(crate) struct Events(Option<Arc<Queue>>);

struct Queue {
    hook: EventHook,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    /// The number of events whose hook has ended.
    told: watch::Sender<u64>,
    telemetry: Arc<Telemetry>,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<LoginEvent>,
    task: Option<AbortHandle>,
    /// The number of events that were queued.
    queued: u64,
    /// The number of lost events since the last warning.
    lost: u64,
}

impl Events {
    pub(crate) fn new(
        hook: Option<&EventHook>,
        clock: &Arc<dyn Clock>,
        telemetry: &Arc<Telemetry>,
    ) -> Self {
        Self(hook.map(|hook| {
            Arc::new(Queue {
                hook: Arc::clone(hook),
                clock: Arc::clone(clock),
                state: Mutex::default(),
                told: watch::Sender::new(0),
                telemetry: Arc::clone(telemetry),
            })
        }))
    }

    /// Whether the application has a hook for events.
    pub(crate) fn are_heard(&self) -> bool {
        self.0.is_some()
    }

    /// Queues an event for the hook, if there is one.
    pub(crate) fn tell(
        &self,
        kind: LoginEventKind,
        subject: Option<&Subject>,
        reference: Option<Reference>,
        request: Option<&RequestContext>,
    ) {
        let Some(queue) = &self.0 else { return };
        let event = LoginEvent {
            time: queue.clock.now(),
            kind,
            user_id: subject.map(|subject| subject.user_id.clone()),
            session: subject.and_then(|subject| subject.session),
            reference,
            request: request.cloned(),
        };
        let mut state = queue.state();
        if state.waiting.len() < MAX_WAITING {
            state.waiting.push_back(event);
            state.queued += 1;
            queue.go_on(&mut state);
        } else {
            state.lost += 1;
            queue.warn_of_loss(state);
        }
    }

    /// Waits until the hook has ended for all events that wait now.
    pub(crate) async fn all_told(&self) {
        let Some(queue) = &self.0 else { return };
        let (mut told, queued) = (queue.told.subscribe(), queue.state().queued);
        // Looked at again, since the task ends with its runtime.
        while timeout(LOOK, told.wait_for(|told| *told >= queued))
            .await
            .is_err()
        {
            queue.go_on(&mut queue.state());
        }
    }
}

/// Counts an event as told when its hook has ended, or was dropped with its runtime.
struct Telling<'a>(&'a Queue);

impl Drop for Telling<'_> {
    fn drop(&mut self) {
        self.0.told.send_modify(|told| *told += 1);
    }
}

impl Queue {
    /// Begins the task, if events wait and no task runs.
    fn go_on(self: &Arc<Self>, state: &mut State) {
        let is_running = |task: &AbortHandle| !task.is_finished();
        if state.waiting.is_empty() || state.task.as_ref().is_some_and(is_running) {
            return;
        }
        // Without a runtime, the events wait for a request that has one.
        if let Ok(runtime) = Handle::try_current() {
            let task = runtime.spawn(Arc::clone(self).run());
            state.task = Some(task.abort_handle());
        }
    }

    async fn run(self: Arc<Self>) {
        while let Some(event) = self.next() {
            let _telling = Telling(&self);
            let called = pin!(async { (self.hook)(event).await });
            match timeout(DEADLINE, unless_it_panics(called)).await {
                Ok(Some(())) => {}
                Ok(None) => {
                    limited!(
                        self.telemetry,
                        error,
                        "on_event panicked; its event is lost"
                    );
                }
                Err(_) => limited!(
                    self.telemetry,
                    error,
                    "on_event did not answer within the deadline; its event may be lost"
                ),
            }
        }
    }

    /// The next event. Without one, the task ends.
    fn next(&self) -> Option<LoginEvent> {
        let mut state = self.state();
        let event = state.waiting.pop_front();
        if event.is_none() {
            state.task = None;
        }
        event
    }

    fn warn_of_loss(&self, mut state: MutexGuard<'_, State>) {
        self.telemetry.meter.event_lost();
        if self.telemetry.lines.is_due("events were lost") {
            let lost = std::mem::take(&mut state.lost);
            drop(state);
            tracing::warn!(
                lost,
                "events for on_event were lost: they come faster than the hook answers"
            );
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use tokio::runtime::Builder;
    use tokio::time::Instant;

    use super::{EventHook, Events, MAX_WAITING};
    use crate::hooks::login_event::LoginEventKind;
    use crate::observe::clock::{Clock, SystemClock};
    use crate::observe::telemetry::Telemetry;

    fn events(hook: &EventHook) -> Events {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        Events::new(Some(hook), &clock, &Arc::new(Telemetry::new(String::new())))
    }

    fn counting(count: &Arc<AtomicUsize>) -> EventHook {
        let count = Arc::clone(count);
        Arc::new(move |_| {
            count.fetch_add(1, Ordering::SeqCst);
            Box::pin(async {})
        })
    }

    fn tell(events: &Events) {
        events.tell(LoginEventKind::SignInStarted, None, None, None);
    }

    #[tokio::test(start_paused = true)]
    async fn u05_a_hook_that_is_late_loses_its_own_event() {
        let told = Arc::new(Mutex::new(Vec::new()));
        let times = Arc::clone(&told);
        let hook: EventHook = Arc::new(move |_| {
            times.lock().unwrap().push(Instant::now());
            Box::pin(std::future::pending())
        });
        let events = events(&hook);
        let began = Instant::now();
        tell(&events);
        tell(&events);
        events.all_told().await;
        let told: Vec<_> = told.lock().unwrap().iter().map(|at| *at - began).collect();
        assert_eq!(told, [Duration::ZERO, Duration::from_secs(15)]);
        assert_eq!(began.elapsed(), Duration::from_secs(30));
    }

    #[test]
    fn u05_events_wait_for_a_runtime_and_outlive_one() {
        let runtime = || Builder::new_current_thread().enable_time().build().unwrap();
        let count = Arc::new(AtomicUsize::new(0));
        let events = events(&counting(&count));
        tell(&events);
        runtime().block_on(events.all_told());
        assert_eq!(count.load(Ordering::SeqCst), 1);
        {
            // The runtime ends before the task that it was given runs.
            let ended = runtime();
            let _inside = ended.enter();
            tell(&events);
        }
        runtime().block_on(events.all_told());
        assert_eq!(count.load(Ordering::SeqCst), 2);
    }

    #[test]
    fn xr12_a_wait_outlives_the_runtime_of_the_events_task() {
        let runtime = || Builder::new_current_thread().enable_time().build().unwrap();
        let count = Arc::new(AtomicUsize::new(0));
        let calls = Arc::clone(&count);
        let hook: EventHook = Arc::new(move |_| {
            let is_first = calls.fetch_add(1, Ordering::SeqCst) == 0;
            Box::pin(async move {
                if is_first {
                    std::future::pending::<()>().await;
                }
            })
        });
        let events = events(&hook);
        let ended = runtime();
        ended.block_on(async {
            tell(&events);
            tell(&events);
            tokio::task::yield_now().await;
        });
        drop(ended);
        runtime().block_on(events.all_told());
        assert_eq!(count.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn u05_a_full_queue_loses_the_newest() {
        let count = Arc::new(AtomicUsize::new(0));
        let events = events(&counting(&count));
        for _ in 0..MAX_WAITING + 3 {
            tell(&events);
        }
        events.all_told().await;
        assert_eq!(count.load(Ordering::SeqCst), MAX_WAITING);
        tell(&events);
        events.all_told().await;
        assert_eq!(
            count.load(Ordering::SeqCst),
            MAX_WAITING + 1,
            "a new task has begun"
        );
    }
}
