//! The example sites in a real browser: each flow on both frameworks over https, and on axum over http on localhost
//! too. Each says what the person sees and where they are.
//!
//! - [`chromium`]: one Chromium for all of them, driven by lines of JSON.
//! - [`tab`]: what a person does in it, and sees.
//! - [`front`]: https, with a certificate made for the run.
//! - [`place`]: a site with its provider, and where it is reached.
//! - [`app`]: an application whose pages do what those of the example sites don't.
//! - [`flows`]: the table.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test's failure is a panic"
)]

mod app;
mod chromium;
mod flows;
mod front;
mod place;
mod tab;

use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Trial};

use self::chromium::Chromium;
use self::front::Front;
use self::place::Place;

/// A browser keeps a core busy; more flows at once only make each of them slower.
const THREADS: usize = 3;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(THREADS);
    let front = Arc::new(Front::start());
    let Some(chromium) = Chromium::new(&front) else {
        return ExitCode::SUCCESS;
    };
    let chromium = Arc::new(chromium);
    let places = Place::all(&chromium, &front);
    let trials = places.iter().flat_map(|place| {
        let in_axum = flows::IN_AXUM.iter().filter(|_| place.is_axum());
        let once = flows::ONCE.iter().filter(|_| place.is_axum_over_https());
        flows::ALL
            .iter()
            .chain(in_axum)
            .chain(once)
            .map(|(name, run)| {
                let place = place.clone();
                Trial::test(format!("{place}::{name}"), move || {
                    tokio::runtime::Builder::new_current_thread()
                        .enable_all()
                        .build()?
                        .block_on(run(place));
                    Ok(())
                })
            })
    });
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}
