//! `Retry-After` (row P27): whatever the provider sends, the next request comes neither at once nor never.

use fncy_login_core::{Exchanged, ProviderAnswer, RefreshFailure};

use crate::app::{NOW, SIGNED};
use crate::input::Input;
use crate::reply::values;
use crate::sign_in::{come_back, start};
use crate::token_answer::refresh;

/// A byte for the status, then the header's value.
pub(crate) fn check(data: &[u8]) {
    let mut input = Input::new(data);
    let status = input.one_of(&[429, 500, 502, 503, 504, 599]);
    let text = input.text();
    let answer = || {
        Ok(ProviderAnswer {
            status,
            retry_after: Some(text.clone()),
            body: Vec::new(),
            sent: Vec::new(),
        })
    };
    let expected = seconds(&text);
    let exchanging = SIGNED.refresh_machine().exchange(refresh().into());
    let (Exchanged::Failed(failed), _) = exchanging.answered(answer(), NOW) else {
        panic!("a failure is a success")
    };
    let retry_after = expected;
    assert_eq!(failed.failure, RefreshFailure::Unavailable { retry_after });
    let reply = come_back(&SIGNED, &start(&SIGNED, "/page"), |_| answer());
    assert_eq!(values(&reply, "retry-after"), [expected.to_string()]);
}

/// RFC 9110, section 10.2.3, has digits or a date; the login reads no dates.
fn seconds(text: &str) -> u64 {
    let digits = text.trim();
    let is_number = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit());
    if !is_number {
        return 1;
    }
    match digits.trim_start_matches('0') {
        "" => 1,
        digits if digits.len() > 3 => 300,
        digits => digits.parse::<u64>().unwrap().min(300),
    }
}
