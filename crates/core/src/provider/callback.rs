//! The authorization response (RFC 6749, sections 4.1.2 and 4.1.2.1): the query of a callback, before it is believed.
//!
//! Rules:
//! - Each parameter that is read may be there once. Escapes must be UTF-8.
//! - A parameter of another flow is refused.
//! - `error_description` and `error_uri` are an attacker's text, and are never read.
//! - An error may have no `state`, as some servers send it. It belongs to no sign-in.

use percent_encoding::percent_decode;

use crate::values::secret::Secret;

/// A parsed callback.
pub(crate) struct Callback {
    /// The `state`. It is empty for an error without one.
    pub(crate) state: String,
    /// The `iss` (RFC 9207).
    pub(crate) issuer: Option<String>,
    pub(crate) outcome: CallbackOutcome,
}

/// The outcome of an authorization.
pub(crate) enum CallbackOutcome {
    Code(Secret),
    /// The `error`. It wins over a `code` beside it.
    Error(String),
    /// Neither a usable code nor an error.
    Nothing,
}

/// A callback that no authorization server sends.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Malformed(pub(crate) &'static str);

/// The longest `state`. Ours has 43 characters.
const MAX_STATE_LEN: usize = 128;
/// The longest code. Some servers have codes of 4 KB. A longer one than this would not fit into a request line.
const MAX_CODE_LEN: usize = 8 * 1024;

/// Parameters of other flows (RFC 6749, section 4.2.2; OpenID Connect; JARM).
const FOREIGN: [&[u8]; 3] = [b"access_token", b"id_token", b"response"];

impl Callback {
    pub(crate) fn parse(query: &str) -> Result<Self, Malformed> {
        let mut state = Once::new("state");
        let mut code = Once::new("code");
        let mut error = Once::new("error");
        let mut issuer = Once::new("iss");
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decode(name);
            if FOREIGN.contains(&name.as_slice()) {
                return Err(Malformed("the callback has a parameter of another flow"));
            }
            for known in [&mut state, &mut code, &mut error, &mut issuer] {
                known.take(&name, value)?;
            }
        }
        let state = state.value.unwrap_or_default();
        let is_named = !state.is_empty() || error.value.is_some();
        if !is_named || state.len() > MAX_STATE_LEN {
            return Err(Malformed("the callback's state is missing or too long"));
        }
        let outcome = match (error.value, code.value) {
            (Some(error), _) => CallbackOutcome::Error(error),
            (None, Some(code)) if is_code(&code) => CallbackOutcome::Code(Secret::new(code)),
            _ => CallbackOutcome::Nothing,
        };
        Ok(Self {
            state,
            issuer: issuer.value,
            outcome,
        })
    }
}

/// A parameter that may be there once.
struct Once {
    name: &'static str,
    value: Option<String>,
}

impl Once {
    fn new(name: &'static str) -> Self {
        Self { name, value: None }
    }

    fn take(&mut self, name: &[u8], value: &str) -> Result<(), Malformed> {
        match name.strip_prefix(self.name.as_bytes()) {
            Some(b"") if self.value.is_none() => {
                let value = String::from_utf8(decode(value))
                    .map_err(|_| Malformed("a parameter of the callback is not UTF-8"))?;
                self.value = Some(value);
                Ok(())
            }
            Some(b"" | [b'[', ..]) => Err(Malformed("a parameter of the callback is repeated")),
            _ => Ok(()),
        }
    }
}

/// Decodes `application/x-www-form-urlencoded` (RFC 6749, section 4.1.2).
fn decode(text: &str) -> Vec<u8> {
    let spaced: Vec<u8> = text
        .bytes()
        .map(|byte| if byte == b'+' { b' ' } else { byte })
        .collect();
    percent_decode(&spaced).collect()
}

/// Whether a code has only visible characters and spaces (RFC 6749, appendix A.11).
fn is_code(code: &str) -> bool {
    (1..=MAX_CODE_LEN).contains(&code.len())
        && code.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::{Callback, CallbackOutcome};

    fn code_of(query: &str) -> Option<String> {
        match Callback::parse(query).ok()?.outcome {
            CallbackOutcome::Code(code) => Some(code.expose().to_owned()),
            CallbackOutcome::Error(_) | CallbackOutcome::Nothing => None,
        }
    }

    #[test]
    fn c20_a_code_is_read_exactly() {
        assert_eq!(
            code_of("code=a%2Bb%2Fc%3D%25+d&state=s"),
            Some("a+b/c=% d".to_owned())
        );
        let long = "x".repeat(4096);
        assert_eq!(code_of(&format!("state=s&code={long}")), Some(long));
    }

    #[test]
    fn c12_an_error_wins() {
        let callback = Callback::parse("code=c&error=access_denied&state=s").unwrap();
        assert!(
            matches!(callback.outcome, CallbackOutcome::Error(error) if error == "access_denied")
        );
    }

    #[test]
    fn c02_c13_c16_a_callback_that_no_server_sends_is_malformed() {
        let long = format!("code=c&state={}", "s".repeat(100_000));
        for query in [
            "",
            "code=c",
            "code=c&state=",
            "code=c&state=%ff",
            "code=%ff&state=s",
            "code=c&code=c&state=s",
            "code=c&state=s&state=s",
            "code[]=c&state=s",
            "code=c&state[0]=s",
            "co%64e=c&code=c&state=s",
            "code=c&state=s&iss=a&iss=b",
            "code=c&state=s&id_token=x",
            "code=c&state=s&access_token=x",
            "response=x&state=s",
            &long,
        ] {
            assert!(Callback::parse(query).is_err(), "{query}");
        }
    }

    #[test]
    fn c25_an_error_may_come_without_a_state() {
        for query in [
            "error=access_denied",
            "error=access_denied&state=",
            "error=",
        ] {
            let callback = Callback::parse(query).unwrap();
            assert_eq!(callback.state, "");
            assert!(
                matches!(callback.outcome, CallbackOutcome::Error(_)),
                "{query}"
            );
        }
    }

    #[test]
    fn a_callback_without_code_and_error_has_no_outcome() {
        for query in ["state=s", "state=s&code=", "state=s&code=%00"] {
            let callback = Callback::parse(query).unwrap();
            assert!(
                matches!(callback.outcome, CallbackOutcome::Nothing),
                "{query}"
            );
        }
    }
}
