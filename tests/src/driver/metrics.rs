//! Metrics: what is counted, and that each series is there from the first scrape on.
//!
//! A recorder of metrics holds for a thread, so each test runs on one.

use std::collections::BTreeMap;
use std::future::pending;
use std::time::{Duration, UNIX_EPOCH};

use fncy_dev_server::{DevServer, Endpoint, Fault};
use fncy_login::store::MemoryStore;
use fncy_login::{LoginEvent, Setting};
use httpdate::fmt_http_date;
use tokio::runtime::Builder;
use tokio::time::sleep;

use crate::browser::RawRequest;
use crate::driver::counts::Counts;
use crate::harness::Harness;
use crate::steps::session::with_store;
use crate::store::Store;
use crate::world::{APP, ThreadLogs, World, usual};

/// The counters that aren't zero.
fn counted(counts: &Counts, expected: &[(&str, u64)]) {
    let expected: BTreeMap<String, u64> = expected
        .iter()
        .map(|(name, value)| (format!("fncy_login_{name}"), *value))
        .collect();
    let mut counted = counts.all();
    counted.retain(|name, _| name.contains("_total"));
    assert_eq!(counted, expected);
}

/// Waits until a metric has a value.
async fn becomes(counts: &Counts, name: &str, value: u64) {
    let name = format!("fncy_login_{name}");
    for _ in 0..300 {
        if counts.all().get(&name).copied().unwrap_or_default() == value {
            return;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("{name} is {:?}", counts.all().get(&name));
}

#[tokio::test]
async fn u05_a_lost_event_is_counted() {
    let counts = Counts::default();
    let _guard = metrics::set_default_local_recorder(&counts);
    let world = World::with(Harness::Bare, |setup| {
        setup.login = Box::new(|builder| builder.on_event(async |_: LoginEvent| pending().await));
    });
    for _ in 0..1_030 {
        let asked = RawRequest::new("GET", "/page").with_header("host", "app.example");
        assert_eq!(world.raw(asked).await.status, 401);
    }
    let lost = counts.all()["fncy_login_events_lost_total"];
    // The hook may have taken the first.
    assert!((5..=6).contains(&lost), "{lost}");
}

#[tokio::test]
async fn a_life_of_a_session_is_counted() {
    let counts = Counts::default();
    let _guard = metrics::set_default_local_recorder(&counts);
    let world = World::new(Harness::Bare);
    let mut tab = world.tab();
    world.visit_and_sign_in(&mut tab, "/page", "alex").await;
    let mut expected = vec![
        ("exchanges_total{exchange=redeem,outcome=2xx}", 1),
        ("exchanges_total{exchange=user_data,outcome=2xx}", 1),
        ("sessions_accepted_total", 1),
        ("sign_ins_finished_total", 1),
        ("sign_ins_returned_total", 1),
        ("sign_ins_started_total", 1),
    ];
    counted(&counts, &expected);

    world.advance(301);
    tab.visit(&format!("{APP}/page")).await;
    expected[2].1 = 2;
    expected.push(("exchanges_total{exchange=refresh,outcome=2xx}", 1));
    expected[1].1 = 2;
    expected.push(("refreshes_total{outcome=refreshed}", 1));
    counted(&counts, &expected);

    let page = tab.visit(&format!("{APP}/auth/logout")).await;
    tab.submit(&page, "form", None).await;
    // The answer doesn't wait for the token revocation.
    becomes(&counts, "exchanges_total{exchange=revoke,outcome=2xx}", 1).await;
    expected.push(("exchanges_total{exchange=revoke,outcome=2xx}", 1));
    expected.push(("sign_outs_total", 1));
    counted(&counts, &expected);
}

#[tokio::test]
async fn what_goes_wrong_is_counted_by_its_code() {
    let counts = Counts::default();
    let _guard = metrics::set_default_local_recorder(&counts);
    let world = World::new(Harness::Bare);
    let mut tab = world.tab();
    assert_eq!(tab.fetch(&format!("{APP}/page")).await.status, 401);
    let url = world.start(&mut tab, "/page").await;
    let callback = world.cancel(&url, "alex").await;
    let page = tab.visit(&callback).await;
    assert_eq!(page.status, 403, "{}", page.text());
    world.provider.fault(Endpoint::Token, Fault::status(503));
    let page = world.visit_and_sign_in(&mut tab, "/page", "alex").await;
    assert_eq!(page.status, 503, "{}", page.text());
    let damaged = "__Host-fncy_session=damaged.";
    assert_eq!(world.ask("/page", damaged).await.status, 401);
    let expected = [
        ("exchanges_total{exchange=redeem,outcome=5xx}", 1),
        ("requests_refused_total{code=sign_in_required}", 2),
        ("sessions_refused_total{reason=damaged}", 1),
        ("sign_ins_failed_total{code=access_denied}", 1),
        ("sign_ins_failed_total{code=provider_unavailable}", 1),
        ("sign_ins_returned_total", 1),
        ("sign_ins_started_total", 2),
    ];
    counted(&counts, &expected);
}

#[tokio::test]
async fn xr01_xr02_a_store_that_is_down_shows_without_traffic() {
    let counts = Counts::default();
    let _guard = metrics::set_default_local_recorder(&counts);
    let logs = ThreadLogs::start();
    let store = Store::default();
    store.set_down(true);
    let world = with_store(Harness::Bare, &store, |builder| builder);
    let login = world.login.clone();
    becomes(&counts, "store_failures_total{call=ping}", 1).await;
    assert!(!login.is_ready(), "the store has not answered yet");
    store.set_down(false);
    becomes(&counts, "store_up", 1).await;
    assert!(login.is_ready());
    store.set_down(true);
    becomes(&counts, "store_up", 0).await;
    assert!(login.is_ready(), "all instances share the store");
    assert_eq!(world.tab().fetch(&format!("{APP}/page")).await.status, 401);
    store.set_down(false);
    becomes(&counts, "store_up", 1).await;
    let lines = logs.with("the store answers again");
    assert_eq!(lines.len(), 2);
    let at_info = lines.iter().filter(|line| line.contains(" INFO "));
    assert_eq!(at_info.count(), 1, "one a minute");
}

#[tokio::test]
async fn xr01_each_call_of_the_store_is_metered() {
    let counts = Counts::default();
    let _guard = metrics::set_default_local_recorder(&counts);
    let store = Store::default();
    let world = with_store(Harness::Bare, &store, |builder| builder);
    let mut tab = world.tab();
    let url = world.start(&mut tab, "/page").await;
    let callback = world.approve(&url, "alex").await;
    store.set_down(true);
    assert_eq!(tab.visit(&callback).await.status, 503);
    store.set_down(false);
    world.visit_and_sign_in(&mut tab, "/page", "alex").await;
    // A session that has just begun is judged as a bound one, so the store is asked about it once more.
    world.advance(200);
    assert_eq!(tab.fetch(&format!("{APP}/page")).await.status, 200);
    world.advance(101);
    store.set_down(true);
    assert_eq!(tab.fetch(&format!("{APP}/page")).await.status, 503);
    let all = counts.all();
    let of = |name: &str| all.get(&format!("fncy_login_{name}")).copied();
    for call in ["claim", "is_outdated"] {
        let failures = of(&format!("store_failures_total{{call={call}}}"));
        assert!(failures >= Some(1), "{call}: {all:#?}");
    }
    for call in ["claim", "finish", "ping", "read_since"] {
        let calls = of(&format!("store_call_duration_seconds{{call={call}}}"));
        assert!(calls >= Some(1), "{call}: {all:#?}");
    }
}

#[tokio::test]
async fn xr01_a_call_that_fails_is_counted_and_takes_no_store_down() {
    let counts = Counts::default();
    let _guard = metrics::set_default_local_recorder(&counts);
    let store = Store::default();
    let world = with_store(Harness::Bare, &store, |builder| builder);
    becomes(&counts, "store_up", 1).await;
    // Too short for any work, so each claim fails.
    store.grants(Duration::from_secs(1));
    let page = world
        .visit_and_sign_in(&mut world.tab(), "/page", "alex")
        .await;
    assert_eq!(page.status, 503, "{}", page.text());
    let all = counts.all();
    assert_eq!(
        all.get("fncy_login_store_failures_total{call=claim}"),
        Some(&1)
    );
    assert_eq!(all.get("fncy_login_store_up"), Some(&1));
}

#[test]
fn xr02_a_login_that_was_built_outside_a_runtime_watches_its_store_inside_one() {
    let counts = Counts::default();
    let provider = DevServer::builder().start().unwrap();
    let login = metrics::with_local_recorder(&counts, || {
        let builder = usual(&provider, "https://late.example/auth/callback");
        builder.store(MemoryStore::new()).build().unwrap()
    });
    let runtime = || Builder::new_current_thread().enable_all().build().unwrap();
    for _ in 0..2 {
        runtime().block_on(async {
            assert!(!login.is_ready() || counts.all().contains_key("fncy_login_store_up"));
            becomes(&counts, "store_up", 1).await;
            assert!(login.is_ready());
        });
    }
}

#[tokio::test]
async fn xr11_waits_for_a_place_and_exchanges_are_two_times() {
    let counts = Counts::default();
    let _guard = metrics::set_default_local_recorder(&counts);
    let world = World::new(Harness::Bare);
    assert_eq!(counts.all()["fncy_login_places{work=sign_in}"], 12);
    world
        .provider
        .fault(Endpoint::Token, Fault::delay(Duration::from_millis(500)));
    let mut tab = world.tab();
    tokio::join!(
        world.visit_and_sign_in(&mut tab, "/page", "alex"),
        becomes(&counts, "places_used{work=sign_in}", 1),
    );
    becomes(&counts, "places_used{work=sign_in}", 0).await;
    let all = counts.all();
    assert_eq!(
        all["fncy_login_place_wait_duration_seconds{work=sign_in}"],
        1
    );
    assert_eq!(
        all["fncy_login_exchange_duration_seconds{exchange=redeem}"],
        1
    );
}

#[tokio::test]
async fn xr03_each_series_is_there_before_the_first_event() {
    let counts = Counts::default();
    let _guard = metrics::set_default_local_recorder(&counts);
    let world = World::new(Harness::Bare);
    let before = counts.series();
    let mut tab = world.tab();
    world.visit_and_sign_in(&mut tab, "/page", "alex").await;
    world.provider.fault(Endpoint::Token, Fault::status(429));
    world.advance(301);
    tab.visit(&format!("{APP}/page")).await;
    let damaged = "__Host-fncy_session=damaged.";
    assert_eq!(world.ask("/page", damaged).await.status, 401);
    assert_eq!(counts.series(), before, "no event adds a series");
    assert!(before.len() < 500, "{} series", before.len());
    let refreshes = "fncy_login_exchanges_total{exchange=refresh,outcome=429}";
    assert_eq!(counts.all()[refreshes], 1);
}

#[tokio::test]
async fn xr03_instances_that_differ_show_other_settings() {
    let logs = ThreadLogs::start();
    let counts = Counts::default();
    let _guard = metrics::set_default_local_recorder(&counts);
    let world = World::new(Harness::Bare);
    let info = |number: usize| {
        let lines = logs.with("login: ready");
        let field = |name: &str| {
            let (_, rest) = lines[number].split_once(&format!("{name}=\"")).unwrap();
            rest.split('"').next().unwrap().to_owned()
        };
        [field("settings"), field("cookie_key")]
    };
    let _same = world.usual().build().unwrap();
    assert_eq!(info(0), info(1));
    let _client = world
        .usual()
        .set(Setting::ClientId, "other")
        .build()
        .unwrap();
    assert_ne!(info(2)[0], info(0)[0]);
    assert_eq!(info(2)[1], info(0)[1]);
    let secret = "kX3Vn0b7Qw2yT9s1uJ5fHc8mZa4RgPdLoEiYxW6vBzU=";
    let secret_login = world
        .usual()
        .set(Setting::CookieSecret, secret)
        .build()
        .unwrap();
    assert_eq!(info(3)[0], info(0)[0], "no secret is part of it");
    assert_ne!(info(3)[1], info(0)[1]);
    let shown = |number: usize| {
        let [settings, cookie_key] = info(number);
        let labels = format!("{{settings={settings},cookie_key={cookie_key}}}");
        let all = counts.all();
        all.get(&format!("fncy_login_settings_info{labels}"))
            .copied()
    };
    assert_eq!([shown(0), shown(3)], [Some(2), Some(1)]);
    drop(secret_login);
    assert_eq!(shown(3), None, "it is gone");
}

#[tokio::test]
async fn xr08_a_clock_that_differs_from_the_providers_is_said() {
    for (offset, is_said) in [(0, false), (-20, false), (300, true), (-300, true)] {
        let logs = ThreadLogs::start();
        let world = World::new(Harness::Bare);
        let there = world
            .clock()
            .now()
            .as_unix()
            .checked_add_signed(-offset)
            .unwrap();
        let date = fmt_http_date(UNIX_EPOCH + Duration::from_secs(there));
        let late = Fault::delay(Duration::ZERO).header("date", &date);
        world.provider.fault(Endpoint::Token, late);
        let mut tab = world.tab();
        world.visit_and_sign_in(&mut tab, "/page", "alex").await;
        let lines = logs.with("this instance's clock");
        assert_eq!(lines.len(), usize::from(is_said), "{offset}");
        let seconds = format!("seconds={offset}");
        assert!(
            lines.iter().all(|line| line.contains(&seconds)),
            "{lines:?}"
        );
    }
}

#[tokio::test]
async fn xr04_an_outage_is_one_line_a_minute_for_each_cause() {
    let logs = ThreadLogs::start();
    let world = World::new(Harness::Bare);
    let mut tab = world.tab();
    world.visit_and_sign_in(&mut tab, "/page", "alex").await;
    world.provider.fault(Endpoint::Token, Fault::status(503));
    world.advance(301);
    for _ in 0..20 {
        assert_eq!(tab.fetch(&format!("{APP}/page")).await.status, 503);
        let mut other = world.stranger().tab();
        world.visit_and_sign_in(&mut other, "/page", "alex").await;
    }
    let mut loud = logs.with(" WARN ");
    loud.extend(logs.with(" ERROR "));
    let mut causes: Vec<_> = loud.iter().map(|line| cause(line)).collect();
    causes.sort_unstable();
    let all = causes.len();
    causes.dedup();
    assert_eq!(causes.len(), all, "{loud:#?}");
    let quiet = logs.with("code=\"provider_unavailable\"");
    assert!(quiet.len() > 20, "each is in a line: {}", quiet.len());
}

/// A line without its time, its span, its reference and its detail.
fn cause(line: &str) -> &str {
    let (_, line) = line.rsplit_once("fncy_login::").unwrap();
    line.split(" reference=").next().unwrap_or(line)
}

#[tokio::test]
async fn each_metric_is_described_in_the_manual() {
    let counts = Counts::default();
    let _guard = metrics::set_default_local_recorder(&counts);
    let _world = World::new(Harness::Bare);
    let described = counts.described();
    let manual = include_str!("../../../crates/login/src/manual/reference/metrics.md");
    for name in &described {
        assert!(manual.contains(&format!("`{name}`")), "{name}");
    }
    for series in counts.series() {
        let name = series.split('{').next().unwrap_or_default();
        assert!(
            described.iter().any(|described| described == name),
            "{name}"
        );
    }
}
