//! An instance of the example site in a process of its own, which can be suspended and killed. The process is this same
//! program, with the single test that serves.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::{SocketAddr, TcpListener};
use std::pin::Pin;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use fncy_login_redis::RedisStore;
use fncy_login_testing::TestClock;
use fncy_login_tower::{Login, Setting};
use site::UserData;

use super::redis::Redis;
use crate::browser::{Backend, RawRequest, RawResponse, Socket};
use crate::harness::serve_router;
use crate::world::{APP, COOKIE_SECRET, World};

/// The time of its clock.
const NOW: &str = "INSTANCE_NOW";
/// The text that it prints before its address.
const LISTENING: &str = "an instance listens on ";

/// A running process. It ends when the value is dropped.
pub(super) struct Instance {
    child: Child,
    socket: Socket,
}

impl Instance {
    /// An instance with a token endpoint at this address.
    pub(super) fn start(world: &World, redis: &Redis, token_url: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "real_server::instance::serves"])
            .args(["--ignored", "--nocapture"])
            .envs(world.provider.environment())
            .env(Setting::RedirectUri.name(), format!("{APP}/auth/callback"))
            .env(Setting::CookieSecret.name(), COOKIE_SECRET)
            .env(Setting::TokenUrl.name(), token_url)
            .env("FNCY_REDIS_URL", redis.url())
            .env(NOW, world.clock().now().as_unix().to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = said.find_map(|line| {
            let line = line.unwrap();
            let (_, address) = line.split_once(LISTENING)?;
            address.parse::<SocketAddr>().ok()
        });
        let socket = Socket(address.unwrap());
        Self { child, socket }
    }

    /// Sends its process a signal: `STOP`, `CONT` or `KILL`.
    pub(super) fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.child.id());
        let killed = Command::new("sh").args(["-c", &kill]).status();
        assert!(killed.unwrap().success(), "{kill}");
    }
}

impl Backend for Instance {
    fn send(&self, request: RawRequest) -> Pin<Box<dyn Future<Output = RawResponse> + Send + '_>> {
        self.socket.send(request)
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        // It may have been killed before.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
#[ignore = "a process of its own, which other tests start"]
#[expect(clippy::disallowed_methods, reason = "the settings of a process")]
fn serves() {
    let now = std::env::var(NOW).expect("other tests start this");
    let login = Login::builder()
        .env()
        .clock(Arc::new(TestClock::new(now.parse().unwrap())))
        .store(RedisStore::from_env().unwrap())
        .public_path("/")
        .build()
        .unwrap();
    let user_data = std::env::var(Setting::UserinfoUrl.name()).unwrap();
    let app = axum_site::app(login, UserData::new(&user_data).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let _served = serve_router(listener, app);
    println!("{LISTENING}{address}");
    // Until the process that started it has ended.
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}
