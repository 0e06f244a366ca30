//! Questions to Prometheus.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use serde_json::Value;
use tokio::runtime::Handle;

use crate::browser::{Browser, Wants};

/// The API of a running Prometheus.
pub(crate) struct Prometheus {
    browser: Browser,
    runtime: Handle,
}

/// The alerts by name, without `FncyLogin`, and whether each fires already.
pub(crate) type Alerts = BTreeMap<String, bool>;

impl Prometheus {
    pub(crate) fn new(runtime: &Handle, address: SocketAddr) -> Self {
        Self {
            browser: Browser::new(&format!("http://{address}")),
            runtime: runtime.clone(),
        }
    }

    /// The alerts now.
    pub(crate) fn alerts(&mut self) -> Alerts {
        let answer = self.ask("alerts", &[]).unwrap();
        let mut alerts = Alerts::new();
        for alert in answer["alerts"].as_array().unwrap() {
            let name = alert["labels"]["alertname"].as_str().unwrap();
            let name = name.trim_start_matches("FncyLogin").to_owned();
            *alerts.entry(name).or_default() |= alert["state"] == "firing";
        }
        alerts
    }

    /// The time of its clock.
    pub(crate) fn now(&mut self) -> f64 {
        let answer = self.ask("query", &[("query", "time()")]).unwrap();
        answer["result"][0].as_f64().unwrap()
    }

    /// The times since `start`, at each second, at which an expression has a value.
    ///
    /// # Errors
    ///
    /// Prometheus' sentence about an expression that it can't read.
    pub(crate) fn times(&mut self, expression: &str, start: f64) -> Result<Vec<f64>, String> {
        let end = format!("{:.3}", self.now());
        let answer = self.ask(
            "query_range",
            &[
                ("query", expression),
                ("start", &format!("{start:.3}")),
                ("end", &end),
                ("step", "1"),
            ],
        )?;
        let series = answer["result"].as_array().unwrap().iter();
        let samples = series.flat_map(|series| series["values"].as_array().unwrap());
        let mut times: Vec<f64> = samples
            .filter(|sample| sample[1] != "NaN")
            .map(|sample| sample[0].as_f64().unwrap())
            .collect();
        times.sort_by(f64::total_cmp);
        Ok(times)
    }

    fn ask(&mut self, what: &str, pairs: &[(&str, &str)]) -> Result<Value, String> {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(pairs);
        let target = format!("/api/v1/{what}?{}", query.finish());
        let answer = self
            .runtime
            .block_on(self.browser.get(&target, Wants::Data));
        let mut answer: Value = serde_json::from_str(&answer.body)
            .map_err(|error| format!("Prometheus answers {}: {error}", answer.status))?;
        if answer["status"] == "success" {
            Ok(answer["data"].take())
        } else {
            Err(answer["error"].to_string())
        }
    }
}
