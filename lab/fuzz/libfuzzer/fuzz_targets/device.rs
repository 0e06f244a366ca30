#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fncy_login_fuzz::check("device", data));
