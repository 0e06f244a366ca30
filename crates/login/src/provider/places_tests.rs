//! The order in which places are given.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::task::coop::unconstrained;
use tokio::time::{Instant, advance};

use super::{Place, Places, Work};
use crate::observe::telemetry::Telemetry;

const SOON: Duration = Duration::from_secs(5);

/// A wait for a place.
type Wait<'a> = Pin<Box<dyn Future<Output = Option<Place>> + 'a>>;

fn wait(places: &Places, work: Work) -> Wait<'_> {
    let mut wait: Wait<'_> = Box::pin(places.take(work, Instant::now() + SOON));
    assert!(look(&mut wait).is_none(), "{work:?} got one at once");
    wait
}

/// The state of a wait: a place, turned away, or still waiting.
fn look(wait: &mut Wait<'_>) -> Option<Option<Place>> {
    let mut context = Context::from_waker(Waker::noop());
    // Without the runtime's limit on the work of one task.
    match pin!(unconstrained(wait)).poll(&mut context) {
        Poll::Ready(place) => Some(place),
        Poll::Pending => None,
    }
}

fn gets_one(wait: &mut Wait<'_>) -> Option<Place> {
    look(wait).flatten()
}

async fn take(places: &Places, work: Work) -> Place {
    places.take(work, Instant::now()).await.unwrap()
}

async fn take_all(places: &Places, work: impl Fn(u64) -> Work, count: u64) -> Vec<Place> {
    let mut taken = Vec::new();
    for holder in 0..count {
        taken.push(take(places, work(holder)).await);
    }
    assert!(!places.is_free(work(count)));
    taken
}

#[tokio::test(start_paused = true)]
async fn c24_the_lines_are_apart() {
    let places = Places::new(Arc::new(Telemetry::new(String::new())));
    let _strangers = take_all(&places, Work::SignIn, 12).await;
    let _refreshes = take_all(&places, Work::Refresh, 16).await;
    let one_of_each = |holder| [Work::Revocation, Work::Other][usize::from(holder % 2 == 0)];
    let _others = take_all(&places, one_of_each, 4).await;
}

#[tokio::test(start_paused = true)]
async fn many_sign_outs_keep_no_place_from_client_tokens() {
    let places = Places::new(Arc::new(Telemetry::new(String::new())));
    let _revocations = take_all(&places, |_| Work::Revocation, 3).await;
    let _waits = wait(&places, Work::Revocation);
    let _token = take(&places, Work::Other).await;
}

#[tokio::test(start_paused = true)]
async fn c24_of_one_client_the_newest_is_next() {
    let places = Places::new(Arc::new(Telemetry::new(String::new())));
    let mut taken = take_all(&places, |_| Work::SignIn(0), 12).await;
    let mut older = wait(&places, Work::SignIn(0));
    let mut newer = wait(&places, Work::SignIn(0));
    taken.pop();
    let place = gets_one(&mut newer);
    assert!(place.is_some());
    assert!(look(&mut older).is_none());
    drop(place);
    assert!(gets_one(&mut older).is_some());
}

#[tokio::test(start_paused = true)]
async fn c24_the_client_with_the_fewest_is_next() {
    let places = Places::new(Arc::new(Telemetry::new(String::new())));
    let mut taken = take_all(&places, |_| Work::SignIn(666), 12).await;
    let mut person = wait(&places, Work::SignIn(1));
    let mut flood: Vec<_> = (0..500)
        .map(|_| {
            let mut wait: Wait<'_> =
                Box::pin(places.take(Work::SignIn(666), Instant::now() + SOON));
            assert!(gets_one(&mut wait).is_none());
            wait
        })
        .collect();
    taken.pop();
    assert!(gets_one(&mut person).is_some());
    let sent_away = flood.iter_mut().take(245).all(|wait| look(wait).is_some());
    assert!(sent_away, "256 may wait, the person among them");
}

#[tokio::test(start_paused = true)]
async fn f18_a_user_has_four_at_once_and_the_oldest_is_next() {
    let places = Places::new(Arc::new(Telemetry::new(String::new())));
    let mut taken = Vec::new();
    for _ in 0..4 {
        taken.push(take(&places, Work::Refresh(7)).await);
    }
    assert!(!places.is_free(Work::Refresh(7)));
    let mut fifth = wait(&places, Work::Refresh(7));
    let mut sixth = wait(&places, Work::Refresh(7));
    assert!(places.is_free(Work::Refresh(8)));
    let others = take_all(&places, |user| Work::Refresh(100 + user), 12).await;
    let mut other = wait(&places, Work::Refresh(8));
    taken.pop();
    assert!(gets_one(&mut other).is_some(), "that user has none");
    assert!(gets_one(&mut fifth).is_some());
    assert!(
        gets_one(&mut sixth).is_some(),
        "as the fifth was given back"
    );
    drop(others);
}

#[tokio::test(start_paused = true)]
async fn f17_every_wait_ends() {
    let places = Places::new(Arc::new(Telemetry::new(String::new())));
    let taken = take_all(&places, Work::Refresh, 16).await;
    let began = Instant::now();
    assert!(places.take(Work::Refresh(20), began + SOON).await.is_none());
    assert_eq!(began.elapsed(), SOON);
    let gone = wait(&places, Work::Refresh(20));
    drop(gone);
    drop(taken);
    drop(take_all(&places, Work::Refresh, 16).await);
    let refreshes = places.refreshes.state();
    assert_eq!((refreshes.free, refreshes.waiting), (16, 0));
    assert!(refreshes.holders.is_empty() && refreshes.next.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_place_that_came_too_late_is_given_back() {
    let places = Places::new(Arc::new(Telemetry::new(String::new())));
    let mut taken = take_all(&places, Work::Refresh, 16).await;
    let late = wait(&places, Work::Refresh(20));
    taken.pop();
    assert!(
        !places.is_free(Work::Refresh(21)),
        "it was given to that one"
    );
    advance(2 * SOON).await;
    drop(late);
    assert!(places.is_free(Work::Refresh(21)));
}
