//! The program of the benches: `cargo xtask` runs it, and counts its instructions.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a command line tool whose results are for people"
)]

use std::process::ExitCode;

use fncy_login_benches::cases::all;
use fncy_login_benches::interleave::{Case, measure};
use fncy_login_benches::soak::site::{self, Framework};
use fncy_login_benches::{
    dev_server, growth, load, outage, sessions, soak, store, strangers, threads,
};

const HELP: &str = "\
fncy-login-benches                 measures everything in turns
fncy-login-benches run CASE TIMES  runs one case so many times, for a profiler
fncy-login-benches growth          measures the check beside more and more of something
fncy-login-benches threads         asks one login on several threads at once
fncy-login-benches sessions COUNT  lets so many sessions expire at once
fncy-login-benches store           asks a redis-server what several instances ask of it
fncy-login-benches strangers       signs people in while strangers bring invented codes
fncy-login-benches outage          lets the provider fail for one of thirty users, and for all
fncy-login-benches load            asks servers as much as they answer, with wrk
fncy-login-benches soak SECONDS    lets visitors use instances while these, Redis and the provider fail in turns";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [dev_server::COMMAND, users, token_life]
            if let (Ok(users), Ok(token_life)) = (users.parse(), token_life.parse()) =>
        {
            dev_server::serve(users, token_life);
        }
        [site::COMMAND, name] if let Some(framework) = Framework::named(name) => {
            site::serve(framework);
            return ExitCode::SUCCESS;
        }
        ["soak", seconds] if let Ok(seconds) = seconds.parse() => {
            return match block_on(soak::run(seconds)) {
                true => ExitCode::SUCCESS,
                false => ExitCode::FAILURE,
            };
        }
        ["sessions", count] if let Ok(count) = count.parse() => block_on(sessions::run(count)),
        ["threads"] => block_on(threads::run()),
        ["strangers"] => block_on(strangers::run()),
        ["outage"] => block_on(outage::run()),
        ["store"] => block_on(store::run()),
        _ => return in_turns(&arguments),
    }
    ExitCode::SUCCESS
}

/// Runs it on a runtime with all threads.
fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Runtime::new().unwrap().block_on(work)
}

fn in_turns(arguments: &[&str]) -> ExitCode {
    // actix-web's runtime is tokio's, on one thread: all frameworks run on the same.
    actix_web::rt::System::new().block_on(async {
        match arguments {
            [] => table(all().await).await,
            ["run", name, times] => return run(name, times).await,
            ["growth"] if !growth::run().await => return ExitCode::FAILURE,
            ["growth"] => {}
            ["load"] => load::run().await,
            _ => {
                println!("{HELP}");
                return ExitCode::from(2);
            }
        }
        ExitCode::SUCCESS
    })
}

async fn table(cases: Vec<Case>) {
    let figures = measure(cases).await;
    let floor = figures[0].whole;
    println!("| what | ns | added ns | added, in F |\n| --- | --: | --: | --: |");
    for figure in figures {
        let (name, whole, added) = (figure.name, figure.whole, figure.added);
        println!(
            "| {name} | {whole:.0} | {added:.0} | {:.2} |",
            added / floor
        );
    }
}

async fn run(name: &str, times: &str) -> ExitCode {
    let mut cases = all().await;
    let case = cases.iter_mut().find(|case| case.name == name);
    let (Some(case), Ok(times)) = (case, times.parse()) else {
        let names: Vec<&str> = cases.iter().map(|case| case.name.as_str()).collect();
        println!("{HELP}\n\nThe cases are:\n{}", names.join("\n"));
        return ExitCode::from(2);
    };
    case.run(times).await;
    ExitCode::SUCCESS
}
