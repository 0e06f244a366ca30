//! actix-site
fn main() {}
