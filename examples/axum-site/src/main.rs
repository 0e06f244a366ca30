//! axum-site
fn main() {}
