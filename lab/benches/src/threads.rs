//! One login on several threads at once: what it adds to a request on each of them, beside one thread alone.
//!
//! Rules:
//! - The threads take turns with one thread alone. In a turn, all of them run the same case with the same login.
//! - The login, the routers and the services are built on one thread, and the others get clones.
//! - A case runs before and after it is timed, so all threads are busy while one is timed.

use std::process::{Command, Stdio};
use std::sync::{Arc, Barrier};
use std::thread;

use axum::Router;
use axum::routing::get;
use fncy_login::Login;
use fncy_login::adapter::Decision;
use fncy_login_tower::{FncyLoginLayer, FncyLoginService, WrappedRouter};
use tower::Layer as _;

use crate::driver::check;
use crate::frameworks::{ACTIX, AXUM, SignedIn, actix_bare, actix_wrap, axum, axum_router, hello};
use crate::interleave::{Case, median, nanoseconds};
use crate::redis_server::RedisServer;
use crate::sample::{Get, Provider, TOKEN_LEN, sign_in};

/// How often each thread runs a case in a turn, and before and after it.
const TIMES: usize = 1_000;
const AROUND: usize = TIMES / 4;
/// An odd number, so that there is one in the middle.
const ROUNDS: usize = 201;

/// What all threads have clones of.
#[derive(Clone)]
struct Site {
    login: Login,
    cookies: String,
    bare: Router,
    layered: Router,
    service: FncyLoginService<Router>,
    wrapped: WrappedRouter,
}

/// The figures of one thread: for each case and each number of threads, one for each round.
type Figures = Vec<Vec<Vec<f64>>>;

/// Prints the tables: with sessions in memory, and with Redis' follower if there is a redis-server.
#[expect(clippy::print_stdout, reason = "measures, for people")]
pub async fn run() {
    let provider = Provider::start().await;
    let metrics = if count_requests() { "on" } else { "off" };
    println!("Store in memory, metrics {metrics}:\n");
    table(provider.login(|builder| builder)).await;
    let mut redis = Command::new("redis-server");
    if redis
        .arg("--version")
        .stdout(Stdio::null())
        .status()
        .is_err()
    {
        println!("There is no redis-server.");
        return;
    }
    let redis = RedisServer::start();
    println!("Store in Redis, metrics {metrics}:\n");
    table(provider.login(|builder| builder.store(redis.instance()))).await;
}

/// Counts requests for Prometheus, if this program was built so.
fn count_requests() -> bool {
    #[cfg(feature = "metrics")]
    let recorder = metrics_exporter_prometheus::PrometheusBuilder::new();
    #[cfg(feature = "metrics")]
    recorder.install_recorder().unwrap();
    cfg!(feature = "metrics")
}

#[expect(clippy::print_stdout, reason = "measures, for people")]
async fn table(login: Login) {
    let site = Site::of(login).await;
    let counts = thread_counts();
    let (cases, figures) = tokio::task::block_in_place(|| measure(&site, &counts));
    let whole = |case: usize, count: usize| {
        let rounds = figures.iter().flat_map(|figures| &figures[case][count]);
        median(rounds.copied().collect())
    };
    println!("| what | threads | ns | added ns | of one thread |\n| --- | --: | --: | --: | --: |");
    for (index, (name, base)) in cases.iter().enumerate() {
        let base = |count| {
            let base = cases
                .iter()
                .position(|(name, _)| Some(name) == base.as_ref());
            base.map_or(0.0, |base| whole(base, count))
        };
        let added = |count| whole(index, count) - base(count);
        for (count, threads) in counts.iter().enumerate() {
            let (whole, added, ratio) =
                (whole(index, count), added(count), added(count) / added(0));
            println!("| {name} | {threads} | {whole:.0} | {added:.0} | {ratio:.2} |");
        }
    }
    println!();
}

/// One, two, and as many as there are cores.
fn thread_counts() -> Vec<usize> {
    let cores = thread::available_parallelism().map_or(2, usize::from);
    let mut counts = vec![1, 2, cores];
    counts.sort_unstable();
    counts.dedup();
    counts
}

/// Each case's name and base, and each thread's figures.
fn measure(site: &Site, counts: &[usize]) -> (Vec<(String, Option<String>)>, Vec<Figures>) {
    let most = counts.iter().max().copied().unwrap_or(1);
    let barrier = Arc::new(Barrier::new(most));
    let mut measured = thread::scope(|scope| {
        let threads: Vec<_> = (0..most)
            .map(|number| {
                let (site, barrier) = (site.clone(), Arc::clone(&barrier));
                scope.spawn(move || on_thread(number, &site, counts, &barrier))
            })
            .collect();
        let measured = threads.into_iter().map(|thread| thread.join().unwrap());
        measured.collect::<Vec<_>>()
    });
    let cases = std::mem::take(&mut measured[0].0);
    (
        cases,
        measured.into_iter().map(|(_, figures)| figures).collect(),
    )
}

fn on_thread(
    number: usize,
    site: &Site,
    counts: &[usize],
    barrier: &Barrier,
) -> (Vec<(String, Option<String>)>, Figures) {
    // actix-web's runtime is tokio's, on one thread, as in a worker.
    actix_web::rt::System::new().block_on(async {
        let mut cases = site.cases().await;
        let mut figures = vec![vec![Vec::new(); counts.len()]; cases.len()];
        for _ in 0..ROUNDS {
            for (case, figures) in cases.iter_mut().zip(&mut figures) {
                for (count, figures) in counts.iter().zip(figures) {
                    barrier.wait();
                    if number < *count {
                        case.run(AROUND).await;
                        figures.push(nanoseconds(case, TIMES).await);
                        case.run(AROUND).await;
                    }
                }
            }
        }
        let cases = cases.into_iter().map(|case| (case.name, case.base));
        (cases.collect(), figures)
    })
}

impl Site {
    async fn of(login: Login) -> Self {
        let cookies = sign_in(&login, TOKEN_LEN).await;
        // The first request of an instance waits for the log in Redis.
        if let Decision::Later(verdict) = login.decide(&Get::page(cookies.as_str()), None) {
            drop(verdict.await);
        }
        let layer = FncyLoginLayer::new(login.clone());
        Self {
            login,
            cookies,
            bare: Router::new().route("/", get(hello)),
            layered: axum_router().layer(layer.clone()),
            service: layer.layer(axum_router()),
            wrapped: layer.wrap(axum_router()),
        }
    }

    async fn cases(&self) -> Vec<Case> {
        let (login, cookies) = (&self.login, self.cookies.as_str());
        let visitor = SignedIn { login, cookies };
        vec![
            check("check", login, cookies),
            axum(AXUM, self.bare.clone(), cookies),
            axum("axum, Router::layer", self.layered.clone(), cookies).beyond(AXUM),
            axum(
                "axum, service around the router",
                self.service.clone(),
                cookies,
            )
            .beyond(AXUM),
            axum("axum, wrap", self.wrapped.clone(), cookies).beyond(AXUM),
            actix_bare(cookies).await,
            actix_wrap("actix-web, wrap", visitor).await.beyond(ACTIX),
        ]
    }
}
