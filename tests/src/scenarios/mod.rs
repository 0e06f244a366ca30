//! The scenario table: what must happen, whatever drives the login.
//!
//! A scenario knows no framework, and runs on each harness. Most names begin with a row of the threat and fault
//! matrix: `c04_state_differs_in_one_bit` shows row C4. `tests/rows.md` lists all rows, each in a sentence.
//!
//! | letter | the rows are about |
//! | --- | --- |
//! | R | requests, routing and the address that a person returns to |
//! | C | the callback |
//! | P | what the provider answers, in a sign-in and in a refresh |
//! | F | refreshes at the same time |
//! | K | cookies |
//! | L | sign-outs, requests from other sites, and the session endpoint |
//! | S | sign-ins of the application's own: options, more scopes, recent sign-ins |
//! | T | tokens at work: FNCY's API from handlers |
//! | U | users and their sessions |
//! | B | bearer tokens |
//! | D | sessions that are bound to a device key |
//! | XR | a night in production |

use std::pin::Pin;

use crate::harness::Harness;

/// One behaviour.
#[derive(Clone, Copy)]
pub struct Scenario {
    /// Its name.
    pub name: &'static str,
    /// The rows of the matrix that it covers.
    pub rows: &'static [&'static str],
    /// Runs it on a harness; a panic is a failure.
    pub run: fn(Harness) -> Pin<Box<dyn Future<Output = ()>>>,
}

/// The table of one folder: its files, their scenarios, and the rows of each.
macro_rules! scenarios {
    ($($module:ident: { $($name:ident [$($row:literal),*],)* })*) => {
        /// The scenarios of this folder.
        pub(super) const ALL: &[crate::scenarios::Scenario] = &[$($(
            crate::scenarios::Scenario {
                name: stringify!($name),
                rows: &[$($row),*],
                run: |harness| Box::pin($module::$name(harness)),
            },
        )*)*];
    };
}

mod api;
mod application;
mod bearer;
mod callback;
mod cookies;
mod device;
mod operations;
mod provider;
mod refresh;
mod requests;
mod session;
mod sign_in;
mod sign_out;
mod user_sessions;

/// Every scenario.
pub fn all() -> impl Iterator<Item = &'static Scenario> {
    let folders = [
        sign_in::ALL,
        requests::ALL,
        callback::ALL,
        application::ALL,
        bearer::ALL,
        cookies::ALL,
        session::ALL,
        refresh::ALL,
        sign_out::ALL,
        provider::ALL,
        user_sessions::ALL,
        api::ALL,
        device::ALL,
        operations::ALL,
    ];
    folders.into_iter().flatten()
}
