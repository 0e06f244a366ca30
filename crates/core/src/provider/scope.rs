//! Scopes: a set of words (RFC 6749, section 3.3), and the separator between them.
//!
//! Rules: in the core, scopes have single spaces between them. The separator is for requests and answers. A space
//! always separates, since no scope has one.

use serde_json::Value;

use crate::values::report::Report;

/// The separator of scopes in requests and token answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ScopeSeparator {
    /// A space (RFC 6749, section 3.3). The default.
    #[default]
    Space,
    /// A comma, as some servers write it. Spaces in an answer separate too.
    Comma,
}

/// Characters that some servers put between scopes, and that are also allowed inside a scope.
const ALIKE: [char; 3] = [',', ';', '|'];

impl ScopeSeparator {
    fn as_char(self) -> char {
        match self {
            Self::Space => ' ',
            Self::Comma => ',',
        }
    }

    /// The scopes in a text.
    pub fn split(self, text: &str) -> impl Iterator<Item = &str> {
        let scopes = text.split([' ', self.as_char()]);
        scopes.filter(|scope| !scope.is_empty())
    }

    /// Joins scopes as they are sent. The text has single spaces between them.
    ///
    /// ```
    /// use fncy_login_core::ScopeSeparator;
    ///
    /// assert_eq!(ScopeSeparator::Comma.join("profile email"), "profile,email");
    /// ```
    #[must_use]
    pub fn join(self, scopes: &str) -> String {
        scopes.replace(' ', self.as_char().encode_utf8(&mut [0; 4]))
    }

    /// Whether a text looks as if another character separated its scopes.
    #[must_use]
    pub fn is_doubtful(self, text: &str) -> bool {
        self.split(text).any(|scope| scope.contains(ALIKE))
    }

    /// The scopes that an answer grants: sorted, each once, with single spaces between them. `None` if the answer
    /// doesn't say.
    pub(crate) fn granted(
        self,
        member: Option<&Value>,
        reports: &mut Vec<Report>,
    ) -> Option<String> {
        let texts: Vec<&str> = match member? {
            Value::Null => return None,
            Value::String(text) => vec![text],
            Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
            _ => {
                reports.push(Report::warning(
                    "scope_unreadable",
                    "scope of the token answer is neither a string nor an array; no scope is granted",
                ));
                Vec::new()
            }
        };
        let mut scopes: Vec<&str> = texts.iter().flat_map(|text| self.split(text)).collect();
        scopes.retain(|scope| is_scope(scope));
        scopes.sort_unstable();
        scopes.dedup();
        let scopes = scopes.join(" ");
        if self.is_doubtful(&scopes) {
            reports.push(Report::warning(
                "scope_separator",
                "scope of the token answer has a comma, semicolon or bar inside a scope; if FNCY separates scopes by commas, set FNCY_SCOPE_SEPARATOR=comma",
            ));
        }
        Some(scopes)
    }
}

/// Whether a word is a scope (RFC 6749, section 3.3).
pub(crate) fn is_scope(scope: &str) -> bool {
    !scope.is_empty()
        && scope
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{ScopeSeparator, ScopeSeparator::Comma, ScopeSeparator::Space};

    fn granted(separator: ScopeSeparator, scope: &serde_json::Value) -> (Option<String>, usize) {
        let mut reports = Vec::new();
        let scopes = separator.granted(Some(scope), &mut reports);
        (scopes, reports.len())
    }

    #[test]
    fn p38_a_separator_is_set_and_never_guessed() {
        for (separator, scope, scopes, warnings) in [
            (Space, json!("write read"), "read write", 0),
            (Space, json!("read,write"), "read,write", 1),
            (Space, json!(["a;b", "c"]), "a;b c", 1),
            (Space, json!(["read write"]), "read write", 0),
            (Comma, json!("write,read"), "read write", 0),
            (Comma, json!("write, read"), "read write", 0),
            (Comma, json!(["a,b", "c"]), "a b c", 0),
            (Comma, json!(",,"), "", 0),
            (Comma, json!("a|b"), "a|b", 1),
        ] {
            let expected = (Some(scopes.to_owned()), warnings);
            assert_eq!(granted(separator, &scope), expected, "{scope}");
        }
    }
}
