//! A store that fails in each possible way.
//!
//! A session that can't be checked gets a 503 and keeps its cookie. A revoked session stays out. No token is refreshed.
//! When the store is back, all requests work again.

use std::process::{Command, Stdio};
use std::time::Duration;

use fncy_login::store::{Revocations as _, SessionId, SessionRef};
use fncy_login::{CheckError, Timestamp};
use fncy_login_redis::RedisStore;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::Redis;
use super::several::{PATIENCE, send_all, signed_in, until};
use crate::browser::{Backend as _, Context, RawRequest, RawResponse};
use crate::harness::{Harness, Served};
use crate::real_server::proxy::Proxy;
use crate::steps::session::{LIFE, page_with, post, request};
use crate::world::{APP, World};

/// Two instances on which one user is signed in and another was signed out. Both know it.
struct Shared<W> {
    world: World,
    instances: Vec<Served>,
    way: W,
    /// A request with a copy of the signed-out user's cookie.
    ended: RawRequest,
}

impl<W: Fn() -> RedisStore> Shared<W> {
    async fn begin(way: W) -> Self {
        let (world, _, instances) = signed_in(Harness::Tower, &way, 1).await;
        let cookies = somebody_else(&world).await;
        let signed_out = world.raw(post("/auth/logout", &cookies)).await;
        assert_eq!(signed_out.status, 303);
        let shared = Self {
            world,
            instances,
            way,
            ended: page_with("/page", &cookies),
        };
        shared.nobody_is_back().await;
        shared
    }

    /// Adds an instance, which has read nothing yet.
    fn add_instance(&mut self) {
        let store = (self.way)();
        let instance = self.world.instance(|builder| builder.store(store));
        self.instances.push(instance);
    }

    /// Asserts that an instance without the store refuses all requests, and that no instance refreshes.
    async fn fails_closed(&mut self) {
        self.add_instance();
        let page = request(&self.world, "/page");
        let [first, .., new] = self.instances.as_slice() else {
            panic!("there are three");
        };
        assert_unavailable(&until(new, &page, 503).await);
        assert_unavailable(&new.send(self.ended.clone()).await);
        assert_eq!(first.send(self.ended.clone()).await.status, 303);
        self.nothing_is_refreshed().await;
    }

    async fn nothing_is_refreshed(&self) {
        self.world.advance(LIFE + 1);
        let before = self.world.token_requests();
        let page = request(&self.world, "/page");
        for answer in send_all(&self.instances, &page, self.instances.len()).await {
            assert_unavailable(&answer);
        }
        assert_eq!(self.world.token_requests(), before);
    }

    /// Asserts that all is as before the failure.
    async fn recovers(&self) {
        let before = self.world.token_requests();
        let page = request(&self.world, "/page");
        for instance in &self.instances {
            let answer = until(instance, &page, 200).await;
            assert_eq!(answer.text(), "user=alex");
        }
        assert_eq!(self.world.token_requests() - before, 1);
        self.nobody_is_back().await;
    }

    /// Asserts that all instances refuse the signed-out user.
    async fn nobody_is_back(&self) {
        for instance in &self.instances {
            until(instance, &self.ended, 303).await;
        }
    }

    /// The number of warnings with this code.
    fn warnings(&self, code: &str) -> usize {
        let code = format!("code=\"{code}\"");
        let logged = self.world.logged();
        let warnings = logged
            .lines()
            .filter(|line| line.contains("Redis can't be reached"));
        warnings.filter(|line| line.contains(&code)).count()
    }
}

fn assert_unavailable(answer: &RawResponse) {
    assert_eq!(answer.status, 503, "{}", answer.text());
    assert!(answer.header("retry-after").is_some());
    assert_eq!(answer.header("set-cookie"), None);
}

