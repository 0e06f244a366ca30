//! Many sessions whose tokens expire in the same second, against the development server.
//!
//! Rules: each session takes one token request; each answer is 200, or 503 with `Retry-After`; in the end all answers are
//! 200. Any other answer ends the run.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use axum::routing::get;
use fncy_login::{Login, Setting};
use fncy_login_tower::{CurrentUser, FncyLoginLayer};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tower::ServiceExt as _;

use crate::dev_server::{DevServerProcess, Person, user};
use crate::memory::held;
use crate::sample::{Get, HandClock, SECRET, cookies_after, set, start};

/// Who sign in side by side.
const PEOPLE: usize = 16;
/// How long a token lives, in seconds.
const TOKEN_LIFE: u64 = 300;
const LATER: u64 = TOKEN_LIFE + 1;
/// A refreshed session that was used is forgotten after 90 seconds.
const UNTIL_FORGOTTEN: Duration = Duration::from_secs(91);

/// What is counted while all ask at once.
#[derive(Default)]
struct Counted {
    done: AtomicUsize,
    told_to_wait: AtomicUsize,
}

/// Prints what happens to so many sessions.
#[expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "measures, for people"
)]
pub async fn run(sessions: usize) {
    let mut provider = DevServerProcess::start(PEOPLE, TOKEN_LIFE);
    let clock = HandClock::at_start();
    let login = Login::builder()
        .env_from(provider.vars())
        .set(Setting::RedirectUri, "http://localhost:3000/auth/callback")
        .set(Setting::CookieSecret, SECRET)
        .set(Setting::SignOutUrl, "")
        .clock(Arc::clone(&clock))
        .build()
        .unwrap();
    let cookies = sign_in_all(&login, sessions).await;
    println!("sessions: {sessions}");
    println!("memory before, with all cookies: {} MB", held());
    println!(
        "memory of the measurement, while a bare application holds all requests: {} MB",
        held_by_bare(&cookies).await
    );

    let signed_in = provider.counts().requests;
    clock.advance(LATER);
    let app = Router::new()
        .route("/", get(hello))
        .layer(FncyLoginLayer::new(login.clone()));
    let counted = Arc::new(Counted::default());
    let began = Instant::now();
    let mut all = JoinSet::new();
    for cookies in cookies {
        all.spawn(ask_until_answered(
            app.clone(),
            cookies,
            Arc::clone(&counted),
        ));
    }
    let mut most = 0;
    while counted.done.load(Ordering::Relaxed) < sessions {
        sleep(Duration::from_millis(20)).await;
        most = most.max(held());
    }
    let took = began.elapsed();
    let refreshed = all.join_all().await;
    let counts = provider.counts();
    let exchanges = counts.requests - signed_in;
    assert_eq!(exchanges, sessions as u64, "one exchange a session");
    println!("exchanges: {exchanges}, at most {} at once", counts.at_once);
    println!(
        "all answered 200 after {:.1} s; 503 with Retry-After came before {} times",
        took.as_secs_f64(),
        counted.told_to_wait.load(Ordering::Relaxed)
    );
    println!(
        "memory: at most {most} MB meanwhile, {} MB when all were answered",
        held()
    );

    for cookies in &refreshed[1..] {
        assert_eq!(ask(&app, cookies).await.status(), 200);
    }
    assert_eq!(
        provider.counts().requests,
        counts.requests,
        "refreshed once"
    );
    sleep(UNTIL_FORGOTTEN).await;
    // What has gone is given back with the next refresh and the next sign-in.
    clock.advance(LATER);
    assert_eq!(ask(&app, &refreshed[0]).await.status(), 200);
    drop(sign_in_all(&login, 1).await);
    drop(refreshed);
    println!("memory after a minute: {} MB", held());
}

/// The memory while an application without a login holds all requests, in megabytes.
async fn held_by_bare(cookies: &[String]) -> u64 {
    let (waiting, gate) = (Arc::<AtomicUsize>::default(), Arc::new(Semaphore::new(0)));
    let (arrived, closed) = (Arc::clone(&waiting), Arc::clone(&gate));
    let wait = move || {
        let (arrived, closed) = (Arc::clone(&arrived), Arc::clone(&closed));
        async move {
            arrived.fetch_add(1, Ordering::Relaxed);
            drop(closed.acquire().await);
        }
    };
    let app = Router::new().route("/", get(wait));
    let mut all = JoinSet::new();
    for cookies in cookies {
        let (app, cookies) = (app.clone(), cookies.clone());
        all.spawn(async move { ask(&app, &cookies).await.status() });
    }
    while waiting.load(Ordering::Relaxed) < cookies.len() {
        sleep(Duration::from_millis(20)).await;
    }
    let most = held();
    gate.close();
    all.join_all().await;
    most
}

async fn hello(user: CurrentUser) -> String {
    user.id().to_owned()
}

/// The `Cookie` header of each session.
async fn sign_in_all(login: &Login, sessions: usize) -> Vec<String> {
    let mut all = JoinSet::new();
    for person in 0..PEOPLE {
        let login = login.clone();
        let share = (person..sessions).step_by(PEOPLE).count();
        all.spawn(async move {
            let mut person = Person::sign_in(&start(&login).await.0, &user(person)).await;
            let mut sessions = Vec::with_capacity(share);
            for _ in 0..share {
                let (address, own) = start(&login).await;
                let callback = person.authorize(&address).await;
                let (_, query) = callback.split_once('?').unwrap();
                let callback = Get::at("/auth/callback", query, own);
                sessions.push(cookies_after(&login, &callback).await);
            }
            sessions
        });
    }
    all.join_all().await.concat()
}

/// Asks again as often as it is told to, and returns the cookies of the refreshed session.
async fn ask_until_answered(app: Router, cookies: String, counted: Arc<Counted>) -> String {
    loop {
        let answer = ask(&app, &cookies).await;
        match answer.status().as_u16() {
            200 => {
                counted.done.fetch_add(1, Ordering::Relaxed);
                let lines = answer.headers().get_all("set-cookie");
                return set(lines.iter().map(|line| line.to_str().unwrap()));
            }
            503 => {
                counted.told_to_wait.fetch_add(1, Ordering::Relaxed);
                let seconds = answer.headers()["retry-after"].to_str().unwrap();
                sleep(Duration::from_secs(seconds.parse().unwrap())).await;
            }
            status => unreachable!("a live session was answered {status}"),
        }
    }
}

async fn ask(app: &Router, cookies: &str) -> Response<Body> {
    let request = Request::get("/").header("cookie", cookies);
    let request = request.body(Body::empty()).unwrap();
    app.clone().oneshot(request).await.unwrap()
}
