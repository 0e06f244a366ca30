//! `cargo run -p leptos-recipe`, and open the address that it prints.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    run::serve(|login, _| Ok(leptos_recipe::app(login)?)).await
}
