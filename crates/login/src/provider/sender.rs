//! One HTTP request to the provider and its answer, through any [`HttpClient`].
//!
//! Rules:
//! - One deadline covers the whole exchange, with the body. It holds for every client.
//! - If the process is too busy to read answers, the deadline moves. Otherwise an answer that has arrived would be lost,
//!   and with it the only copy of a new refresh token.
//! - The application's hook may add headers that carry its trace on.
//! - Answers are read without compression, and up to a limit.
//! - A cause in the log repeats no secret of the request.
//! - The date of an answer shows how far this instance's clock is from the provider's.

use std::error::Error;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use fncy_login_core::{Failure, ProviderAnswer, Secret, SecureUrl, Timestamp};
use form_urlencoded::byte_serialize;
use http::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, DATE, RETRY_AFTER, USER_AGENT};
use http::{HeaderValue, Method, Request, Response, Uri};
use httpdate::parse_http_date;
use tokio::time::{Instant, timeout_at};

use crate::observe::clock::Clock;
use crate::observe::once_per_minute::limited;
use crate::observe::telemetry::Telemetry;
use crate::observe::trace_context::{self, TraceContext};
use crate::provider::http_client::{HttpClient, HttpClientError};
use crate::store::store_client::MAX_MOVE;

/// The longest answer, which is ten times the largest reasonable one.
const MAX_BODY_LEN: usize = 256 * 1024;
/// The time for all that one request causes.
pub(crate) const REQUEST_DEADLINE: Duration = Duration::from_secs(15);
/// The time for one exchange.
pub(crate) const EXCHANGE_DEADLINE: Duration = Duration::from_secs(10);
/// A timer that fires this late shows that the process is busy.
const LATE: Duration = Duration::from_millis(100);

/// The content codings of IANA's registry, without `identity`, which changes no byte.
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

/// Sends requests with a client, within the rules above.
pub(crate) struct Sender {
    pub(crate) client: Arc<dyn HttpClient>,
    pub(crate) telemetry: Arc<Telemetry>,
    pub(crate) clock: Arc<dyn Clock>,
    /// The endpoint whose clock is compared with ours.
    pub(crate) token_url: SecureUrl,
    pub(crate) trace_context: Option<TraceContext>,
}

impl Sender {
    /// Asks an endpoint of the login, and reads its whole answer before the deadline. `sent` has the request's secrets.
    pub(crate) async fn send(
        &self,
        mut request: Request<Vec<u8>>,
        sent: &[Secret],
        deadline: Instant,
    ) -> Result<ProviderAnswer, Failure> {
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(ACCEPT, json);
        read(self.exchange(request, MAX_BODY_LEN, sent, deadline).await?)
    }

    /// Sends any request, and reads an answer of at most `limit` bytes before the deadline.
    pub(crate) async fn exchange(
        &self,
        mut request: Request<Vec<u8>>,
        limit: usize,
        sent: &[Secret],
        deadline: Instant,
    ) -> Result<Response<Vec<u8>>, Failure> {
        let headers = request.headers_mut();
        for (name, value) in [
            (ACCEPT_ENCODING, "identity"),
            (
                USER_AGENT,
                concat!("fncy-login/", env!("CARGO_PKG_VERSION")),
            ),
        ] {
            let value = HeaderValue::from_static(value);
            headers.entry(name).or_insert(value);
        }
        if let Some(hook) = &self.trace_context {
            trace_context::add(hook, headers);
        }
        let uri = request.uri().clone();
        // A cache may answer a `GET`, and with an old date. Another server's clock is not FNCY's.
        let shows_clock = request.method() == Method::POST && uri == *self.token_url.as_str();
        let began = self.clock.now();
        let sending = until(deadline, self.client.send(request, limit));
        let response = sending.await.ok_or(Failure::TimedOut)?;
        let response = response.map_err(|error| self.failure(&error, &uri, sent))?;
        if shows_clock && let Some(there) = date(&response) {
            self.telemetry.clocks(began, there, self.clock.now());
        }
        if response.body().len() > limit {
            return Err(Failure::TooLarge);
        }
        Ok(response)
    }

    /// The failure for a client's error, which is logged.
    fn failure(&self, error: &HttpClientError, uri: &Uri, sent: &[Secret]) -> Failure {
        let failure = match error {
            HttpClientError::NoConnection(_) => Failure::NoConnection,
            HttpClientError::Interrupted(_) => Failure::Transport,
            HttpClientError::TooLarge => return Failure::TooLarge,
        };
        let cause = cause(error, sent);
        let (hint, outcome) = (hint(&cause), failure.as_str());
        limited!(
            self.telemetry,
            warn,
            "the provider can't be reached",
            by(uri.authority(), outcome),
            cause,
            hint
        );
        failure
    }
}

/// The time at which an answer was written (RFC 9110, section 6.6.1).
fn date<T>(response: &Response<T>) -> Option<Timestamp> {
    let date = response.headers().get(DATE)?.to_str().ok()?;
    Some(parse_http_date(date).ok()?.into())
}

/// Waits for an answer until a deadline. `None` if it does not come.
///
/// If the deadline's timer fires late, the wait goes on for as long as the timer was late: the answer may have arrived,
/// but no task has read it yet.
async fn until<T>(deadline: Instant, answer: impl Future<Output = T>) -> Option<T> {
    let mut answer = pin!(answer);
    let mut until = deadline;
    loop {
        if let Ok(answer) = timeout_at(until, &mut answer).await {
            return Some(answer);
        }
        let now = Instant::now();
        let late = now - until;
        until = (now + late).min(deadline + MAX_MOVE);
        if late < LATE || until <= now {
            return None;
        }
    }
}

