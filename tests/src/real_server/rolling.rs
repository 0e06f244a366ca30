//! A rolling restart under load: instances stop and start one after the other, while people sign in, read, are refreshed
//! and sign out (row XR12).

use std::process::Command;
use std::time::Duration;

use fncy_dev_server::{Endpoint, Fault};
use fncy_login_tower::Login;
use recipes::operations::production;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use super::fleet::{Fleet, NGINX, free_address};
use super::proxies::instances::Instances;
use super::proxies::start::Process;
use crate::browser::{Backend as _, Browser, Page, RawRequest, Socket, Tab};

/// The people, each with a browser.
const PEOPLE: usize = 16;

/// This same program, as an instance.
fn program() -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "real_server::rolling::serves"])
        .args(["--ignored", "--nocapture"])
        .env("STOP_PAUSE", "3");
    command
}

#[test]
#[ignore = "a process of its own, which other tests start"]
fn serves() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let settings = production::Settings::from_env().unwrap();
    production::init().unwrap();
    let served = runtime.block_on(production::run(Login::builder().env(), settings));
    served.unwrap();
}

/// A person who reads pages, and signs out and in again every few seconds.
async fn use_it(origin: String, browser: Browser, stop: watch::Receiver<bool>) {
    let mut tab = browser.tab();
    let mut since = Instant::now();
    while !*stop.borrow() {
        let mut page = tab.visit(&format!("{origin}/")).await;
        if page.text().contains("name=\"user\"") || !page.url.as_str().starts_with(&origin) {
            page = sign_in(&mut tab, page).await;
            since = Instant::now();
        }
        if since.elapsed() > Duration::from_secs(5) && page.status == 200 {
            tab.submit(&page, "form", None).await;
        }
        sleep(Duration::from_millis(5)).await;
    }
}

async fn sign_in(tab: &mut Tab, page: Page) -> Page {
    let mut page = tab.submit(&page, "form", Some(("user", "alex"))).await;
    if page.text().contains("name=\"decision\"") {
        page = tab.submit(&page, "form", Some(("decision", "allow"))).await;
    }
    page
}

/// The answers of the application, each with its request and the start of its body.
fn answers(browsers: &[Browser], origin: &str) -> Vec<(String, u16)> {
    let exchanges = browsers.iter().flat_map(Browser::history);
    let own = exchanges.filter(|exchange| exchange.url.as_str().starts_with(origin));
    own.map(|exchange| {
        let (request, response) = (&exchange.request, &exchange.response);
        let body: String = response.text().chars().take(300).collect();
        let what = format!("{} {}: {body}", request.method, exchange.url.path());
        (what, response.status)
    })
    .collect()
}

/// Restarts one instance after the other while people use all of them through the proxy. No answer is lost.
async fn loses_no_request(mut fleet: Fleet) {
    // So a session is refreshed a few times before its person signs out.
    fleet
        .dev_server
        .fault(Endpoint::Token, Fault::member("expires_in", 1));
    let (stop, stopped) = watch::channel(false);
    let mut people = JoinSet::new();
    let (_, port) = fleet.origin.rsplit_once(':').unwrap();
    let address = Socket(([127, 0, 0, 1], port.parse().unwrap()).into());
    let browsers: Vec<_> = (0..PEOPLE).map(|_| Browser::new(0)).collect();
    for browser in &browsers {
        browser.route(&fleet.origin, address);
        people.spawn(use_it(
            fleet.origin.clone(),
            browser.clone(),
            stopped.clone(),
        ));
    }
    sleep(Duration::from_secs(2)).await;
    for instance in &mut fleet.instances {
        instance.signal("TERM");
        let ended = instance.ended().await;
        assert!(ended.success(), "{ended} {}", instance.lines());
        assert!(!instance.lines().contains("was cut off"));
        instance.restart();
        instance.until_ready().await;
        sleep(Duration::from_secs(1)).await;
    }
    stop.send_replace(true);
    people.join_all().await;
    let answers = answers(&browsers, &fleet.origin);
    let requests = fleet.dev_server.requests(Endpoint::Token);
    let is_refresh = |body: &[u8]| String::from_utf8_lossy(body).contains("refresh_token");
    let refreshes = requests.iter().filter(|sent| is_refresh(&sent.body));
    let refreshes = refreshes.count();
    println!("{} answers, {refreshes} refreshes", answers.len());
    let lost: Vec<_> = answers
        .iter()
        .filter(|(_, status)| ![200, 303, 401].contains(status))
        .collect();
    assert!(answers.len() > 1_000 && refreshes > 10);
    assert!(
        lost.is_empty(),
        "{} of {}: {lost:#?}",
        lost.len(),
        answers.len()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn xr12_a_rolling_restart_loses_no_request() {
    if let Some(fleet) = Fleet::start(free_address().port(), NGINX, program).await {
        loses_no_request(fleet).await;
    }
}

/// A fleet with another proxy at nginx's port.
async fn fleet_with(
    proxy: impl FnOnce(u16, &Instances) -> Option<Process>,
) -> Option<(Fleet, Process)> {
    let port = free_address().port();
    let mut fleet = Fleet::start(port, NGINX, program).await?;
    fleet.without_nginx();
    let [listen, operations] = [fleet.instances[0].listen, fleet.instances[0].operations];
    let instances = Instances {
        port: listen.port(),
        operations: operations.port(),
    };
    let proxy = proxy(port, &instances)?;
    let answers = async {
        let style = RawRequest::new("GET", "/site.css").with_header("Host", "localhost");
        let socket = Socket(([127, 0, 0, 1], port).into());
        while socket.send(style.clone()).await.status != 200 {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(20), answers).await.unwrap();
    Some((fleet, proxy))
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "cargo xtask slow proxies"]
async fn xr12_a_rolling_restart_through_caddy_loses_no_request() {
    if let Some((fleet, _caddy)) = fleet_with(Process::plain_caddy).await {
        loses_no_request(fleet).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "cargo xtask slow proxies"]
async fn xr12_a_rolling_restart_through_traefik_loses_no_request() {
    if let Some((fleet, _traefik)) = fleet_with(Process::plain_traefik).await {
        loses_no_request(fleet).await;
    }
}
