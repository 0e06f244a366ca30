//! The names of what is in the store.
//!
//! Rule: all names that one script touches share a hash tag, so that a cluster keeps them together.

use std::fmt::Write as _;

use fncy_login::coordinator::{Work, WorkKind};
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
            WorkKind::Renewal => "renewal",
            // A kind that this release doesn't know is a piece of work all the same.
            _ => "other",
        };
        let key = hexadecimal(&work.key);
        ["lease", "left", "spent"].map(|part| format!("{}:{{{kind}:{key}}}:{part}", self.prefix))
    }

    /// The log of what was ended, with its age, and until when each of it is needed.
    pub(crate) fn ended(&self) -> [String; 2] {
        ["log", "times"].map(|part| format!("{}:{{ended}}:{part}", self.prefix))
    }
}

/// Who or what was ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Name {
    /// A session.
    Session([u8; 16]),
    /// The sessions of a user, named by a hash.
    User([u8; 32]),
}

impl Name {
    pub(crate) fn of_user(id: &str) -> Self {
        Self::User(hash_of(id))
    }

    /// As the log has it. A session's is `s` and its id; a user's is `u`, a hash, and the time of the end:
    /// the sessions that it is about were issued no later.
    pub(crate) fn write_at(self, at: u64) -> String {
        match self {
            Self::Session(id) => format!("s{}", hexadecimal(&id)),
            Self::User(hash) => format!("u{}.{at}", hexadecimal(&hash)),
        }
    }

    /// What [`Name::write_at`] made, with the time of a user's end; none of anything else.
    pub(crate) fn read(text: &str) -> Option<(Self, u64)> {
        if let Some(id) = text.strip_prefix('s') {
            return Some((Self::Session(bytes(id)?), 0));
        }
        let (hash, at) = text.strip_prefix('u')?.split_once('.')?;
        Some((Self::User(bytes(hash)?), at.parse().ok()?))
    }
}

/// What a user is called.
pub(crate) fn hash_of(user_id: &str) -> [u8; 32] {
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
    use super::{Name, Names};
    use fncy_login::coordinator::{Work, WorkKind};

    #[test]
    fn names_are_read_as_they_were_written() {
        for name in [Name::Session([0xa5; 16]), Name::of_user("alex")] {
            let (read, at) = Name::read(&name.write_at(7)).unwrap();
            assert_eq!(read, name);
            assert_eq!(at, if matches!(name, Name::User(_)) { 7 } else { 0 });
        }
        for text in [
            "",
            "s",
            "sa5",
            "u",
            "uab.1",
            "x",
            "s+5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5",
        ] {
            assert_eq!(Name::read(text), None, "{text}");
        }
    }

    #[test]
    fn a_cluster_keeps_together_what_a_script_needs() {
        let names = Names::new("shop");
        let work = Work {
            kind: WorkKind::Renewal,
            key: [1; 32],
            newer_than: None,
        };
        let tag = |name: &str| name[name.find('{').unwrap()..=name.find('}').unwrap()].to_owned();
        let [lease, left, spent] = names.work(&work);
        assert_eq!([tag(&left), tag(&spent)], [tag(&lease), tag(&lease)]);
        assert!(names.ended().iter().all(|name| tag(name) == "{ended}"));
        assert!(lease.starts_with("shop:{renewal:0101"));
    }
}
