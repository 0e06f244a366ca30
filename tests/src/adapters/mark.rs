//! The auth context in a request's extensions, and the cases in which it is valid.

use fncy_login::AuthContext;
use fncy_login::adapter::{Decision, Verdict};

use crate::browser::RawRequest;
use crate::harness::{Harness, RawHead};
use crate::world::World;

fn decide(world: &World, target: &str, cookies: &[u8], before: Option<&AuthContext>) -> Decision {
    let request = RawRequest::new("GET", target)
        .with_header("accept", "text/html")
        .with_header("cookie", cookies);
    world.login.decide(&RawHead::of(&request), before)
}

fn admitted(decision: Decision) -> AuthContext {
    match decision {
        Decision::Now(Verdict::Admit { context, .. }) => context,
        _ => panic!("the request was not let through"),
    }
}

fn status(decision: Decision) -> u16 {
    match decision {
        Decision::Now(Verdict::Reply(reply)) => reply.status,
        _ => panic!("the request was not answered"),
    }
}

#[tokio::test]
async fn r19_the_mark_of_another_request_opens_no_guarded_path() {
    let world = World::with(Harness::Bare, |setup| {
        setup.login = Box::new(|builder| {
            let builder = builder.public_prefix("/open");
            builder.require_prefix("/admin", |_| false)
        });
    });
    world
        .visit_and_sign_in(&mut world.tab(), "/page", "alex")
        .await;
    let cookies = world.cookie_header();

    // A handler passes the request on with its extensions.
    let of_page = admitted(decide(&world, "/page", &cookies, None));
    let again = |target, context| decide(&world, target, &cookies, Some(context));
    assert!(matches!(again("/page", &of_page), Decision::Pass));
    assert_eq!(status(again("/admin", &of_page)), 403);
    assert_eq!(status(again("/x/../admin", &of_page)), 403);

    let forged = RawRequest::new("POST", "/page")
        .with_header("sec-fetch-site", "cross-site")
        .with_header("cookie", &cookies);
    let as_post = world.login.decide(&RawHead::of(&forged), Some(&of_page));
    assert_eq!(status(as_post), 403);

    let of_nobody = admitted(decide(&world, "/open", b"", None));
    let again_as_nobody = |target| decide(&world, target, b"", Some(&of_nobody));
    assert!(matches!(again_as_nobody("/open/x"), Decision::Pass));
    assert_eq!(status(again_as_nobody("/page")), 303);

    // A public path has a user even if the access token has expired.
    world.advance(300);
    let Decision::Later(verdict) = decide(&world, "/open", &cookies, None) else {
        panic!("whether it is the newest was not asked");
    };
    let of_open = admitted(Decision::Now(verdict.await));
    assert!(of_open.user().is_some());
    assert!(matches!(again("/open/x", &of_open), Decision::Pass));
    assert!(matches!(again("/page", &of_open), Decision::Later(_)));
}
