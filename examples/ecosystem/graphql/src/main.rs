//! `cargo run -p graphql-recipe`, and open the address that it prints.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    run::serve(|login, _| Ok(graphql_recipe::app(login)?)).await
}
