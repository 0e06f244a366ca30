//! The defences, and how the code does without each of them.
//!
//! Rules kept here:
//! - Each text stands once in its file, and no two overlap.
//! - `WITHOUT` in what stands there instead is whether the defence is out. All are built at once.
//! - A defence that people and the provider can't notice is not here: `lab/model` takes out the fence of `finish.lua`.

/// A defence, and the changes that can take it out.
pub(super) struct Defence {
    /// What is true while it is there.
    pub(super) name: &'static str,
    pub(super) changes: &'static [Change],
}

/// A text in a file, and what stands there instead.
pub(super) struct Change {
    pub(super) file: &'static str,
    pub(super) text: &'static str,
    pub(super) instead: &'static str,
}

const CLAIM: &str = "crates/redis/src/scripts/claim.lua";
const RELEASE: &str = "crates/redis/src/scripts/release.lua";
const LEASES: &str = "crates/redis/src/leases.rs";
const LOG: &str = "crates/redis/src/revocation_log.rs";
const LIST: &str = "crates/redis/src/revocation_list.rs";
const EXCHANGE: &str = "crates/login/src/refresh/exchange.rs";
const REFRESHES: &str = "crates/login/src/refresh/refreshes.rs";
const BREAKER: &str = "crates/login/src/refresh/breaker.rs";
const CLIENT: &str = "crates/login/src/store/store_client.rs";
const PATCH: &str = "crates/login/src/request/response_patch.rs";
const REDEEM: &str = "crates/login/src/request/redeem.rs";
const CHECK: &str = "crates/login/src/handle/revocation_check.rs";
const REPLIES: &str = "crates/login/src/handle/replies.rs";
const END: &str = "crates/login/src/user_sessions/end.rs";

const fn change(file: &'static str, text: &'static str, instead: &'static str) -> Change {
    Change {
        file,
        text,
        instead,
    }
}

const fn defence(name: &'static str, changes: &'static [Change]) -> Defence {
    Defence { name, changes }
}

/// Tells the scripts which defence is out.
pub(super) const SCRIPTS: Change = change(
    "lab/simulated-redis/src/interpreter.rs",
    r#"lua.globals().raw_set("redis", redis)?;"#,
    r#"lua.globals().raw_set("redis", redis)?;
        lua.globals().raw_set("WITHOUT", std::env::var("WITHOUT").unwrap_or_default())?;"#,
);

