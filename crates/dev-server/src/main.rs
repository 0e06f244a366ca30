//! The development server as a program: `fncy-dev-server --port 4000`.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it talks to the person who ran it"
)]

use std::num::NonZeroU32;
use std::process::ExitCode;
use std::time::Duration;

use fncy_dev_server::{AccessTokenFormat, DevServer};

const HELP: &str = include_str!("help.txt");

struct Options {
    port: u16,
    token_lifetime: Option<NonZeroU32>,
    format: AccessTokenFormat,
    audience: Option<String>,
    users_file: Option<String>,
    user_id_member: Option<String>,
    env_only: bool,
}

fn main() -> ExitCode {
    let options = match parse(std::env::args().skip(1)) {
        Ok(Some(options)) => options,
        Ok(None) => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Err(message) => {
            eprintln!("fncy-dev-server: {message}\nfncy-dev-server --help shows all options.");
            return ExitCode::from(2);
        }
    };
    let mut builder = DevServer::builder()
        .port(options.port)
        .access_token_format(options.format);
    if let Some(seconds) = options.token_lifetime {
        builder = builder.access_token_lifetime(Duration::from_secs(seconds.get().into()));
    }
    if let Some(name) = options.audience {
        builder = builder.audience(name);
    }
    if let Some(path) = options.users_file {
        builder = builder.users_file(path);
    }
    if let Some(name) = options.user_id_member {
        builder = builder.user_id_member(name);
    }
    match builder.start() {
        Ok(server) => {
            if !options.env_only {
                print!("{}", greeting(server.base_url()));
            }
            print!("{}", server.env_file());
            server.wait();
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("fncy-dev-server: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Reads the arguments. `None` stands for `--help`.
fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Option<Options>, String> {
    let mut options = Options {
        port: 4000,
        token_lifetime: None,
        format: AccessTokenFormat::Opaque,
        audience: None,
        users_file: None,
        user_id_member: None,
        env_only: false,
    };
    while let Some(argument) = arguments.next() {
        let (name, value) = match argument.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (argument.as_str(), None),
        };
        let mut operand = || {
            value
                .clone()
                .or_else(|| arguments.next())
                .unwrap_or_default()
        };
        match name {
            "--help" | "-h" => return Ok(None),
            "--env" if value.is_none() => options.env_only = true,
            "--port" => {
                let value = operand();
                options.port = value.parse().map_err(|_| {
                    format!(
                        "--port takes a number from 0 to {}, not {value:?}",
                        u16::MAX
                    )
                })?;
            }
            "--token-lifetime" => {
                let value = operand();
                let seconds = value.parse().map_err(|_| {
                    format!(
                        "--token-lifetime takes a whole number of seconds from 1 to {}, not {value:?}",
                        NonZeroU32::MAX
                    )
                })?;
                options.token_lifetime = Some(seconds);
            }
            "--jwt" if value.is_none() => options.format = AccessTokenFormat::Jwt,
            "--audience" => {
                let name = Some(operand()).filter(|name| !name.is_empty());
                options.audience =
                    Some(name.ok_or("--audience takes the name of an API, such as demo-api")?);
            }
            "--users" => {
                let path = Some(operand()).filter(|path| !path.is_empty());
                options.users_file = Some(path.ok_or("--users takes the path of a JSON file")?);
            }
            "--user-id-member" => {
                let name = Some(operand()).filter(|name| !name.is_empty());
                options.user_id_member =
                    Some(name.ok_or("--user-id-member takes the name of a member, such as sub")?);
            }
            _ => return Err(format!("unknown option {argument:?}")),
        }
    }
    Ok(Some(options))
}

fn greeting(base_url: &str) -> String {
    format!(
        "The FNCY development server listens on {base_url}\n\
         Open this address for the demo users and their roles. Stop the server with Ctrl-C.\n\
         Settings of an application on localhost:3000 (--env prints only these):\n\n"
    )
}
