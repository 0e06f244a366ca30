//! JSON, read by another reader than the machine's.

use std::collections::HashSet;

use serde_json::{Map, Value};

/// The object that a body is, if no member of it is there twice at any depth. A byte order mark in front
/// of it is none of it.
pub(crate) fn object(body: &[u8]) -> Option<Map<String, Value>> {
    let body = match body {
        [0xef, 0xbb, 0xbf, rest @ ..] => rest,
        whole => whole,
    };
    let Value::Object(object) = serde_json::from_slice(body).ok()? else {
        return None;
    };
    (!repeats(body)).then_some(object)
}

/// Whether a member is there twice, by a look at the tokens of what is known to be JSON.
fn repeats(body: &[u8]) -> bool {
    let mut open: Vec<HashSet<String>> = Vec::new();
    let mut at = 0;
    while at < body.len() {
        match body[at] {
            b'{' | b'[' => open.push(HashSet::new()),
            b'}' | b']' => drop(open.pop()),
            b'"' => {
                let end = end_of_string(body, at);
                let is_name = body[end..].trim_ascii_start().starts_with(b":");
                let name: String = serde_json::from_slice(&body[at..end]).unwrap();
                if is_name && !open.last_mut().unwrap().insert(name) {
                    return true;
                }
                at = end - 1;
            }
            _ => {}
        }
        at += 1;
    }
    false
}

/// Where the string ends that begins here.
fn end_of_string(body: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while body[at] != b'"' {
        at += if body[at] == b'\\' { 2 } else { 1 };
    }
    at + 1
}
