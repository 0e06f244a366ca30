//! The alerting rules of `docs/alerts.yml`: each fires in its incident, and is silent in normal life.
//!
//! promtool plays the cases. Rules:
//! - Three instances have every series of a login for 130 minutes. A case changes some series after 80 minutes.
//! - A case names all alerts that fire, so an alert that fires beside them fails the test.
//! - If promtool is not installed, the test is skipped like those of real servers.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::driver::counts::registered;
use crate::real_server::skip;

pub(super) const RULES: &str = include_str!("../../../docs/alerts.yml");

/// Minutes before the incident, and in all.
const START: u32 = 80;
const END: u32 = 130;

/// What a series does from the incident on.
#[derive(Clone, Copy)]
enum Change {
    /// A counter or a histogram grows by so much a minute. The observations of a histogram take 50 ms.
    Grows(f64),
    /// Observations of four seconds, so many a minute.
    Slow(f64),
    /// A gauge has this value.
    Is(f64),
    /// Samples of promtool, each of a minute.
    Samples(&'static str),
}
use Change::{Grows, Is, Samples, Slow};

const ALL: &[u8] = &[1, 2, 3];

/// Instances, a series of theirs without `fncy_login_`, and what it does.
type Changed = (&'static [u8], &'static str, Change);

struct Case {
    name: &'static str,
    changes: &'static [Changed],
    fires: &'static [&'static str],
}

/// The series of a healthy instance that aren't 0.
const HEALTHY: &[(&str, Change)] = &[
    ("up", Is(1.0)),
    ("build_info{version=1}", Is(1.0)),
    ("settings_info{settings=5e771265,cookie_key=old}", Is(1.0)),
    ("store_up", Is(1.0)),
    ("clock_offset_seconds", Is(-1.0)),
    ("revoked_sessions", Is(2000.0)),
    ("sign_ins_started_total", Grows(14.0)),
    ("sign_ins_finished_total", Grows(10.0)),
    ("sign_ins_failed_total{code=access_denied}", Grows(1.0)),
    ("sign_ins_failed_total{code=login_expired}", Grows(1.0)),
    ("sign_ins_failed_total{code=login_loop}", Grows(0.1)),
    ("sessions_accepted_total", Grows(600.0)),
    ("sessions_refused_total{reason=foreign}", Grows(1.0)),
    ("refreshes_total{outcome=refreshed}", Grows(60.0)),
    ("exchanges_total{exchange=redeem,outcome=2xx}", Grows(10.0)),
    (
        "exchanges_total{exchange=user_data,outcome=2xx}",
        Grows(10.0),
    ),
    ("exchanges_total{exchange=refresh,outcome=2xx}", Grows(60.0)),
    ("exchanges_total{exchange=refresh,outcome=4xx}", Grows(3.0)),
    ("exchanges_total{exchange=refresh,outcome=5xx}", Grows(1.0)),
    ("exchange_duration_seconds{exchange=redeem}", Grows(10.0)),
    ("exchange_duration_seconds{exchange=refresh}", Grows(64.0)),
    ("place_wait_duration_seconds{work=refresh}", Grows(64.0)),
    ("store_call_duration_seconds{call=find}", Grows(70.0)),
];

