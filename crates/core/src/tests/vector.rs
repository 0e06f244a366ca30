//! A block of test vectors in `docs/cookie-format.md`.
//!
//! Rule: a test fails if it asks for a name that is missing, or for a value in another notation than the page's.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::values::timestamp::Timestamp;

/// The page.
pub(super) const PAGE: &str = include_str!("../../../../docs/cookie-format.md");

/// One block of the page.
pub(super) struct Vector {
    name: &'static str,
    values: BTreeMap<&'static str, &'static str>,
    seen: RefCell<BTreeSet<&'static str>>,
}

impl Vector {
    pub(super) fn of(name: &'static str) -> Self {
        let start = format!("```vector {name}\n");
        let (_, block) = PAGE.split_once(&start).unwrap();
        let (block, _) = block.split_once("```").unwrap();
        let values = block.lines().map(|line| line.split_once(": ").unwrap());
        Self {
            name,
            values: values.collect(),
            seen: RefCell::default(),
        }
    }

    pub(super) fn value(&self, name: &'static str) -> &'static str {
        self.seen.borrow_mut().insert(name);
        self.values[name]
    }

    pub(super) fn text(&self, name: &'static str) -> &'static str {
        let quoted = self.value(name).strip_prefix('"').unwrap();
        quoted.strip_suffix('"').unwrap()
    }

    pub(super) fn number(&self, name: &'static str) -> u64 {
        self.value(name).parse().unwrap()
    }

    pub(super) fn time(&self, name: &'static str) -> Timestamp {
        Timestamp::from_unix(self.number(name))
    }

    pub(super) fn bytes(&self, name: &'static str) -> Vec<u8> {
        let digits = self.value(name).strip_prefix("0x").unwrap();
        let (pairs, odd) = digits.as_bytes().as_chunks::<2>();
        assert!(odd.is_empty(), "{name}");
        let pairs = pairs.iter().map(|pair| std::str::from_utf8(pair).unwrap());
        pairs
            .map(|pair| u8::from_str_radix(pair, 16).unwrap())
            .collect()
    }

    pub(super) fn array<const N: usize>(&self, name: &'static str) -> [u8; N] {
        self.bytes(name).try_into().unwrap()
    }

    pub(super) fn assert_all_seen(&self) {
        let all: BTreeSet<_> = self.values.keys().copied().collect();
        assert_eq!(*self.seen.borrow(), all, "{}", self.name);
    }
}
