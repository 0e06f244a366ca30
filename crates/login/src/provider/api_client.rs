//! Calls of FNCY's API with a user's access token.
//!
//! Rules:
//! - A token is sent to the origins of the setting only. The address is compared as the HTTP client reads it.
//! - A request with a header that this client or the connection writes is refused, before a token is attached.
//! - Calls have places of their own, so that they delay no sign-in and no refresh.
//! - No redirect is followed: the answer is the handler's.

use fncy_login_core::{Secret, SecureUrl};
use http::header::AUTHORIZATION;
use http::uri::Scheme;
use http::{HeaderValue, Request, Response, Uri};
use tokio::time::Instant;

use crate::observe::telemetry;
use crate::observe::trace_context::RESERVED;
use crate::observe::words::API;
use crate::provider::api_error::ApiError;
use crate::provider::places::{Places, Work};
use crate::provider::sender::{EXCHANGE_DEADLINE, Sender};

/// Where handlers may send a user's access token.
pub(crate) struct ApiClient {
    pub(crate) origins: Vec<SecureUrl>,
    /// The longest answer, in bytes.
    pub(crate) answer_limit: usize,
}

impl ApiClient {
    /// Refuses a request that must not get a token.
    pub(crate) fn check(&self, request: &Request<Vec<u8>>) -> Result<(), ApiError> {
        let origin = origin_of(request.uri());
        let is_own = |own: &SecureUrl| {
            origin
                .as_ref()
                .is_some_and(|origin| own.origin() == *origin)
        };
        if !self.origins.iter().any(is_own) {
            return Err(ApiError::OtherOrigin);
        }
        if RESERVED
            .iter()
            .any(|name| request.headers().contains_key(name))
        {
            return Err(ApiError::ReservedHeader);
        }
        Ok(())
    }

    /// Sends a request with this access token. `user` is the user as a number.
    pub(crate) async fn send(
        &self,
        http: &Sender,
        places: &Places,
        user: u64,
        mut request: Request<Vec<u8>>,
        access_token: &str,
    ) -> Result<Response<Vec<u8>>, ApiError> {
        let deadline = Instant::now() + EXCHANGE_DEADLINE;
        let bearer = HeaderValue::try_from(format!("Bearer {access_token}"));
        let mut bearer = bearer.map_err(|_| ApiError::Refused)?;
        bearer.set_sensitive(true);
        request.headers_mut().insert(AUTHORIZATION, bearer);
        let place = places.take(Work::Api(user), deadline).await;
        let _place = place.ok_or(ApiError::NO_ANSWER)?;
        let sent = [Secret::new(access_token.to_owned())];
        let span = telemetry::request(API, &request);
        let exchange = http.exchange(request, self.answer_limit, &sent, deadline);
        Ok(http.telemetry.api_call(span, exchange).await?)
    }
}

/// The scheme, host and port of an address, as [`SecureUrl::origin`] writes them. `None` for an address with a user or a
/// password, and for one without a host.
fn origin_of(uri: &Uri) -> Option<String> {
    let (scheme, authority) = (uri.scheme()?, uri.authority()?);
    if authority.as_str().contains('@') {
        return None;
    }
    let default = if *scheme == Scheme::HTTPS { 443 } else { 80 };
    let host = authority.host().to_ascii_lowercase();
    let port = authority.port_u16().filter(|port| *port != default);
    let port = port.map(|port| format!(":{port}")).unwrap_or_default();
    Some(format!("{scheme}://{host}{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client() -> ApiClient {
        let origins = ["https://api.fncy.example", "http://127.0.0.1:4000"];
        ApiClient {
            origins: origins
                .map(|origin| SecureUrl::parse(origin).unwrap())
                .into(),
            answer_limit: 1,
        }
    }

    fn checked(uri: &str) -> Result<(), ApiError> {
        client().check(&Request::get(uri).body(Vec::new()).unwrap())
    }

    #[test]
    fn t02_an_address_is_compared_as_a_whole() {
        for own in [
            "https://api.fncy.example",
            "https://api.fncy.example/orders?a=b",
            "HTTPS://API.FNCY.EXAMPLE:443/",
            "http://127.0.0.1:4000/",
        ] {
            assert_eq!(checked(own), Ok(()), "{own}");
        }
        for other in [
            "http://api.fncy.example/",
            "https://api.fncy.example:8443/",
            "https://api.fncy.example./",
            "https://api.fncy.example.evil.example/",
            "https://evil.example/api.fncy.example",
            "https://api.fncy.example@evil.example/",
            "https://evil.example@api.fncy.example/",
            "http://127.0.0.1/",
            "http://localhost:4000/",
            "/orders",
            "api.fncy.example:443",
        ] {
            assert_eq!(checked(other), Err(ApiError::OtherOrigin), "{other}");
        }
    }

    #[test]
    fn t02_a_header_of_the_login_or_the_connection_is_refused() {
        for name in RESERVED {
            let request = Request::get("https://api.fncy.example/").header(&name, "1");
            let request = request.body(Vec::new()).unwrap();
            let refused = client().check(&request);
            assert_eq!(refused, Err(ApiError::ReservedHeader), "{name}");
        }
    }
}
