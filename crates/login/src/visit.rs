//! What a request carries once a login has let it through.

use fncy_login_core::User;

use crate::Login;

/// The mark that a login leaves in the extensions of each request that it admits.
///
/// Extractors read it; an application that needs the user outside a handler finds it here:
///
/// ```
/// use fncy_login::Visit;
///
/// fn greeting(visit: Option<&Visit>) -> String {
///     match visit.and_then(Visit::user) {
///         Some(user) => format!("Hello, {}", user.id()),
///         None => "Hello, stranger".to_owned(),
///     }
/// }
/// # assert_eq!(greeting(None), "Hello, stranger");
/// ```
#[derive(Clone, Debug)]
pub struct Visit {
    login: Login,
    user: Option<User>,
}

impl Visit {
    /// For adapters: the mark of a request that `login` admitted.
    #[must_use]
    pub fn new(login: Login, user: Option<User>) -> Self {
        Self { login, user }
    }

    /// Who asks; none on a public path without a session.
    #[must_use]
    pub fn user(&self) -> Option<&User> {
        self.user.as_ref()
    }

    /// The login that let the request through.
    #[must_use]
    pub fn login(&self) -> &Login {
        &self.login
    }

    pub(crate) fn is_of(&self, login: &Login) -> bool {
        self.login.is_same(login)
    }
}
