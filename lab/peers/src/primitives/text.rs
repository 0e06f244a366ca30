//! Decoding base64url without padding into a buffer that is there already.

use std::hint::black_box;

use base64::Engine as _;
use base64::engine::general_purpose::{NO_PAD, URL_SAFE_NO_PAD};
use base64::engine::simd::Simd;
use base64_old::Engine as _;
use base64_simd::AsOut as _;
use data_encoding::BASE64URL_NOPAD;
use fncy_login_benches::interleave::Case;

pub(crate) fn cases(bytes: &[u8]) -> Vec<Case> {
    let text = URL_SAFE_NO_PAD.encode(bytes);
    let length = bytes.len();
    let simd = Simd::url_safe(NO_PAD);
    vec![
        case("base64url, base64 0.22", &text, |text, buffer| {
            let engine = base64_old::engine::general_purpose::URL_SAFE_NO_PAD;
            engine.decode_slice(text, buffer).unwrap();
        }),
        case(
            "base64url, base64 0.23, Simd",
            &text,
            move |text, buffer| {
                simd.decode_slice(text, buffer).unwrap();
            },
        ),
        case("base64url, base64-simd", &text, |text, buffer| {
            let engine = base64_simd::URL_SAFE_NO_PAD;
            engine.decode(text, buffer.as_out()).unwrap();
        }),
        case("base64url, base64-turbo", &text, |text, buffer| {
            let engine = base64_turbo::URL_SAFE_NO_PAD;
            engine.decode_slice(text, buffer).unwrap();
        }),
        case("base64url, data-encoding", &text, move |text, buffer| {
            let buffer = &mut buffer[..length];
            BASE64URL_NOPAD.decode_mut(text, buffer).unwrap();
        }),
    ]
}

fn case(name: &str, text: &str, decode: impl Fn(&[u8], &mut [u8]) + 'static) -> Case {
    let text = text.to_owned();
    let mut buffer = [0; 2048];
    Case::new(name, move || {
        decode(black_box(text.as_bytes()), &mut buffer);
        black_box(&buffer);
    })
}
