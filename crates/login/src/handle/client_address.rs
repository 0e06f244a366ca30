//! The client's address of a request, as the application reads it.
//!
//! Rules:
//! - The login trusts no header. The application's function reads the header that its proxy writes.
//! - The login itself keeps an address only as a keyed hash. The key is random for each process. The application's
//!   hooks get the address.

use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::net::IpAddr;
use std::sync::Arc;

use fncy_login_core::Head;

/// The headers of a request, for [`LoginBuilder::client_address`](crate::LoginBuilder::client_address) and
/// [`LoginBuilder::list_sessions`](crate::LoginBuilder::list_sessions).
pub struct RequestHeaders<'a>(&'a dyn Fn(&'static str) -> Option<&'a [u8]>);

/// The application's function.
pub(crate) type ClientAddress = Arc<dyn Fn(&RequestHeaders<'_>) -> Option<IpAddr> + Send + Sync>;

/// The number that all clients without a known address share.
const UNKNOWN: u64 = 0;

impl<'a> RequestHeaders<'a> {
    pub(crate) fn new(lines: &'a dyn Fn(&'static str) -> Option<&'a [u8]>) -> Self {
        Self(lines)
    }

    /// The last line of a header, which the proxy next to the application has written. `name` is in lower case.
    #[must_use]
    pub fn last(&self, name: &'static str) -> Option<&str> {
        (self.0)(name).and_then(|line| std::str::from_utf8(line).ok())
    }
}

/// Shows no header.
impl fmt::Debug for RequestHeaders<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RequestHeaders(..)")
    }
}

/// The client's address of a request.
pub(crate) fn address_of<H: Head>(read: Option<&ClientAddress>, head: &H) -> Option<IpAddr> {
    let headers = |name| head.lines(name).last();
    read?(&RequestHeaders::new(&headers)).map(|address| address.to_canonical())
}

/// The client with an address, as a number. `hasher` has the key of this process.
pub(crate) fn number_of(hasher: &RandomState, address: Option<IpAddr>) -> u64 {
    address.map_or(UNKNOWN, |address| match address {
        IpAddr::V6(address) => hasher.hash_one(&address.octets()[..8]),
        address @ IpAddr::V4(_) => hasher.hash_one(address),
    })
}
