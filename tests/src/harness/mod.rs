//! The same toy application over each way to drive a login: the bare driver, tower, actix-web.
//!
//! The application answers every path with who is signed in, and writes down each call; `/extract`,
//! `/maybe` and `/token` use extractors, `/own` sets headers of its own.

mod actix;
mod bare;
mod calls;
mod tower;

use std::fmt;

use fncy_login::Login;

pub use self::calls::{Call, Calls};
use crate::browser::Backend;

/// A way to drive a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Harness {
    /// The driver alone, in process.
    Bare,
    /// axum, over a socket.
    Tower,
    /// actix-web, over a socket.
    Actix,
}

impl Harness {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Bare, Self::Tower, Self::Actix];

    /// Serves the toy application, with the logins round it, the outermost first.
    pub fn serve(self, logins: Vec<Login>, mount: &'static str, calls: Calls) -> Box<dyn Backend> {
        match self {
            Self::Bare => Box::new(bare::Bare { logins, calls }),
            Self::Tower => Box::new(tower::serve(logins, mount, calls)),
            Self::Actix => Box::new(actix::serve(logins, mount, calls)),
        }
    }
}

impl fmt::Display for Harness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bare => "bare",
            Self::Tower => "tower",
            Self::Actix => "actix",
        })
    }
}
