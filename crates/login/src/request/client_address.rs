//! Who brought a request: the client's address, as the application reads it.
//!
//! Rules: no header is believed unless the application says which; an address is a number here before it is
//! kept, by a key of this process.

use std::hash::BuildHasher as _;
use std::net::IpAddr;
use std::sync::Arc;

use fncy_login_core::Head;

use crate::config::builder::LoginBuilder;
use crate::request::login::Login;

/// The headers of a request, for [`LoginBuilder::client_address`].
pub struct RequestHeaders<'a>(&'a dyn Fn(&'static str) -> Option<&'a [u8]>);

/// The application's function.
pub(crate) type ClientAddress = Arc<dyn Fn(&RequestHeaders<'_>) -> Option<IpAddr> + Send + Sync>;

/// The number of all whose address is not known.
pub(crate) const UNKNOWN: u64 = 0;

impl RequestHeaders<'_> {
    /// The last line of a header: the one that the proxy next to the application has written. `name` is in
    /// lower case.
    #[must_use]
    pub fn last(&self, name: &'static str) -> Option<&str> {
        (self.0)(name).and_then(|line| std::str::from_utf8(line).ok())
    }
}

impl LoginBuilder {
    /// Reads the client's address from the headers that a proxy of yours sets. Sign-ins are shared out by it
    /// when more codes arrive than FNCY answers: the client that has the fewest under way is next, so that a
    /// stranger who floods the callback from a few addresses delays nobody else's sign-in. An IPv6 address counts as its
    /// network of 64 bits. By default no header is believed, since anybody can send one, and the newest
    /// callback is next.
    ///
    /// ```
    /// # use fncy_login::Login;
    /// // nginx: proxy_set_header X-Real-IP $remote_addr;
    /// let builder = Login::builder().client_address(|headers| headers.last("x-real-ip")?.parse().ok());
    /// // A proxy that adds the address to a list adds it at the end.
    /// let builder = Login::builder().client_address(|headers| {
    ///     let list = headers.last("x-forwarded-for")?;
    ///     list.rsplit(',').next()?.trim().parse().ok()
    /// });
    /// ```
    pub fn client_address(
        mut self,
        read: impl Fn(&RequestHeaders<'_>) -> Option<IpAddr> + Send + Sync + 'static,
    ) -> Self {
        self.client_address = Some(Arc::new(read));
        self
    }
}

impl Login {
    /// The client of a request, as a number.
    pub(crate) fn client_of<H: Head>(&self, head: &H) -> u64 {
        let headers = |name| head.lines(name).last();
        let address = self.0.client_address.as_ref();
        let address = address.and_then(|read| read(&RequestHeaders(&headers)));
        address.map_or(UNKNOWN, |address| match address.to_canonical() {
            IpAddr::V6(address) => self.0.hasher.hash_one(&address.octets()[..8]),
            address => self.0.hasher.hash_one(address),
        })
    }
}
