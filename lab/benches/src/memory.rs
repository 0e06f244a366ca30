//! What this process holds of the machine's memory, in megabytes, as Linux says.

use std::fs;

/// At the moment.
pub fn held() -> u64 {
    megabytes("VmRSS:")
}

/// At most, so far.
pub fn most() -> u64 {
    megabytes("VmHWM:")
}

fn megabytes(field: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let kilobytes = status.lines().find_map(|line| line.strip_prefix(field));
    let kilobytes = kilobytes.unwrap().split_whitespace().next().unwrap();
    kilobytes.parse::<u64>().unwrap() * 1024 / 1_000_000
}
