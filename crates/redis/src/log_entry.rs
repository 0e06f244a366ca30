//! The entries of the revocation log, as text.
//!
//! Rule: an entry is its own name in the log, so that the same one is there once.

use fncy_login::store::SessionId;
use ring::digest::{SHA256, digest};

use crate::hex;

/// The SHA-256 of a user's id.
pub(crate) type UserHash = [u8; 32];
/// The first bytes of it, in the entries of a user's sessions.
pub(crate) type Owner = [u8; 8];

/// An entry. Times are Unix seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum LogEntry {
    /// The copies of a session are revoked, up to this rank.
    Session {
        id: SessionId,
        owner: Owner,
        issued: u64,
        up_to: u32,
    },
    /// The sessions of a user are revoked that were issued no later than this, except for the spared one.
    User {
        hash: UserHash,
        until: u64,
        spared: Option<SessionId>,
        /// Earlier entries reach the spared session, if it was issued no later than this. Zero: they don't.
        reached: u64,
    },
    /// A session has begun after its user's entry, and is exempt from it.
    Began { id: SessionId, until: u64 },
    /// User data of a user that was read before this must be read again.
    Read { hash: UserHash, since: u64 },
}

impl LogEntry {
    /// Its text: `s`, `u`, `b` or `r`, and the fields, with dots in between.
    pub(crate) fn encode(self) -> String {
        match self {
            Self::Session {
                id,
                owner,
                issued,
                up_to,
            } => {
                let [id, owner] = [hex::encode(id.as_bytes()), hex::encode(&owner)];
                format!("s{id}.{owner}.{issued}.{up_to}")
            }
            Self::User {
                hash,
                until,
                spared,
                reached,
            } => {
                let spared = spared
                    .map(|id| hex::encode(id.as_bytes()))
                    .unwrap_or_default();
                format!("u{}.{until}.{spared}.{reached}", hex::encode(&hash))
            }
            Self::Began { id, until } => format!("b{}.{until}", hex::encode(id.as_bytes())),
            Self::Read { hash, since } => format!("r{}.{since}", hex::encode(&hash)),
        }
    }

    /// The place among entries that are written again together: first the users', then what is exempt from those.
    pub(crate) fn place(&self) -> u8 {
        match self {
            Self::User { .. } | Self::Read { .. } => 0,
            Self::Began { .. } => 1,
            Self::Session { .. } => 2,
        }
    }

    /// The entry of a text that [`LogEntry::encode`] has written.
    pub(crate) fn decode(text: &str) -> Option<Self> {
        let (kind, rest) = text.split_at_checked(1)?;
        let mut parts = rest.split('.');
        let mut part = || parts.next();
        let entry = match kind {
            "s" => Self::Session {
                id: SessionId::from_bytes(hex::decode(part()?)?),
                owner: hex::decode(part()?)?,
                issued: part()?.parse().ok()?,
                up_to: part()?.parse().ok()?,
            },
            "u" => Self::User {
                hash: hex::decode(part()?)?,
                until: part()?.parse().ok()?,
                spared: match part()? {
                    "" => None,
                    id => Some(SessionId::from_bytes(hex::decode(id)?)),
                },
                reached: part()?.parse().ok()?,
            },
            "b" => Self::Began {
                id: SessionId::from_bytes(hex::decode(part()?)?),
                until: part()?.parse().ok()?,
            },
            "r" => Self::Read {
                hash: hex::decode(part()?)?,
                since: part()?.parse().ok()?,
            },
            _ => return None,
        };
        part().is_none().then_some(entry)
    }
}

pub(crate) fn owner_of(hash: &UserHash) -> Owner {
    std::array::from_fn(|index| hash[index])
}

pub(crate) fn hash_of(user_id: &str) -> UserHash {
    let hash = digest(&SHA256, user_id.as_bytes());
    std::array::from_fn(|index| hash.as_ref()[index])
}

#[cfg(test)]
mod tests {
    use fncy_login::store::SessionId;

    use super::{LogEntry, hash_of};

    #[test]
    fn entries_are_decoded_as_they_were_encoded() {
        for entry in [
            LogEntry::Session {
                id: SessionId::from_bytes([0xa5; 16]),
                owner: [7; 8],
                issued: 1_900_000_000,
                up_to: u32::MAX,
            },
            LogEntry::User {
                hash: hash_of("alex"),
                until: 7,
                spared: None,
                reached: 0,
            },
            LogEntry::User {
                hash: hash_of("alex"),
                until: 8,
                spared: Some(SessionId::from_bytes([0xb6; 16])),
                reached: 6,
            },
            LogEntry::Began {
                id: SessionId::from_bytes([0; 16]),
                until: 9,
            },
            LogEntry::Read {
                hash: hash_of("jun"),
                since: 10,
            },
        ] {
            let text = entry.encode();
            assert_eq!(LogEntry::decode(&text), Some(entry), "{text}");
            assert_eq!(LogEntry::decode(&format!("{text}.1")), None);
            assert_eq!(LogEntry::decode(&text[1..]), None);
        }
        let text = "s+5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5.0707070707070707.1.1";
        for text in ["", "s", "sa5", "u", "uab.1", "b", "r", "x", "\u{e9}", text] {
            assert_eq!(LogEntry::decode(text), None, "{text}");
        }
    }
}
