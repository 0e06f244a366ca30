//! The demo users.

/// The password of every demo user.
pub const DEMO_PASSWORD: &str = "fncy-demo";

/// A user who can sign in at the development server.
///
/// ```
/// use fncy_dev_server::{DemoUser, DevServer};
///
/// # fn main() -> Result<(), fncy_dev_server::StartError> {
/// let mut user = DemoUser::new("u-7", "Seo-yeon Park");
/// user.roles = vec!["admin".to_owned()];
/// let server = DevServer::builder().users(vec![user]).start()?;
/// assert_eq!(server.users()[0].id, "u-7");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoUser {
    /// The user's ID: `id` in the user data, and the user name of the password form.
    pub id: String,
    /// The display name.
    pub name: String,
    /// The email address. `None` stands for a user who doesn't share it: the user data then has no
    /// `email`.
    pub email: Option<String>,
    /// A BCP 47 language tag, such as `ko-KR`.
    pub locale: String,
    /// The roles: an array of strings in the user data.
    pub roles: Vec<String>,
}

impl DemoUser {
    /// Creates a user with the address `{id}@example.com`, the locale `en-US` and no roles.
    #[must_use]
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        let id = id.into();
        Self {
            email: Some(format!("{id}@example.com")),
            id,
            name: name.into(),
            locale: "en-US".to_owned(),
            roles: Vec::new(),
        }
    }

    /// The default users, chosen for what an application's pages get wrong: a plain name, a name
    /// that isn't Latin, a name that breaks narrow layouts, and a user without an address.
    pub(crate) fn defaults() -> Vec<Self> {
        let user = |id: &str, name: &str, locale: &str, roles: &[&str]| Self {
            locale: locale.to_owned(),
            roles: roles.iter().map(|&role| role.to_owned()).collect(),
            ..Self::new(id, name)
        };
        vec![
            user("alex", "Alex Martin", "en-US", &["player", "admin"]),
            user("haneul", "김하늘", "ko-KR", &["player"]),
            user(
                "maximiliane",
                "Maximiliane Theodora Charlotte von Hohenstein-Wolkenburg zu Altenkirchen-Niederau",
                "de-DE",
                &["player", "moderator"],
            ),
            Self {
                email: None,
                ..user("jun", "Jun Park", "en-GB", &[])
            },
        ]
    }
}
