//! What this process holds of the machine's resources, as Linux says.

use std::fs;

/// Memory in megabytes, at the moment.
pub fn held() -> u64 {
    number("VmRSS:") * 1024 / 1_000_000
}

/// Memory in megabytes, at most so far.
pub fn most() -> u64 {
    number("VmHWM:") * 1024 / 1_000_000
}

/// Threads.
pub fn threads() -> u64 {
    number("Threads:")
}

/// Open files and sockets.
pub fn files() -> u64 {
    fs::read_dir("/proc/self/fd").unwrap().count() as u64
}

fn number(field: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let rest = status.lines().find_map(|line| line.strip_prefix(field));
    let number = rest.unwrap().split_whitespace().next().unwrap();
    number.parse().unwrap()
}
