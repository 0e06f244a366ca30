//! A user who can sign in.

use serde_json::{Map, Value};

use crate::config::user_id_place::UserIdPlace;

/// The password of every demo user.
pub const DEMO_PASSWORD: &str = "fncy-demo";

/// A user who can sign in at the development server.
///
/// ```
/// use fncy_dev_server::{DemoUser, DevServer};
/// use serde_json::json;
///
/// # fn main() -> Result<(), fncy_dev_server::StartError> {
/// let user = DemoUser::new("u-7", "Seo-yeon Park")
///     .with("roles", json!(["admin"]))
///     .with("team", json!({ "id": 7, "is_lead": true }))
///     .with_scopes(["profile", "calendar.read"]);
/// let server = DevServer::builder().users(vec![user]).start()?;
/// assert_eq!(server.users()[0].id, "u-7");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DemoUser {
    /// The user's ID, which is the user name of the password form.
    pub id: String,
    /// The user data. If it lacks the ID, the response of the user data endpoint has the ID too, as
    /// the member of [`DevServerBuilder::user_id_member`](crate::DevServerBuilder::user_id_member).
    pub data: Map<String, Value>,
    /// The scopes that this user can grant. `None`, the default, stands for all scopes.
    pub scopes: Option<Vec<String>>,
}

impl DemoUser {
    /// Creates a user with the address `{id}@example.com`, the locale `en-US` and no roles.
    #[must_use]
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        let id = id.into();
        let email = format!("{id}@example.com");
        let user = Self {
            id,
            data: Map::new(),
            scopes: None,
        };
        user.with("name", name.into())
            .with("email", email)
            .with("locale", "en-US")
            .with("roles", Vec::<Value>::new())
    }

    /// Sets a member of the user data.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.data.insert(name.into(), value.into());
        self
    }

    /// Restricts the scopes that this user can grant.
    ///
    /// An application gets the part of the requested scope that is in this list. If the list has no
    /// requested scope, the application gets `access_denied`.
    #[must_use]
    pub fn with_scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes = Some(scopes.into_iter().map(Into::into).collect());
        self
    }

    /// The display name: `name` in the user data, or else the ID.
    #[must_use]
    pub fn name(&self) -> &str {
        self.text("name").unwrap_or(&self.id)
    }

    /// A member of the user data that is a string.
    pub(crate) fn text(&self, member: &str) -> Option<&str> {
        self.data.get(member)?.as_str()
    }

    /// The strings in the member `roles` of the user data.
    pub(crate) fn roles(&self) -> impl Iterator<Item = &str> {
        let roles = self.data.get("roles").and_then(Value::as_array);
        roles.into_iter().flatten().filter_map(Value::as_str)
    }

    /// The user data as an application gets it, with the ID.
    pub(crate) fn user_data(&self, place: &UserIdPlace) -> Value {
        let mut data = Value::Object(self.data.clone());
        place.add(&mut data, &self.id);
        data
    }

    /// The part of the requested scope that this user can grant.
    pub(crate) fn granted(&self, requested: &[String]) -> Vec<String> {
        let can_grant = |scope: &&String| {
            let scopes = self.scopes.as_ref();
            scopes.is_none_or(|scopes| scopes.contains(scope))
        };
        requested.iter().filter(can_grant).cloned().collect()
    }

    /// The default users, chosen for what an application's pages get wrong: a plain name, a name
    /// that isn't Latin, a name that breaks narrow layouts, and a user without an address.
    pub(crate) fn defaults() -> Vec<Self> {
        let user = |id: &str, name: &str, locale: &str, roles: &[&str]| {
            Self::new(id, name)
                .with("locale", locale)
                .with("roles", roles)
        };
        let mut jun = user("jun", "Jun Park", "en-GB", &[]);
        jun.data.remove("email");
        vec![
            user("alex", "Alex Martin", "en-US", &["player", "admin"]),
            user("haneul", "김하늘", "ko-KR", &["player"]),
            user(
                "maximiliane",
                "Maximiliane Theodora Charlotte von Hohenstein-Wolkenburg zu Altenkirchen-Niederau",
                "de-DE",
                &["player", "moderator"],
            ),
            jun,
        ]
    }
}
