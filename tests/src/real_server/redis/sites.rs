//! The example sites of both frameworks as instances of one application, in turns, with a proxy in front.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::{Data, scope};
use fncy_dev_server::Endpoint;
use fncy_login::Login;
use fncy_login_actix::FncyLogin;
use site::UserData;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::Redis;
use super::several::until;
use crate::browser::{Backend, RawRequest, RawResponse, Socket, Tab};
use crate::harness::{Harness, serve_configured, serve_router};
use crate::real_server::proxy::{Proxy, Target};
use crate::steps::session::{LIFE, page_with, request, sign_out};
use crate::world::{APP, World, usual};

/// Sites with a proxy in front, and a signed-in user.
struct Sites {
    world: World,
    tab: Tab,
    /// The instances, every other one on actix-web.
    instances: Vec<Socket>,
    _served: Vec<Arc<dyn Backend>>,
    front: Socket,
    _proxy: Proxy,
}

impl Sites {
    async fn start(count: usize, redis: &Redis) -> Self {
        let world = World::new(Harness::Bare);
        let mut instances = Vec::new();
        let mut served = Vec::new();
        for number in 0..count {
            let login = usual(&world.provider, &format!("{APP}/auth/callback"))
                .clock(world.clock())
                .store(redis.instance())
                .public_path("/")
                .public_path("/site.css");
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            instances.push(Socket(listener.local_addr().unwrap()));
            let user_data = UserData::new(&world.provider.userinfo_url()).unwrap();
            let serve = [serve_axum, serve_actix][number % 2];
            served.push(serve(listener, login.build().unwrap(), user_data));
        }
        let targets = instances.iter().map(|socket| Target::Tcp(socket.0));
        let proxy = Proxy::to(targets.collect()).await;
        let front = Socket(proxy.address);
        world.browser.route(APP, front);
        let mut tab = world.tab();
        let page = world
            .visit_and_sign_in(&mut tab, "/protected", "alex")
            .await;
        assert_eq!(page.status, 200, "{}", page.text());
        Self {
            world,
            tab,
            instances,
            _served: served,
            front,
            _proxy: proxy,
        }
    }

    /// Sends the same request this many times to all instances, at once.
    async fn send(&self, request: &RawRequest, count: usize) -> Vec<RawResponse> {
        let mut sent = JoinSet::new();
        for _ in 0..count {
            let (front, request) = (self.front, request.clone());
            sent.spawn(async move { front.send(request).await });
        }
        sent.join_all().await
    }
}

fn serve_axum(listener: TcpListener, login: Login, user_data: UserData) -> Arc<dyn Backend> {
    serve_router(listener, axum_site::app(login, user_data))
}

fn serve_actix(listener: TcpListener, login: Login, user_data: UserData) -> Arc<dyn Backend> {
    let layer = FncyLogin::new(login);
    serve_configured(listener, move |config| {
        let site = scope("").wrap(layer.clone());
        let site = site.app_data(Data::new(user_data.clone()));
        config.service(site.configure(actix_site::configure));
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_requests_to_sites_of_both_frameworks_are_one_exchange() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    for count in [2, 4] {
        let mut sites = Sites::start(count, &redis).await;
        sites.world.advance(LIFE + 1);
        let before = sites.world.token_requests();
        let me = request(&sites.world, "/me");
        for answer in sites.send(&me, 200).await {
            assert_eq!(answer.status, 200, "{}", answer.text());
        }
        assert_eq!(sites.world.token_requests() - before, 1, "{count}");
        let profile = sites.tab.get(&format!("{APP}/profile")).await;
        assert_eq!(profile.status, 200, "the new token is good");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sites_whose_store_is_killed_sign_nobody_out() {
    let Some(mut redis) = Redis::start().await else {
        return;
    };
    let sites = Sites::start(4, &redis).await;
    let me = request(&sites.world, "/me");
    redis.kill();
    let began = Instant::now();
    loop {
        let answers = sites.send(&me, 40).await;
        let down = answers.iter().filter(|answer| answer.status == 503);
        for answer in &answers {
            let is_known = answer.status == 200;
            let says_when = answer.status == 503 && answer.header("retry-after").is_some();
            assert!(is_known || says_when, "{} {}", answer.status, answer.text());
            assert_eq!(answer.header("set-cookie"), None);
        }
        if down.count() == answers.len() {
            break;
        }
        assert!(
            began.elapsed() < Duration::from_secs(8),
            "it is admitted still"
        );
    }
    redis.restart().await;
    for instance in &sites.instances {
        until(instance, &me, 200).await;
    }
    for answer in sites.send(&me, 40).await {
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callback_on_sites_of_both_frameworks_is_one_redemption() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let sites = Sites::start(2, &redis).await;
    let world = &sites.world;
    let stranger = world.stranger();
    stranger.route(APP, sites.front);
    let page = stranger.tab().get(&format!("{APP}/protected")).await;
    let callback = world.approve(page.header("location").unwrap(), "jun").await;
    let url = url::Url::parse(APP).unwrap();
    let cookies = stranger
        .jar()
        .header(&url, crate::browser::Context::SameSite);
    let same = page_with(callback.strip_prefix(APP).unwrap(), cookies.unwrap());
    let before = world.token_requests();
    let held = world.provider.hold(Endpoint::Token);
    let [first, second] = [sites.instances[0], sites.instances[1]].map(|instance| {
        let same = same.clone();
        tokio::spawn(async move { instance.send(same).await })
    });
    world.until_token_requests(before + 1).await;
    drop(held);
    let [first, second] = [first.await.unwrap(), second.await.unwrap()];
    assert_eq!(first.header("location"), Some("/protected"));
    let session = |answer: &RawResponse| {
        let mut lines = answer.headers_named("set-cookie").map(<[u8]>::to_vec);
        lines.find(|line| line.starts_with(b"__Host-fncy_session="))
    };
    assert!(session(&first).is_some(), "{}", first.text());
    assert_eq!(session(&first), session(&second));
    assert_eq!(world.token_requests() - before, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_out_on_one_site_ends_copies_on_the_others() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let mut sites = Sites::start(4, &redis).await;
    let copy = request(&sites.world, "/me");
    for instance in &sites.instances {
        until(instance, &copy, 200).await;
    }
    sign_out(&mut sites.tab).await;
    let began = Instant::now();
    for instance in &sites.instances {
        until(instance, &copy, 303).await;
    }
    assert!(began.elapsed() < Duration::from_secs(5));
}