#[rustfmt::skip]
const CASES: &[Case] = &[
    Case { name: "a healthy hour", changes: &[], fires: &[] },
    Case { name: "bots with invented codes, cookies and tokens", fires: &[], changes: &[
        (ALL, "sign_ins_started_total", Grows(12_000.0)),
        (ALL, "sign_ins_failed_total{code=login_expired}", Grows(12_000.0)),
        (ALL, "sign_ins_failed_total{code=login_cookie_missing}", Grows(12_000.0)),
        (ALL, "sign_ins_failed_total{code=provider_refused}", Grows(12_000.0)),
        (ALL, "sign_ins_failed_total{code=provider_unavailable}", Grows(12_000.0)),
        (ALL, "sessions_refused_total{reason=damaged}", Grows(12_000.0)),
        (ALL, "sessions_refused_total{reason=foreign}", Grows(12_000.0)),
        (ALL, "exchanges_total{exchange=redeem,outcome=4xx}", Grows(12_000.0)),
        (ALL, "exchanges_total{exchange=introspect,outcome=2xx}", Grows(12_000.0)),
        (ALL, "place_wait_duration_seconds{work=sign_in}", Slow(12_000.0)),
        (ALL, "place_wait_duration_seconds{work=bearer}", Slow(12_000.0)),
    ] },
    Case { name: "a rolling restart", fires: &[], changes: &[
        (&[1], "up", Samples("1 0 0 1x47")),
        (&[2], "up", Samples("1x3 0 0 1x43")),
        (&[3], "up", Samples("1x6 0 0 1x40")),
        (&[1], "sessions_accepted_total", Samples("48000 stale _ 0+600x47")),
        (&[2], "sessions_accepted_total", Samples("48000+600x3 stale _ 0+600x43")),
        (&[3], "sessions_accepted_total", Samples("48000+600x6 stale _ 0+600x40")),
        (&[1], "sign_ins_finished_total", Samples("800 stale _ 0+10x47")),
        (&[2], "sign_ins_finished_total", Samples("800+10x3 stale _ 0+10x43")),
        (&[3], "sign_ins_finished_total", Samples("800+10x6 stale _ 0+10x40")),
        (&[1], "build_info{version=1}", Samples("1 stale")),
        (&[2], "build_info{version=1}", Samples("1x3 stale")),
        (&[3], "build_info{version=1}", Samples("1x6 stale")),
        (&[1], "build_info{version=2}", Samples("_x2 1x47")),
        (&[2], "build_info{version=2}", Samples("_x5 1x43")),
        (&[3], "build_info{version=2}", Samples("_x8 1x40")),
    ] },
    Case { name: "another cookie secret, with the old one kept", fires: &[], changes: &[
        (&[1], "settings_info{settings=5e771265,cookie_key=old}", Samples("1 stale")),
        (&[2], "settings_info{settings=5e771265,cookie_key=old}", Samples("1x3 stale")),
        (&[3], "settings_info{settings=5e771265,cookie_key=old}", Samples("1x6 stale")),
        (&[1], "settings_info{settings=5e771265,cookie_key=new}", Samples("_x1 1x48")),
        (&[2], "settings_info{settings=5e771265,cookie_key=new}", Samples("_x4 1x45")),
        (&[3], "settings_info{settings=5e771265,cookie_key=new}", Samples("_x7 1x42")),
    ] },
    Case { name: "a Redis that fails over, and a minute without FNCY", fires: &[], changes: &[
        (ALL, "store_up", Samples("0 1x49")),
        (ALL, "store_failures_total{call=claim}", Samples("0 300x49")),
        (ALL, "refreshes_paused", Samples("1 0x49")),
        (ALL, "exchanges_total{exchange=redeem,outcome=2xx}", Samples("800 800 810+10x48")),
        (ALL, "exchanges_total{exchange=redeem,outcome=no_connection}", Samples("0 2 2x48")),
    ] },
    Case { name: "few people in the evening", fires: &[], changes: &[
        (ALL, "sign_ins_started_total", Grows(2.0)),
        (ALL, "sign_ins_finished_total", Grows(1.0)),
        (ALL, "sessions_accepted_total", Grows(50.0)),
        (ALL, "exchanges_total{exchange=redeem,outcome=2xx}", Grows(0.1)),
        (ALL, "exchanges_total{exchange=refresh,outcome=2xx}", Grows(20.0)),
    ] },
    Case { name: "another client secret at FNCY alone", fires: &["ClientRejected"], changes: &[
        (ALL, "sign_ins_failed_total{code=client_rejected}", Grows(1.0)),
    ] },
    Case { name: "refreshes alone are refused", fires: &["ClientRejected", "RefreshesPaused"], changes: &[
        (&[2], "refreshes_total{outcome=misconfigured}", Grows(1.0)),
        (&[2], "refreshes_paused", Is(1.0)),
    ] },
    Case { name: "a wrong pointer to the user's id", fires: &["SignInsFail"], changes: &[
        (ALL, "sign_ins_failed_total{code=user_id_missing}", Grows(1.0)),
    ] },
    Case { name: "a proxy without the route of the callback", fires: &["SignInsDropped"], changes: &[
        (ALL, "sign_ins_finished_total", Grows(0.0)),
    ] },
    Case { name: "a proxy that strips cookies", fires: &["SignInLoop"], changes: &[
        (ALL, "sign_ins_finished_total", Grows(30.0)),
        (ALL, "sign_ins_failed_total{code=login_loop}", Grows(10.0)),
    ] },
    Case { name: "FNCY is down", fires: &["ProviderDown", "ProviderFails", "RefreshesPaused"], changes: &[
        (ALL, "exchanges_total{exchange=refresh,outcome=2xx}", Grows(0.0)),
        (ALL, "exchanges_total{exchange=refresh,outcome=4xx}", Grows(0.0)),
        (ALL, "exchanges_total{exchange=refresh,outcome=no_connection}", Grows(60.0)),
        (ALL, "refreshes_paused", Is(1.0)),
    ] },
    Case { name: "FNCY's limit of requests", fires: &["ProviderFails"], changes: &[
        (ALL, "exchanges_total{exchange=redeem,outcome=429}", Grows(4.0)),
    ] },
    Case { name: "FNCY is slow", fires: &["ProviderSlow", "WaitsForPlaces"], changes: &[
        (ALL, "exchange_duration_seconds{exchange=refresh}", Slow(64.0)),
        (ALL, "place_wait_duration_seconds{work=refresh}", Slow(64.0)),
    ] },
    Case { name: "Redis is down, or full", fires: &["StoreDown"], changes: &[
        (&[1], "store_up", Is(0.0)),
        (&[1], "store_failures_total{call=claim}", Grows(20.0)),
    ] },
    Case { name: "a right that Redis' user lacks", fires: &["StoreFails"], changes: &[
        (ALL, "store_failures_total{call=claim}", Grows(2.0)),
    ] },
    Case { name: "Redis is slow", fires: &["StoreSlow"], changes: &[
        (ALL, "store_call_duration_seconds{call=find}", Slow(70.0)),
    ] },
    Case { name: "a client that signs out a million sessions", fires: &["RevocationListFull"], changes: &[
        (ALL, "revoked_sessions", Is(810_000.0)),
    ] },
    Case { name: "another client ID on one instance", fires: &["InstancesDiffer", "SessionsRefused"], changes: &[
        (&[1], "settings_info{settings=5e771265,cookie_key=old}", Samples("stale")),
        (&[1], "settings_info{settings=0ddba115,cookie_key=old}", Is(1.0)),
        (ALL, "sessions_refused_total{reason=damaged}", Grows(50.0)),
        (ALL, "sessions_accepted_total", Grows(400.0)),
    ] },
    Case { name: "another cookie secret on one instance", fires: &["InstancesDiffer"], changes: &[
        (&[1], "settings_info{settings=5e771265,cookie_key=old}", Samples("stale")),
        (&[1], "settings_info{settings=5e771265,cookie_key=new}", Is(1.0)),
    ] },
    Case { name: "a clock that is slow", fires: &["ClockOff"], changes: &[
        (&[2], "clock_offset_seconds", Is(-300.0)),
    ] },
    Case { name: "a clock that is fast, at an instance that asks FNCY for nothing", fires: &["ClockOff"], changes: &[
        (ALL, "sessions_refused_total{reason=early}", Grows(2.0)),
    ] },
    Case { name: "the old cookie secret dropped on all", fires: &["SessionsRefused"], changes: &[
        (ALL, "sessions_refused_total{reason=foreign}", Samples("80+200x5 1080+1x44")),
        (ALL, "sessions_accepted_total", Samples("48000+100x5 48600+600x44")),
    ] },
    Case { name: "the same, and people are signed in again at once", fires: &["SessionsRefused"], changes: &[
        (ALL, "sessions_refused_total{reason=foreign}", Samples("80+20x10 280+1x39")),
        (ALL, "sign_ins_finished_total", Samples("800+30x10 1100+10x39")),
    ] },
    Case { name: "an instance that was killed", fires: &["InstanceDown"], changes: &[
        (&[3], "up", Is(0.0)),
        (&[3], "build_info{version=1}", Samples("stale")),
        (&[3], "sessions_accepted_total", Samples("stale")),
    ] },
    Case { name: "a scrape of another path", fires: &["InstanceDown", "NotScraped"], changes: &[
        (ALL, "up", Is(0.0)),
        (ALL, "build_info{version=1}", Samples("stale")),
    ] },
    Case { name: "a slow audit log", fires: &["EventsLost"], changes: &[
        (ALL, "events_lost_total", Grows(0.1)),
    ] },
];

