#![no_main]

use fncy_login_world::{Choices, run};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Some(fall) = run(Choices::of_bytes(data), false).fall {
        panic!("{}: {}", fall.rule, fall.seen);
    }
});
