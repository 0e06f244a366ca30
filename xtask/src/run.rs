//! A program that a command runs.
//!
//! Rules kept here: programs start in the workspace's root; the line is echoed before it runs, with the variables that are
//! set for it; a failure names the line.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::workspace;

/// A program about to run.
pub(crate) struct Run {
    command: Command,
    line: String,
}

/// cargo, with its arguments separated by spaces.
pub(crate) fn cargo(arguments: &str) -> Run {
    Run::named("cargo", workspace::cargo()).args(arguments.split_whitespace())
}

/// What a program prints for `arguments`, if it can be started and succeeds.
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

    /// Runs it and returns what it prints, also if it fails.
    pub(crate) fn says(mut self) -> Result<String, String> {
        println!("$ {}", self.line);
        let output = self.command.stdin(Stdio::null()).output();
        let output = output.map_err(|error| self.not_started(&error))?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
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

    fn not_started(&self, error: &std::io::Error) -> String {
        let line = &self.line;
        format!("`{line}` could not be started ({error}); is the program installed and on PATH?")
    }
}

#[cfg(test)]
mod tests {
    use super::{Run, probe};

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
