//! Refusals of requests with a bearer token, as programs read them (RFC 6750, section 3).
//!
//! Rule: they never start a sign-in, and are never a page.

use crate::provider::scope::is_scope;
use crate::refusal::parts::problem;
use crate::reply::draft::Draft;
use crate::reply::event::Event;
use crate::rules::path_rules::Need;
use crate::values::error_code::ErrorCode;
use crate::values::report::Report;

/// A refusal whose code is the error of the challenge. `params` are more parameters of the challenge.
pub(crate) fn refused(code: ErrorCode, params: &str) -> Draft {
    problem(code)
        .header(
            "www-authenticate",
            format!("Bearer error=\"{code}\"{params}"),
        )
        .event([Event::RequestRefused(code)])
}

/// The refusal of a user who lacks what a guard needs. `detail` is for the operator.
pub(crate) fn unmet(need: &Need, detail: &'static str) -> Draft {
    let code = need.code();
    let draft = match need {
        Need::Predicate(_) | Need::DeviceBound => {
            problem(code).event([Event::RequestRefused(code)])
        }
        Need::Scope(scope) => {
            let named = if is_scope(scope) {
                format!(", scope=\"{scope}\"")
            } else {
                String::new()
            };
            refused(code, &named)
        }
        Need::Recent(age) => refused(code, &format!(", max_age=\"{age}\"")),
    };
    draft.report([Report::of(code, detail)])
}
