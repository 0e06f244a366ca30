//! A Loco application: the login is around its routes by the hook `after_routes`.
//!
//! - `after_context` makes the login once and keeps it in the shared store, where tasks and workers find it too.
//! - Controllers take the login's extractors. Loco's own `auth` (JWT) is not needed, and its feature is off.
//! - Loco's probes `/_ping`, `/_health` and `/_readiness` are public.

use axum::Router;
use fncy_login_tower::{CurrentUser, FncyLoginLayer, Login, LoginBuilder};
use loco_rs::app::{AppContext, Hooks};
use loco_rs::bgworker::Queue;
use loco_rs::boot::{BootResult, StartMode, create_app, run_app};
use loco_rs::config::Config;
use loco_rs::controller::{AppRoutes, Routes};
use loco_rs::environment::Environment;
use loco_rs::prelude::{async_trait, get};
use loco_rs::task::Tasks;
use loco_rs::{Error, Result};

/// The application.
pub struct App;

#[async_trait]
impl Hooks for App {
    fn app_name() -> &'static str {
        "shop"
    }

    async fn boot(
        mode: StartMode,
        environment: &Environment,
        config: Config,
    ) -> Result<BootResult> {
        create_app::<Self>(mode, environment, config).await
    }

    async fn after_context(context: AppContext) -> Result<AppContext> {
        with_login(context, Login::builder().env())
    }

    fn routes(_: &AppContext) -> AppRoutes {
        AppRoutes::with_default_routes().add_route(Routes::new().add("/", get(home)))
    }

    async fn after_routes(router: Router, context: &AppContext) -> Result<Router> {
        Ok(router.layer(FncyLoginLayer::new(login(context)?)))
    }

    async fn on_shutdown(context: &AppContext) {
        if let Ok(login) = login(context) {
            login.drain().await;
        }
    }

    async fn connect_workers(_: &AppContext, _: &Queue) -> Result<()> {
        Ok(())
    }

    fn register_tasks(_: &mut Tasks) {}
}

async fn home(user: CurrentUser) -> String {
    format!("Hello, {}", user.name().unwrap_or(user.id()))
}

/// The application with another login than that of the environment, for tests and the dev server.
///
/// # Errors
///
/// If settings are missing or wrong.
pub async fn boot(builder: LoginBuilder, config: Config) -> Result<BootResult> {
    let context = AppContext::builder(Environment::Development, config).build();
    run_app::<App>(&StartMode::ServerOnly, with_login(context, builder)?).await
}

fn with_login(context: AppContext, builder: LoginBuilder) -> Result<AppContext> {
    let builder = builder
        .public_path("/_ping")
        .public_path("/_health")
        .public_path("/_readiness");
    context
        .shared_store
        .insert(builder.build().map_err(Error::wrap)?);
    Ok(context)
}

/// The login of the application.
///
/// # Errors
///
/// If `after_context` has not run.
pub fn login(context: &AppContext) -> Result<Login> {
    let login = context.shared_store.get::<Login>();
    login.ok_or_else(|| Error::string("The shared store has no Login: after_context has not run."))
}

#[cfg(test)]
mod tests {
    use std::error::Error;
    use std::path::Path;

    use fncy_login_testing::TestFncy;
    use loco_rs::environment::Environment;

    use super::boot;

    type Failure = Box<dyn Error + Send + Sync>;

    async fn app(fncy: &TestFncy) -> Result<axum::Router, Failure> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("config");
        let config = Environment::Development.load_from_folder(&folder)?;
        let router = boot(fncy.login(), config).await?.router;
        router.ok_or_else(|| "the application has no routes".into())
    }

    #[tokio::test]
    async fn a_controller_has_the_user() -> Result<(), Failure> {
        let fncy = TestFncy::start()?;
        let app = app(&fncy).await?;
        assert_eq!(
            fncy.visitor(app.clone()).get("/").send().await?.status(),
            303
        );
        let alex = fncy.signed_in("alex", app).await?;
        assert!(
            alex.get("/")
                .send()
                .await?
                .text()
                .starts_with("Hello, Alex")
        );
        Ok(())
    }

    #[tokio::test]
    async fn probes_are_public_and_other_addresses_are_not() -> Result<(), Failure> {
        let fncy = TestFncy::start()?;
        let visitor = fncy.visitor(app(&fncy).await?);
        assert_eq!(visitor.get("/_ping").send().await?.status(), 200);
        assert_eq!(visitor.get("/no-such-page").send().await?.status(), 303);
        Ok(())
    }
}
