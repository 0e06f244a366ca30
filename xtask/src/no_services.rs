//! The installation of a server's package without a running server.
//!
//! Rules kept here: the means are Debian's own, `policy-rc.d` for the start, and `update-rc.d` or `systemctl` for the
//! next boot; a policy that exists stays; ours is removed when the value is dropped.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use crate::run::{Run, probe};

/// Asked by each package's script before it starts a service.
const POLICY: &str = "/usr/sbin/policy-rc.d";
/// 101: the action is forbidden.
const FORBIDS: &str = "#!/bin/sh\n# For the time of an installation by cargo xtask.\nexit 101\n";

/// While it lives, no package starts a service.
pub(crate) struct NoServices {
    is_ours: bool,
}

impl NoServices {
    pub(crate) fn begin() -> Result<Self, String> {
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(Path::new(POLICY));
        let mut file = match file {
            Ok(file) => file,
            // Such as in a container's image.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                return Ok(Self { is_ours: false });
            }
            Err(error) => return Err(format!("{POLICY} can't be written: {error}.")),
        };
        let policy = Self { is_ours: true };
        file.write_all(FORBIDS.as_bytes())
            .map_err(|error| format!("{POLICY} can't be written: {error}."))?;
        Run::new("chmod").args(["755", POLICY]).go()?;
        Ok(policy)
    }

    /// Keeps a service that was installed just now from starting with the machine.
    #[expect(clippy::unused_self, reason = "it is for what was installed meanwhile")]
    pub(crate) fn disable(&self, service: &str) -> Result<(), String> {
        if Path::new("/etc/init.d").join(service).exists() {
            return Run::new("update-rc.d").args([service, "disable"]).go();
        }
        // The package has a unit of systemd alone.
        if probe("systemctl", &["--version"]).is_none() {
            return Ok(());
        }
        Run::new("systemctl").args(["disable", service]).go()
    }
}

impl Drop for NoServices {
    fn drop(&mut self) {
        if self.is_ours && fs::remove_file(POLICY).is_err() {
            println!("Remove {POLICY} by hand: it keeps every service from being started.");
        }
    }
}
