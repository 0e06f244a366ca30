//! A process of this program that does another job, and answers questions about it.
//!
//! Rules: first the process prints what the parent must know, a line for each fact and an empty line at the end; then it
//! answers each line with a line; it ends with its parent.

use std::env;
use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// The process.
pub struct Subprocess {
    child: Child,
    stdin: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
    /// What it said first.
    pub greeting: Vec<(String, String)>,
}

impl Subprocess {
    /// Starts it with these arguments and variables.
    pub fn start(arguments: &[&str], vars: &[(String, String)]) -> Self {
        let mut command = Command::new(env::current_exe().unwrap());
        command
            .args(arguments)
            .envs(vars.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (stdin, stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let mut lines = BufReader::new(stdout).lines();
        let greeting = lines
            .by_ref()
            .map(Result::unwrap)
            .take_while(|line| !line.is_empty())
            .map(|line| {
                let (name, value) = line.split_once('=').unwrap();
                (name.to_owned(), value.to_owned())
            })
            .collect();
        Self {
            child,
            stdin,
            lines,
            greeting,
        }
    }

    /// Sends it a signal, such as `STOP`.
    pub fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        let status = Command::new("kill").args(["-s", name, &pid]).status();
        assert!(status.unwrap().success());
    }

    /// The numbers that it answers with.
    pub fn ask<const N: usize>(&mut self) -> [u64; N] {
        writeln!(self.stdin).unwrap();
        let line = self.lines.next().unwrap().unwrap();
        let numbers: Vec<u64> = line.split(' ').map(|text| text.parse().unwrap()).collect();
        numbers.try_into().unwrap()
    }
}

impl Drop for Subprocess {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The other side: greets, then answers as long as lines come.
pub fn answer<'a, const N: usize>(
    greeting: impl IntoIterator<Item = (&'a str, String)>,
    numbers: impl Fn() -> [u64; N],
) {
    let mut out = std::io::stdout();
    for (name, value) in greeting {
        writeln!(out, "{name}={value}").unwrap();
    }
    writeln!(out).unwrap();
    for _ in std::io::stdin().lines() {
        let texts = numbers().map(|number| number.to_string());
        writeln!(out, "{}", texts.join(" ")).unwrap();
    }
}
