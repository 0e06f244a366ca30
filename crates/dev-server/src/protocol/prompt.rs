//! The `prompt` parameter (OpenID Connect Core section 3.1.2.1).

use crate::protocol::refusal::Refusal;

/// Which pages the application asks for. Unknown values are ignored, like unknown parameters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Prompt {
    pub(crate) none: bool,
    pub(crate) login: bool,
    pub(crate) consent: bool,
}

impl Prompt {
    pub(crate) fn parse(list: Option<&str>) -> Result<Self, Refusal> {
        let values: Vec<&str> = list.unwrap_or_default().split_ascii_whitespace().collect();
        let prompt = Self {
            none: values.contains(&"none"),
            // The sign-in page lists all accounts.
            login: values.contains(&"login") || values.contains(&"select_account"),
            consent: values.contains(&"consent"),
        };
        if prompt.none && values.len() > 1 {
            return Err(Refusal::invalid_request(
                "prompt=none cannot be combined with another value.",
            ));
        }
        Ok(prompt)
    }
}