/// The cookies of another person's session.
async fn somebody_else(world: &World) -> Vec<u8> {
    let stranger = world.stranger();
    world
        .visit_and_sign_in(&mut stranger.tab(), "/", "jun")
        .await;
    let url = url::Url::parse(APP).unwrap();
    let cookies = stranger.jar().header(&url, Context::SameSite);
    cookies.unwrap()
}

fn through(proxy: &Proxy) -> impl Fn() -> RedisStore {
    let url = format!("redis://{}", proxy.address);
    move || RedisStore::new(&url).unwrap()
}

/// Runs the faults together, since each spends most of its time waiting.
#[tokio::test(flavor = "multi_thread")]
async fn an_error_is_no_answer() {
    let mut faults = JoinSet::new();
    faults.spawn(a_replica_is_not_asked());
    faults.spawn(a_busy_store_is_asked_again());
    faults.spawn(a_store_that_refuses_a_password_is_asked_again());
    faults.spawn(a_user_that_lacks_a_command_is_told_of());
    faults.spawn(an_address_in_a_file_is_used_when_it_changes());
    faults.spawn(a_store_that_is_loading_is_asked_again());
    faults.spawn(a_full_store_still_knows_who_was_signed_out());
    faults.join_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_is_no_answer() {
    let mut faults = JoinSet::new();
    faults.spawn(an_application_starts_before_its_store());
    faults.spawn(a_slow_store_is_waited_for_and_a_slower_one_is_not());
    faults.spawn(a_connection_without_answers_is_left_and_a_lost_lease_given_back());
    faults.join_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_store_takes_over() {
    let mut faults = JoinSet::new();
    faults.spawn(a_master_that_was_replaced_is_left());
    faults.spawn(what_a_new_master_never_heard_it_is_told());
    faults.spawn(what_the_store_forgets_it_is_told_again());
    faults.join_all().await;
}

async fn a_replica_is_not_asked() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let mut shared = Shared::begin(redis.way()).await;
    redis.tell(&["replicaof", "127.0.0.1", "1"]);
    shared.fails_closed().await;
    redis.tell(&["replicaof", "no", "one"]);
    shared.recovers().await;
}

async fn a_busy_store_is_asked_again() {
    let Some(redis) = Redis::start_with(&["--lua-time-limit", "20"]).await else {
        return;
    };
    let mut shared = Shared::begin(redis.way()).await;
    let mut busy = Command::new("redis-cli")
        .arg("-s")
        .arg(redis.socket())
        .args(["eval", "while true do end", "0"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while !redis.tell(&["ping"]).contains("BUSY") {
        sleep(Duration::from_millis(10)).await;
    }
    shared.fails_closed().await;
    redis.tell(&["script", "kill"]);
    busy.wait().unwrap();
    shared.recovers().await;
    assert_eq!(shared.warnings("BUSY"), 3, "one for each instance");
}

async fn a_store_that_refuses_a_password_is_asked_again() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let mut shared = Shared::begin(redis.way()).await;
    redis.tell(&["config", "set", "requirepass", "another"]);
    redis.tell(&["-a", "another", "client", "kill", "type", "normal"]);
    shared.fails_closed().await;
    redis.tell(&["-a", "another", "config", "set", "requirepass", ""]);
    shared.recovers().await;
}

async fn an_address_in_a_file_is_used_when_it_changes() {
    let (Some(mut first), Some(second)) = (Redis::start().await, Redis::start().await) else {
        return;
    };
    let path = first.socket().with_file_name("url");
    std::fs::write(&path, first.url() + "\n").unwrap();
    let store = RedisStore::from_file(&path).unwrap();
    assert_eq!(store.is_revoked(nobody(), "alex").await, Ok(false));
    std::fs::write(&path, "nowhere").unwrap();
    sleep(Duration::from_secs(3)).await;
    assert_eq!(store.is_revoked(nobody(), "alex").await, Ok(false));
    std::fs::write(&path, second.url()).unwrap();
    for _ in 0..4 {
        sleep(Duration::from_secs(1)).await;
        assert_eq!(store.is_revoked(nobody(), "alex").await, Ok(false));
    }
    first.kill();
    assert_eq!(store.is_revoked(nobody(), "alex").await, Ok(false));
    assert_ne!(
        second.names("log"),
        [""; 0],
        "it is the second that is asked"
    );
}

/// A session that is in no log.
fn nobody() -> SessionRef {
    let [issued, ends] = [1, 2].map(Timestamp::from_unix);
    SessionRef::new(SessionId::from_bytes([7; 16]), 0, issued, ends)
}

async fn a_user_that_lacks_a_command_is_told_of() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let world = World::new(Harness::Tower);
    for (code, names, less) in [
        ("ERR", "~fncy-login:*", "-@dangerous"),
        ("NOPERM", "~else:*", "-@blocking"),
    ] {
        let user = ["acl", "setuser", "shop", "reset", "on", ">secret"];
        redis.tell(&[&user[..], &[names, "+@all", less]].concat());
        let url = format!("{}?user=shop&pass=secret", redis.url());
        let store = RedisStore::new(&url).unwrap();
        assert!(store.is_revoked(nobody(), "alex").await.is_err(), "{less}");
        let start = format!("code=\"{code}\" hint=\"the user of the address may not run a command");
        assert!(world.logged().contains(&start), "{less}");
    }
}

/// The server answers LOADING until it may read its file quickly.
async fn a_store_that_is_loading_is_asked_again() {
    let slowly = [
        "--key-load-delay",
        "10000",
        "--loading-process-events-interval-bytes",
        "1024",
    ];
    let Some(mut redis) = Redis::start_with(&slowly).await else {
        return;
    };
    let mut shared = Shared::begin(redis.way()).await;
    let fill = "for index = 1, 5000 do redis.call('SET', index, string.rep('x', 100)) end";
    redis.tell(&["eval", fill, "0"]);
    redis.tell(&["save"]);
    redis.restart().await;
    shared.fails_closed().await;
    redis.tell(&["config", "set", "key-load-delay", "0"]);
    shared.recovers().await;
    assert_eq!(shared.warnings("LOADING"), 3, "one for each instance");
}

async fn a_full_store_still_knows_who_was_signed_out() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let mut shared = Shared::begin(redis.way()).await;
    let late = somebody_else(&shared.world).await;
    redis.tell(&["config", "set", "maxmemory", "1"]);
    let signed_out = shared.world.raw(post("/auth/logout", &late)).await;
    assert_eq!(signed_out.status, 303);
    shared.add_instance();
    let page = request(&shared.world, "/page");
    until(&shared.instances[2], &page, 200).await;
    shared.nobody_is_back().await;
    shared.nothing_is_refreshed().await;
    // The server answers questions, and takes no write.
    let new = shared.world.usual().store((shared.way)()).build().unwrap();
    assert_eq!(new.check().await, Err(CheckError::Store));
    assert!(!new.is_ready());
    redis.tell(&["config", "set", "maxmemory", "0"]);
    shared.recovers().await;
    let began = Instant::now();
    while !new.is_ready() {
        assert!(began.elapsed() < PATIENCE, "it takes writes again");
        sleep(Duration::from_millis(20)).await;
    }
    let late = page_with("/page", &late);
    until(&shared.instances[2], &late, 303).await;
    assert_eq!(shared.warnings("OOM"), 4, "one for each instance");
}

