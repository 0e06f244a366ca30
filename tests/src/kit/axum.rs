use axum::{Router, routing::get};
use fncy_login_testing::{TestError, TestFncy};
use fncy_login_tower::{CurrentUser, FncyLoginLayer, Login, WrappedRouter};

fn app(login: Login) -> WrappedRouter {
    FncyLoginLayer::new(login).wrap(Router::new().route("/inbox", get(inbox)))
}

async fn inbox(user: CurrentUser) -> String {
    format!("Mail of {}", user.id())
}

#[tokio::test]
async fn the_inbox_needs_a_user() -> Result<(), TestError> {
    let fncy = TestFncy::start()?;
    let app = app(fncy.login().build()?);

    let visitor = fncy.visitor(app.clone());
    assert_eq!(visitor.get("/inbox").send().await?.status(), 303); // to sign in

    let alex = fncy.signed_in("alex", app).await?;
    assert_eq!(alex.get("/inbox").send().await?.text(), "Mail of alex");
    Ok(())
}
