//! The calls of the application, and the response to each request.

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

/// The calls of one application. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Calls {
    all: Arc<Mutex<Vec<Call>>>,
    cookies: Arc<Mutex<Vec<Vec<u8>>>>,
    exchanges: Arc<Mutex<Vec<Exchange>>>,
}

impl Calls {
    /// Records a call, and returns the text of its answer.
    pub fn answer(&self, path: &str, user: Option<&User>) -> String {
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
            _ => format!("user={}", id.unwrap_or("-")),
        }
    }

    /// All calls so far.
    pub fn all(&self) -> Vec<Call> {
        self.all.lock().unwrap().clone()
    }

    /// Records the response to a request, from the application or from the login.
    pub(super) fn answered(&self, exchange: Exchange) {
        self.exchanges.lock().unwrap().push(exchange);
    }

    /// All requests so far with their responses, in the order of the responses.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.exchanges.lock().unwrap().clone()
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
