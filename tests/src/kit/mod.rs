//! The test kit that users get, over both frameworks.
//!
//! `axum.rs` and `actix.rs` are what the manual shows, word for word; the rest is in `both.rs`.

mod actix;
mod axum;
mod both;

#[test]
fn the_manual_shows_tests_that_run() {
    let page = include_str!("../../../crates/login/src/manual/building/testing.md");
    for test in [include_str!("axum.rs"), include_str!("actix.rs")] {
        assert!(page.contains(test), "the manual lacks this test:\n{test}");
    }
}
