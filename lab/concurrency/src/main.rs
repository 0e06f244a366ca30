//! Explores the orders in which threads of the product can meet: `cargo run -p fncy-login-concurrency -- [MODEL] [MORE]`.
//!
//! Rules:
//! - The product's own files are compiled here, and `std` and `tokio` are names of the library beside this file. So the
//!   product has nothing for it.
//! - A model has two to four threads, and what must hold in each order of their steps. Loom tries the orders in which
//!   threads are interrupted up to two or three times, with all values that the memory orderings allow to be read. `MORE`
//!   is a number of further interruptions.
//! - A model must fail if its product's line is broken.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a model's finding is a panic"
)]

extern crate fncy_login_concurrency as std;
extern crate fncy_login_concurrency as tokio;

use std::env;
use std::process::ExitCode;
use std::sync::LazyLock;
use std::time::Instant;

use std::explore;

/// In place of the macro of `std`: loom's threads are no threads of the system.
macro_rules! thread_local {
    ($($local:tt)*) => { loom::thread_local! { $($local)* } };
}

mod models;
mod product;

pub(crate) use product::{handle, observe, provider, refresh, store, values};

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let name = arguments.next().unwrap_or_else(|| "all".to_owned());
    let more = arguments.next();
    let more: usize = more.map_or(0, |more| more.parse().expect("a number of interruptions"));
    // Outside of the models, whose stacks are small.
    LazyLock::force(&models::sessions::A_USER);
    let chosen = models::ALL
        .iter()
        .filter(|(model, ..)| name == "all" || name == *model);
    let mut count = 0;
    for (model, interruptions, check) in chosen {
        let interruptions = interruptions + more;
        let began = Instant::now();
        let executions = explore(interruptions, *check);
        let seconds = began.elapsed().as_secs_f32();
        println!("{model}: {executions} executions, {interruptions} interruptions, {seconds:.1} s");
        count += 1;
    }
    if count > 0 {
        return ExitCode::SUCCESS;
    }
    println!("`{name}` is no model; write one of:");
    for (model, ..) in models::ALL {
        println!("  {model}");
    }
    ExitCode::from(2)
}
