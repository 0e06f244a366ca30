//! The cookies that a browser stores are those that the login reads: sessions of every size that replace one another,
//! among foreign cookies.

use proptest::collection::vec;
use proptest::prelude::{Just, ProptestConfig, Strategy, prop_oneof};
use proptest::sample::select;
use proptest::test_runner::TestRunner;
use tokio::runtime::Runtime;
use url::Url;

use crate::browser::{Context, Cookie, RawRequest, Tab};
use crate::harness::Harness;
use crate::steps::session_cookie::{SESSION, sign_in_with_token};
use crate::world::{APP, World};

/// Foreign names that are similar to ours.
const LOOKALIKES: &[&str] = &[
    "",
    "__host-fncy_session",
    "fncy_session",
    "__Host-fncy_session.9",
    "__Host-fncy_session.01",
    "__Host-fncy_sessions",
    "__Host-shop_session",
    "__Host-fncy_login_x",
    "$Version",
];

const ATTRIBUTES: &[&str] = &[
    "",
    "; Path=/",
    "; Path=/page; Secure",
    "; Domain=app.example; Path=/; Max-Age=60",
    "; Secure; Path=/; HttpOnly; SameSite=None",
];

#[derive(Clone, Debug)]
enum Step {
    /// A user signs in with an access token of this length.
    SignIn(&'static str, usize),
    /// Another application sets a cookie.
    Foreign(String),
    SignOut,
}

fn step() -> impl Strategy<Value = Step> {
    let users = select(&["alex", "haneul"][..]);
    let name = prop_oneof![
        select(LOOKALIKES).prop_map(str::to_owned),
        "[!#-:<>-~]{1,9}"
    ];
    let line = (name, "[ !#-:<-~\"]{0,20}", select(ATTRIBUTES))
        .prop_map(|(name, value, attributes)| format!("{name}={value}{attributes}"));
    prop_oneof![
        3 => (users, 1..12_500_usize).prop_map(|(user, length)| Step::SignIn(user, length)),
        4 => line.prop_map(Step::Foreign),
        1 => Just(Step::SignOut),
    ]
}

#[test]
fn what_a_browser_stores_is_what_we_read() {
    let runtime = Runtime::new().unwrap();
    let mut runner = TestRunner::new(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(16)
    });
    let played = runner.run(&vec(step(), 1..8), |steps| {
        runtime.block_on(play(&steps));
        Ok(())
    });
    played.unwrap_or_else(|error| panic!("{error}"));
}

async fn play(steps: &[Step]) {
    let world = World::new(Harness::Bare);
    let mut tab = world.tab();
    let mut expected = None;
    for step in steps {
        let before = others(&world);
        match step {
            Step::SignIn(user, length) => {
                let (token, _) = sign_in_with_token(&world, &mut tab, user, *length).await;
                expected = Some((*user, token));
                assert_eq!(others(&world), before);
            }
            Step::Foreign(line) => {
                let url = Url::parse(APP).unwrap();
                world.browser.jar().apply(&url, Context::SameSite, [line]);
            }
            Step::SignOut => {
                sign_out(&mut tab).await;
                expected = None;
                assert_eq!(others(&world), before);
            }
        }
        assert_read(&world, expected.as_ref()).await;
    }
}

async fn sign_out(tab: &mut Tab) {
    let page = tab.visit(&format!("{APP}/auth/logout")).await;
    if !page.text().contains("You are signed out") {
        tab.submit(&page, "form", None).await;
    }
}

/// The browser's foreign cookies, sorted.
fn others(world: &World) -> Vec<Cookie> {
    let jar = world.browser.jar();
    let is_ours = |cookie: &Cookie| {
        let name = cookie.name();
        let is_session = |chunk: &str| matches!(chunk, "" | ".1" | ".2" | ".3" | ".4");
        name.strip_prefix(SESSION).is_some_and(is_session)
            || name.starts_with("__Host-fncy_login_") && name != "__Host-fncy_login_x"
            || name == "__Host-fncy_round"
    };
    let others = jar.cookies().filter(|cookie| !is_ours(cookie));
    let mut others: Vec<_> = others.cloned().collect();
    others.sort_by_key(|cookie| format!("{cookie:?}"));
    others
}

/// The signed-in user and the access token, from one `Cookie` line and from several.
async fn assert_read(world: &World, expected: Option<&(&str, String)>) {
    let header = world.cookie_header();
    let in_one: Vec<&[u8]> = vec![&header];
    // HTTP/2 has a line for each cookie.
    let in_many: Vec<&[u8]> = header.split(|byte| *byte == b';').collect();
    for lines in [in_one, in_many] {
        let ask = |path: &str| {
            let request = RawRequest::new("GET", path);
            let request = lines
                .iter()
                .fold(request, |request, line| request.with_header("cookie", line));
            world.raw(request)
        };
        let (page, token) = (ask("/page").await, ask("/token").await);
        match expected {
            Some((user, access_token)) => {
                assert_eq!(page.text(), format!("user={user}"));
                assert_eq!(token.text(), *access_token);
            }
            None => assert_eq!((page.status, token.status), (401, 401)),
        }
    }
}
