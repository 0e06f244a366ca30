//! `cargo run -p tonic-recipe`, and the command that it prints in a second shell.

use std::process::ExitCode;

use fncy_login_tower::Login;
use site::{Provider, StartError};
use tokio::net::TcpListener;
use tonic::Request;
use tonic_recipe::shop::ListOrdersRequest;
use tonic_recipe::shop::shop_client::ShopClient;
use tonic_recipe::{layer, serve};

const ADDRESS: &str = "127.0.0.1:50051";

#[tokio::main]
async fn main() -> ExitCode {
    site::log_to_stderr();
    site::exit_code(match std::env::args().nth(1) {
        Some(token) => call(&token).await,
        None => serve_here().await,
    })
}

async fn serve_here() -> Result<(), StartError> {
    let provider = Provider::from_env()?;
    let server = provider.dev_server().ok_or(
        "This recipe runs with the dev server. For a real FNCY, write the address of its introspection.",
    )?;
    let login = Login::builder().env().env_from(provider.settings());
    let layer = layer(login, &server.introspection_url(), server.client_id())?;
    let token = server.token_for("alex", server.client_id(), "profile")?;
    let listener = TcpListener::bind(ADDRESS).await?;
    println!("The service listens on {ADDRESS}. Call it in a second shell:");
    println!("cargo run -p tonic-recipe -- {token}");
    Ok(serve(layer, listener, site::interrupted()).await?)
}

async fn call(token: &str) -> Result<(), StartError> {
    let mut shop = ShopClient::connect(format!("http://{ADDRESS}")).await?;
    let mut request = Request::new(ListOrdersRequest {});
    let header = format!("Bearer {token}").parse()?;
    request.metadata_mut().insert("authorization", header);
    let reply = shop.list_orders(request).await?.into_inner();
    println!("The orders of {}: {}", reply.user, reply.orders.join(", "));
    Ok(())
}
