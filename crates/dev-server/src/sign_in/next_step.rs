//! The next step of an authorization request, decided by its parameters and the browser's session.

use crate::protocol::prompt::Prompt;
use crate::protocol::refusal::Refusal;
use crate::protocol::sign_in_options::SignInOptions;
use crate::sign_in::open_page::PageKind;
use crate::state::signed_in::SignedIn;

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NextStep {
    Show(PageKind),
    Grant { user: SignedIn },
    Refuse(Refusal),
}

/// The session of a browser, as a request meets it.
pub(crate) struct Situation {
    pub(crate) user: Option<SignedIn>,
    /// Unix seconds.
    pub(crate) now: u64,
    /// Whether the user has submitted the sign-in form of this request.
    pub(crate) has_chosen: bool,
    /// Whether `login_hint` names another user.
    pub(crate) is_other_expected: bool,
    /// Whether the user can grant a part of the requested scope.
    pub(crate) can_grant: bool,
    pub(crate) has_consented: bool,
}

pub(crate) fn next_step(options: &SignInOptions, situation: Situation) -> NextStep {
    let is_silent = options.has(Prompt::None);
    let ask = |kind, code, description| {
        if is_silent {
            NextStep::Refuse(Refusal::new(code, description))
        } else {
            NextStep::Show(kind)
        }
    };
    let sign_in = PageKind::SignIn { has_failed: false };
    let Some(user) = situation.user else {
        return ask(sign_in, "login_required", "No user is signed in.");
    };
    if !situation.has_chosen {
        if options.needs_new_sign_in(user.auth_time, situation.now) {
            return ask(
                sign_in,
                "login_required",
                "The sign-in is older than max_age.",
            );
        }
        if options.has(Prompt::SelectAccount) || situation.is_other_expected {
            return ask(
                sign_in,
                "account_selection_required",
                "Another user than the one of login_hint is signed in.",
            );
        }
    }
    if !situation.can_grant {
        return NextStep::Refuse(Refusal::new(
            "access_denied",
            "The user can grant no scope of the request.",
        ));
    }
    if situation.has_consented && !options.has(Prompt::Consent) {
        return NextStep::Grant { user };
    }
    ask(
        PageKind::Consent { user },
        "consent_required",
        "The user has not consented to the requested scope.",
    )
}

#[cfg(test)]
mod tests {
    use super::{NextStep, Situation, next_step};
    use crate::protocol::params::Params;
    use crate::protocol::sign_in_options::SignInOptions;
    use crate::sign_in::open_page::PageKind;
    use crate::state::signed_in::SignedIn;

    /// The situation of a user who signed in 100 seconds ago and has consented.
    fn granting() -> Situation {
        Situation {
            user: Some(SignedIn {
                user: "alex".to_owned(),
                auth_time: 900,
            }),
            now: 1_000,
            has_chosen: false,
            is_other_expected: false,
            can_grant: true,
            has_consented: true,
        }
    }

    #[test]
    fn every_option_in_every_situation() {
        let step = |query: &str, situation| {
            let options = SignInOptions::parse(&Params::from_form(query.as_bytes())).unwrap();
            match next_step(&options, situation) {
                NextStep::Show(PageKind::SignIn { .. }) => "sign in",
                NextStep::Show(PageKind::Consent { .. }) => "consent",
                NextStep::Grant { .. } => "grant",
                NextStep::Refuse(refusal) => refusal.code,
            }
        };
        let situations = || {
            [
                Situation {
                    user: None,
                    ..granting()
                },
                Situation {
                    has_consented: false,
                    ..granting()
                },
                granting(),
                Situation {
                    is_other_expected: true,
                    ..granting()
                },
                Situation {
                    has_chosen: true,
                    ..granting()
                },
                Situation {
                    can_grant: false,
                    ..granting()
                },
            ]
        };
        let (sign_in, required) = ("sign in", "login_required");
        for (query, expected) in [
            (
                "",
                [
                    sign_in,
                    "consent",
                    "grant",
                    sign_in,
                    "grant",
                    "access_denied",
                ],
            ),
            (
                "max_age=100",
                [
                    sign_in,
                    "consent",
                    "grant",
                    sign_in,
                    "grant",
                    "access_denied",
                ],
            ),
            (
                "max_age=99",
                [sign_in, sign_in, sign_in, sign_in, "grant", sign_in],
            ),
            (
                "max_age=0",
                [sign_in, sign_in, sign_in, sign_in, "grant", sign_in],
            ),
            (
                "prompt=login",
                [sign_in, sign_in, sign_in, sign_in, "grant", sign_in],
            ),
            (
                "prompt=select_account",
                [sign_in, sign_in, sign_in, sign_in, "grant", sign_in],
            ),
            (
                "prompt=consent",
                [
                    sign_in,
                    "consent",
                    "consent",
                    sign_in,
                    "consent",
                    "access_denied",
                ],
            ),
            (
                "prompt=none",
                [
                    required,
                    "consent_required",
                    "grant",
                    "account_selection_required",
                    "grant",
                    "access_denied",
                ],
            ),
            (
                "prompt=none&max_age=99",
                [required, required, required, required, "grant", required],
            ),
        ] {
            let actual = situations().map(|situation| step(query, situation));
            assert_eq!(actual, expected, "{query}");
        }
    }
}
