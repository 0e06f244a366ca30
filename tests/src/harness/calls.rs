//! The calls of the application, and the response to each request.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use fncy_login::User;
use serde_json::Value;

use crate::browser::Exchange;

/// A request that the application answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The path, as the application saw it.
    pub path: String,
    /// The signed-in user.
    pub user: Option<String>,
}

/// A guard that runs.
pub(super) struct RunningGuard(Arc<AtomicUsize>);

impl Drop for RunningGuard {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// The calls of one application. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Calls {
    all: Arc<Mutex<Vec<Call>>>,
    cookies: Arc<Mutex<Vec<Vec<u8>>>>,
    user: Arc<Mutex<Option<User>>>,
    exchanges: Arc<Mutex<Vec<Exchange>>>,
    running_guards: Arc<AtomicUsize>,
    notes: Arc<Mutex<Vec<String>>>,
}

impl Calls {
    /// Records a call, and returns the text of its answer.
    pub fn answer(&self, path: &str, user: Option<&User>) -> String {
        *self.user.lock().unwrap() = user.cloned();
        let id = user.map(|user| user.id());
        self.all.lock().unwrap().push(Call {
            path: path.to_owned(),
            user: id.map(str::to_owned),
        });
        match user {
            Some(user) if path == "/data" => {
                let roles: Option<Vec<String>> = user.claim("roles");
                let data: Option<Value> = user.session_data().unwrap();
                let scopes: Vec<_> = user.scopes().collect();
                format!("{roles:?} {} {scopes:?}", data.unwrap_or_default())
            }
            Some(user) if path == "/about" => {
                let session = user.session();
                let signed_in = user.signed_in_at().map(|at| at.as_unix());
                let data: Option<Value> = user.session_data().unwrap();
                let scopes: Vec<_> = user.scopes().collect();
                format!(
                    "{:?} {} {} {} | {} | {} | {}",
                    session.id(),
                    session.issued().as_unix(),
                    session.ends().as_unix(),
                    data.unwrap_or_default(),
                    session.generation(),
                    scopes.join(" "),
                    signed_in.unwrap_or_default(),
                )
            }
            _ => format!("user={}", id.unwrap_or("-")),
        }
    }

    /// All calls so far.
    pub fn all(&self) -> Vec<Call> {
        self.all.lock().unwrap().clone()
    }

    /// Counts a guard that runs, until the value is dropped.
    pub(super) fn guard_runs(&self) -> RunningGuard {
        self.running_guards.fetch_add(1, Ordering::SeqCst);
        RunningGuard(Arc::clone(&self.running_guards))
    }

    /// The number of guards that run and have not answered.
    pub fn running_guards(&self) -> usize {
        self.running_guards.load(Ordering::SeqCst)
    }

    /// The user of the last call, as the application keeps it.
    ///
    /// # Panics
    ///
    /// If that call had no user.
    pub fn user(&self) -> User {
        self.user.lock().unwrap().clone().unwrap()
    }

    /// Records the response to a request, from the application or from the login.
    pub(super) fn answered(&self, exchange: Exchange) {
        self.exchanges.lock().unwrap().push(exchange);
    }

    /// All requests so far with their responses, in the order of the responses.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.exchanges.lock().unwrap().clone()
    }

    /// Records what the application saw after its response.
    pub(super) fn note(&self, note: String) {
        self.notes.lock().unwrap().push(note);
    }

    /// What the application saw after its responses.
    pub fn notes(&self) -> Vec<String> {
        self.notes.lock().unwrap().clone()
    }

    /// Records the `Cookie` lines of a call.
    pub(super) fn received<'a>(&self, cookies: impl Iterator<Item = &'a [u8]>) {
        *self.cookies.lock().unwrap() = cookies.map(<[u8]>::to_vec).collect();
    }

    /// The `Cookie` lines of the last call, byte for byte.
    pub fn cookies(&self) -> Vec<Vec<u8>> {
        self.cookies.lock().unwrap().clone()
    }
}
