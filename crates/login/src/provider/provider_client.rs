//! Exchanges as HTTP requests: the `oauth2` crate writes them, and our client sends them.
//!
//! Rules:
//! - The crate's own error is never made, since its `Debug` prints whole bodies. The core judges the raw answer.
//! - A body is JSON, as FNCY documents it, or the form of RFC 6749.

use std::borrow::Cow;
use std::cell::Cell;
use std::pin::Pin;

use fncy_login_core::{
    Exchange, Failure, Newest, ProviderAnswer, ProviderResult, Redeem, RedirectParam, Secret,
    SecureUrl, TokenDialect, TokenKind,
};
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Method, Request};
use oauth2::basic::BasicClient;
use oauth2::{
    AccessToken, AuthType, AuthorizationCode, ClientId, ClientSecret, HttpRequest, HttpResponse,
    IntrospectionUrl, PkceCodeVerifier, RedirectUrl, RefreshToken, RevocationUrl, Scope,
    StandardRevocableToken, SyncHttpClient, TokenUrl,
};
use tokio::time::Instant;

use crate::observe::telemetry;
use crate::observe::words::name_of;
use crate::provider::choices::TokenBody;
use crate::provider::exchanges::Exchanges;
use crate::provider::places::Place;
use crate::provider::sender::{EXCHANGE_DEADLINE, Sender};

/// A provider's endpoints, and the client that sends requests to them.
pub(crate) struct ProviderClient {
    pub(crate) http: Sender,
    /// Where browsers are sent to sign in. The client sends nothing there.
    pub(crate) authorize_url: SecureUrl,
    pub(crate) token_url: SecureUrl,
    pub(crate) userinfo_url: SecureUrl,
    /// `GET`, or `POST` with an empty body. The token is in the header.
    pub(crate) userinfo_method: Method,
    pub(crate) revocation_url: Option<SecureUrl>,
    pub(crate) client_id: String,
    pub(crate) client_secret: Newest<Secret>,
    pub(crate) auth_type: AuthType,
    pub(crate) body: TokenBody,
    pub(crate) dialect: TokenDialect,
    pub(crate) redirect_param: RedirectParam,
}

/// An address for the crate, which takes https only here. The endpoint's own address replaces it in the request.
const PLACEHOLDER: &str = "https://localhost/";

/// A request could not be written. The settings are checked at start, so this should not happen.
#[derive(Debug)]
struct Unwritable;

impl Exchanges for ProviderClient {
    fn run<'a>(
        &'a self,
        exchange: Exchange<'a>,
        place: &'a Place,
        deadline: Instant,
    ) -> Pin<Box<dyn Future<Output = ProviderResult> + Send + 'a>> {
        Box::pin(Self::run(self, exchange, place, deadline))
    }
}

impl ProviderClient {
    /// Runs one exchange in a place. `deadline` is that of the whole request to the login.
    pub(crate) async fn run(
        &self,
        exchange: Exchange<'_>,
        _: &Place,
        deadline: Instant,
    ) -> ProviderResult {
        let deadline = deadline.min(Instant::now() + EXCHANGE_DEADLINE);
        let Ok(request) = self.write(exchange) else {
            tracing::error!("a request to the provider could not be written");
            return Err(Failure::Transport);
        };
        let sent = self.secrets(exchange, &request);
        let span = telemetry::request(name_of(exchange), &request);
        let sending = async {
            let answer = self.http.send(request, &sent, deadline).await?;
            Ok(ProviderAnswer { sent, ..answer })
        };
        self.http.telemetry.exchange(exchange, span, sending).await
    }

