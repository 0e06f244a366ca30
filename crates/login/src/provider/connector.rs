//! Connections to the provider: direct, or through a proxy.
//!
//! Rules:
//! - `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` have curl's meaning, in upper and lower case.
//! - Requests to this machine never use a proxy.
//! - A proxy forwards TLS, and can't read it. Its password is sent to the proxy only.
//! - The addresses of a name share the time to connect, so a dead address doesn't use all of it (RFC 8305, section 5).

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use fncy_login_core::SecureUrl;
use http::Uri;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::GaiResolver;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower_service::Service;

/// The time to connect, less than half of an exchange's time. Each of two addresses has two seconds, which is enough to
/// send a lost packet again.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(4);

type Connecting =
    Pin<Box<dyn Future<Output = Result<TokioIo<TcpStream>, Box<dyn Error + Send + Sync>>> + Send>>;

/// The proxies of the environment.
#[derive(Clone)]
pub(crate) struct Proxies(Arc<Matcher>);

/// The environment names a proxy with another scheme than `http`.
#[derive(Debug)]
pub(crate) struct NotHttp;

/// Opens connections.
#[derive(Clone)]
pub(crate) struct Connector<R = GaiResolver> {
    tcp: HttpConnector<R>,
    proxies: Proxies,
}

impl Proxies {
    pub(crate) fn from_env() -> Self {
        Self(Arc::new(Matcher::from_env()))
    }

    /// The proxy for an address, without its password.
    pub(crate) fn place_of(&self, url: &SecureUrl) -> Result<Option<String>, NotHttp> {
        let proxy = url.as_str().parse().ok().and_then(|uri| self.of(&uri));
        let place = proxy.map(|proxy| proxy.uri().to_string());
        match place {
            Some(place) if !place.starts_with("http://") => Err(NotHttp),
            place => Ok(place.map(|place| place.trim_end_matches('/').to_owned())),
        }
    }

    fn of(&self, uri: &Uri) -> Option<Intercept> {
        let is_here = SecureUrl::parse(&uri.to_string()).is_ok_and(|url| url.is_loopback());
        self.0.intercept(uri).filter(|_| !is_here)
    }
}

impl Connector {
    pub(crate) fn new(proxies: Proxies) -> Self {
        Self::with_resolver(GaiResolver::new(), proxies)
    }
}

impl<R> Connector<R> {
    fn with_resolver(resolver: R, proxies: Proxies) -> Self {
        let mut tcp = HttpConnector::new_with_resolver(resolver);
        tcp.enforce_http(false);
        tcp.set_connect_timeout(Some(CONNECT_TIMEOUT));
        // Otherwise the first bytes after a resumed handshake wait for an acknowledgement (RFC 896).
        tcp.set_nodelay(true);
        Self { tcp, proxies }
    }
}

impl<R> Service<Uri> for Connector<R>
where
    HttpConnector<R>: Service<Uri, Response = TokioIo<TcpStream>> + Clone + Send + 'static,
    <HttpConnector<R> as Service<Uri>>::Error: Into<Box<dyn Error + Send + Sync>>,
    <HttpConnector<R> as Service<Uri>>::Future: Send,
{
    type Response = TokioIo<TcpStream>;
    type Error = Box<dyn Error + Send + Sync>;
    type Future = Connecting;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.tcp.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let Some(proxy) = self.proxies.of(&uri) else {
            let connecting = self.tcp.call(uri);
            return Box::pin(async { connecting.await.map_err(Into::into) });
        };
        let mut tunnel = Tunnel::new(proxy.uri().clone(), self.tcp.clone());
        if let Some(password) = proxy.basic_auth() {
            tunnel = tunnel.with_auth(password.clone());
        }
        let connecting = tunnel.call(uri);
        Box::pin(async { connecting.await.map_err(Into::into) })
    }
}

impl fmt::Debug for Proxies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Proxies(..)")
    }
}

#[cfg(test)]
mod tests {
    use std::future::{Ready, ready};
    use std::io;
    use std::net::SocketAddr;
    use std::task::{Context, Poll};

    use hyper_util::client::legacy::connect::dns::Name;
    use tokio::net::{TcpListener, TcpSocket, TcpStream};
    use tokio::time::{Duration, Instant, timeout};

    use super::*;

    fn proxies(https: &str, no: &str) -> Proxies {
        Proxies(Arc::new(Matcher::builder().https(https).no(no).build()))
    }

    #[test]
    fn p42_a_proxy_is_named_without_its_password() {
        let url = |text| SecureUrl::parse(text).unwrap();
        let fncy = url("https://fncy.example/token");
        let of = |https, no| proxies(https, no).place_of(&fncy);
        let proxy = "http://user:secret@proxy.example:3128";
        let named = Some("http://proxy.example:3128".to_owned());
        assert_eq!(of(proxy, "").unwrap(), named);
        assert_eq!(of(proxy, "other.example").unwrap(), named);
        assert_eq!(of(proxy, "fncy.example").unwrap(), None);
        assert_eq!(of(proxy, ".example").unwrap(), None);
        assert_eq!(of(proxy, "*").unwrap(), None);
        assert!(of("socks5://proxy.example", "").is_err());
        assert!(of("https://proxy.example", "").is_err());
        for here in ["https://localhost/token", "https://127.0.0.1/token"] {
            assert_eq!(proxies(proxy, "").place_of(&url(here)).unwrap(), None);
        }
    }

    /// A name with these addresses.
    #[derive(Clone)]
    struct Addresses(Vec<SocketAddr>);

    impl Service<Name> for Addresses {
        type Response = std::vec::IntoIter<SocketAddr>;
        type Error = io::Error;
        type Future = Ready<io::Result<Self::Response>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, _: Name) -> Self::Future {
            ready(Ok(self.0.clone().into_iter()))
        }
    }

    /// An address that accepts no more connections, since its backlog is full.
    async fn silent() -> (TcpListener, Vec<TcpStream>) {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.2:0".parse().unwrap()).unwrap();
        let listener = socket.listen(1).unwrap();
        let address = listener.local_addr().unwrap();
        let mut taken = Vec::new();
        for _ in 0..16 {
            let connecting = TcpStream::connect(address);
            match timeout(Duration::from_millis(200), connecting).await {
                Ok(connected) => taken.push(connected.unwrap()),
                Err(_) => return (listener, taken),
            }
        }
        panic!("it still answers");
    }

    #[tokio::test]
    async fn p42_of_two_addresses_the_live_one_is_found() {
        let (silent, _taken) = silent().await;
        let dead = silent.local_addr().unwrap();
        let live: SocketAddr = format!("127.0.0.3:{}", dead.port()).parse().unwrap();
        let listener = TcpListener::bind(live).await.unwrap();
        let uri: Uri = format!("http://fncy.example:{}/", dead.port())
            .parse()
            .unwrap();
        let began = Instant::now();
        let mut connector = Connector::with_resolver(Addresses(vec![dead, live]), proxies("", ""));
        let connected = connector.call(uri.clone()).await.unwrap();
        assert_eq!(connected.inner().peer_addr().unwrap(), live);
        assert!(connected.inner().nodelay().unwrap());
        let share = CONNECT_TIMEOUT / 2;
        assert!((share..CONNECT_TIMEOUT).contains(&began.elapsed()));
        drop(listener);
        let mut connector = Connector::with_resolver(Addresses(vec![dead]), proxies("", ""));
        let error = connector.call(uri).await.unwrap_err();
        assert!(error.source().is_some(), "{error}");
    }
}
