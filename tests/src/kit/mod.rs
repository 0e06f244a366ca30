//! The test kit that users get, over both frameworks.
//!
//! `axum.rs` and `actix.rs` are what README.md shows, word for word; the rest is in `both.rs`.

mod actix;
mod axum;
mod both;

#[test]
fn the_readme_shows_tests_that_run() {
    let readme = include_str!("../../../README.md");
    for test in [include_str!("axum.rs"), include_str!("actix.rs")] {
        assert!(readme.contains(test), "the README lacks this test:\n{test}");
    }
}
