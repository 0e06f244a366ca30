//! The queries of `docs/grafana.json`, asked of Prometheus.

use std::thread::sleep;
use std::time::Duration;

use fncy_dev_server::Fault;
use serde_json::Value;

use crate::stage::Stage;

const DASHBOARD: &str = include_str!("../../../docs/grafana.json");
/// Two scrapes.
const WAIT: Duration = Duration::from_secs(3);

/// What is wrong with the queries: an error, or no value since the start of the stage.
pub fn problems(stage: &mut Stage) -> Vec<String> {
    // Some panels show failures alone.
    stage.fault(Fault::status(503).times(3));
    sleep(WAIT);
    let dashboard: Value = serde_json::from_str(DASHBOARD).unwrap();
    let panels = dashboard["panels"].as_array().unwrap().iter();
    let targets = panels.flat_map(|panel| {
        let targets = panel["targets"].as_array().into_iter().flatten();
        targets.map(|target| (&panel["title"], target["expr"].as_str().unwrap()))
    });
    let problem = |(title, query): (&Value, &str)| {
        let asked = query
            .replace("$job", ".*")
            .replace("$__rate_interval", "10s");
        match stage.prometheus.times(&asked, stage.began) {
            Ok(times) if times.is_empty() => Some(format!("{title}: `{query}` has no value")),
            Ok(_) => None,
            Err(error) => Some(format!("{title}: {error}")),
        }
    };
    targets.filter_map(problem).collect()
}
