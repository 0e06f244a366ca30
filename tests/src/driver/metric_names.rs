//! The metrics, labels and values in the alerting rules and the dashboard: a login has each of them from its build on.

use std::collections::BTreeSet;

use crate::driver::alerts::RULES;
use crate::driver::counts::registered;

const DASHBOARD: &str = include_str!("../../../docs/grafana.json");

/// Labels of Prometheus itself.
const FOREIGN: [&str; 4] = ["alertname", "instance", "job", "le"];
/// Suffixes of the series of a histogram.
const OF_HISTOGRAMS: [&str; 3] = ["_bucket", "_count", "_sum"];

/// A label, and a value that an expression compares it with.
type Label<'a> = (&'a str, &'a str);

/// Every metric of ours in a text with its labels, for example `("sign_ins_failed_total", [("code", "internal")])`.
fn selectors(text: &str) -> Vec<(&str, Vec<Label<'_>>)> {
    let ours = text.split("fncy_login_").skip(1);
    ours.map(|rest| {
        let is_name = |c: char| c.is_ascii_lowercase() || c == '_';
        let (name, rest) = rest.split_at(rest.find(|c| !is_name(c)).unwrap_or(rest.len()));
        let labels = rest
            .strip_prefix('{')
            .and_then(|rest| rest.split('}').next());
        let matchers = labels.unwrap_or_default().split(',');
        let labels = matchers.filter_map(|matcher| {
            let (label, values) = matcher.trim().split_once(['=', '!'])?;
            let values = values.trim_start_matches(['=', '~']).trim_matches('"');
            Some(values.split('|').map(move |value| (label, value)))
        });
        let labels = labels
            .flatten()
            .filter(|(label, _)| !FOREIGN.contains(label));
        (name, labels.collect())
    })
    .collect()
}

#[tokio::test]
async fn xr09_alerts_and_dashboard_name_only_series_that_exist() {
    let registered = registered();
    let names: BTreeSet<_> = registered
        .iter()
        .map(|series| series.split('{').next().unwrap())
        .collect();
    let labels: BTreeSet<_> = registered
        .iter()
        .filter_map(|series| series.split_once('{'))
        .flat_map(|(_, labels)| labels.trim_end_matches('}').split(','))
        .collect();
    let dashboard = DASHBOARD.replace("\\\"", "\"");
    for text in [RULES, &dashboard] {
        for (name, matched) in selectors(text) {
            let base = OF_HISTOGRAMS
                .iter()
                .find_map(|suffix| name.strip_suffix(suffix));
            let base = base.filter(|base| names.contains(base)).unwrap_or(name);
            assert!(names.contains(base), "{name}");
            for (label, value) in matched {
                let pair = format!("{label}={value}");
                let mut series = registered.iter().filter(|series| series.starts_with(base));
                assert!(
                    series.any(|series| series.contains(&pair)),
                    "{name}: {pair}"
                );
            }
        }
        for grouping in text.split("by (").skip(1) {
            for label in grouping.split(')').next().unwrap().split(", ") {
                let is_ours = labels
                    .iter()
                    .any(|pair| pair.starts_with(&format!("{label}=")));
                assert!(is_ours || FOREIGN.contains(&label), "{label}");
            }
        }
    }
    let used = |name: &&str| dashboard.contains(&format!("fncy_login_{name}"));
    let unused: Vec<_> = names.iter().copied().filter(|name| !used(name)).collect();
    assert_eq!(unused, Vec::<&str>::new(), "on no panel");
}

#[test]
fn a_selector_is_read_with_its_labels() {
    let text = "sum(rate(fncy_login_a_total{x=~\"b|c\", job=\"d\"}[5m])) > fncy_login_b";
    let read = vec![("a_total", vec![("x", "b"), ("x", "c")]), ("b", vec![])];
    assert_eq!(selectors(text), read);
}
