//! A value that many threads read and that is replaced a few times.
//!
//! Rules:
//! - Reading takes no lock and allocates nothing. It costs two loads, and one step more for each replacement.
//! - A replaced value stays in memory until the whole chain is dropped, since a reader may still use it.
//!
//! That is right for secrets, which change a few times a year.

use std::sync::OnceLock;

/// A chain of values, of which the last one is in use.
///
/// ```
/// use fncy_login_core::Newest;
///
/// let secret = Newest::new("old");
/// secret.replace("new");
/// assert_eq!(*secret.get(), "new");
/// ```
#[derive(Debug)]
pub struct Newest<T> {
    value: T,
    next: OnceLock<Box<Self>>,
}

impl<T> Newest<T> {
    /// Starts a chain with its first value.
    pub const fn new(value: T) -> Self {
        Self {
            value,
            next: OnceLock::new(),
        }
    }

    /// The newest value.
    pub fn get(&self) -> &T {
        let mut newest = self;
        while let Some(next) = newest.next.get() {
            newest = next;
        }
        &newest.value
    }

    /// Replaces the newest value. Readers that hold the former value may go on with it.
    pub fn replace(&self, value: T) {
        let mut place = &self.next;
        let mut added = Box::new(Self::new(value));
        while let Err(refused) = place.set(added) {
            added = refused;
            // `set` refuses only if there is a next value.
            if let Some(next) = place.get() {
                place = &next.next;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::Newest;

    #[test]
    fn concurrent_replacements_are_all_kept_and_the_last_is_read() {
        let newest = Newest::new(0);
        thread::scope(|scope| {
            for number in 1..=8 {
                let newest = &newest;
                scope.spawn(move || newest.replace(number));
            }
        });
        let mut link = &newest;
        let mut seen = vec![link.value];
        while let Some(next) = link.next.get() {
            link = next;
            seen.push(link.value);
        }
        assert_eq!(newest.get(), seen.last().unwrap());
        seen.sort_unstable();
        assert_eq!(seen, (0..=8).collect::<Vec<_>>());
    }
}