/// Every series of a login that the rules may ask for, without `fncy_login_`.
fn series() -> BTreeSet<String> {
    let by_case = ["build_info", "settings_info"];
    let mut series = registered();
    series.retain(|series| {
        let name = series.split('{').next().unwrap();
        RULES.contains(name) && !by_case.contains(&name)
    });
    series
}

fn is_histogram(name: &str) -> bool {
    name.contains("_duration_seconds")
}

/// The samples of a series from its healthy value and what it does in the incident.
fn samples(healthy: Change, incident: Change) -> String {
    let before = START - 1;
    let after = END - START;
    let first = match healthy {
        Grows(rate) => format!("0+{rate}x{before}"),
        Is(value) => format!("{value}x{before}"),
        Slow(_) => format!("0x{before}"),
        Samples(_) => format!("_x{before}"),
    };
    let reached = match healthy {
        Grows(rate) => rate * f64::from(START),
        _ => 0.0,
    };
    let second = match incident {
        Grows(rate) => format!("{reached}+{rate}x{after}"),
        Slow(_) => format!("{reached}x{after}"),
        Is(value) => format!("{value}x{after}"),
        Samples(samples) => samples.to_owned(),
    };
    format!("{first} {second}")
}

/// The lines of a test of promtool for one series of an instance.
fn lines(name: &str, instance: u8, healthy: Change, incident: Change) -> Vec<(String, String)> {
    let (name, labels) = name.split_once('{').unwrap_or((name, "}"));
    let mut labels: Vec<_> = labels
        .trim_end_matches('}')
        .split(',')
        .filter_map(|label| label.split_once('='))
        .map(|(label, value)| format!("{label}=\"{value}\""))
        .collect();
    labels.push(format!("job=\"app\",instance=\"{instance}\""));
    let labels = labels.join(",");
    let prefix = if name == "up" { "" } else { "fncy_login_" };
    if !is_histogram(name) {
        let samples = samples(healthy, incident);
        return vec![(format!("{prefix}{name}{{{labels}}}"), samples)];
    }
    let all = match incident {
        Slow(rate) => Grows(rate),
        other => other,
    };
    let bucket = |le: &str| format!("{prefix}{name}_bucket{{{labels},le=\"{le}\"}}");
    vec![
        (bucket("0.1"), samples(healthy, incident)),
        (bucket("5"), samples(healthy, all)),
        (bucket("+Inf"), samples(healthy, all)),
        (
            format!("{prefix}{name}_count{{{labels}}}"),
            samples(healthy, all),
        ),
    ]
}

