//! One scripted misbehaviour of an endpoint.

use std::time::Duration;

use serde_json::{Map, Value};

/// A scripted misbehaviour of an endpoint.
///
/// The faults of an endpoint form a queue. The first fault applies until its [`count`] is used up.
/// Then the next fault applies.
///
/// A fault with a [`status`] or a [`body`] replaces the endpoint's work and its response. A fault
/// without both adds its delay, headers and members to the endpoint's own response.
///
/// Over HTTP, `PUT /_dev/faults/{endpoint}` takes one object or an array of objects. Each member is
/// optional:
///
/// ```json
/// {"status": 503, "headers": [["retry-after", "1"]], "body": "busy",
///  "members": {"aud": "other-api"},
///  "delay_ms": 250, "lose_response": false, "count": 2}
/// ```
///
/// [`count`]: Fault::count
/// [`status`]: Fault::status
/// [`body`]: Fault::body
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fault {
    /// The status of the response. If only a body is set, the status is 200.
    pub status: Option<u16>,
    /// Headers of the response. They replace the endpoint's headers of the same name. If the fault
    /// replaces the response, the response has a `Content-Type` only if it is set here.
    pub headers: Vec<(String, String)>,
    /// The body of the response. If only a status is set, the body is empty.
    pub body: Option<Vec<u8>>,
    /// Members that replace those of the endpoint's own response, if that is a JSON object. `null`
    /// removes a member.
    pub members: Map<String, Value>,
    /// The wait before the endpoint does its work.
    pub delay: Option<Duration>,
    /// If true, the endpoint does its work (uses up the code, rotates the refresh token), and the
    /// server closes the connection without a response. `status` and `body` are then ignored.
    pub lose_response: bool,
    /// How many requests the fault applies to. Default `None`: all requests until it is cleared.
    pub count: Option<u32>,
}

impl Fault {
    /// Creates a fault that responds with this status and an empty body.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self {
            status: Some(status),
            ..Self::default()
        }
    }

    /// Creates a fault that delays the endpoint's own response.
    #[must_use]
    pub fn delay(delay: Duration) -> Self {
        Self {
            delay: Some(delay),
            ..Self::default()
        }
    }

    /// Creates a fault that does the endpoint's work and loses the response, like a network failure
    /// at the worst moment.
    #[must_use]
    pub fn lost_response() -> Self {
        Self {
            lose_response: true,
            ..Self::default()
        }
    }

    /// Sets the body to this JSON text.
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

    /// Creates a fault that replaces a member of the endpoint's own JSON response. `null` removes it.
    ///
    /// ```
    /// # fn main() -> Result<(), fncy_dev_server::StartError> {
    /// use fncy_dev_server::{DevServer, Endpoint, Fault};
    ///
    /// let server = DevServer::start()?;
    /// // The next introspection names another client.
    /// server.fault(Endpoint::Introspect, Fault::member("client_id", "other-app").once());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn member(name: &str, value: impl Into<Value>) -> Self {
        Self {
            members: Map::from_iter([(name.to_owned(), value.into())]),
            ..Self::default()
        }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Applies the fault to this many requests.
    #[must_use]
    pub fn times(self, count: u32) -> Self {
        Self {
            count: Some(count),
            ..self
        }
    }

    /// Applies the fault to one request.
    #[must_use]
    pub fn once(self) -> Self {
        self.times(1)
    }

    pub(crate) fn replaces_response(&self) -> bool {
        !self.lose_response && (self.status.is_some() || self.body.is_some())
    }
}
