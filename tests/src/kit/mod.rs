//! The test kit for users, over both frameworks.
//!
//! The manual shows `axum.rs`, `actix.rs` and `bearer.rs` word for word. The other tests are in `both.rs`.

mod actix;
mod axum;
mod bearer;
mod both;

#[test]
fn the_manual_shows_tests_that_run() {
    let page = include_str!("../../../crates/login/src/manual/guides/testing.md");
    for test in [
        include_str!("axum.rs"),
        include_str!("actix.rs"),
        include_str!("bearer.rs"),
    ] {
        assert!(page.contains(test), "the manual lacks this test:\n{test}");
    }
}