/// A case as a test of promtool.
fn test(case: &Case, series: &BTreeSet<String>) -> String {
    let mut text = format!("- name: {}\n  interval: 1m\n  input_series:\n", case.name);
    let healthy: BTreeMap<_, _> = HEALTHY.iter().copied().collect();
    let changed = case.changes.iter().map(|(_, name, _)| *name);
    let counters = series
        .iter()
        .map(String::as_str)
        .filter(|name| !is_histogram(name));
    let names: BTreeSet<_> = counters
        .chain(healthy.keys().copied())
        .chain(changed)
        .collect();
    for instance in ALL {
        for name in &names {
            let healthy = healthy.get(name).copied().unwrap_or(match *name {
                // Without incident, no instance has it.
                name if !series.contains(name) => Samples(""),
                name if name.contains("_total") || is_histogram(name) => Grows(0.0),
                _ => Is(0.0),
            });
            let change = case
                .changes
                .iter()
                .find(|(instances, changed, _)| instances.contains(instance) && changed == name);
            let incident = change.map_or(healthy, |(_, _, change)| *change);
            for (name, samples) in lines(name, *instance, healthy, incident) {
                writeln!(text, "  - series: '{name}'\n    values: '{samples}'").unwrap();
            }
        }
    }
    let fired = "group by (alertname) (max_over_time(ALERTS{alertstate=\"firing\"}[3h]))";
    writeln!(
        text,
        "  promql_expr_test:\n  - expr: {fired}\n    eval_time: {END}m\n    exp_samples:"
    )
    .unwrap();
    for alert in case.fires {
        writeln!(
            text,
            "    - labels: '{{alertname=\"FncyLogin{alert}\"}}'\n      value: 1"
        )
        .unwrap();
    }
    text
}