#[rustfmt::skip]
pub(super) const DEFENCES: &[Defence] = &[
    defence("a lease has one holder", &[
        change(CLAIM, "if holder and", "if holder and not WITHOUT and"),
    ]),
    defence("a claim that arrives twice is granted", &[
        change(CLAIM, "holder ~= ARGV[3] then", "(WITHOUT or holder ~= ARGV[3]) then"),
    ]),
    defence("a lease is given back by its holder alone", &[
        change(RELEASE, "redis.call('GET', KEYS[1]) == ARGV[1]", "WITHOUT or redis.call('GET', KEYS[1]) == ARGV[1]"),
    ]),
    defence("a claim whose answer is lost is given back", &[
        change(LEASES, "Arc::clone(&self.0).give_back(key, fence, until);", "if !WITHOUT { Arc::clone(&self.0).give_back(key, fence, until); }"),
    ]),
    defence("an outcome is written again when the store is back", &[
        change(LEASES, "if first.is_err() {", "if first.is_err() && !WITHOUT {"),
    ]),
    defence("an exchange begins only if its lease outlasts it", &[
        change(LEASES, "let until = Instant::now() + LEASE;", "let until = Instant::now() + if WITHOUT { LEASE / 6 } else { LEASE };"),
        change(LEASES, "(milliseconds(LEASE), fence.as_slice())", "(milliseconds(if WITHOUT { LEASE / 6 } else { LEASE }), fence.as_slice())"),
        change(CLIENT, "lease.remaining() > left + MAX_MOVE + calls * CALL_DEADLINE", "WITHOUT || lease.remaining() > left + MAX_MOVE + calls * CALL_DEADLINE"),
    ]),
    defence("an outcome stays until a request has shown it", &[
        change(EXCHANGE, "LeaseOutcome::new(sealed, UNCONFIRMED)", "LeaseOutcome::new(sealed, if WITHOUT { Duration::from_millis(1) } else { UNCONFIRMED })"),
    ]),
    defence("an outcome stays for a minute after that", &[
        change(LEASES, "let confirmed = milliseconds(CONFIRMED);", "let confirmed = if WITHOUT { 1 } else { milliseconds(CONFIRMED) };"),
    ]),
    defence("a spent code is remembered", &[
        change(REDEEM, "outcome.with_spent(SPENT_FOR)", "outcome.with_spent(if WITHOUT { std::time::Duration::ZERO } else { SPENT_FOR })"),
    ]),
    defence("requests of a process share a refresh", &[
        change(REFRESHES, "self.in_flight.get(&work).and_then(UnderWay::join)", "self.in_flight.get(&work).and_then(UnderWay::join).filter(|_| !WITHOUT)"),
    ]),
    defence("the breaker opens", &[
        change(BREAKER, "let opens = self.probe.is_none()", "let opens = !WITHOUT && self.probe.is_none()"),
    ]),
    defence("a revocation is looked up before the exchange", &[
        change(EXCHANGE, "parts.must_be_live(request).await?;\n    // If the process", "if !WITHOUT { parts.must_be_live(request).await?; }\n    // If the process"),
    ]),
    defence("a revocation is looked up before the cookie is attached", &[
        change(PATCH, "if may_be_revoked(&self.login, user) ||", "if !WITHOUT && may_be_revoked(&self.login, user) ||"),
    ]),
    defence("only the newest tokens are attached", &[
        change(PATCH, " has_newer(&self.login, user) {", " !WITHOUT && has_newer(&self.login, user) {"),
    ]),
    defence("a copy from before a refresh is outdated", &[
        change(CHECK, "if ask.asks_outdated() &&", "if !WITHOUT && ask.asks_outdated() &&"),
    ]),
    defence("a revocation of a user reaches a minute ahead", &[
        change(END, "let until = login.0.clock.now().plus(MAX_SKEW);", "let until = login.0.clock.now().plus(if WITHOUT { 0 } else { MAX_SKEW });"),
    ]),
    defence("a session that began after that lives", &[
        change(REPLIES, "if let Some(user) = &reply.begins {", "if let Some(user) = &reply.begins && !WITHOUT {"),
    ]),
    defence("a revocation list that is old is not believed", &[
        change(LIST, "read <= STALE_AFTER,", "read <= STALE_AFTER || WITHOUT,"),
    ]),
    defence("a revocation that could not be written is written later", &[
        change(LOG, "self.unwritten().insert(revocation);", "if !WITHOUT { self.unwritten().insert(revocation); }"),
    ]),
    defence("a log of another age is told what it lacks", &[
        change(LOG, "if next.age != place.age {", "if next.age != place.age && !WITHOUT {"),
    ]),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;

    use super::{Change, DEFENCES, SCRIPTS};
    use crate::workspace;

    #[test]
    fn each_text_stands_once_in_its_file_and_apart_from_the_others() {
        let mut places = BTreeMap::new();
        let changes = DEFENCES.iter().flat_map(|defence| defence.changes);
        for Change { file, text, .. } in changes.chain([&SCRIPTS]) {
            let source = fs::read_to_string(workspace::root().join(file)).unwrap();
            let found: Vec<_> = source.match_indices(text).collect();
            assert_eq!(found.len(), 1, "`{text}` in {file}");
            let start = found[0].0;
            places.insert((file, start), start + text.len());
        }
        for (((file, _), end), ((next_file, next), _)) in places.iter().zip(places.iter().skip(1)) {
            assert!(
                file != next_file || end <= next,
                "{file}: two texts at {next}"
            );
        }
    }
}
