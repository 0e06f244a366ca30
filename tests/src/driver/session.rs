//! How a handler's session finds its own response: other tasks, logins around one another, requests that end early.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use fncy_login::adapter::{Decision, ResponsePatch, SessionHandle, SignedIn, Verdict};
use fncy_login::{AuthContext, Login, RejectionKind, SetDataError};

use crate::browser::RawRequest;
use crate::harness::{Harness, RawHead};
use crate::steps::session::{request, signed_in};
use crate::world::{ON_PURPOSE, World};

/// A world, and a request of its signed-in user.
async fn requested() -> (World, RawRequest) {
    let world = World::new(Harness::Bare);
    signed_in(&world).await;
    let request = request(&world, "/page");
    (world, request)
}

fn admitted(login: &Login, head: &RawHead<'_>) -> (AuthContext, ResponsePatch) {
    match login.decide(head, None) {
        Decision::Now(Verdict::Admit { context, patch }) => (context, patch),
        other => unreachable!("the user is signed in: {other:?}"),
    }
}

fn taken(patch: &mut ResponsePatch, context: &AuthContext, head: &RawHead<'_>) -> SessionHandle {
    ResponsePatch::scope(Some(patch), || SessionHandle::of(context, head)).unwrap()
}

fn cookies(patch: ResponsePatch) -> usize {
    patch.header_changes(false).cookies.len()
}

#[tokio::test]
async fn a_session_goes_to_any_thread() {
    let (world, request) = requested().await;
    let head = RawHead::of(&request);
    let (context, mut patch) = admitted(&world.login, &head);
    let session = taken(&mut patch, &context, &head);
    let changed = thread::spawn(move || session.set_data(&"blue"));
    assert_eq!(changed.join().unwrap(), Ok(()));
    assert_eq!(cookies(patch), 1);
}

#[tokio::test]
async fn outside_its_request_a_session_is_refused() {
    let (world, request) = requested().await;
    let head = RawHead::of(&request);
    let (context, patch) = admitted(&world.login, &head);
    let refused = SessionHandle::of(&context, &head).unwrap_err();
    assert_eq!(refused.kind(), RejectionKind::MissingLayer);
    assert!(
        world
            .logged()
            .contains("a session was asked for in another task")
    );
    assert_eq!(cookies(patch), 0);
}

#[tokio::test]
async fn each_of_two_logins_has_its_own_response() {
    let (world, request) = requested().await;
    let head = RawHead::of(&request);
    let other = world.usual().build().unwrap();
    let (outer, mut outer_patch) = admitted(&world.login, &head);
    let (inner, mut inner_patch) = admitted(&other, &head);
    ResponsePatch::scope(Some(&mut outer_patch), || {
        taken(&mut inner_patch, &inner, &head).set_data(&1).unwrap();
        let mixed = ResponsePatch::scope(Some(&mut inner_patch), || {
            SessionHandle::of(&outer, &head).is_err()
        });
        assert!(mixed, "its response is the outer one");
        let session = SessionHandle::of(&outer, &head).unwrap();
        assert_eq!(session.data::<u32>(), Ok(None));
    });
    assert_eq!((cookies(inner_patch), cookies(outer_patch)), (1, 0));
}

#[tokio::test]
async fn a_panic_leaves_no_session_on_its_thread() {
    let (world, request) = requested().await;
    let head = RawHead::of(&request);
    let (context, mut patch) = admitted(&world.login, &head);
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        ResponsePatch::scope(Some(&mut patch), || panic!("{ON_PURPOSE}"))
    }));
    assert!(panicked.is_err());
    assert!(SessionHandle::of(&context, &head).is_err());
    taken(&mut patch, &context, &head).set_data(&1).unwrap();
    assert_eq!(cookies(patch), 1);
}

#[tokio::test]
async fn a_cancelled_request_takes_no_change() {
    let (world, request) = requested().await;
    let head = RawHead::of(&request);
    let (context, mut patch) = admitted(&world.login, &head);
    let session = taken(&mut patch, &context, &head);
    drop(patch);
    assert_eq!(session.set_data(&1), Err(SetDataError::TooLate));
}

#[tokio::test]
async fn an_open_connection_sees_the_data() {
    let (world, request) = requested().await;
    let head = RawHead::of(&request);
    let (context, mut patch) = admitted(&world.login, &head);
    let connection = SignedIn::of(&context).unwrap().watch();
    let session = taken(&mut patch, &context, &head);
    session.set_data(&"blue").unwrap();
    let data = connection.user().session_data::<String>().unwrap();
    assert_eq!(data.as_deref(), Some("blue"));
    session.clear_data().unwrap();
    assert_eq!(connection.user().session_data::<String>(), Ok(None));
}
