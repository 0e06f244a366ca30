//! The clients of a test: a browser without pages, which keeps cookies and sends a browser's headers, or a program with an
//! access token.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use url::Url;

use crate::answer::Answer;
use crate::app::App;
use crate::cookies::{Context, CookieJar};
use crate::error::TestError;
use crate::fncy::TestFncy;

/// A browser without pages, or a program with an access token. Clones are tabs of the same browser.
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
#[doc(alias("browser", "cookie jar", "http client"))]
#[derive(Clone)]
pub struct Client<A> {
    pub(crate) fncy: TestFncy,
    app: A,
    jar: Arc<Mutex<CookieJar>>,
    #[cfg(feature = "device-bound")]
    device: Arc<Mutex<DeviceState>>,
    /// The `Authorization` header of a program. A program sends no cookies.
    pub(crate) authorization: Option<Arc<str>>,
}

/// What a browser remembers of its device key.
#[cfg(feature = "device-bound")]
#[derive(Default)]
pub(crate) struct DeviceState {
    /// The path and the challenge of the last offer.
    pub(crate) offer: Option<(String, String)>,
    /// The name of the binding, and the path at which it is refreshed.
    pub(crate) binding: Option<(String, String)>,
}

impl<A: App> Client<A> {
    pub(crate) fn new(fncy: TestFncy, app: A) -> Self {
        Self {
            fncy,
            app,
            jar: Arc::default(),
            #[cfg(feature = "device-bound")]
            device: Arc::default(),
            authorization: None,
        }
    }

    /// A tab of the same browser, for another instance of the application.
    pub fn at<B: App>(&self, instance: B) -> Client<B> {
        Client {
            fncy: self.fncy.clone(),
            app: instance,
            jar: Arc::clone(&self.jar),
            #[cfg(feature = "device-bound")]
            device: Arc::clone(&self.device),
            authorization: self.authorization.clone(),
        }
    }

    /// The browser's `Cookie` header, for another HTTP client.
    #[must_use]
    pub fn cookie_header(&self) -> String {
        let header = self
            .jar()
            .header(&self.fncy.endpoint(""), Context::SameSite);
        String::from_utf8_lossy(&header.unwrap_or_default()).into_owned()
    }

    /// The browser's cookies, to read or remove them.
    ///
    /// Don't hold the guard across an `await`, since each request locks the jar.
    pub fn jar(&self) -> MutexGuard<'_, CookieJar> {
        let mut jar = self.jar.lock().unwrap_or_else(PoisonError::into_inner);
        jar.now = self.fncy.clock().unix();
        jar
    }

    #[cfg(feature = "device-bound")]
    pub(crate) fn device(&self) -> MutexGuard<'_, DeviceState> {
        self.device.lock().unwrap_or_else(PoisonError::into_inner)
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
        let answer = Answer::new(answer);
        #[cfg(feature = "device-bound")]
        if let Some(offer) = answer.device_offer() {
            self.device().offer = Some(offer);
        }
        Ok(answer)
    }

    /// The address of a path or URL of the application. What begins with a slash is below its origin, even `//host`.
    pub(crate) fn address(&self, path: &str) -> Result<Url, TestError> {
        let origin = self.fncy.origin();
        let base = Url::parse(&origin).ok();
        let address = match path.strip_prefix('/') {
            Some(rest) => Url::parse(&format!("{origin}/{rest}")),
            None => Url::options().base_url(base.as_ref()).parse(path),
        };
        let address = address
            .map_err(|error| TestError::because(format!("{path:?} is not a path"), error))?;
        if address.origin().ascii_serialization() != origin {
            return Err(TestError::new(format!(
                "{path} is not an address of the application, which is at {origin}"
            )));
        }
        Ok(address)
    }
}

impl TestFncy {
    /// A client of the application without a session.
    pub fn visitor<A: App>(&self, app: A) -> Client<A> {
        Client::new(self.clone(), app)
    }

    /// A client that shows an access token of this user with each request (RFC 6750), without a sign-in.
    ///
    /// The token is for the login's own client, which is `demo-app` unless [`Setup::server`](crate::Setup::server) says
    /// otherwise, and has the scope `profile`. The client is a program: it sends no cookie, no `Origin` and no
    /// `Sec-Fetch-Site`.
    ///
    /// ```
    /// # #[cfg(feature = "tower")]
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use axum::{Router, routing::get};
    /// use fncy_login_testing::TestFncy;
    /// use fncy_login_tower::{BearerCheck, CurrentUser, FncyLoginLayer};
    ///
    /// // In a `#[tokio::test]`:
    /// let fncy = TestFncy::start()?;
    /// let server = fncy.server();
    /// let check = BearerCheck::introspection(server.introspection_url()).client(server.client_id());
    /// let login = fncy.login().bearer_prefix("/api", check).build()?;
    /// let routes = Router::new().route("/api/me", get(async |user: CurrentUser| user.id().to_owned()));
    /// let app = FncyLoginLayer::new(login).wrap(routes);
    ///
    /// let phone = fncy.bearer("alex", app.clone())?;
    /// assert_eq!(phone.get("/api/me").send().await?.text(), "alex");
    ///
    /// let token = server.token_for("alex", "another-app", "profile")?;
    /// let other = fncy.with_token(&token, app);
    /// assert_eq!(other.get("/api/me").send().await?.status(), 401);
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "tower"))]
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    ///
    /// There is no such user, or the user can't grant the scope `profile`.
    #[doc(alias("mobile", "jwt", "api"))]
    pub fn bearer<A: App>(&self, user: &str, app: A) -> Result<Client<A>, TestError> {
        let server = self.server();
        let token = server.token_for(user, server.client_id(), "profile")?;
        Ok(self.with_token(&token, app))
    }

    /// A client that shows this access token with each request.
    ///
    /// [`DevServer::token_for`](crate::DevServer::token_for) returns tokens of other clients and with other scopes.
    pub fn with_token<A: App>(&self, token: &str, app: A) -> Client<A> {
        let mut client = self.visitor(app);
        client.authorization = Some(format!("Bearer {token}").into());
        client
    }
}

impl<A> fmt::Debug for Client<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("fncy", &self.fncy)
            .finish_non_exhaustive()
    }
}
