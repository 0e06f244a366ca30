//! What reached the application, and what came of each request.

use std::sync::{Arc, Mutex};

use fncy_login::User;
use serde_json::Value;

use crate::browser::Exchange;

/// A request that the application answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The path, as the application saw it.
    pub path: String,
    /// Who was signed in.
    pub user: Option<String>,
}

/// The calls of one application. Clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Calls {
    all: Arc<Mutex<Vec<Call>>>,
    cookies: Arc<Mutex<Vec<Vec<u8>>>>,
    exchanges: Arc<Mutex<Vec<Exchange>>>,
}

impl Calls {
    /// Writes a call down, and gives the text that answers it.
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

    /// Writes down how a request was answered, by the application or by the login.
    pub(super) fn answered(&self, exchange: Exchange) {
        self.exchanges.lock().unwrap().push(exchange);
    }

    /// Every request so far with its response, in the order of the responses.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.exchanges.lock().unwrap().clone()
    }

    /// Writes down the `Cookie` lines of a call.
    pub(super) fn received<'a>(&self, cookies: impl Iterator<Item = &'a [u8]>) {
        *self.cookies.lock().unwrap() = cookies.map(<[u8]>::to_vec).collect();
    }

    /// The `Cookie` lines of the last call, byte for byte.
    pub fn cookies(&self) -> Vec<Vec<u8>> {
        self.cookies.lock().unwrap().clone()
    }
}
