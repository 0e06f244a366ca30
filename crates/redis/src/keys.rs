//! The Redis keys of everything that the store keeps.
//!
//! Rule: all keys that one script touches share a hash tag, so that a cluster keeps them on one node.

use fncy_login::store::{LeaseKey, SessionId, UserKey};

use crate::hex;

/// The keys below a prefix. Applications that share a server have different prefixes.
pub(crate) struct Keys {
    prefix: String,
}

impl Keys {
    pub(crate) fn new(prefix: &str) -> Self {
        Self {
            prefix: prefix.to_owned(),
        }
    }

    /// The lease, its outcome, and whether it is spent.
    pub(crate) fn lease(&self, key: &LeaseKey) -> [String; 3] {
        let tag = format!("{}:{}", key.kind().as_str(), hex::encode(key.hash()));
        self.tagged(&tag, ["lease", "outcome", "spent"])
    }

    /// The unconfirmed refreshes of a session, and its shown generations.
    pub(crate) fn session(&self, id: SessionId) -> [String; 2] {
        let tag = format!("session:{}", hex::encode(id.as_bytes()));
        self.tagged(&tag, ["refreshes", "shown"])
    }

    /// The session list of a user.
    pub(crate) fn session_list(&self, user: &UserKey) -> String {
        let [list] = self.tagged(&format!("user:{}", hex::encode(user.hash())), ["sessions"]);
        list
    }

    /// The log of revocations with its age, the time at which each entry expires, and the clock for these times.
    pub(crate) fn revocations(&self) -> [String; 3] {
        self.tagged("revocations", ["log", "expiry", "clock"])
    }

    /// What a ping writes.
    pub(crate) fn ping(&self) -> [String; 1] {
        self.tagged("revocations", ["ping"])
    }

    fn tagged<const N: usize>(&self, tag: &str, parts: [&str; N]) -> [String; N] {
        parts.map(|part| format!("{}:{{{tag}}}:{part}", self.prefix))
    }
}

#[cfg(test)]
mod tests {
    use fncy_login::store::{LeaseKey, LeaseKind, SessionId};

    use super::Keys;

    #[test]
    fn a_cluster_keeps_together_what_a_script_needs() {
        let keys = Keys::new("shop");
        let [lease, outcome, spent] = keys.lease(&LeaseKey::new(LeaseKind::Refresh, [1; 32]));
        let [refreshes, shown] = keys.session(SessionId::from_bytes([2; 16]));
        let [log, expiry, clock] = keys.revocations();
        let tag = |key: &str| key[key.find('{').unwrap()..=key.find('}').unwrap()].to_owned();
        for (key, others) in [
            (&lease, vec![&outcome, &spent]),
            (&refreshes, vec![&shown]),
            (&log, vec![&expiry, &clock]),
        ] {
            assert!(others.iter().all(|other| tag(other) == tag(key)), "{key}");
        }
        assert!(lease.starts_with("shop:{refresh:0101"), "{lease}");
        assert!(refreshes.starts_with("shop:{session:0202"), "{refreshes}");
        assert_eq!(log, "shop:{revocations}:log");
    }
}
