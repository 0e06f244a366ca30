//! The `prompt` parameter (OpenID Connect Core section 3.1.2.1).

use crate::protocol::refusal::Refusal;

/// A page that the application asks for, or `none` for no page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Prompt {
    None,
    Login,
    Consent,
    SelectAccount,
}

impl Prompt {
    const ALL: [Self; 4] = [Self::None, Self::Login, Self::Consent, Self::SelectAccount];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Login => "login",
            Self::Consent => "consent",
            Self::SelectAccount => "select_account",
        }
    }

    /// Parses a space-separated list. An unknown value is refused, so that a developer sees a typing
    /// mistake.
    pub(crate) fn parse(list: Option<&str>) -> Result<Vec<Self>, Refusal> {
        let mut prompts = Vec::new();
        for value in list.unwrap_or_default().split_ascii_whitespace() {
            let known = Self::ALL.into_iter().find(|prompt| prompt.name() == value);
            let prompt = known.ok_or_else(|| {
                Refusal::invalid_request(
                    "prompt takes the values none, login, consent and select_account.",
                )
            })?;
            if !prompts.contains(&prompt) {
                prompts.push(prompt);
            }
        }
        if prompts.contains(&Self::None) && prompts.len() > 1 {
            return Err(Refusal::invalid_request(
                "prompt=none cannot be combined with another value.",
            ));
        }
        Ok(prompts)
    }
}

#[cfg(test)]
mod tests {
    use super::Prompt;

    #[test]
    fn a_list_has_known_values_and_none_is_alone() {
        let parsed = Prompt::parse(Some("login  consent login")).unwrap();
        assert_eq!(parsed, [Prompt::Login, Prompt::Consent]);
        assert_eq!(Prompt::parse(Some("none none")).unwrap(), [Prompt::None]);
        assert!(Prompt::parse(None).unwrap().is_empty());
        for bad in ["none login", "Login", "lgoin", "login,consent"] {
            assert!(Prompt::parse(Some(bad)).is_err(), "{bad}");
        }
    }
}
