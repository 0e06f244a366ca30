//! Paths that require a bound session (row D20).

use crate::harness::Harness;
use crate::steps::bearer::{by_introspection, token_of, with_token};
use crate::steps::device_key::{bind, binding, binds, json_of, offered};
use crate::steps::session::page_with;
use crate::world::APP;

pub(super) async fn d20_a_path_may_require_it(harness: Harness) {
    let world = binding(harness);
    let (mut tab, offer) = offered(&world).await;
    let page = tab.get(&format!("{APP}/vault/1")).await;
    assert_eq!(page.status, 403);
    let text = page.text();
    assert!(text.contains("device_binding_required"), "{text}");
    let ways_on: Vec<_> = page.links().into_iter().map(|link| link.href).collect();
    let sign_in = "/auth/login?return_to=%2Fvault%2F1".to_owned();
    assert_eq!(ways_on[..2], ["/vault/1".to_owned(), sign_in]);
    let script = tab.fetch(&format!("{APP}/vault/1")).await;
    assert_eq!(script.status, 403);
    assert!(script.text().contains("\"login_url\""), "{}", script.text());
    assert_eq!(tab.get(&format!("{APP}/page")).await.text(), "user=alex");
    let visitor = world.raw(page_with("/vault/1", "")).await;
    assert_eq!(visitor.status, 303, "a visitor is sent to sign in");
    let mut bound = bind(&world, tab, &offer).await;
    assert_eq!(bound.text("/vault/1").await, "user=alex");
}

pub(super) async fn d20_bearer_tokens_are_as_they_were(harness: Harness) {
    let world = binding(harness);
    let token = token_of(&world, "alex").await;
    let check = by_introspection(&world);
    let login = binds(world.usual()).bearer_prefix("/api", check.clone());
    let login = login.bearer_prefix("/vault/api", check);
    world.serve(login.build().unwrap());
    let answer = world.raw(with_token("/api/x", &token)).await;
    assert_eq!(answer.text(), "user=alex");
    assert!(!world.calls.user().is_device_bound());
    let answer = world.raw(with_token("/vault/api/x", &token)).await;
    assert_eq!(answer.status, 403, "a token is bound to no device");
    assert_eq!(json_of(&answer)["code"], "device_binding_required");
}
