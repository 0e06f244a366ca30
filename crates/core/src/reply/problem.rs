//! Problems (RFC 9457): refusals that programs read.
//!
//! Rules: code and status come from the table in `error_code.rs`. The texts are in English, since developers read them.
//! Programs read the `code`.

use serde::Serialize;

use crate::reply::reference::Reference;
use crate::reply::words::subject::PageSubject;
use crate::request::language::Language;
use crate::values::error_code::ErrorCode;

/// A problem about a code.
pub(crate) struct Problem {
    pub(crate) code: ErrorCode,
    /// The address of a sign-in.
    pub(crate) login_url: Option<String>,
}

/// The members of a problem, in the order in which they are written.
#[derive(Serialize)]
struct Members<'a> {
    code: &'static str,
    detail: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    login_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<&'a str>,
    status: u16,
    title: &'static str,
    r#type: &'static str,
}

impl Problem {
    /// The problem as JSON.
    pub(crate) fn json(self, reference: Option<&Reference>) -> String {
        let subject = PageSubject::Refusal(self.code);
        let members = Members {
            code: self.code.as_str(),
            detail: subject.text(Language::English),
            login_url: self.login_url,
            reference: reference.map(Reference::as_str),
            status: self.code.status(),
            title: subject.title(Language::English),
            r#type: "about:blank",
        };
        // Texts and a number can always be serialized.
        serde_json::to_string(&members).unwrap_or_default()
    }
}
