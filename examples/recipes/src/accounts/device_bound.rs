//! Payments that need a session which is bound to the person's device.
//!
//! For applications whose users lose much with a stolen cookie. A browser that knows Device Bound Session Credentials binds
//! the session a moment after the sign-in, and a copy of its cookies is worth minutes from then on. Other browsers are told
//! on the front page why the payments stay closed. Browsers bind over https alone, so on localhost they stay closed in each
//! browser: the tests bind with a key in software.

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use fncy_login_tower::{ConfigError, CurrentUser, FncyLoginLayer, LoginBuilder, WrappedRouter};
use maud::html;

use crate::page::{page, style};

/// The application: a front page for each user, and payments for users with a bound session.
///
/// # Errors
///
/// If settings are missing or wrong.
pub fn app(login: LoginBuilder) -> Result<WrappedRouter, ConfigError> {
    let login = login
        .device_bound()
        .require_device_bound_prefix("/payments")
        .public_path("/site.css")
        .build()?;
    let routes = Router::new()
        .route("/", get(front))
        .route("/payments", get(payments))
        .route("/site.css", get(style));
    Ok(FncyLoginLayer::new(login).wrap(routes))
}

async fn front(user: CurrentUser) -> Html<String> {
    let main = html! {
        @if user.is_device_bound() {
            p.lead { "Your session is bound to this device." }
            p { a.button href="/payments" { "Payments" } }
        } @else {
            p.lead { "Your session is not bound to this device, so payments are closed." }
            p { "If you have just signed in, reload this page. If that doesn't help, your browser doesn't support it, or you signed in before the site asked for it: sign out and in again." }
        }
    };
    Html(page("Your account", Some(&user), &main))
}

async fn payments(user: CurrentUser) -> Html<String> {
    let main = html! { p.lead { "You have no open payment." } };
    Html(page("Payments", Some(&user), &main))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use fncy_login_testing::{DeviceKey, TestError, TestFncy};

    use super::app;

    const SIX_MINUTES: Duration = Duration::from_secs(6 * 60);

    #[tokio::test]
    async fn payments_need_a_session_that_is_bound_to_the_device() -> Result<(), TestError> {
        let fncy = TestFncy::start()?;
        let app = app(fncy.login())?;
        let alex = fncy.signed_in("alex", app.clone()).await?;
        let closed = alex.get("/").send().await?;
        assert!(closed.text().contains("payments are closed"));
        let refused = alex.get("/payments").send().await?;
        assert_eq!(refused.status(), 403);
        assert!(refused.text().contains("device_binding_required"));

        let key = DeviceKey::generate()?;
        alex.bind_device(&key).await?;
        assert_eq!(alex.get("/payments").send().await?.status(), 200);
        let copied = alex.cookie_header();

        fncy.advance(SIX_MINUTES);
        let thief = fncy.visitor(app);
        let stolen = thief.get("/").header("cookie", &copied).send().await?;
        assert_eq!(stolen.status(), 303, "sent to sign in");
        alex.prove_device(&key).await?;
        assert_eq!(alex.get("/payments").send().await?.status(), 200);
        Ok(())
    }
}
