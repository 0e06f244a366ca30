//! `GET {prefix}/session`: who is signed in, for a page's script.
//!
//! Rules: never a token; never a login; no CORS header, so that other origins can't read it; the same refusal
//! for every request that another site caused, so that none can tell one status from another.

use serde_json::json;

use crate::core::Core;
use crate::reply::outcome::Reply;
use crate::request::head::Head;
use crate::session::open::{Found, Moment};
use crate::session::user::User;
use crate::step::Step;
use crate::values::timestamp::Timestamp;

impl Core {
    pub(crate) fn session_endpoint<H: Head>(&self, head: &H, moment: Moment<'_>) -> Step {
        if !matches!(head.method(), "GET" | "HEAD") {
            return self.method_not_allowed("GET, HEAD");
        }
        if self.0.sources.is_foreign(head) {
            return self.cross_site(head);
        }
        let reply = match self.0.vault.session(head, moment) {
            Found::Live(user) if !user.terms().is_past_grace(moment.now) => {
                Reply::new(200).typed_body("application/json", body(&user, moment.now))
            }
            Found::Unknown => self.unverified(head),
            Found::Live(_) | Found::Refused(_) | Found::Absent => self.sign_in_problem(head),
        };
        Step::reply(reply)
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
