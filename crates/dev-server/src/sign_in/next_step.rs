//! The next step of an authorization request, decided by its prompt, the user and the consent.

use crate::protocol::prompt::Prompt;
use crate::protocol::refusal::Refusal;
use crate::sign_in::open_page::PageKind;

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NextStep {
    Show(PageKind),
    Grant { user: String },
    Refuse(Refusal),
}

pub(crate) fn next_step(prompt: Prompt, user: Option<String>, has_consented: bool) -> NextStep {
    match user.filter(|_| !prompt.login) {
        None if prompt.none => {
            NextStep::Refuse(Refusal::new("login_required", "No user is signed in."))
        }
        None => NextStep::Show(PageKind::SignIn { has_failed: false }),
        Some(user) if has_consented && !prompt.consent => NextStep::Grant { user },
        Some(_) if prompt.none => NextStep::Refuse(Refusal::new(
            "consent_required",
            "The user has not consented to the requested scope.",
        )),
        Some(user) => NextStep::Show(PageKind::Consent { user }),
    }
}

#[cfg(test)]
mod tests {
    use super::{NextStep, next_step};
    use crate::protocol::prompt::Prompt;
    use crate::sign_in::open_page::PageKind;

    #[test]
    fn every_prompt_in_every_situation() {
        let step = |prompt, user: Option<&str>, has_consented| {
            let prompt = Prompt::parse(prompt).unwrap();
            match next_step(prompt, user.map(str::to_owned), has_consented) {
                NextStep::Show(PageKind::SignIn { .. }) => "sign in",
                NextStep::Show(PageKind::Consent { .. }) => "consent",
                NextStep::Grant { .. } => "grant",
                NextStep::Refuse(refusal) => refusal.code,
            }
        };
        let situations = [(None, false), (Some("alex"), false), (Some("alex"), true)];
        for (prompt, expected) in [
            (None, ["sign in", "consent", "grant"]),
            (Some("login"), ["sign in", "sign in", "sign in"]),
            (Some("consent"), ["sign in", "consent", "consent"]),
            (
                Some("none"),
                ["login_required", "consent_required", "grant"],
            ),
            (Some("select_account"), ["sign in", "sign in", "sign in"]),
        ] {
            let actual = situations.map(|(user, has_consented)| step(prompt, user, has_consented));
            assert_eq!(actual, expected, "{prompt:?}");
        }
        assert!(Prompt::parse(Some("none login")).is_err());
    }
}
