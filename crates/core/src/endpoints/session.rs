//! `GET {prefix}/session`: the signed-in user, for a page's script.
//!
//! Rules:
//! - The answer never has a token, and never starts a sign-in.
//! - It has no CORS header, so that other origins can't read it.
//! - A request that another site caused gets the same refusal in every case, so that it can't tell whether the user is
//!   signed in.

use serde_json::json;

use crate::device::skipped::is_skipped;
use crate::machine::machine::Machine;
use crate::refusal::refuse::{cross_site, method_not_allowed, unproven, unverified};
use crate::reply::draft::Draft;
use crate::request::head::Head;
use crate::session::found::{Found, Verdict};
use crate::session::user::User;
use crate::sign_in::challenge::sign_in_problem;
use crate::values::timestamp::Timestamp;

pub(crate) fn session<H: Head>(machine: &Machine, head: &H, found: Found, now: Timestamp) -> Draft {
    if !matches!(head.method(), "GET" | "HEAD") {
        return method_not_allowed("GET, HEAD");
    }
    if machine.sources.is_foreign(head) {
        return cross_site(machine, head);
    }
    if found.verdict == Verdict::Unknown {
        return unverified(machine, head);
    }
    if is_skipped(machine, head, &found) {
        return unproven(machine, head);
    }
    let user = found.into_user();
    match user.filter(|user| !user.terms().is_past_grace(now)) {
        Some(user) => Draft::new(200).typed_body("application/json", body(&user, now)),
        None => sign_in_problem(machine, head),
    }
}

fn body(user: &User, now: Timestamp) -> String {
    let ends = user.session_ends();
    json!({
        "user": {
            "id": user.id(),
            "name": user.name(),
            "email": user.email(),
            "scopes": user.scopes().collect::<Vec<_>>(),
        },
        "expires_at": ends.as_unix(),
        "expires_in": ends.seconds_since(now),
    })
    .to_string()
}
