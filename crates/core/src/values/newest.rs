//! A value that is replaced now and then while all threads read it.
//!
//! Rules: reading takes no lock, allocates nothing, and costs two loads while nothing was ever replaced. What was
//! replaced is kept until the whole is dropped, since a reader may still have it: each replacement costs one step
//! more to read, and its memory. That is good for secrets, which change a few times a year.

use std::sync::OnceLock;

/// A chain of values, of which the last counts.
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
    /// The first value.
    pub const fn new(value: T) -> Self {
        Self {
            value,
            next: OnceLock::new(),
        }
    }

    /// The value that counts.
    pub fn get(&self) -> &T {
        let mut newest = self;
        while let Some(next) = newest.next.get() {
            newest = next;
        }
        &newest.value
    }

    /// Puts another value in place of the newest. Who holds that one may go on with it.
    pub fn replace(&self, value: T) {
        let mut place = &self.next;
        let mut added = Box::new(Self::new(value));
        while let Err(refused) = place.set(added) {
            added = refused;
            // It is set, or it would not have been refused.
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
    fn of_many_who_replace_it_each_is_counted_and_the_last_counts() {
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
