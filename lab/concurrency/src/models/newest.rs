//! The chain of replaced secrets.

use std::sync::Arc;
use std::thread::spawn;

use crate::models::{Returned, join};
use crate::values::newest::Newest;

/// Another thread replaces the value meanwhile.
pub(crate) fn a_replaced_value_is_not_read_after_its_return() {
    let (newest, returned) = (Arc::new(Newest::new(0)), Returned::default());
    let replacing = {
        let (newest, returned) = (Arc::clone(&newest), returned.clone());
        spawn(move || {
            newest.replace(1);
            newest.replace(2);
            returned.set();
        })
    };
    let other = {
        let newest = Arc::clone(&newest);
        spawn(move || newest.replace(3))
    };
    let is_replaced = returned.is_set();
    let read = *newest.get();
    assert!(read >= 2 || !is_replaced, "the calls have returned");
    join([replacing, other]);
    assert!(*newest.get() >= 2, "the calls have returned");
}
