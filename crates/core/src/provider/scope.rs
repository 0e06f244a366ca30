//! Scopes: a set of words (RFC 6749, section 3.3), and what stands between them.
//!
//! Rules: inside, scopes have single spaces between them; the separator is for what is sent and what
//! is read; a space separates always, since no scope has one.

use serde_json::Value;

use crate::values::report::Report;

/// What separates scopes in requests and in token answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ScopeSeparator {
    /// A space, as RFC 6749, section 3.3, has it: the default.
    #[default]
    Space,
    /// A comma, as some servers have it. Spaces in an answer separate too.
    Comma,
}

/// What servers put between scopes, and what is allowed in one.
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

    /// Scopes with single spaces between them, as they are sent.
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

    /// Whether something else than this separates the scopes of a text, by the look of it.
    #[must_use]
    pub fn is_doubtful(self, text: &str) -> bool {
        self.split(text).any(|scope| scope.contains(ALIKE))
    }

    /// What an answer grants: sorted, each once, with spaces in between; none where it doesn't say.
    pub(super) fn granted(
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
                    "scope of the token answer is neither a string nor an array; none is granted",
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
                "scope of the token answer has a comma, semicolon or bar inside a scope; if a comma separates scopes there, set FNCY_SCOPE_SEPARATOR=comma",
            ));
        }
        Some(scopes)
    }
}

/// RFC 6749, section 3.3.
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
