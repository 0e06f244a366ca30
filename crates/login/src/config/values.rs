//! Settings as text, and whether each was written in the environment or in code.

use std::collections::BTreeMap;

use crate::config::setting::Setting;

/// Where a setting was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// In a variable of the environment.
    Environment,
    /// By a method of the builder.
    Code,
}

/// Settings as they were given; the last value of each counts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Values(BTreeMap<Setting, (Origin, String)>);

impl Values {
    pub(crate) fn insert(&mut self, setting: Setting, origin: Origin, text: String) {
        self.0.insert(setting, (origin, text));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn get(&self, setting: Setting) -> Option<&str> {
        self.0.get(&setting).map(|(_, text)| text.as_str())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (Setting, &str)> {
        let values = self.0.iter();
        values.map(|(setting, (_, text))| (*setting, text.as_str()))
    }

    /// What an error calls a setting: its variable, or its method in code. If it is missing, it is called as the others
    /// are.
    pub(crate) fn name_of(&self, setting: Setting) -> String {
        let is_code = match self.0.get(&setting) {
            Some((origin, _)) => *origin == Origin::Code,
            None => {
                let mut origins = self.0.values().map(|(origin, _)| *origin);
                !self.is_empty() && origins.all(|origin| origin == Origin::Code)
            }
        };
        if is_code {
            format!("`{}`", setting.method())
        } else {
            setting.name().to_owned()
        }
    }
}
