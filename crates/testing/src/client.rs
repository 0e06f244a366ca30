//! A browser without pages: it keeps cookies, and says of each request what browsers say.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::Method;
use url::Url;

use crate::cookies::{Context, CookieJar};
use crate::request::Purpose;
use crate::{Answer, App, Request, TestError, TestFncy};

/// Somebody's browser, as far as the application can tell. Clones are tabs of the same browser.
///
/// ```
/// # async fn example<A: fncy_login_testing::App>(client: fncy_login_testing::Client<A>)
/// #     -> Result<(), fncy_login_testing::TestError> {
/// let page = client.get("/inbox").send().await?;
/// let saved = client.post("/notes").form(&[("text", "hello")]).send().await?;
/// let gone = client.fetch("DELETE", "/api/notes/1").send().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client<A> {
    pub(crate) fncy: TestFncy,
    app: A,
    jar: Arc<Mutex<CookieJar>>,
}

impl<A: App> Client<A> {
    pub(crate) fn new(fncy: TestFncy, app: A) -> Self {
        Self {
            fncy,
            app,
            jar: Arc::default(),
        }
    }

    /// A tab of the same browser that meets another instance of the application.
    pub fn at<B: App>(&self, instance: B) -> Client<B> {
        Client {
            fncy: self.fncy.clone(),
            app: instance,
            jar: Arc::clone(&self.jar),
        }
    }

    /// Opens a page: without a session, the answer is the way to FNCY. The path is sent as it is written, odd
    /// spellings included (`//admin`, `/x/../admin`).
    pub fn get(&self, path: &str) -> Request<'_, A> {
        Request::new(self, Purpose::Navigation, Method::GET, path)
    }

    /// Sends a form of one of the application's own pages.
    pub fn post(&self, path: &str) -> Request<'_, A> {
        Request::new(self, Purpose::Form, Method::POST, path)
    }

    /// A request of a script on one of the application's own pages: without a session, it gets a 401.
    pub fn fetch(&self, method: &str, path: &str) -> Request<'_, A> {
        match Method::from_bytes(method.as_bytes()) {
            Ok(method) => Request::new(self, Purpose::Fetch, method, path),
            Err(error) => Request::mistaken(
                self,
                TestError::because(format!("{method:?} is no method"), error),
            ),
        }
    }

    /// Signs somebody in at FNCY, and gives the callback's answer: a redirect back to the application, or the page
    /// that says why not.
    ///
    /// # Errors
    ///
    /// If it doesn't come to a callback.
    pub async fn sign_in(&self, user: &str) -> Result<Answer, TestError> {
        let login = self.fncy.endpoint("login");
        self.sign_in_at(login.as_str(), user).await
    }

    /// The same, beginning at a page that needs a user or at a `login_url`: the answer leads there.
    ///
    /// # Errors
    ///
    /// If it doesn't come to a callback.
    pub async fn sign_in_at(&self, path: &str, user: &str) -> Result<Answer, TestError> {
        let answer = self.get(path).send().await?;
        let authorize_url = self.way_to_fncy(path, &answer)?;
        let callback = self.fncy.server().approve(authorize_url, user);
        let callback =
            callback.map_err(|error| TestError::because("FNCY signs nobody in", error))?;
        Request::new(self, Purpose::Return, Method::GET, &callback)
            .send()
            .await
    }

    fn way_to_fncy<'a>(&self, path: &str, answer: &'a Answer) -> Result<&'a str, TestError> {
        let base_url = self.fncy.server().base_url();
        let status = answer.status();
        let sentence = match answer.location() {
            Some(location) if location.starts_with(base_url) => return Ok(location),
            Some(location) => format!(
                "{path} leads to {location} and not to FNCY, which is at {base_url}: build the login of \
                 `TestFncy::login`, and don't set its addresses"
            ),
            None if status == 404 => format!(
                "{path} is unknown to the application (404): put FncyLogin round all of it, in axum with \
                 `FncyLogin::wrap`"
            ),
            None if status.is_success() => format!(
                "{path} was answered with {status} and nobody was asked to sign in: it is public, or the login \
                 is not round it. `sign_in` begins at the login's own endpoint"
            ),
            None => format!("{path} was answered with {}", answer.summary()),
        };
        Err(TestError::new(sentence))
    }

    /// The `Cookie` header with the session, for other clients.
    #[must_use]
    pub fn cookie_header(&self) -> String {
        let header = self
            .jar()
            .header(&self.fncy.endpoint(""), Context::SameSite);
        String::from_utf8_lossy(&header.unwrap_or_default()).into_owned()
    }

    /// The cookies, to look at them or to lose some.
    ///
    /// Don't hold it across an `await`: each request needs it.
    pub fn jar(&self) -> MutexGuard<'_, CookieJar> {
        let mut jar = self.jar.lock().unwrap_or_else(PoisonError::into_inner);
        jar.now = self.fncy.clock().unix();
        jar
    }

    pub(crate) async fn send(
        &self,
        address: &Url,
        context: Context,
        request: http::Request<bytes::Bytes>,
    ) -> Result<Answer, TestError> {
        let answer = self.app.call(request).await.map_err(|error| {
            TestError::because(
                format!("the application did not answer {}", address.path()),
                error,
            )
        })?;
        let lines = answer.headers().get_all("set-cookie");
        self.jar().apply(address, context, lines);
        Ok(Answer::new(answer))
    }

    /// Where a path of the application is. One that begins with a slash is below its origin, whatever follows.
    pub(crate) fn address(&self, path: &str) -> Result<Url, TestError> {
        let origin = self.fncy.origin();
        let base = Url::parse(&origin).ok();
        let address = match path.strip_prefix('/') {
            Some(rest) => Url::parse(&format!("{origin}/{rest}")),
            None => Url::options().base_url(base.as_ref()).parse(path),
        };
        let address =
            address.map_err(|error| TestError::because(format!("{path:?} is no path"), error))?;
        if address.origin().ascii_serialization() != origin {
            return Err(TestError::new(format!(
                "{path} is not the application's: that is at {origin}"
            )));
        }
        Ok(address)
    }
}

impl<A> fmt::Debug for Client<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("fncy", &self.fncy)
            .finish_non_exhaustive()
    }
}
