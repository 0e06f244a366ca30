//! Reading a session out of what was opened: a copy of it, or borrowed.

use std::hint::black_box;

use fncy_login_benches::interleave::Case;
use serde::Deserialize;

use crate::session::Session;

/// A session that lies in the bytes it was read from.
#[derive(Deserialize)]
#[expect(dead_code, reason = "to read them is all the work")]
struct Borrowed<'a> {
    user_id: &'a str,
    name: &'a str,
    email: &'a str,
    access_token: &'a str,
    refresh_token: &'a str,
    expires: u64,
    refresh_expires: u64,
}

pub(crate) fn cases(session: &Session) -> Vec<Case> {
    let json = serde_json::to_vec(session).unwrap();
    let postcard = postcard::to_allocvec(session).unwrap();
    let borrowed = postcard.clone();
    let by_hand = write(session);
    vec![
        Case::new("body, serde_json, a copy", move || {
            let session: Session = serde_json::from_slice(black_box(&json)).unwrap();
            black_box(session);
        }),
        Case::new("body, postcard, a copy", move || {
            let session: Session = postcard::from_bytes(black_box(&postcard)).unwrap();
            black_box(session);
        }),
        Case::new("body, postcard, borrowed", move || {
            let session: Borrowed<'_> = postcard::from_bytes(black_box(&borrowed)).unwrap();
            black_box(session);
        }),
        Case::new("body, by hand, borrowed", move || {
            black_box(read(black_box(&by_hand)).unwrap());
        }),
    ]
}

fn write(session: &Session) -> Vec<u8> {
    let mut body = session.expires.to_be_bytes().to_vec();
    body.extend(session.refresh_expires.to_be_bytes());
    for text in [
        &session.user_id,
        &session.name,
        &session.email,
        &session.access_token,
        &session.refresh_token,
    ] {
        body.extend(u16::try_from(text.len()).unwrap().to_be_bytes());
        body.extend(text.as_bytes());
    }
    body
}

fn read(mut body: &[u8]) -> Option<Borrowed<'_>> {
    let expires = u64::from_be_bytes(take(&mut body)?);
    let refresh_expires = u64::from_be_bytes(take(&mut body)?);
    let mut text = || {
        let length = u16::from_be_bytes(take(&mut body)?);
        let (text, rest) = body.split_at_checked(length.into())?;
        body = rest;
        str::from_utf8(text).ok()
    };
    Some(Borrowed {
        user_id: text()?,
        name: text()?,
        email: text()?,
        access_token: text()?,
        refresh_token: text()?,
        expires,
        refresh_expires,
    })
}

fn take<const N: usize>(body: &mut &[u8]) -> Option<[u8; N]> {
    let (bytes, rest) = body.split_first_chunk()?;
    *body = rest;
    Some(*bytes)
}
