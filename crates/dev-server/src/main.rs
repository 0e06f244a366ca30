//! The development server as a program: `fncy-dev-server --port 4000`.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it talks to the person who ran it"
)]

use std::process::ExitCode;

use fncy_dev_server::DevServer;

const HELP: &str = "\
A stand-in for the FNCY authorization server, for development.

Usage: fncy-dev-server [--port N]

  --port N   Listen on 127.0.0.1 port N (default 4000; 0: one that is free)
  --help     Show this

It listens on loopback only; there is no option for another address.
";

enum Command {
    Help,
    Serve { port: u16 },
}

fn main() -> ExitCode {
    let command = match parse(std::env::args().skip(1)) {
        Ok(command) => command,
        Err(message) => {
            eprintln!("fncy-dev-server: {message}\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    let port = match command {
        Command::Help => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Command::Serve { port } => port,
    };
    match DevServer::builder().port(port).start() {
        Ok(server) => {
            print!("{}", greeting(&server));
            server.wait();
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("fncy-dev-server: {error}");
            ExitCode::FAILURE
        }
    }
}

fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Command, String> {
    let mut port = 4000;
    while let Some(argument) = arguments.next() {
        let (name, value) = match argument.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (argument.as_str(), None),
        };
        match name {
            "--help" | "-h" => return Ok(Command::Help),
            "--port" => {
                let value = value.or_else(|| arguments.next()).unwrap_or_default();
                port = value
                    .parse()
                    .map_err(|_| format!("{value:?} is not a port"))?;
            }
            _ => return Err(format!("{argument:?} is not known")),
        }
    }
    Ok(Command::Serve { port })
}

fn greeting(server: &DevServer) -> String {
    let base_url = server.base_url();
    let variables = server
        .environment()
        .map(|(name, value)| format!("{name}={value}\n"))
        .concat();
    format!(
        "The FNCY development server listens on {base_url}\n\
         Open that address for the demo users; stop with Ctrl-C. An application needs:\n\n\
         {variables}\n\
         and, of its own:\n\n\
         FNCY_REDIRECT_URI=http://localhost:3000/auth/callback\n\
         FNCY_COOKIE_SECRET=$(openssl rand -base64 32)\n"
    )
}
