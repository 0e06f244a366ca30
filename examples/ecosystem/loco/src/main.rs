//! `cargo run -p loco-recipe`, and open the address that it prints.

use std::path::Path;
use std::process::ExitCode;

use fncy_login_tower::Login;
use loco_recipe::{App, boot, login};
use loco_rs::boot::{ServeParams, start};
use loco_rs::environment::Environment;
use site::{Provider, StartError};

#[tokio::main]
async fn main() -> ExitCode {
    site::log_to_stderr();
    site::exit_code(run().await)
}

async fn run() -> Result<(), StartError> {
    let provider = Provider::from_env()?;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("config");
    let config = Environment::Development.load_from_folder(&folder)?;
    let boot = boot(Login::builder().env().env_from(provider.settings()), config).await?;
    let login = login(&boot.app_context)?;
    // Where the redirect URI says that browsers find it.
    let address = ServeParams {
        port: login.site().port().into(),
        binding: "localhost".to_owned(),
    };
    provider.announce(&login);
    Ok(start::<App>(boot, address, true).await?)
}
