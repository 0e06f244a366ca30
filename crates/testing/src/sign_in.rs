//! The sign-in that a test begins with.

use http::Method;

use crate::answer::Answer;
use crate::app::App;
use crate::client::Client;
use crate::error::TestError;
use crate::fncy::TestFncy;
use crate::request::{Purpose, Request};

impl TestFncy {
    /// A client with a session of this user. The kit asks the application's `/auth/session` for it.
    ///
    /// # Errors
    ///
    /// The user was not signed in: there is no such user, the application refused them, a fault is in the way, or the login
    /// is not around the application.
    #[doc(alias("authenticated client", "login as", "log in"))]
    pub async fn signed_in<A: App>(&self, user: &str, app: A) -> Result<Client<A>, TestError> {
        let client = self.visitor(app);
        let callback = client.sign_in(user).await?;
        let endpoint = self.endpoint("session");
        let session = client.fetch("GET", endpoint.path()).send().await?;
        if session.status() != 200 {
            return Err(TestError::new(format!(
                "{user} was not signed in: the callback answered {}, and {} answered {}",
                callback.summary(),
                endpoint.path(),
                session.summary()
            )));
        }
        Ok(client)
    }
}

impl<A: App> Client<A> {
    /// Signs a user in at FNCY, and returns the callback's answer: a redirect back to the application, or the page of a
    /// failed sign-in.
    ///
    /// # Errors
    ///
    /// There was no callback.
    pub async fn sign_in(&self, user: &str) -> Result<Answer, TestError> {
        let login = self.fncy.endpoint("login");
        self.sign_in_at(login.as_str(), user).await
    }

    /// Signs a user in from a page that needs a user, or from a `login_url`. The answer leads back to that page.
    ///
    /// # Errors
    ///
    /// There was no callback.
    pub async fn sign_in_at(&self, path: &str, user: &str) -> Result<Answer, TestError> {
        let answer = self.get(path).send().await?;
        let authorize_url = self.way_to_fncy(path, &answer)?;
        let callback = self.fncy.server().approve(authorize_url, user);
        let callback =
            callback.map_err(|error| TestError::because("FNCY refused the sign-in", error))?;
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
                "{path} redirects to {location} and not to FNCY, which is at {base_url}: build the login with \
                 `TestFncy::login`, and don't set its addresses"
            ),
            None if status == 404 => format!(
                "{path} is unknown to the application (404): put the login around the whole application, in axum with \
                 `FncyLoginLayer::wrap`"
            ),
            None if status.is_success() => format!(
                "{path} was answered with {status} and no sign-in began: the path is public, or the login is not \
                 around it. `sign_in` begins at the login's own endpoint"
            ),
            None => format!("{path} was answered with {}", answer.summary()),
        };
        Err(TestError::new(sentence))
    }
}