    /// The secrets of a request, which the log must not repeat.
    fn secrets(&self, exchange: Exchange<'_>, request: &HttpRequest) -> Vec<Secret> {
        let mut secrets = vec![self.client_secret.get().clone()];
        match exchange {
            Exchange::Redeem(redeem) => {
                secrets.push(redeem.code.clone());
                secrets.extend(redeem.verifier.clone());
            }
            Exchange::Refresh { refresh_token } => secrets.push(refresh_token.clone()),
            Exchange::Revoke(revoke) => secrets.push(revoke.token.clone()),
            Exchange::Introspect { token, .. } => secrets.push(token.clone()),
            Exchange::UserData { .. }
            | Exchange::ClientCredentials { .. }
            | Exchange::KeySet { .. } => {}
        }
        let header = request.headers().get(AUTHORIZATION);
        let header = header.and_then(|value| value.to_str().ok()?.split_once(' '));
        secrets.extend(header.map(|(_, credentials)| Secret::new(credentials.to_owned())));
        secrets
    }

    /// Asks the token endpoint for any answer. It only obeys `POST` (RFC 6749, section 3.2), so a `GET` has no effect.
    pub(crate) async fn probe(
        &self,
        _: &Place,
        deadline: Instant,
    ) -> Result<ProviderAnswer, Failure> {
        let request = get(&self.token_url).map_err(|Unwritable| Failure::Transport)?;
        self.http.send(request, &[], deadline).await
    }

    fn write(&self, exchange: Exchange<'_>) -> Result<HttpRequest, Unwritable> {
        match exchange {
            Exchange::Redeem(redeem) => self.redeem(redeem),
            Exchange::Refresh { refresh_token } => self.refresh(refresh_token),
            Exchange::ClientCredentials { scope } => self.client_credentials(scope),
            Exchange::UserData { access_token } => self.user_data(access_token),
            Exchange::Introspect { token, url } => self.introspect(token, url),
            Exchange::KeySet { url } => get(url),
            Exchange::Revoke(revoke) => self.revoke(&revoke.token, revoke.kind),
        }
    }

    /// RFC 6749, section 4.1.3, with RFC 7636, section 4.5.
    fn redeem(&self, redeem: &Redeem) -> Result<HttpRequest, Unwritable> {
        let client = self.client().set_token_uri(self.token_uri()?);
        let mut request =
            client.exchange_code(AuthorizationCode::new(redeem.code.expose().to_owned()));
        if let Some(verifier) = &redeem.verifier {
            let verifier = PkceCodeVerifier::new(verifier.expose().to_owned());
            request = request.set_pkce_verifier(verifier);
        }
        for name in self.redirect_param.names() {
            request = match *name {
                "redirect_uri" => request.set_redirect_uri(Cow::Owned(
                    RedirectUrl::new(redeem.redirect_uri.clone()).map_err(unwritable)?,
                )),
                other => request.add_extra_param(other, redeem.redirect_uri.clone()),
            };
        }
        let capture = Capture::default();
        drop(request.request(&capture));
        self.encode(capture.into_request()?)
    }

    /// RFC 6749, section 6.
    fn refresh(&self, refresh_token: &Secret) -> Result<HttpRequest, Unwritable> {
        let token = RefreshToken::new(refresh_token.expose().to_owned());
        let client = self.client().set_token_uri(self.token_uri()?);
        let capture = Capture::default();
        drop(client.exchange_refresh_token(&token).request(&capture));
        self.encode(capture.into_request()?)
    }

    /// RFC 6749, section 4.4.2.
    fn client_credentials(&self, scope: Option<&str>) -> Result<HttpRequest, Unwritable> {
        let client = self.client().set_token_uri(self.token_uri()?);
        let mut request = client.exchange_client_credentials();
        if let Some(scope) = scope {
            // As one scope of the crate's, which joins several by spaces.
            let scope = self.dialect.scope_separator.join(scope);
            request = request.add_scope(Scope::new(scope));
        }
        let capture = Capture::default();
        drop(request.request(&capture));
        self.encode(capture.into_request()?)
    }

    /// RFC 6750, section 2.1.
    fn user_data(&self, access_token: &Secret) -> Result<HttpRequest, Unwritable> {
        let bearer = format!("Bearer {}", access_token.expose());
        let mut bearer = HeaderValue::try_from(bearer).map_err(unwritable)?;
        bearer.set_sensitive(true);
        Request::builder()
            .method(self.userinfo_method.clone())
            .uri(self.userinfo_url.as_str())
            .header(AUTHORIZATION, bearer)
            .body(Vec::new())
            .map_err(unwritable)
    }