async fn a_slow_store_is_waited_for_and_a_slower_one_is_not() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let proxy = Proxy::to(vec![redis.target()]).await;
    let mut shared = Shared::begin(through(&proxy)).await;
    shared.world.advance(LIFE + 1);
    redis.tell(&["script", "flush"]);
    proxy.delay_bytes(Duration::from_micros(100));
    shared.recovers().await;
    proxy.delay_bytes(Duration::from_millis(100));
    shared.fails_closed().await;
    proxy.delay_bytes(Duration::ZERO);
    shared.recovers().await;
}

async fn a_connection_without_answers_is_left_and_a_lost_lease_given_back() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let proxy = Proxy::to(vec![redis.target()]).await;
    let shared = Shared::begin(through(&proxy)).await;
    proxy.fall_silent();
    shared.world.advance(LIFE + 1);
    shared.recovers().await;
}

async fn a_master_that_was_replaced_is_left() {
    let (Some(master), Some(replica)) = (Redis::start().await, Redis::start().await) else {
        return;
    };
    let (way, line) = replicated(&master, &replica).await;
    let mut shared = Shared::begin(through(&way)).await;
    replica.until_replica_has(&master).await;
    // The old master still runs, and the address is the new master's.
    replica.tell(&["replicaof", "no", "one"]);
    line.lead_to(replica.target());
    let [host, port] = host_and_port(&line);
    master.tell(&["replicaof", &host, &port]);
    way.lead_to(replica.target());
    shared.world.advance(LIFE + 1);
    shared.recovers().await;
    shared.add_instance();
    shared.nobody_is_back().await;
}

