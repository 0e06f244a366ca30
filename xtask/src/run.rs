//! Running a program.
//!
//! Rules kept here: programs start in the workspace's root; the line is echoed before it runs, with the
//! variables set for it; a failure names the line.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::workspace;

/// A program about to run.
pub(crate) struct Run {
    command: Command,
    line: String,
}

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    Well,
    Badly,
    /// It had to be stopped.
    TooLate,
}

/// cargo, with its arguments separated by spaces.
pub(crate) fn cargo(arguments: &str) -> Run {
    Run::named("cargo", workspace::cargo()).args(arguments.split_whitespace())
}

/// What a program answers to `arguments`, or nothing if it can't be started or fails.
pub(crate) fn probe(program: impl AsRef<OsStr>, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

impl Run {
    /// A program found by its name.
    pub(crate) fn new(program: &str) -> Self {
        Self::named(program, program.into())
    }

    /// A program found at `path`, called `name` in what is printed.
    pub(crate) fn named(name: &str, path: OsString) -> Self {
        let mut command = Command::new(path);
        command.current_dir(workspace::root());
        for variable in workspace::of_this_package() {
            command.env_remove(variable);
        }
        Self {
            command,
            line: name.to_owned(),
        }
    }

    /// Adds an argument.
    pub(crate) fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        let argument = argument.as_ref();
        self.line = format!("{} {}", self.line, argument.to_string_lossy());
        self.command.arg(argument);
        self
    }

    /// Adds arguments.
    pub(crate) fn args<'a>(self, arguments: impl IntoIterator<Item = &'a str>) -> Self {
        arguments.into_iter().fold(self, Self::arg)
    }

    /// Sets a variable.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.line = if value.contains(' ') {
            format!("{name}='{value}' {}", self.line)
        } else {
            format!("{name}={value} {}", self.line)
        };
        self.command.env(name, value);
        self
    }

    /// Starts in a folder of the workspace.
    pub(crate) fn within(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Runs it, showing what it prints.
    pub(crate) fn go(mut self) -> Result<(), String> {
        println!("$ {}", self.line);
        let status = self.command.status();
        let status = status.map_err(|error| self.not_started(&error))?;
        if status.success() {
            Ok(())
        } else {
            Err(format!("`{}` failed ({status}).", self.line))
        }
    }

    /// Runs it with all that it prints in a file.
    pub(crate) fn log(mut self, file: &Path) -> Result<(), String> {
        let unwritable = |error| format!("{} can't be written: {error}.", file.display());
        let log = File::create(file).map_err(unwritable)?;
        let errors = log.try_clone().map_err(unwritable)?;
        self.command.stdout(log).stderr(errors);
        self.go()
    }

    /// Runs it and returns what it prints.
    pub(crate) fn read(mut self) -> Result<String, String> {
        let output = self.command.stdin(Stdio::null()).output();
        let Output {
            status,
            stdout,
            stderr,
        } = output.map_err(|error| self.not_started(&error))?;
        if !status.success() {
            let said = String::from_utf8_lossy(&stderr);
            return Err(format!(
                "`{}` failed ({status}): {}",
                self.line,
                said.trim()
            ));
        }
        String::from_utf8(stdout).map_err(|_| format!("`{}` printed no UTF-8.", self.line))
    }

    /// Runs it for so long at most, and returns how it ended and what it printed.
    pub(crate) fn watch(mut self, limit: Duration) -> Result<(Ended, String), String> {
        self.command.stdin(Stdio::null()).stderr(Stdio::null());
        let child = self.command.stdout(Stdio::piped()).spawn();
        let mut child = child.map_err(|error| self.not_started(&error))?;
        let (sender, receiver) = mpsc::channel();
        let pipe = child.stdout.take();
        thread::spawn(move || {
            let mut said = Vec::new();
            // What it printed until it ended, or until it was stopped.
            let read = pipe.map(|mut pipe| pipe.read_to_end(&mut said));
            drop(read);
            // Nobody listens any more after the limit.
            drop(sender.send(said));
        });
        let Ok(said) = receiver.recv_timeout(limit) else {
            let stopped = child.kill().and_then(|()| child.wait());
            stopped.map_err(|error| format!("`{}` can't be stopped ({error}).", self.line))?;
            return Ok((Ended::TooLate, String::new()));
        };
        let status = child.wait();
        let status = status.map_err(|error| format!("`{}` is lost ({error}).", self.line))?;
        let ended = if status.success() {
            Ended::Well
        } else {
            Ended::Badly
        };
        Ok((ended, String::from_utf8_lossy(&said).into_owned()))
    }

    fn not_started(&self, error: &std::io::Error) -> String {
        let line = &self.line;
        format!("`{line}` could not be started ({error}); is the program installed and on PATH?")
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Ended, Run, probe};

    #[test]
    fn a_program_that_takes_too_long_is_stopped() {
        let watch = |program: Run, limit| program.watch(Duration::from_secs(limit)).unwrap();
        assert_eq!(watch(Run::new("false"), 60).0, Ended::Badly);
        let said = watch(Run::new("echo").arg("a"), 60);
        assert_eq!(said, (Ended::Well, "a\n".to_owned()));
        assert_eq!(watch(Run::new("sleep").arg("60"), 0).0, Ended::TooLate);
    }

    #[test]
    fn a_failure_names_the_line_with_its_variables() {
        let problem = Run::new("false")
            .arg("one")
            .env("A", "b c")
            .go()
            .unwrap_err();
        assert!(problem.starts_with("`A='b c' false one` failed ("));
    }

    #[test]
    fn a_program_that_is_not_there_is_said_to_be_missing() {
        let problem = Run::new("no-such-program-here").read().unwrap_err();
        assert!(problem.ends_with("is the program installed and on PATH?"));
        assert_eq!(probe("no-such-program-here", &[]), None);
    }
}