    /// RFC 7662, section 2.1.
    fn introspect(&self, token: &Secret, url: &SecureUrl) -> Result<HttpRequest, Unwritable> {
        let placeholder = IntrospectionUrl::new(PLACEHOLDER.to_owned()).map_err(unwritable)?;
        let client = self.client().set_introspection_url(placeholder);
        let token = AccessToken::new(token.expose().to_owned());
        let capture = Capture::default();
        let request = client
            .introspect(&token)
            .set_token_type_hint("access_token");
        drop(request.request(&capture));
        // A form, as the RFC has it, whatever the format of the token endpoint is.
        let mut request = capture.into_request()?;
        *request.uri_mut() = url.as_str().parse().map_err(unwritable)?;
        Ok(request)
    }

    /// RFC 7009, section 2.1.
    fn revoke(&self, token: &Secret, kind: TokenKind) -> Result<HttpRequest, Unwritable> {
        let url = self.revocation_url.as_ref().ok_or(Unwritable)?;
        let placeholder = RevocationUrl::new(PLACEHOLDER.to_owned()).map_err(unwritable)?;
        let client = self.client().set_revocation_url(placeholder);
        let token = token.expose().to_owned();
        let token = match kind {
            TokenKind::Access => StandardRevocableToken::AccessToken(AccessToken::new(token)),
            TokenKind::Refresh => StandardRevocableToken::RefreshToken(RefreshToken::new(token)),
        };
        let request = client.revoke_token(token).map_err(unwritable)?;
        let capture = Capture::default();
        drop(request.request(&capture));
        let mut request = capture.into_request()?;
        *request.uri_mut() = url.as_str().parse().map_err(unwritable)?;
        self.encode(request)
    }

    fn token_uri(&self) -> Result<TokenUrl, Unwritable> {
        TokenUrl::new(self.token_url.as_str().to_owned()).map_err(unwritable)
    }

    fn client(&self) -> BasicClient {
        BasicClient::new(ClientId::new(self.client_id.clone()))
            .set_client_secret(ClientSecret::new(
                self.client_secret.get().expose().to_owned(),
            ))
            .set_auth_type(self.auth_type.clone())
    }

    /// Turns the crate's form into JSON, if that is the setting.
    fn encode(&self, mut request: HttpRequest) -> Result<HttpRequest, Unwritable> {
        if self.body == TokenBody::Json {
            let members: serde_json::Map<String, serde_json::Value> =
                form_urlencoded::parse(request.body())
                    .map(|(name, value)| (name.into_owned(), value.into_owned().into()))
                    .collect();
            *request.body_mut() = serde_json::to_vec(&members).map_err(unwritable)?;
            let json = HeaderValue::from_static("application/json");
            request.headers_mut().insert(CONTENT_TYPE, json);
        }
        Ok(request)
    }
}

/// A request without a secret.
fn get(url: &SecureUrl) -> Result<HttpRequest, Unwritable> {
    let request = Request::get(url.as_str());
    request.body(Vec::new()).map_err(unwritable)
}

/// Keeps the request that the `oauth2` crate would send.
#[derive(Default)]
struct Capture(Cell<Option<HttpRequest>>);

impl SyncHttpClient for Capture {
    type Error = Captured;

    fn call(&self, request: HttpRequest) -> Result<HttpResponse, Captured> {
        self.0.set(Some(request));
        Err(Captured)
    }
}

impl Capture {
    fn into_request(self) -> Result<HttpRequest, Unwritable> {
        self.0.into_inner().ok_or(Unwritable)
    }
}

/// The error that the crate gets instead of an answer.
#[derive(Debug)]
struct Captured;

impl std::fmt::Display for Captured {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the request was captured")
    }
}

impl std::error::Error for Captured {}

/// Drops the error, which may quote a secret.
fn unwritable<E>(_: E) -> Unwritable {
    Unwritable
}
