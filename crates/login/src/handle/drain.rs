//! The end of a process: the wait for all work that a login has begun.
//!
//! Rules:
//! - The wait for events comes after that for tasks, which tell events. Next are the tasks that the hook for events has
//!   begun. The store comes last, since all of these write to it.
//! - Each wait is for work that began before it. So it ends while requests go on.

use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};

use crate::handle::login::Login;

/// The wait for all that a login has begun. [`Login::drain`] returns it.
#[must_use = "work is lost if the process ends before the wait does"]
pub struct Drain(Pin<Box<dyn Future<Output = ()> + Send>>);

impl Login {
    /// Whether a proxy should send requests to this instance: the store has answered once since the start, and
    /// [`Login::drain`] was not called.
    ///
    /// Call it for a readiness probe. A new instance with a wrong address of the store never becomes ready, so a rolling
    /// upgrade stops there. An instance that was ready stays so if the store or FNCY fails later: all instances share
    /// them, and would all go out of service at once. Without a [store](crate::LoginBuilder::store), an instance is ready
    /// from its first moment on.
    ///
    /// ```
    /// # fn ready(login: &fncy_login::Login) -> u16 {
    /// if login.is_ready() { 204 } else { 503 }
    /// # }
    /// ```
    #[doc(alias("readiness", "probe", "health check", "Kubernetes"))]
    #[must_use]
    pub fn is_ready(&self) -> bool {
        !self.is_draining() && self.0.watch.has_answered()
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.0.is_draining.load(Ordering::Relaxed)
    }

    /// Prepares the end of the process: makes this instance unready, and returns the wait for its work.
    ///
    /// From the call on, [`Login::is_ready`] is false. A [`LiveSession`](crate::LiveSession) ends within three seconds with
    /// [`SessionEnd::Stopping`](crate::SessionEnd::Stopping), so that no WebSocket and no event stream holds the server.
    /// Other requests are served as before.
    ///
    /// The future waits for the refreshes, redemptions, revocations and writes to the store that are under way when you
    /// await it, and for their calls of [`on_event`](crate::LoginBuilder::on_event). Such work goes on after its
    /// browser has left, for up to half a minute. If the store is down, the future waits until the store is back.
    ///
    /// Do this when the process gets SIGTERM:
    ///
    /// 1. Call `drain`.
    /// 2. Wait some seconds, until the proxy's readiness probe has failed.
    /// 3. Let the server finish its requests.
    /// 4. Await the future, with a timeout.
    ///
    /// In actix-web a task ends with the worker that began it, so await the future before the server stops, and once
    /// more after that. The recipe `production` of the repository has the code.
    ///
    /// If the timeout comes first, what is still under way is lost with the process. A session whose refresh is lost may
    /// have to sign in again, a token that was to be revoked lives until it expires, and the audit log has a gap.
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # use tokio::time::{sleep, timeout};
    /// # async fn stop(login: fncy_login::Login, server: impl Future<Output = ()>) {
    /// let drained = login.drain();
    /// sleep(Duration::from_secs(5)).await;
    /// server.await; // its graceful shutdown
    /// if timeout(Duration::from_secs(20), drained).await.is_err() {
    ///     eprintln!("work was lost");
    /// }
    /// # }
    /// ```
    #[doc(alias("shutdown", "graceful", "SIGTERM", "audit"))]
    pub fn drain(&self) -> Drain {
        self.0.is_draining.store(true, Ordering::Relaxed);
        let login = self.clone();
        Drain(Box::pin(async move {
            let inner = &login.0;
            inner.tasks.finished().await;
            inner.events.all_told().await;
            // What the hook for events has begun.
            inner.tasks.finished().await;
            inner.store.flush().await;
        }))
    }
}

impl Future for Drain {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        self.0.as_mut().poll(context)
    }
}

impl std::fmt::Debug for Drain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Drain").finish_non_exhaustive()
    }
}
