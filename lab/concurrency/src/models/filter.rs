//! The counting filter.

use std::thread::spawn;

use crate::models::Returned;
use crate::store::counting_filter::CountingFilter;

const KEY: u64 = 7;
/// The entries of the first level.
const FULL: usize = 128;

/// Another entry of the same counters comes and goes meanwhile.
pub(crate) fn an_entry_is_found_from_its_return_on() {
    let (filter, added) = (CountingFilter::new(), Returned::default());
    let before = filter.add(KEY);
    let adding = {
        let (filter, added) = (filter.clone(), added.clone());
        spawn(move || {
            let entry = filter.add(KEY);
            added.set();
            entry
        })
    };
    let leaving = spawn(move || drop(before));
    if added.is_set() {
        assert!(filter.may_have(KEY), "the entry was added");
        assert!(!filter.is_empty(), "the entry was added");
    }
    let entry = adding.join().unwrap();
    leaving.join().unwrap();
    assert!(filter.may_have(KEY), "an entry is left");
    drop(entry);
    assert!(!filter.may_have(KEY), "no entry is left");
    assert!(filter.is_empty(), "no entry is left");
}

/// Two entries begin the next level at once.
pub(crate) fn a_full_level_loses_no_entry() {
    let (filter, added) = (CountingFilter::new(), Returned::default());
    let full: Vec<_> = (0..FULL).map(|_| filter.add(KEY)).collect();
    let adding = [1, 2].map(|key| {
        let (filter, added) = (filter.clone(), added.clone());
        spawn(move || {
            let entry = filter.add(key);
            if key == 1 {
                added.set();
            }
            entry
        })
    });
    if added.is_set() {
        assert!(filter.may_have(1), "the entry was added");
    }
    let entries = adding.map(|thread| thread.join().unwrap());
    assert!(filter.may_have(1) && filter.may_have(2));
    drop((entries, full));
    assert!(filter.is_empty());
}
