//! One scripted misbehaviour of an endpoint.

use std::time::Duration;

/// What an endpoint does instead of, or besides, answering properly.
///
/// Faults of an endpoint queue up: the first is applied to each request until its [`count`] is used
/// up, then the next. A fault with a [`status`] or a [`body`] answers *without* doing the work; one
/// with neither lets the endpoint answer and only adds its delay and headers.
///
/// Over HTTP, `PUT /_dev/faults/{endpoint}` takes one object or an array of them, every member
/// optional:
///
/// ```json
/// {"status": 503, "headers": [["retry-after", "1"]], "body": "busy",
///  "delay_ms": 250, "lose_answer": false, "count": 2}
/// ```
///
/// [`count`]: Fault::count
/// [`status`]: Fault::status
/// [`body`]: Fault::body
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fault {
    /// The status to answer with; 200 if only a body is given.
    pub status: Option<u16>,
    /// Added to the answer, replacing headers of the same name. A `body` has no other content type
    /// than the one given here.
    pub headers: Vec<(String, String)>,
    /// The body to answer with; empty if only a status is given.
    pub body: Option<Vec<u8>>,
    /// Waited for before anything else is done.
    pub delay: Option<Duration>,
    /// Do the work (use up the code, rotate the refresh token), then close the connection without a
    /// word. Wins over `status` and `body`.
    pub lose_answer: bool,
    /// How many requests it applies to; `None`, the default, until it is cleared.
    pub count: Option<u32>,
}

impl Fault {
    /// Answers with this status, and with an empty body unless it is given one.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self {
            status: Some(status),
            ..Self::default()
        }
    }

    /// Answers properly, after a delay.
    #[must_use]
    pub fn delay(delay: Duration) -> Self {
        Self {
            delay: Some(delay),
            ..Self::default()
        }
    }

    /// Does the work and loses the answer, as a network failure at the worst moment does.
    #[must_use]
    pub fn lost_answer() -> Self {
        Self {
            lose_answer: true,
            ..Self::default()
        }
    }

    /// Answers with this JSON text.
    ///
    /// ```
    /// use fncy_dev_server::Fault;
    ///
    /// let refused = Fault::status(400).json(r#"{"error":"invalid_grant"}"#).once();
    /// # assert_eq!((refused.status, refused.count), (Some(400), Some(1)));
    /// # assert_eq!(refused.headers, [("content-type".to_owned(), "application/json".to_owned())]);
    /// ```
    #[must_use]
    pub fn json(self, body: &str) -> Self {
        Self {
            body: Some(body.into()),
            ..self
        }
        .header("content-type", "application/json")
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Applies to this many requests.
    #[must_use]
    pub fn times(self, count: u32) -> Self {
        Self {
            count: Some(count),
            ..self
        }
    }

    /// Applies to one request.
    #[must_use]
    pub fn once(self) -> Self {
        self.times(1)
    }

    pub(crate) fn replaces_answer(&self) -> bool {
        !self.lose_answer && (self.status.is_some() || self.body.is_some())
    }
}
