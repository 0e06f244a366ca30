//! What reached the application.

use std::sync::{Arc, Mutex};

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
pub struct Calls(Arc<Mutex<Vec<Call>>>);

impl Calls {
    /// Writes a call down, and gives the text that answers it.
    pub fn answer(&self, path: &str, user: Option<&str>) -> String {
        self.0.lock().unwrap().push(Call {
            path: path.to_owned(),
            user: user.map(str::to_owned),
        });
        format!("user={}", user.unwrap_or("-"))
    }

    /// All calls so far.
    pub fn all(&self) -> Vec<Call> {
        self.0.lock().unwrap().clone()
    }
}
