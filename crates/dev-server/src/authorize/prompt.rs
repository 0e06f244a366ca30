//! What the application wants the user to be asked (OpenID Connect Core section 3.1.2.1).

use crate::refusal::Refusal;

/// Values it does not know are ignored, as other unknown parameters are.
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
            // The page on which one signs in has all accounts to choose from.
            login: values.contains(&"login") || values.contains(&"select_account"),
            consent: values.contains(&"consent"),
        };
        if prompt.none && values.len() > 1 {
            return Err(Refusal::invalid_request(
                "prompt=none goes with no other value.",
            ));
        }
        Ok(prompt)
    }
}
