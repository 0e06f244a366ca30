//! The setting that reads clients' addresses.

use std::net::IpAddr;
use std::sync::Arc;

use crate::config::builder::LoginBuilder;
use crate::handle::client_address::RequestHeaders;

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
