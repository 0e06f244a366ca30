use axum::{Router, routing::get};
use fncy_login_testing::{TestError, TestFncy};
use fncy_login_tower::{
    BearerCheck, ConfigError, CurrentUser, FncyLoginLayer, LoginBuilder, WrappedRouter,
};

fn app(builder: LoginBuilder, check: BearerCheck) -> Result<WrappedRouter, ConfigError> {
    let login = builder.bearer_prefix("/api", check).build()?;
    let routes = Router::new().route(
        "/api/me",
        get(async |user: CurrentUser| user.id().to_owned()),
    );
    Ok(FncyLoginLayer::new(login).wrap(routes))
}

#[tokio::test]
async fn tokens_of_the_mobile_application_are_accepted() -> Result<(), TestError> {
    let fncy = TestFncy::start()?;
    let server = fncy.server();
    let check = BearerCheck::introspection(server.introspection_url()).client("shop-mobile");
    let app = app(fncy.login(), check)?;

    let token = server.token_for("alex", "shop-mobile", "profile")?;
    let phone = fncy.with_token(&token, app.clone());
    assert_eq!(phone.get("/api/me").send().await?.text(), "alex");

    let other = fncy.bearer("alex", app)?; // a token of the login's own client
    assert_eq!(other.get("/api/me").send().await?.status(), 401);
    Ok(())
}
