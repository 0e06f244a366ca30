//! A sign-in, as a test begins with one.

use http::Method;

use crate::answer::Answer;
use crate::app::App;
use crate::client::Client;
use crate::error::TestError;
use crate::fncy::TestFncy;
use crate::request::{Purpose, Request};

impl TestFncy {
    /// A client of the application with somebody's session, which its `/auth/session` was asked for.
    ///
    /// # Errors
    ///
    /// If nobody was signed in: there is no such user, the application refused them, a fault is in the way, or
    /// the login is not round the application.
    pub async fn signed_in<A: App>(&self, user: &str, app: A) -> Result<Client<A>, TestError> {
        let client = self.visitor(app);
        let callback = client.sign_in(user).await?;
        let endpoint = self.endpoint("session");
        let session = client.fetch("GET", endpoint.path()).send().await?;
        if session.status() != 200 {
            return Err(TestError::new(format!(
                "{user} was not signed in: the callback's answer is {}, and that of {} is {}",
                callback.summary(),
                endpoint.path(),
                session.summary()
            )));
        }
        Ok(client)
    }
}

impl<A: App> Client<A> {
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
}
