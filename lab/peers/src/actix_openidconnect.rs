//! actix_web_openidconnect. It asks the provider who the access token's user is on every request.

use actix_web::{App, test, web};
use actix_web_openidconnect::ActixWebOpenId;
use actix_web_openidconnect::openid_middleware::Authenticated;
use fncy_login_benches::frameworks::{ACTIX, actix};
use fncy_login_benches::interleave::Case;
use fncy_login_benches::sample::USER_ID;

use crate::browser;
use crate::provider::{CLIENT_ID, CLIENT_SECRET, callback};

pub(crate) async fn case(issuer: &str) -> Case {
    async fn hello(user: Authenticated) -> &'static str {
        assert_eq!(user.access.subject().as_str(), USER_ID);
        "hello"
    }
    let open_id: ActixWebOpenId = ActixWebOpenId::builder(
        CLIENT_ID.to_owned(),
        "http://app.example/auth/callback".to_owned(),
        issuer.to_owned(),
    )
    .client_secret(CLIENT_SECRET)
    .build_and_init()
    .await
    .unwrap();
    let app = App::new()
        .wrap(open_id.get_middleware())
        .configure(open_id.configure_open_id())
        .route("/", web::get().to(hello));
    let app = test::init_service(app).await;

    let start = browser::actix(&app, "/", "").await;
    let callback = callback("/auth/callback", &start.location.unwrap());
    let cookies = browser::actix(&app, &callback, &start.cookies)
        .await
        .cookies;
    actix("actix_web_openidconnect", app, &cookies).beyond(ACTIX)
}
