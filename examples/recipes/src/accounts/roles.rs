//! Roles, in actix-web: FNCY's user data decide which paths a user may open.
//!
//! For applications with an administration or the like. `keep_claims` puts FNCY's `roles` into the session, and
//! a guard looks at them before any handler of the path does; other users get 403, and a visitor who is not
//! signed in is asked to. The roles are those of the sign-in, and read again with refreshed tokens.

use actix_web::web::{Html, ServiceConfig, get};
use fncy_login_actix::{ConfigError, CurrentUser, Login, LoginBuilder, User};
use maud::html;

use crate::page::{actix_style, page};

/// The login: a signed-in user for everything, an administrator for `/admin` and what is below it.
///
/// # Errors
///
/// If settings are missing or wrong.
pub fn login(login: LoginBuilder) -> Result<Login, ConfigError> {
    login
        .public_path("/site.css")
        .keep_claims(["roles"])
        .require_prefix("/admin", is_admin)
        .build()
}

/// The application's routes.
pub fn configure(config: &mut ServiceConfig) {
    config
        .route("/", get().to(home))
        .route("/admin", get().to(admin))
        .route("/site.css", get().to(actix_style));
}

fn is_admin(user: &User) -> bool {
    roles(user).iter().any(|role| role == "admin")
}

fn roles(user: &User) -> Vec<String> {
    user.claim("roles").unwrap_or_default()
}

async fn home(user: CurrentUser) -> Html {
    let roles = roles(&user);
    let main = html! {
        p.lead { "What you are at FNCY:" }
        ul {
            @for role in &roles { li { (role) } }
            @if roles.is_empty() { li { "nothing in particular" } }
        }
        @if is_admin(&user) { p { a.button href="/admin" { "Administration" } } }
    };
    Html::new(page("Home", Some(&user), &main))
}

async fn admin(user: CurrentUser) -> Html {
    let main = html! { p.lead { "Nobody comes here without being an administrator." } };
    Html::new(page("Administration", Some(&user), &main))
}

#[cfg(test)]
mod tests {
    use actix_web::{App, test};
    use fncy_login_actix::FncyLogin;
    use fncy_login_testing::{Actix, TestError, TestFncy};

    use super::{configure, login};

    #[actix_web::test]
    async fn administration_is_for_administrators() -> Result<(), TestError> {
        let fncy = TestFncy::start()?;
        let layer = FncyLogin::new(login(fncy.login())?);
        let app = test::init_service(App::new().wrap(layer).configure(configure)).await;

        let visitor = fncy.visitor(Actix(&app));
        assert_eq!(visitor.get("/admin").send().await?.status(), 303);
        for (user, status, sees_link) in [("alex", 200, true), ("maximiliane", 403, false)] {
            let client = fncy.signed_in(user, Actix(&app)).await?;
            assert_eq!(
                client.get("/admin").send().await?.status(),
                status,
                "{user}"
            );
            assert_eq!(
                client.get("/%61dmin").send().await?.status(),
                status,
                "{user}"
            );
            let home = client.get("/").send().await?;
            assert_eq!(home.text().contains("href=\"/admin\""), sees_link, "{user}");
        }
        Ok(())
    }
}
