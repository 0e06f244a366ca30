//! The setting that reads clients' addresses.

use std::net::IpAddr;
use std::sync::Arc;

use crate::config::builder::LoginBuilder;
use crate::handle::client_address::RequestHeaders;

impl LoginBuilder {
    /// A function that reads the client's address from the headers that your proxy sets.
    ///
    /// If more codes arrive than FNCY answers, the client with the fewest sign-ins under way is next. A stranger who floods
    /// the callback from a few addresses then delays no other client. An IPv6 address counts as its network of 64 bits. By
    /// default no header is believed, since any client can send one, and the newest callback is next.
    ///
    /// Hooks get the address by [`RequestContext::client_address`](crate::RequestContext::client_address).
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
    #[doc(alias("rate limit", "x-forwarded-for", "ip address"))]
    pub fn client_address(
        mut self,
        read: impl Fn(&RequestHeaders<'_>) -> Option<IpAddr> + Send + Sync + 'static,
    ) -> Self {
        self.client_address = Some(Arc::new(read));
        self
    }
}
