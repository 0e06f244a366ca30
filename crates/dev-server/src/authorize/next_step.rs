//! What happens next to an authorization request: a decision about four facts, and nothing else.

use super::prompt::Prompt;
use crate::refusal::Refusal;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NextStep {
    SignIn,
    Consent,
    Answer,
    Refuse(Refusal),
}

pub(crate) fn next_step(prompt: Prompt, signed_in: bool, consented: bool) -> NextStep {
    match (signed_in && !prompt.login, consented && !prompt.consent) {
        (false, _) if prompt.none => {
            NextStep::Refuse(Refusal::new("login_required", "Nobody is signed in."))
        }
        (false, _) => NextStep::SignIn,
        (true, false) if prompt.none => NextStep::Refuse(Refusal::new(
            "consent_required",
            "The user has not allowed this application to have what it asks for.",
        )),
        (true, false) => NextStep::Consent,
        (true, true) => NextStep::Answer,
    }
}

#[cfg(test)]
mod tests {
    use super::{NextStep, Prompt, next_step};

    #[test]
    fn every_prompt_in_every_situation() {
        let step = |prompt, signed_in, consented| match next_step(
            Prompt::parse(prompt).unwrap(),
            signed_in,
            consented,
        ) {
            NextStep::SignIn => "sign in",
            NextStep::Consent => "consent",
            NextStep::Answer => "answer",
            NextStep::Refuse(refusal) => refusal.code,
        };
        let situations = [(false, false), (true, false), (true, true)];
        for (prompt, expected) in [
            (None, ["sign in", "consent", "answer"]),
            (Some("login"), ["sign in", "sign in", "sign in"]),
            (Some("consent"), ["sign in", "consent", "consent"]),
            (
                Some("none"),
                ["login_required", "consent_required", "answer"],
            ),
            (Some("select_account"), ["sign in", "sign in", "sign in"]),
        ] {
            let actual =
                situations.map(|(signed_in, consented)| step(prompt, signed_in, consented));
            assert_eq!(actual, expected, "{prompt:?}");
        }
        assert!(Prompt::parse(Some("none login")).is_err());
    }
}
