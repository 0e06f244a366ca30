//! The second listener: what an operator, Prometheus and an orchestrator ask.
//!
//! | path | 200 if | for |
//! | --- | --- | --- |
//! | `/live` | the process answers | a liveness probe, which restarts the process |
//! | `/ready` | the instance wants requests (`Login::is_ready`) | a readiness probe, and the proxy |
//! | `/health` | the store and FNCY can be reached | people; an alert is better made of metrics |
//! | `/metrics` | | Prometheus |
//!
//! Rule: readiness is about this instance alone. If it depended on FNCY or the store, all instances would be taken out at
//! once.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use fncy_login_tower::Login;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::time::interval;

/// Up to the deadline of a request that waits for FNCY. Seconds.
const BUCKETS: [f64; 13] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0, 30.0,
];
/// How often timings are put into buckets, even if no scrape reads them.
const UPKEEP: Duration = Duration::from_secs(5);

/// Installs the recorder of this process.
///
/// # Errors
///
/// If there is one already.
pub(super) fn install() -> Result<PrometheusHandle, BuildError> {
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

/// An exporter whose durations have buckets.
pub(super) fn exporter() -> Result<PrometheusBuilder, BuildError> {
    let durations = Matcher::Suffix("_duration_seconds".to_owned());
    PrometheusBuilder::new().set_buckets_for_metric(durations, &BUCKETS)
}

/// The routes, which need no session.
pub(super) fn probes(login: Login, metrics: PrometheusHandle) -> Router {
    Router::new()
        .route("/live", get(StatusCode::OK))
        .route("/ready", get(ready))
        .route("/health", get(health))
        .route("/metrics", get(async move || metrics.render()))
        .with_state(login)
}

async fn ready(State(login): State<Login>) -> StatusCode {
    if login.is_ready() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    }
}

async fn health(State(login): State<Login>) -> (StatusCode, String) {
    match login.check().await {
        Ok(()) => (StatusCode::OK, "healthy\n".to_owned()),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")),
    }
}
