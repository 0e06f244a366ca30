use actix_web::{App, test, web};
use fncy_login_actix::{CurrentUser, FncyLogin};
use fncy_login_testing::{Actix, TestError, TestFncy};

fn routes(config: &mut web::ServiceConfig) {
    config.route("/inbox", web::get().to(inbox));
}

async fn inbox(user: CurrentUser) -> String {
    format!("Mail of {}", user.id())
}

#[actix_web::test]
async fn the_inbox_needs_a_user() -> Result<(), TestError> {
    let fncy = TestFncy::start()?;
    let login = FncyLogin::new(fncy.login().build()?);
    let app = test::init_service(App::new().wrap(login).configure(routes)).await;

    let visitor = fncy.visitor(Actix(&app));
    assert_eq!(visitor.get("/inbox").send().await?.status(), 303); // to sign in

    let alex = fncy.signed_in("alex", Actix(&app)).await?;
    assert_eq!(alex.get("/inbox").send().await?.text(), "Mail of alex");
    Ok(())
}
