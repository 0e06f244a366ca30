//! A hook writes headers of each request to FNCY, and changes nothing else of it (row XR16).

use fncy_dev_server::Endpoint;
use http::HeaderValue;

use crate::harness::Harness;
use crate::steps::api::{Api, token_of};
use crate::steps::session::{LIFE, signed_in};
use crate::world::{APP, World};

const TRACE: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

pub(super) async fn xr16_a_hook_carries_a_trace_to_fncy_and_replaces_no_header(harness: Harness) {
    let api = Api::start();
    let world = api.world(harness, |builder| {
        builder.trace_context(|headers| {
            headers.insert("traceparent", HeaderValue::from_static(TRACE));
            for name in ["authorization", "content-type", "cookie", "host"] {
                headers.insert(name, HeaderValue::from_static("hook"));
            }
        })
    });
    let mut tab = signed_in(&world).await;
    world.advance(LIFE + 1);
    assert_eq!(tab.get(&format!("{APP}/page")).await.text(), "user=alex");
    let asked = [Endpoint::Token, Endpoint::UserData];
    let asked = asked.map(|endpoint| world.provider.requests(endpoint));
    assert_eq!(asked[0].len(), 2);
    for asked in asked.iter().flatten() {
        assert_eq!(asked.traceparent.as_deref(), Some(TRACE));
        assert_ne!(asked.authorization.as_deref(), Some("hook"));
    }
    let token = token_of(&world, world.cookie_header()).await;
    let page = tab
        .get(&format!("{APP}{}", api.step("get", "/orders")))
        .await;
    assert_eq!(page.text(), "200 an order");
    let [call] = &api.asked()[..] else {
        panic!("not one call");
    };
    assert_eq!((call.trace.as_deref(), &call.token), (Some(TRACE), &token));
}

pub(super) async fn xr16_no_trace_goes_to_fncy_by_default(harness: Harness) {
    let world = World::new(harness);
    signed_in(&world).await;
    for endpoint in [Endpoint::Token, Endpoint::UserData] {
        for asked in world.provider.requests(endpoint) {
            assert_eq!(asked.traceparent, None);
        }
    }
}