fn read(response: Response<Vec<u8>>) -> Result<ProviderAnswer, Failure> {
    let (head, body) = response.into_parts();
    let encodings = head.headers.get_all(CONTENT_ENCODING);
    if encodings.iter().any(is_encoded) {
        return Err(Failure::Encoded);
    }
    Ok(ProviderAnswer {
        status: head.status.as_u16(),
        retry_after: head
            .headers
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned),
        body,
        sent: Vec::new(),
    })
}

/// Whether a line of `Content-Encoding` names a coding (RFC 9110, section 8.4.1).
///
/// Some servers write other words there, such as `none` or `UTF-8`, and don't encode the body.
fn is_encoded(line: &HeaderValue) -> bool {
    let mut codings = line.as_bytes().split(|byte| *byte == b',');
    codings.any(|coding| {
        let coding = coding.trim_ascii();
        CODINGS
            .iter()
            .any(|name| coding.eq_ignore_ascii_case(name.as_bytes()))
    })
}

/// An error with its causes, the outermost first. A cause is for example an untrusted certificate.
fn cause(error: &HttpClientError, sent: &[Secret]) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    let is_told = |secret: &Secret| {
        let plain = secret.expose();
        // As a form has it.
        let escaped: String = byte_serialize(plain.as_bytes()).collect();
        text.contains(plain) || text.contains(&escaped)
    };
    if sent.iter().any(is_told) {
        return "the HTTP client's error repeats a secret of the request".to_owned();
    }
    text
}

/// The advice for an operator, for a cause that has none.
fn hint(cause: &str) -> Option<&'static str> {
    let known = [
        (
            "CaUsedAsEndEntity",
            "the server's certificate is an authority's, as `openssl req -x509` makes it: make a certificate with `-addext basicConstraints=critical,CA:FALSE`",
        ),
        (
            "UnknownIssuer",
            "the authority that signed the server's certificate is not trusted on this machine: set FNCY_CA_FILE to its PEM file, or add it to the system's authorities",
        ),
    ];
    let found = known.into_iter().find(|(name, _)| cause.contains(name))?;
    Some(found.1)
}

#[cfg(test)]
mod tests {
    use tokio::task::yield_now;
    use tokio::time::{advance, sleep_until};

    use super::*;
    use crate::observe::clock::SystemClock;
    use crate::provider::http_client::HttpExchange;

    /// A client whose answer is a function of the limit. `None` is no answer.
    struct Does<F>(F);

    impl<F> HttpClient for Does<F>
    where
        F: Fn(usize) -> Option<Result<Response<Vec<u8>>, HttpClientError>> + Send + Sync + 'static,
    {
        fn send(&self, _: Request<Vec<u8>>, limit: usize) -> HttpExchange<'_> {
            let answer = (self.0)(limit);
            Box::pin(async {
                match answer {
                    Some(answer) => answer,
                    None => std::future::pending().await,
                }
            })
        }
    }

    async fn sent<F>(client: F) -> Result<ProviderAnswer, Failure>
    where
        F: Fn(usize) -> Option<Result<Response<Vec<u8>>, HttpClientError>> + Send + Sync + 'static,
    {
        let deadline = Instant::now() + EXCHANGE_DEADLINE;
        let sender = Sender {
            client: Arc::new(Does(client)),
            telemetry: Arc::new(Telemetry::new(String::new())),
            clock: Arc::new(SystemClock),
            token_url: SecureUrl::parse("https://fncy.example/token").unwrap(),
            trace_context: None,
        };
        sender.send(Request::default(), &[], deadline).await
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_says_nothing_is_left_at_the_deadline() {
        let began = Instant::now();
        assert!(matches!(sent(|_| None).await, Err(Failure::TimedOut)));
        assert_eq!(began.elapsed(), EXCHANGE_DEADLINE);
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_a_busy_process_has_not_read_is_read() {
        // Seconds in which no task of the process runs. The answer is read two seconds later.
        for (busy, is_read) in [(9, false), (15, true), (30, false)] {
            let began = Instant::now();
            let answer = sleep_until(began + Duration::from_secs(busy + 2));
            let waiting = tokio::spawn(until(began + EXCHANGE_DEADLINE, answer));
            yield_now().await;
            advance(Duration::from_secs(busy)).await;
            assert_eq!(waiting.await.unwrap().is_some(), is_read, "{busy}");
        }
    }

    #[tokio::test]
    async fn a_client_is_told_the_limit_and_held_to_it() {
        let exact = |limit| Some(Ok(Response::new(vec![b' '; limit])));
        assert_eq!(sent(exact).await.unwrap().body.len(), MAX_BODY_LEN);
        let longer = |limit| Some(Ok(Response::new(vec![b' '; limit + 1])));
        assert!(matches!(sent(longer).await, Err(Failure::TooLarge)));
        let stopped = |_| Some(Err(HttpClientError::TooLarge));
        assert!(matches!(sent(stopped).await, Err(Failure::TooLarge)));
    }

    #[test]
    fn a_cause_that_repeats_a_secret_is_not_told() {
        let error = HttpClientError::Interrupted("POST code=c-0-d-e was cut".into());
        let secret = |text: &str| [Secret::new(text.to_owned())];
        assert!(cause(&error, &secret("other")).contains("c-0-d-e"));
        assert!(!cause(&error, &secret("c-0-d-e")).contains("c-0-d-e"));
        let form = HttpClientError::Interrupted("POST code=c%2F0%2Bd+e was cut".into());
        assert!(!cause(&form, &secret("c/0+d e")).contains("c%2F0"));
    }
}