fn promtool(arguments: &[&str], file: &Path) -> Option<()> {
    let output = Command::new("promtool").args(arguments).arg(file).output();
    let output = output
        .ok()
        .or_else(|| skip("skipped: install prometheus (or `cargo xtask test`)"))?;
    let said = [output.stdout, output.stderr].concat();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&said)
    );
    Some(())
}

fn rules() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/alerts.yml")
}

#[tokio::test]
async fn xr09_each_alert_fires_in_its_incident_and_is_silent_in_normal_life() {
    let file = std::env::temp_dir().join(format!("fncy-alerts-{}.yml", std::process::id()));
    let series = series();
    for case in CASES {
        for (_, name, _) in case.changes {
            let is_known = series.contains(*name)
                || HEALTHY.iter().any(|(known, _)| known == name)
                || name.contains("_info{");
            assert!(is_known, "{name}");
        }
    }
    let tests: String = CASES.iter().map(|case| test(case, &series)).collect();
    let text = format!(
        "rule_files: ['{}']\nevaluation_interval: 1m\ntests:\n{tests}",
        rules().display()
    );
    std::fs::write(&file, text).unwrap();
    promtool(&["test", "rules"], &file);
    std::fs::remove_file(file).unwrap();
}

#[test]
fn xr09_promtool_accepts_the_rules() {
    promtool(&["check", "rules", "--lint=all", "--lint-fatal"], &rules());
}

#[test]
fn xr09_each_alert_has_a_case_and_a_row_in_the_manual() {
    let manual = include_str!("../../../crates/login/src/manual/operations/alerts.md");
    let all = RULES
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- alert: "));
    let mut fired: BTreeSet<_> = CASES.iter().flat_map(|case| case.fires).copied().collect();
    for alert in all {
        assert!(
            fired.remove(alert.strip_prefix("FncyLogin").unwrap()),
            "{alert}"
        );
        let anchor = alert.to_lowercase();
        assert!(
            manual.contains(&format!("| <a id=\"{anchor}\"></a>`{alert}` |")),
            "{alert}"
        );
        assert!(
            RULES.contains(&format!("operations/alerts.md#{anchor}\n")),
            "{alert}"
        );
    }
    assert_eq!(fired, BTreeSet::new(), "without a rule");
}
