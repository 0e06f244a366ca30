//! Metrics: what happens to sign-ins, sessions and refreshes, for Prometheus.
//!
//! For operators. With the feature `metrics` the login counts through the facade of that name;
//! here its exporter writes the text that Prometheus reads, at `/metrics`, beside `/ready`, which says whether FNCY
//! can be reached. `docs/grafana.json` in the repository is a dashboard for it.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::get;
use fncy_login_tower::{ConfigError, CurrentUser, FncyLoginLayer, Login, LoginBuilder};
use maud::html;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::time::interval;

use crate::page::{page, style};

/// Up to the deadline of a request to FNCY. Seconds.
const BUCKETS: [f64; 9] = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
/// How often timings are put into buckets, even if no scrape reads them.
const UPKEEP: Duration = Duration::from_secs(5);

/// Installs the recorder of this process, before the login is built.
///
/// # Errors
///
/// If there is one already.
pub fn install() -> Result<PrometheusHandle, BuildError> {
    let handle = exporter()?.install_recorder()?;
    let upkeep = handle.clone();
    tokio::spawn(async move {
        let mut ticks = interval(UPKEEP);
        loop {
            ticks.tick().await;
            upkeep.run_upkeep();
        }
    });
    Ok(handle)
}

fn exporter() -> Result<PrometheusBuilder, BuildError> {
    let seconds = Matcher::Suffix("_seconds".to_owned());
    PrometheusBuilder::new().set_buckets_for_metric(seconds, &BUCKETS)
}

/// The application. Two routes are outside the login, since Prometheus has no session. Let the proxy in front keep
/// the two paths from strangers, or serve them on a port of their own.
///
/// # Errors
///
/// If settings are missing or wrong.
pub fn app(login: LoginBuilder, metrics: PrometheusHandle) -> Result<Router, ConfigError> {
    let login = login.public_path("/site.css").build()?;
    let routes = Router::new()
        .route("/", get(home))
        .route("/site.css", get(style));
    let operations = Router::new()
        .route("/metrics", get(async move || metrics.render()))
        .route("/ready", get(ready))
        .with_state(login.clone());
    Ok(operations.fallback_service(FncyLoginLayer::new(login).wrap(routes)))
}

async fn home(user: CurrentUser) -> Html<String> {
    let main = html! { p.lead { "Reload, sign out, cancel a sign-in; then read " a href="/metrics" { "/metrics" } "." } };
    Html(page("What is counted", Some(&user), &main))
}

async fn ready(State(login): State<Login>) -> (StatusCode, String) {
    match login.check().await {
        Ok(()) => (StatusCode::OK, "ready\n".to_owned()),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")),
    }
}

#[cfg(test)]
mod tests {
    use fncy_login_testing::{Endpoint, Fault, TestError, TestFncy};

    use super::{app, exporter};

    /// The recorder holds for this thread, on which all of the test runs.
    #[tokio::test]
    async fn prometheus_reads_what_happened() -> Result<(), TestError> {
        let recorder = exporter().unwrap().build_recorder();
        let _guard = metrics::set_default_local_recorder(&recorder);
        let fncy = TestFncy::start()?;
        let app = app(fncy.login(), recorder.handle()).unwrap();
        let alex = fncy.signed_in("alex", app.clone()).await?;
        assert_eq!(alex.get("/").send().await?.status(), 200);
        let prometheus = fncy.visitor(app);
        let read = prometheus.get("/metrics").send().await?;
        for line in [
            "# TYPE fncy_login_sign_ins_finished_total counter",
            "fncy_login_sign_ins_finished_total 1",
            "fncy_login_sessions_accepted_total 1",
            "fncy_login_exchange_seconds_count{exchange=\"redeem\",outcome=\"2xx\"} 1",
            "fncy_login_store_up 1",
        ] {
            assert!(read.text().lines().any(|said| said == line), "{line}");
        }
        Ok(())
    }

    #[tokio::test]
    async fn it_is_not_ready_while_fncy_is_down() -> Result<(), TestError> {
        for (status, answered) in [(400, 200), (503, 503)] {
            let fncy = TestFncy::start()?;
            let recorder = exporter().unwrap().build_recorder();
            let probe = fncy.visitor(app(fncy.login(), recorder.handle()).unwrap());
            fncy.fault(Endpoint::Token, Fault::status(status));
            assert_eq!(probe.get("/ready").send().await?.status(), answered);
        }
        Ok(())
    }
}