async fn what_a_new_master_never_heard_it_is_told() {
    let (Some(mut master), Some(replica)) = (Redis::start().await, Redis::start().await) else {
        return;
    };
    let (way, line) = replicated(&master, &replica).await;
    let mut shared = Shared::begin(through(&way)).await;
    replica.until_replica_has(&master).await;
    line.fall_silent();
    let cookies = somebody_else(&shared.world).await;
    let late = page_with("/page", &cookies);
    assert_eq!(
        shared
            .world
            .raw(post("/auth/logout", &cookies))
            .await
            .status,
        303
    );
    until(&shared.instances[1], &late, 303).await;
    master.kill();
    shared.nothing_is_refreshed().await;
    replica.tell(&["replicaof", "no", "one"]);
    way.lead_to(replica.target());
    shared.recovers().await;
    shared.add_instance();
    until(&shared.instances[2], &late, 303).await;
}

async fn what_the_store_forgets_it_is_told_again() {
    let Some(mut redis) = Redis::start().await else {
        return;
    };
    let mut shared = Shared::begin(redis.way()).await;
    for forget in [
        &["flushall"][..],
        &["del", "fncy-login:{revocations}:log"],
        &["del", "fncy-login:{revocations}:expiry"],
    ] {
        redis.tell(forget);
        shared.add_instance();
        shared.nobody_is_back().await;
    }
    redis.restart().await;
    shared.add_instance();
    shared.nobody_is_back().await;
}

async fn an_application_starts_before_its_store() {
    let Some(mut redis) = Redis::start().await else {
        return;
    };
    redis.kill();
    let first = redis.instance();
    let world = World::with(Harness::Tower, |setup| {
        setup.login = Box::new(|builder| builder.store(first));
    });
    let mut tab = world.tab();
    let page = world.visit_and_sign_in(&mut tab, "/page", "alex").await;
    assert_eq!(page.status, 503);
    assert_eq!(world.token_requests(), 0, "the code is not lost");
    redis.restart().await;
    // The provider still has its own session of the user.
    let began = Instant::now();
    let mut page = tab.visit(&format!("{APP}/page")).await;
    while page.status == 503 && began.elapsed() < PATIENCE {
        page = tab.visit(&format!("{APP}/page")).await;
    }
    assert_eq!(page.text(), "user=alex");
}

/// A proxy in front of the master, and one between master and replica.
async fn replicated(master: &Redis, replica: &Redis) -> (Proxy, Proxy) {
    let line = Proxy::to(vec![master.target()]).await;
    let [host, port] = host_and_port(&line);
    replica.tell(&["replicaof", &host, &port]);
    (Proxy::to(vec![master.target()]).await, line)
}

fn host_and_port(proxy: &Proxy) -> [String; 2] {
    [
        proxy.address.ip().to_string(),
        proxy.address.port().to_string(),
    ]
}
