//! Clocks that disagree or jump end no session and cause no storm of refreshes (row P34).

use fncy_dev_server::Endpoint;

use crate::harness::Harness;
use crate::steps::session::LIFE;
use crate::steps::token_answer::{Grant, PAGE, accepted, refreshable, sign_in_anew};
use crate::world::World;

const HOUR: u64 = 3600;

pub(super) async fn p34_the_providers_clock_is_not_believed(harness: Harness) {
    for (date, unix) in [
        ("Mon, 31 Dec 2029 23:50:00 GMT", 1_893_455_400),
        ("Tue, 01 Jan 2030 00:10:00 GMT", 1_893_456_600),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
    ] {
        let times = format!(
            r#","expires_in":300,"expires_at":{unix},"exp":{unix},"iat":{unix},"created_at":{unix}"#
        );
        for grant in Grant::BOTH {
            let world = World::new(harness);
            let answer = refreshable(&times).header("date", date);
            let mut tab = accepted(&world, grant, &answer).await;
            let asked = world.token_requests();
            world.advance(LIFE - 31);
            assert_eq!(tab.get(PAGE).await.text(), "user=alex");
            assert_eq!(world.token_requests(), asked, "{date}");
            let later = refreshable(&times).once();
            world.provider.fault(Endpoint::Token, later);
            world.advance(31);
            assert_eq!(tab.get(PAGE).await.text(), "user=alex");
            assert_eq!(world.token_requests(), asked + 1, "{date}");
        }
    }
}

pub(super) async fn p34_our_clock_jumps_and_no_storm_follows(harness: Harness) {
    let world = World::new(harness);
    let mut tab = sign_in_anew(&world).await;
    world.advance_server(2 * HOUR);
    for requests in [2, 3] {
        for _ in 0..5 {
            assert_eq!(tab.get(PAGE).await.text(), "user=alex");
            assert_eq!(world.token_requests(), requests, "one for each jump ahead");
        }
        world.advance_server(HOUR);
    }
    world.turn_server_back(2 * HOUR);
    for _ in 0..5 {
        assert_eq!(tab.get(PAGE).await.text(), "user=alex");
        assert_eq!(world.token_requests(), 3, "none for a jump back");
    }
    world.advance_server(HOUR + LIFE);
    assert_eq!(tab.get(PAGE).await.text(), "user=alex");
    assert_eq!(world.token_requests(), 4, "and it goes on from there");
}

pub(super) async fn p34_a_session_of_the_future_is_none(harness: Harness) {
    let world = World::new(harness);
    let mut tab = sign_in_anew(&world).await;
    world.turn_server_back(60);
    assert_eq!(tab.get(PAGE).await.text(), "user=alex", "clocks differ");
    world.turn_server_back(HOUR);
    assert_eq!(tab.get(PAGE).await.status, 303);
    // Another instance may accept it.
    assert_eq!(world.cookies("__Host-fncy_session").len(), 1);
    assert_eq!(world.token_requests(), 1);
    assert_eq!(sign_in_anew(&world).await.get(PAGE).await.status, 200);
}
