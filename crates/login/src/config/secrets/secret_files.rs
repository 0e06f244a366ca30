//! Settings whose value is in a file: `FNCY_CLIENT_SECRET_FILE`, `FNCY_COOKIE_SECRET_FILE`.
//!
//! Rules: a setting is given in one of its two forms; while the login lives, its files are looked at once a second, in
//! a thread, since reading a file blocks; what can't be used changes nothing, and is told once.

use std::sync::Weak;
use std::time::Duration;
use std::{io, thread};

use fncy_login_core::{NewSecret, Secret};

use crate::config::config_error::Mistakes;
use crate::config::parser::in_quotes;
use crate::config::secrets::cookie_secret;
use crate::config::secrets::secret_file::SecretFile;
use crate::config::setting::Setting;
use crate::config::values::{Origin, Values};
use crate::handle::login::Inner;
use crate::handle::login::Login;

/// Kubernetes takes up to a minute to bring a new secret; what is read has a few dozen bytes.
const PAUSE: Duration = Duration::from_secs(1);

/// The settings that can be in a file, and those that name it.
const SETTINGS: [(Setting, Setting); 2] = [
    (Setting::ClientSecret, Setting::ClientSecretFile),
    (Setting::CookieSecret, Setting::CookieSecretFile),
];

/// The files of a login.
#[derive(Default)]
pub(crate) struct SecretFiles(Vec<(Setting, SecretFile)>);

impl SecretFiles {
    /// Reads all that are named, and puts what is in them among the settings.
    pub(crate) fn read(values: &mut Values, errors: &mut Mistakes<'_>) -> Self {
        let mut files = Vec::new();
        for (secret, file) in SETTINGS {
            let is_set = |text: &&str| !text.trim().is_empty();
            let Some(path) = values.get(file).filter(is_set).map(str::trim) else {
                continue;
            };
            if values.get(secret).is_some_and(|text| is_set(&text)) {
                let secret = values.name_of(secret);
                errors.add(
                    file,
                    format_args!("is set beside {secret}; set one of them"),
                );
                continue;
            }
            match SecretFile::open(path) {
                Ok((open, content)) => {
                    values.insert(secret, Origin::Environment, content);
                    files.push((file, open));
                }
                Err(error) => errors.add(file, cannot_be_read(&error)),
            }
        }
        Self(files)
    }

    /// Looks at them for as long as the login lives.
    pub(crate) fn watch(mut self, login: &Login) {
        if self.0.is_empty() {
            return;
        }
        let login = login.0.downgrade();
        let watching = thread::Builder::new().name("fncy-login-files".to_owned());
        let watched = watching.spawn(move || while self.look(&login) {});
        if let Err(error) = watched {
            tracing::error!(%error, "the files of secrets are not looked at again");
        }
    }

    /// Whether the login lives still.
    fn look(&mut self, login: &Weak<Inner>) -> bool {
        thread::sleep(PAUSE);
        let Some(login) = login.upgrade() else {
            return false;
        };
        for (setting, file) in &mut self.0 {
            let used = match file.changed() {
                Ok(None) => continue,
                Ok(Some(content)) => login.replace_secret(*setting, &content),
                Err(error) => Err(cannot_be_read(&error)),
            };
            let setting = setting.name();
            match used {
                Ok(()) => tracing::info!(setting, "a secret's file has changed, and is used"),
                Err(cause) => tracing::error!(
                    setting,
                    cause,
                    "a secret's file has changed, and can't be used; the former secret stays"
                ),
            }
        }
        true
    }
}

impl Inner {
    /// Uses what is new in the file of a setting, or says what is wrong with it.
    fn replace_secret(&self, setting: Setting, content: &str) -> Result<(), String> {
        if in_quotes(content).is_some() {
            return Err("is in quotation marks; write it without them".to_owned());
        }
        let client_secret = &self.provider.client_secret;
        if setting == Setting::ClientSecretFile {
            client_secret.replace(Secret::new(content.to_owned()));
            self.core
                .replace_secret(NewSecret::Client(client_secret.get()));
        } else {
            let keys = cookie_secret::keys(content, Some(client_secret.get().expose()))?;
            self.core.replace_secret(NewSecret::Cookies(&keys));
            self.telemetry.cookie_key_changed(&self.core);
        }
        Ok(())
    }
}

fn cannot_be_read(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => "names a file with nothing in it".to_owned(),
        kind => format!("names a file that can't be read: {kind}"),
    }
}
