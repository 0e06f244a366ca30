//! The HTTP client of all requests to FNCY, and the settings of calls to its API.

use std::sync::Arc;

use fncy_login_core::SecureUrl;

use crate::config::builder::LoginBuilder;
use crate::config::parser::Parser;
use crate::config::roots::roots;
use crate::config::setting::Setting;
use crate::provider::api_client::ApiClient;
use crate::provider::connector::{NotHttp, Proxies};
use crate::provider::http_client::HttpClient;
use crate::provider::hyper_client::HyperClient;

impl LoginBuilder {
    /// Names an origin of FNCY's API, to which handlers may send the user's access token with `FncyApi`.
    ///
    /// An origin is a scheme and a host, with the port if it is not the usual one, and without a path:
    /// `https://api.fncy.com`. Only https is accepted, and http for loopback in development. Further calls add origins. By
    /// default no origin is named, and each call is refused before a token is attached.
    ///
    /// ```
    /// # use fncy_login::Login;
    /// let builder = Login::builder().api_origin("https://api.fncy.com");
    /// ```
    #[doc(alias("resource server", "bearer"))]
    pub fn api_origin(mut self, origin: impl Into<String>) -> Self {
        self.api_origins.push(origin.into());
        self
    }

    /// The longest answer of FNCY's API that a handler gets, in bytes. The default is 1 MiB.
    ///
    /// The answer is read as a whole, and 32 calls run at once. A longer answer is an
    /// [`ApiError::AnswerTooLarge`](crate::ApiError::AnswerTooLarge).
    pub fn api_answer_limit(mut self, bytes: usize) -> Self {
        self.api_answer_limit = bytes;
        self
    }

    /// The client of these endpoints. If all of them are on loopback, the machine needs no certificates.
    pub(super) fn client_of(
        &self,
        endpoints: &[&SecureUrl],
        parser: &mut Parser<'_>,
    ) -> Arc<dyn HttpClient> {
        if let Some(client) = &self.http_client {
            if parser.value(Setting::CaFile).is_some() {
                parser.errors.add(
                    Setting::CaFile,
                    "is for the login's own HTTP client; remove it, and let the client of `http_client` trust the file",
                );
            }
            return Arc::clone(client);
        }
        let proxies = Proxies::from_env();
        for url in endpoints {
            match proxies.place_of(url) {
                Ok(None) => {}
                Ok(Some(proxy)) => {
                    tracing::info!(proxy, host = url.origin(), "FNCY is asked through a proxy");
                }
                Err(NotHttp) => parser.errors.add_general(
                    "The proxy of HTTPS_PROXY or ALL_PROXY is not an http proxy; write an address such as http://proxy.example:3128, or name FNCY's host in NO_PROXY.".to_owned(),
                ),
            }
        }
        let needs_roots = endpoints.iter().any(|url| !url.is_loopback());
        let roots = roots(needs_roots, parser);
        Arc::new(HyperClient::new(roots, proxies))
    }

    /// The client of FNCY's API.
    pub(super) fn api_client(&self, parser: &mut Parser<'_>) -> ApiClient {
        let mut origins = Vec::new();
        for (index, text) in self.api_origins.iter().enumerate() {
            match SecureUrl::parse(text) {
                Ok(origin) if origin.origin() == *text => origins.push(origin),
                _ => {
                    let place = SecureUrl::place(text).map(|place| format!(" ({place})"));
                    parser.errors.add_general(format!(
                        "The API origin number {}{} is not a valid origin; write one such as https://api.fncy.example: https (http:// is for localhost only), small letters, no path.",
                        index + 1,
                        place.unwrap_or_default()
                    ));
                }
            }
        }
        ApiClient {
            origins,
            answer_limit: self.api_answer_limit,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::refresh::tests::double::settings;

    #[test]
    fn t02_an_origin_of_the_api_is_checked_at_start() {
        for own in ["https://api.fncy.example", "http://localhost:4000"] {
            assert!(settings().api_origin(own).build().is_ok(), "{own}");
        }
        for other in [
            "http://api.fncy.example",
            "https://api.fncy.example/",
            "https://api.fncy.example:443",
            "https://API.fncy.example",
            "https://user:password@api.fncy.example",
            "api.fncy.example",
        ] {
            let error = settings().api_origin(other).build().unwrap_err();
            let error = error.to_string();
            assert!(error.contains("The API origin number 1"), "{error}");
            assert!(!error.contains("password"), "{error}");
        }
    }
}
