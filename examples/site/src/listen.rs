//! The address to listen on: host and port of the redirect URI.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, ToSocketAddrs as _};
use std::{fmt, io};

use fncy_login::Login;
use http::Uri;

/// The site's address could not be listened on.
#[derive(Debug)]
pub struct ListenError {
    origin: String,
    source: io::Error,
}

impl fmt::Display for ListenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let origin = &self.origin;
        if self.source.kind() == io::ErrorKind::AddrInUse {
            return write!(
                f,
                "Another program listens at {origin} already; stop it, or set FNCY_REDIRECT_URI to another port."
            );
        }
        write!(
            f,
            "Can't listen at {origin}, the address in FNCY_REDIRECT_URI: {}.",
            self.source
        )
    }
}

impl std::error::Error for ListenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

/// Listens where the redirect URI says that browsers find the site: on every address of its host,
/// since `localhost` is 127.0.0.1 to some browsers and ::1 to others.
///
/// # Errors
///
/// [`ListenError`] if no address can be listened on, or if another program has one of them.
pub fn listen(login: &Login) -> Result<Vec<TcpListener>, ListenError> {
    let site = login.site();
    let fail = |source| ListenError {
        origin: site.origin().to_owned(),
        source,
    };
    let mut listeners = Vec::new();
    let mut failure = io::ErrorKind::AddrNotAvailable.into();
    for address in addresses(site.origin(), site.port()).map_err(fail)? {
        match bind(address) {
            Ok(listener) => listeners.push(listener),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Err(fail(error)),
            // Such as ::1 on a machine without IPv6.
            Err(error) => failure = error,
        }
    }
    if listeners.is_empty() {
        return Err(fail(failure));
    }
    Ok(listeners)
}

fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

fn addresses(origin: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    let uri: Uri = origin.parse().map_err(io::Error::other)?;
    let host = uri.host().unwrap_or_default();
    if host == "localhost" {
        let both: [IpAddr; 2] = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
        return Ok(both.map(|address| (address, port).into()).into());
    }
    let host = host.trim_matches(['[', ']']);
    let mut addresses: Vec<_> = (host, port).to_socket_addrs()?.collect();
    addresses.sort_unstable();
    addresses.dedup();
    Ok(addresses)
}

#[cfg(test)]
mod tests {
    use super::addresses;

    #[test]
    fn a_host_is_all_of_its_addresses() {
        for (origin, expected) in [
            ("http://localhost:3000", "127.0.0.1:3000 [::1]:3000"),
            ("http://127.0.0.2:3000", "127.0.0.2:3000"),
            ("http://[::1]:3000", "[::1]:3000"),
        ] {
            let found: Vec<_> = addresses(origin, 3000)
                .unwrap()
                .iter()
                .map(ToString::to_string)
                .collect();
            assert_eq!(found.join(" "), expected);
        }
    }
}
