//! The names of what is in the store.
//!
//! Rule: all names that one script touches share a hash tag, so that a cluster keeps them together.

use std::fmt::Write as _;

use fncy_login::store::{Work, WorkKind};
use ring::digest::{SHA256, digest};

/// Names below a prefix: applications that share a store have different ones.
pub(crate) struct Names {
    prefix: String,
}

impl Names {
    pub(crate) fn new(prefix: &str) -> Self {
        Self {
            prefix: prefix.to_owned(),
        }
    }

    /// The lease of a piece of work, what is left of it, whether it is spent.
    pub(crate) fn work(&self, work: &Work) -> [String; 3] {
        let kind = match work.kind {
            WorkKind::Redemption => "redemption",
            WorkKind::Refresh => "refresh",
            // A kind that this release doesn't know is a piece of work all the same.
            _ => "other",
        };
        let key = hexadecimal(&work.key);
        ["lease", "left", "spent"].map(|part| format!("{}:{{{kind}:{key}}}:{part}", self.prefix))
    }

    /// What is known of the generations of a session: the refreshes that led to them, and which were shown.
    pub(crate) fn session(&self, id: &[u8; 16]) -> [String; 2] {
        let id = hexadecimal(id);
        ["refreshes", "shown"].map(|part| format!("{}:{{session:{id}}}:{part}", self.prefix))
    }

    /// The log of what was ended, with its age, until when each of it is needed, and the clock that this is
    /// counted by.
    pub(crate) fn ended(&self) -> [String; 3] {
        ["log", "times", "clock"].map(|part| format!("{}:{{ended}}:{part}", self.prefix))
    }
}

/// A user, named by a hash.
pub(crate) type UserHash = [u8; 32];

/// The beginning of a user's hash: whose session was ended.
pub(crate) type Owner = [u8; 8];

/// What the log says, as one of its names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Name {
    /// A session is over, in its generations up to this one.
    Session {
        id: [u8; 16],
        owner: Owner,
        /// Unix seconds.
        issued: u64,
        up_to: u32,
    },
    /// The sessions of a user are over that were issued up to then: Unix seconds.
    User { hash: UserHash, at: u64 },
    /// A session has begun after such an end, and is not over by it.
    Begun { id: [u8; 16], at: u64 },
}

impl Name {
    /// As the log has it: `s`, `u` or `b`, and what it says, separated by dots.
    pub(crate) fn write(self) -> String {
        match self {
            Self::Session {
                id,
                owner,
                issued,
                up_to,
            } => {
                let [id, owner] = [hexadecimal(&id), hexadecimal(&owner)];
                format!("s{id}.{owner}.{issued}.{up_to}")
            }
            Self::User { hash, at } => format!("u{}.{at}", hexadecimal(&hash)),
            Self::Begun { id, at } => format!("b{}.{at}", hexadecimal(&id)),
        }
    }

    /// What [`Name::write`] made; none of anything else.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (kind, rest) = text.split_at_checked(1)?;
        let mut parts = rest.split('.');
        let mut part = || parts.next();
        let name = match kind {
            "s" => Self::Session {
                id: bytes(part()?)?,
                owner: bytes(part()?)?,
                issued: part()?.parse().ok()?,
                up_to: part()?.parse().ok()?,
            },
            "u" => Self::User {
                hash: bytes(part()?)?,
                at: part()?.parse().ok()?,
            },
            "b" => Self::Begun {
                id: bytes(part()?)?,
                at: part()?.parse().ok()?,
            },
            _ => return None,
        };
        part().is_none().then_some(name)
    }
}

/// Whose sessions a name is about, as names of sessions say it.
pub(crate) fn owner_of(hash: &UserHash) -> Owner {
    std::array::from_fn(|index| hash[index])
}

/// What a user is called.
pub(crate) fn hash_of(user_id: &str) -> UserHash {
    let hash = digest(&SHA256, user_id.as_bytes());
    std::array::from_fn(|index| hash.as_ref()[index])
}

fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a string can't fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    let (pairs, odd) = text.as_bytes().as_chunks::<2>();
    let bytes: Option<Vec<u8>> = pairs
        .iter()
        .map(|pair| {
            let [high, low] = pair.map(|digit| char::from(digit).to_digit(16));
            u8::try_from(16 * high? + low?).ok()
        })
        .collect();
    bytes?.try_into().ok().filter(|_| odd.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{Name, Names, hash_of};
    use fncy_login::store::{Work, WorkKind};

    #[test]
    fn names_are_read_as_they_were_written() {
        for name in [
            Name::Session {
                id: [0xa5; 16],
                owner: [7; 8],
                issued: 1_900_000_000,
                up_to: u32::MAX,
            },
            Name::User {
                hash: hash_of("alex"),
                at: 7,
            },
            Name::Begun { id: [0; 16], at: 9 },
        ] {
            let text = name.write();
            assert_eq!(Name::read(&text), Some(name), "{text}");
            assert_eq!(Name::read(&format!("{text}.1")), None);
            assert_eq!(Name::read(&text[1..]), None);
        }
        let text = "s+5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5.0707070707070707.1.1";
        for text in ["", "s", "sa5", "u", "uab.1", "b", "x", "\u{e9}", text] {
            assert_eq!(Name::read(text), None, "{text}");
        }
    }

    #[test]
    fn a_cluster_keeps_together_what_a_script_needs() {
        let names = Names::new("shop");
        let work = Work {
            kind: WorkKind::Refresh,
            key: [1; 32],
            newer_than: None,
        };
        let tag = |name: &str| name[name.find('{').unwrap()..=name.find('}').unwrap()].to_owned();
        let [lease, left, spent] = names.work(&work);
        assert_eq!([tag(&left), tag(&spent)], [tag(&lease), tag(&lease)]);
        assert!(names.ended().iter().all(|name| tag(name) == "{ended}"));
        let [refreshes, shown] = names.session(&[1; 16]);
        assert_eq!(tag(&refreshes), tag(&shown));
        assert!(lease.starts_with("shop:{refresh:0101"));
    }
}
