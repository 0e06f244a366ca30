//! `cargo run -p utoipa-recipe`, and open `/openapi.json` and `/api/me` at the address that it prints.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    run::serve(|login, provider| {
        let server = provider.dev_server().ok_or(
            "This recipe runs with the dev server. For a real FNCY, write the address of its introspection.",
        )?;
        let app = utoipa_recipe::app(login, &server.introspection_url(), server.client_id())?;
        Ok(app)
    })
    .await
}
