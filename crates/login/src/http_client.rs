//! The HTTP client that talks to the provider.
//!
//! Rules: a deadline for the whole exchange, body included; no redirect is followed, no cookie is
//! kept; answers are read uncompressed, and up to a limit; connections are not pooled, since a
//! kept one that the provider has just closed would lose a request that must not be sent twice
//! (TLS sessions are resumed instead).

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use fncy_login_core::{Failure, ProviderAnswer};
use http::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, RETRY_AFTER, USER_AGENT};
use http::{HeaderValue, Request, Response};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use rustls::{ClientConfig, RootCertStore};
use tokio::time::{Instant, timeout_at};

use crate::connector::{Connector, Proxies};
use crate::tls;

/// Ten times the largest answer that a provider has a reason to give.
const MAX_BODY_LEN: usize = 256 * 1024;
/// How long one exchange may take.
pub(crate) const EXCHANGE_DEADLINE: Duration = Duration::from_secs(10);

/// The codings that are registered with IANA, but for `identity`, which is none.
const CODINGS: [&str; 12] = [
    "aes128gcm",
    "br",
    "compress",
    "dcb",
    "dcz",
    "deflate",
    "exi",
    "gzip",
    "pack200-gzip",
    "x-compress",
    "x-gzip",
    "zstd",
];

/// A client for the provider's endpoints.
pub(crate) struct HttpClient {
    client: Client<HttpsConnector<Connector>, Full<Bytes>>,
}

/// No authority's certificate is on this machine: what went wrong where one was to be read.
#[derive(Debug)]
pub(crate) struct NoRoots(pub(crate) String);

impl HttpClient {
    /// A client that trusts what the operating system trusts.
    ///
    /// `needs_roots` is off where every endpoint is on loopback: a development machine without
    /// certificates still works.
    pub(crate) fn new(needs_roots: bool, proxies: Proxies) -> Result<Self, NoRoots> {
        let mut roots = RootCertStore::empty();
        let found = rustls_native_certs::load_native_certs();
        roots.add_parsable_certificates(found.certs);
        if needs_roots && roots.is_empty() {
            return Err(NoRoots(unread(&found.errors)));
        }
        if !found.errors.is_empty() {
            let cause = unread(&found.errors);
            tracing::warn!(cause, "certificates of authorities could not be read");
        }
        #[expect(
            clippy::expect_used,
            reason = "our provider has cipher suites for TLS 1.2 and 1.3"
        )]
        let tls = ClientConfig::builder_with_provider(Arc::new(tls::provider()))
            .with_safe_default_protocol_versions()
            .expect("our provider supports the default protocol versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        // Plain http is for loopback: no other address passes `SecureUrl`.
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .wrap_connector(Connector::new(proxies));
        Ok(Self {
            client: Client::builder(TokioExecutor::new())
                .pool_max_idle_per_host(0)
                .build(connector),
        })
    }

    /// Sends a request and reads its whole answer until the deadline.
    pub(crate) async fn send(
        &self,
        mut request: Request<Vec<u8>>,
        deadline: Instant,
    ) -> Result<ProviderAnswer, Failure> {
        let headers = request.headers_mut();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        headers.insert(
            USER_AGENT,
            HeaderValue::from_static(concat!("fncy-login/", env!("CARGO_PKG_VERSION"))),
        );
        let request = request.map(|body| Full::new(Bytes::from(body)));
        timeout_at(deadline, self.exchange(request))
            .await
            .unwrap_or(Err(Failure::TimedOut))
    }

    async fn exchange(&self, request: Request<Full<Bytes>>) -> Result<ProviderAnswer, Failure> {
        let response = self.client.request(request).await.map_err(|error| {
            let cause = chain(&error);
            let hint = hint(&cause);
            tracing::warn!(cause, hint, "the provider can't be reached");
            if error.is_connect() {
                Failure::NoConnection
            } else {
                Failure::Transport
            }
        })?;
        read(response).await
    }
}

async fn read(response: Response<Incoming>) -> Result<ProviderAnswer, Failure> {
    let (head, body) = response.into_parts();
    let encodings = head.headers.get_all(CONTENT_ENCODING);
    if encodings.iter().any(is_encoded) {
        return Err(Failure::Encoded);
    }
    let body = Limited::new(body, MAX_BODY_LEN)
        .collect()
        .await
        .map_err(|error| {
            if error.is::<LengthLimitError>() {
                Failure::TooLarge
            } else {
                Failure::Transport
            }
        })?;
    Ok(ProviderAnswer {
        status: head.status.as_u16(),
        retry_after: head
            .headers
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned),
        body: body.to_bytes().to_vec(),
        sent: Vec::new(),
    })
}

/// Whether a line of `Content-Encoding` names a coding (RFC 9110, section 8.4.1). Servers put other
/// words there, such as `none` or `UTF-8`, and leave the body as it is.
fn is_encoded(line: &HeaderValue) -> bool {
    let mut codings = line.as_bytes().split(|byte| *byte == b',');
    codings.any(|coding| {
        let coding = coding.trim_ascii();
        CODINGS
            .iter()
            .any(|name| coding.eq_ignore_ascii_case(name.as_bytes()))
    })
}

/// The causes of an error, the outermost first: such as a certificate that nobody trusts. They
/// speak of connections; requests and answers are not in them.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

/// Which certificates could not be read, and why.
fn unread(errors: &[rustls_native_certs::Error]) -> String {
    let set = ["SSL_CERT_FILE", "SSL_CERT_DIR"].into_iter();
    let set = set.filter_map(|name| Some(format!("{name} is {:?}", std::env::var_os(name)?)));
    let parts: Vec<_> = set.chain(errors.iter().map(ToString::to_string)).collect();
    parts.join("; ")
}

/// What an operator can do about a cause that names none.
fn hint(cause: &str) -> Option<&'static str> {
    let known = [
        (
            "CaUsedAsEndEntity",
            "the server's certificate is that of an authority, as `openssl req -x509` makes it: make one with `-addext basicConstraints=critical,CA:FALSE`",
        ),
        (
            "UnknownIssuer",
            "no authority that this machine trusts has signed the server's certificate: add the authority's to the system's, or to the PEM file that SSL_CERT_FILE names",
        ),
    ];
    let found = known.into_iter().find(|(name, _)| cause.contains(name))?;
    Some(found.1)
}
