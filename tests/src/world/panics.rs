//! Panics of the product and of the toy application, in each thread and task. Most of them end a task only, so no other
//! assertion notices them.
//!
//! A scenario's own panic is its failure. A hook may panic on purpose with [`ON_PURPOSE`]: such a panic is neither counted nor printed.

use std::panic::PanicHookInfo;
use std::sync::{Mutex, Once, PoisonError};

/// The message of a hook that panics on purpose.
pub const ON_PURPOSE: &str = "as a hook of an application may";

static LISTENING: Once = Once::new();
static SEEN: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// The panics since [`Panics::start`], of all scenarios that run side by side. There must be no panic.
pub(super) struct Panics {
    from: usize,
}

impl Panics {
    /// Begins to collect panics.
    pub(super) fn start() -> Self {
        LISTENING.call_once(|| {
            let usual = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |panic| {
                note(panic);
                if !is_on_purpose(panic) {
                    usual(panic);
                }
            }));
        });
        Self { from: all().len() }
    }

    /// The messages and places of all panics.
    pub(super) fn seen(&self) -> Vec<String> {
        all().split_off(self.from)
    }
}

fn all() -> Vec<String> {
    SEEN.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn is_on_purpose(panic: &PanicHookInfo<'_>) -> bool {
    let text = panic.payload().downcast_ref::<String>();
    text.is_some_and(|text| text == ON_PURPOSE)
}

fn note(panic: &PanicHookInfo<'_>) {
    let file = panic.location().map_or("nowhere", |place| place.file());
    if is_on_purpose(panic) {
        return;
    }
    let is_test = file.starts_with("tests/") && !file.starts_with("tests/src/harness/");
    if !is_test {
        let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
        seen.push(panic.to_string());
    }
}
