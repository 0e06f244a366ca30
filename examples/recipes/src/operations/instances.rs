//! Several instances of an application, which share a Redis or Valkey.
//!
//! For an application that runs more than once after a load balancer. Sessions are in cookies, so that every instance with the
//! same `FNCY_COOKIE_SECRET` knows the user. The store is for the rest: a refresh token is used once however many
//! instances want to, a code is redeemed once, and who signs out at one is out at all of them within five seconds.

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use fncy_login_redis::RedisStore;
use fncy_login_tower::{ConfigError, CurrentUser, FncyLoginLayer, LoginBuilder, WrappedRouter};
use maud::html;

use crate::page::{page, style};

/// One instance of the application. The store is the only line that the others need in common.
///
/// # Errors
///
/// If settings are missing or wrong.
pub fn app(login: LoginBuilder, store: RedisStore) -> Result<WrappedRouter, ConfigError> {
    let login = login.public_path("/site.css").store(store).build()?;
    let routes = Router::new()
        .route("/", get(home))
        .route("/site.css", get(style));
    Ok(FncyLoginLayer::new(login).wrap(routes))
}

async fn home(user: CurrentUser) -> Html<String> {
    let main = html! {
        p.lead { "This is the instance with the process ID " (std::process::id()) ". The others know you too." }
    };
    Html(page("Instances", Some(&user), &main))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use fncy_login_testing::{Endpoint, TestError, TestFncy};
    use fncy_login_tests::real_server::redis::Redis;
    use tokio::time::{sleep, timeout};

    use super::app;

    #[tokio::test(flavor = "multi_thread")]
    async fn instances_agree_on_refreshes_and_sign_outs() -> Result<(), TestError> {
        let Some(redis) = Redis::start().await else {
            return Ok(());
        };
        let fncy = TestFncy::start()?;
        let instance = || app(fncy.login(), redis.instance());
        let here = fncy.signed_in("alex", instance()?).await?;
        let there = here.at(instance()?);
        assert_eq!(there.get("/").send().await?.status(), 200);

        fncy.advance(Duration::from_secs(5 * 60));
        let (one, other) = tokio::join!(here.get("/").send(), there.get("/").send());
        assert_eq!(one?.status(), 200);
        assert_eq!(other?.status(), 200);
        assert_eq!(fncy.server().request_count(Endpoint::Token), 2);

        let copy = here.cookie_header();
        here.post("/auth/logout").send().await?;
        let refused = async {
            while there
                .get("/")
                .header("cookie", &copy)
                .send()
                .await?
                .status()
                == 200
            {
                sleep(Duration::from_millis(20)).await;
            }
            Ok::<_, TestError>(())
        };
        timeout(Duration::from_secs(5), refused)
            .await
            .expect("known in time")
    }
}
