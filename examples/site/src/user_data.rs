//! The call of FNCY's user data endpoint with the user's access token.
//!
//! Rules: a deadline for the whole exchange; no redirect is followed, since the token is for this
//! address only; the answer is read up to a limit; neither is ever logged.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use fncy_login::Setting;
use http::header::{ACCEPT, AUTHORIZATION};
use http::{HeaderValue, Request, StatusCode, Uri};
use http_body_util::{BodyExt as _, Empty, LengthLimitError, Limited};
use hyper::body::Bytes;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::{ClientConfig, RootCertStore};
use tokio::time::timeout;

use crate::StartError;

const DEADLINE: Duration = Duration::from_secs(10);
const MAX_LEN: usize = 64 * 1024;

/// FNCY's user data endpoint. Cloning is cheap.
#[derive(Clone)]
pub struct UserData {
    client: Client<HttpsConnector<HttpConnector>, Empty<Bytes>>,
    address: Uri,
}

/// Why there are no user data. `Display` is for the page.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UserDataError {
    /// The access token is no longer good: revoked, perhaps.
    TokenRefused,
    /// The endpoint answered with another status than 200.
    Status(StatusCode),
    /// No connection, or it broke.
    Unreachable,
    /// No whole answer in time.
    TimedOut,
    /// The answer is longer than any user's data.
    TooLong,
    /// The answer is not JSON.
    NotJson,
}

impl fmt::Display for UserDataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TokenRefused => {
                f.write_str("FNCY no longer accepts your access. Sign in again to refresh it.")
            }
            Self::Status(status) => write!(f, "FNCY answered with the status {status}."),
            Self::Unreachable => f.write_str("FNCY can't be reached. Try again in a moment."),
            Self::TimedOut => f.write_str("FNCY took too long to answer. Try again in a moment."),
            Self::TooLong => f.write_str("FNCY's answer is longer than it should be."),
            Self::NotJson => f.write_str("FNCY's answer can't be read."),
        }
    }
}

impl std::error::Error for UserDataError {}

impl UserData {
    /// The endpoint at this address.
    ///
    /// # Errors
    ///
    /// If it is no address, or this machine's TLS can't be set up.
    pub fn new(address: &str) -> Result<Self, StartError> {
        let address = address
            .parse()
            .map_err(|error| format!("{} is no address: {error}.", Setting::UserinfoUrl.name()))?;
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let tls =
            ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()?
                .with_root_certificates(roots)
                .with_no_client_auth();
        // The login has refused plain http already, but for this machine.
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .build();
        // Each actix-web worker has a runtime of its own, which a kept connection would belong to.
        let client = Client::builder(TokioExecutor::new())
            .pool_max_idle_per_host(0)
            .build(connector);
        Ok(Self { client, address })
    }

    /// The user's data, as indented JSON.
    ///
    /// # Errors
    ///
    /// [`UserDataError`], with a sentence for the person who asked.
    pub async fn fetch(&self, access_token: &str) -> Result<String, UserDataError> {
        timeout(DEADLINE, self.exchange(access_token))
            .await
            .unwrap_or(Err(UserDataError::TimedOut))
            .inspect_err(|error| tracing::warn!(?error, "no user data"))
    }

    async fn exchange(&self, access_token: &str) -> Result<String, UserDataError> {
        let mut bearer = HeaderValue::try_from(format!("Bearer {access_token}"))
            .map_err(|_| UserDataError::TokenRefused)?;
        bearer.set_sensitive(true);
        let mut request = Request::new(Empty::new());
        *request.uri_mut() = self.address.clone();
        let headers = request.headers_mut();
        headers.insert(AUTHORIZATION, bearer);
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));

        let response = self.client.request(request).await;
        let (head, body) = response
            .map_err(|_| UserDataError::Unreachable)?
            .into_parts();
        match head.status {
            StatusCode::OK => {}
            StatusCode::UNAUTHORIZED => return Err(UserDataError::TokenRefused),
            status => return Err(UserDataError::Status(status)),
        }
        let body = Limited::new(body, MAX_LEN).collect().await;
        let body = body.map_err(|error| {
            if error.is::<LengthLimitError>() {
                UserDataError::TooLong
            } else {
                UserDataError::Unreachable
            }
        })?;
        serde_json::from_slice::<serde_json::Value>(&body.to_bytes())
            .map(|data| format!("{data:#}"))
            .map_err(|_| UserDataError::NotJson)
    }
}

impl fmt::Debug for UserData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserData")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}
