//! What has happened in a world, in plain words.

use crate::schedule::Time;

/// The lines of a story. A world that is not told costs nothing for it.
pub(crate) struct Story {
    lines: Option<Vec<String>>,
}

impl Story {
    pub(crate) fn new(is_told: bool) -> Self {
        Self {
            lines: is_told.then(Vec::new),
        }
    }

    /// Adds a line.
    pub(crate) fn tell(&mut self, now: Time, line: impl FnOnce() -> String) {
        if let Some(lines) = &mut self.lines {
            lines.push(format!("{:>9.3} s  {}", now as f64 / 1_000.0, line()));
        }
    }

    pub(crate) fn lines(self) -> Vec<String> {
        self.lines.unwrap_or_default()
    }
}

/// The letter of an instance.
pub(crate) fn letter(instance: usize) -> char {
    char::from(b'a' + instance as u8)
}
