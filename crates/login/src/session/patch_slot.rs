//! The slot of a response patch: where a handler's open session waits for the response.
//!
//! The request goes to the application, and the patch stays with the adapter. They meet while the adapter polls the
//! application: for that time the slot is in a variable of the thread. The extractor finds it there.
//!
//! Rules:
//! - A slot is empty until a handler takes its session. So other requests pay for no allocation and no shared count.
//! - A slot belongs to one request. Logins around one another have a slot each, and each is put back after its poll, even
//!   after a panic.
//! - When the response leaves, or the request is cancelled, the open session takes no more changes.

use std::cell::RefCell;
use std::fmt;
use std::mem::swap;
use std::sync::Arc;

use fncy_login_core::{Credential, User};

use crate::session::open_session::OpenSession;

thread_local! {
    /// The slot of the request that this thread polls.
    static POLLED: RefCell<PatchSlot> = const { RefCell::new(PatchSlot { request: NO_USER, open: None }) };
}

/// The number of a request without a user.
const NO_USER: usize = 0;

/// The place of an open session in a response patch.
pub(crate) struct PatchSlot {
    /// The address of the request's user, which no other request has at the same time.
    request: usize,
    open: Option<Arc<OpenSession>>,
}

/// A slot that is in the variable of the thread. Dropping it puts it back.
struct Entered<'a>(&'a mut PatchSlot);

impl PatchSlot {
    pub(crate) fn of(user: Option<&User>) -> Self {
        // The user of a bearer token has no session to open.
        let user = user.filter(|user| user.credential() == Credential::Session);
        Self {
            request: user.map_or(NO_USER, User::address),
            open: None,
        }
    }

    /// Polls the application with this slot in place.
    #[inline]
    pub(crate) fn enter<T>(&mut self, poll: impl FnOnce() -> T) -> T {
        if self.request == NO_USER {
            return poll();
        }
        let mut entered = Entered(self);
        entered.swap();
        poll()
    }

    /// Takes the session's cookies for the response, if a handler changed it.
    #[inline]
    pub(crate) fn close(&mut self) -> Option<Vec<String>> {
        self.open.take()?.close()
    }
}

/// The open session of a user's request, or a new one. `None` if the request's response is made elsewhere.
pub(crate) fn open_session(
    user: &User,
    open: impl FnOnce() -> OpenSession,
) -> Option<Arc<OpenSession>> {
    let find = |slot: &RefCell<PatchSlot>| {
        let mut slot = slot.borrow_mut();
        let is_own = slot.request == user.address();
        is_own.then(|| Arc::clone(slot.open.get_or_insert_with(|| Arc::new(open()))))
    };
    POLLED.try_with(find).ok().flatten()
}

impl Entered<'_> {
    #[inline]
    fn swap(&mut self) {
        // While a thread ends, the variable may be gone. Then no session can be changed.
        let _: Result<(), _> = POLLED.try_with(|slot| swap(&mut *slot.borrow_mut(), self.0));
    }
}

impl Drop for Entered<'_> {
    #[inline]
    fn drop(&mut self) {
        self.swap();
    }
}

/// A request that is cancelled sends no cookie.
impl Drop for PatchSlot {
    #[inline]
    fn drop(&mut self) {
        if let Some(open) = self.open.take() {
            open.close();
        }
    }
}

impl fmt::Debug for PatchSlot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PatchSlot")
            .field("is_open", &self.open.is_some())
            .finish()
    }
}
