//! Fuzz targets: what they do with a fuzzer's bytes, and the inputs that they begin with.
//!
//! Each target compares the machine, or the driver, with a second reader of the same input, written as
//! simply as it can be and from the documents alone. So a target needs no fuzzer: `tests/replay.rs` runs
//! the seeds and all that was ever found with `cargo test`, and `lab/fuzz/libfuzzer` runs them by libFuzzer.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::print_stderr,
    reason = "a target's finding is a panic, and missing data are said on stderr"
)]

mod app;
mod bearer;
mod bodies;
mod callback_query;
mod chunk_set;
mod configuration;
mod cookie_header;
#[path = "../../../tests/src/corpora.rs"]
pub mod corpora;
mod device;
mod host;
mod input;
mod jar;
mod json;
mod jwt;
mod redirect_uris;
mod reply;
#[path = "../../../crates/core/src/tests/request.rs"]
mod request;
mod retry_after;
mod return_address;
mod sealed_value;
mod sealer;
mod secret_files;
mod seeds;
mod sequence;
mod sign_in;
mod token_answer;
mod token_claims;
mod typed_sign_in;
mod user_data;

// Of `request`, which is the core's own.
pub(crate) use fncy_login_core::Head;

/// A target.
#[derive(Clone, Copy)]
pub struct Target {
    /// Its name, which is that of its file in `lab/fuzz/libfuzzer`.
    pub name: &'static str,
    /// Panics where something is not as it should be.
    pub check: fn(&[u8]),
    /// The inputs to begin with.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// All of them.
pub const TARGETS: [Target; 18] = [
    target("cookie_header", cookie_header::check, seeds::cookie_header),
    target("sealed_value", sealed_value::check, seeds::sealed_value),
    target("chunk_set", chunk_set::check, seeds::chunk_set),
    target(
        "callback_query",
        callback_query::check,
        seeds::callback_query,
    ),
    target("token_answer", token_answer::check, seeds::token_answer),
    target("user_data", user_data::check, seeds::user_data),
    target(
        "return_address",
        return_address::check,
        seeds::return_address,
    ),
    target("retry_after", retry_after::check, seeds::retry_after),
    target("host", host::check, seeds::host),
    target("configuration", configuration::check, seeds::configuration),
    target("typed_sign_in", typed_sign_in::check, seeds::typed_sign_in),
    target("bearer", bearer::check, seeds::bearer),
    target("token_claims", token_claims::check, seeds::token_claims),
    target("jwt", jwt::check, seeds::jwt),
    target("device", device::check, seeds::device),
    target("secret_files", secret_files::check, seeds::secret_files),
    target("redirect_uris", redirect_uris::check, seeds::redirect_uris),
    target("sequence", sequence::check, seeds::sequence),
];

const fn target(name: &'static str, check: fn(&[u8]), seeds: fn() -> Vec<Vec<u8>>) -> Target {
    Target { name, check, seeds }
}

/// Runs the target of this name.
///
/// # Panics
///
/// The target is unknown, or finds something.
pub fn check(name: &str, data: &[u8]) {
    let target = TARGETS.iter().find(|target| target.name == name);
    (target.expect("the name is a target's").check)(data);
}
