//! The facts of Device Bound Session Credentials that may move: names of headers, members of JSON, forms of values.
//!
//! Source: the draft of the W3C's Web Application Security Working Group, editor's draft of 17 February 2026
//! (<https://w3c.github.io/webappsec-dbsc/>). Each fact names its section.

use serde_json::json;

/// The header of a response that offers a registration (section "Secure-Session-Registration").
pub(crate) const REGISTRATION: &str = "secure-session-registration";
/// The header of a response with the next challenge (section "Secure-Session-Challenge").
pub(crate) const CHALLENGE: &str = "secure-session-challenge";
/// The header of a request with a proof (section "Secure-Session-Response").
pub(crate) const PROOF: &str = "secure-session-response";
/// The header of a request that names its binding (section "Sec-Secure-Session-Id").
pub(crate) const BINDING: &str = "sec-secure-session-id";
/// The header of a request that the browser sends without the device cookie for a reason of its own (section
/// "Secure-Session-Skipped").
pub(crate) const SKIPPED: &str = "secure-session-skipped";

/// `typ` of a proof (section "DBSC Proof JWT Syntax").
pub(crate) const PROOF_TYPE: &str = "dbsc+jwt";
/// The one algorithm that is offered and accepted. `none` and `RS256` are in the draft too.
pub(crate) const ALGORITHM: &str = "ES256";
/// The member of a proof's header with the public key. A registration has it, and a refresh does not.
pub(crate) const KEY: &str = "jwk";
/// The member of a proof's payload with the challenge.
pub(crate) const CHALLENGE_CLAIM: &str = "jti";

/// The value of [`REGISTRATION`]. `path` is relative to the response's address.
pub(crate) fn registration(path: &str, challenge: &str) -> String {
    format!("({ALGORITHM});path=\"{path}\";challenge=\"{challenge}\"")
}

/// The value of [`CHALLENGE`]. `binding` names the binding that it is for.
pub(crate) fn challenge(challenge: &str, binding: &str) -> String {
    format!("\"{challenge}\";id=\"{binding}\"")
}

/// The text of a string (RFC 9651, section 3.3.3). The draft has strings, and Chromium 156 sends proofs without
/// quotation marks. Our own texts and proofs need no escapes.
pub(crate) fn text_of(value: &str) -> &str {
    let quoted = value
        .strip_prefix('"')
        .and_then(|rest| rest.split_once('"'));
    quoted.map_or(value, |(text, _)| text)
}

/// The binding that a member of [`SKIPPED`] names.
pub(crate) fn skipped(member: &str) -> Option<&str> {
    let (_, rest) = member.split_once(";session_identifier=")?;
    Some(text_of(rest))
}

/// The session instructions (section "JSON Session Instruction Format"). Requests of this origin wait for the cookie.
///
/// A link of any site may lead here, and its request waits as well. The cookie is `SameSite=Lax`, so other requests from
/// other sites don't wait: the cookie would not be sent with them.
pub(crate) fn instructions(
    origin: &str,
    binding: &str,
    refresh_path: &str,
    cookie: &str,
    attributes: &str,
) -> String {
    json!({
        "session_identifier": binding,
        "refresh_url": refresh_path,
        "scope": { "origin": origin, "include_site": false },
        "credentials": [{ "type": "cookie", "name": cookie, "attributes": attributes }],
        "allowed_refresh_initiators": ["*"],
    })
    .to_string()
}

/// The session instructions that end a binding.
pub(crate) fn end_of(binding: &str) -> String {
    json!({ "session_identifier": binding, "continue": false }).to_string()
}

#[cfg(test)]
mod tests {
    use super::text_of;

    #[test]
    fn a_text_is_read_with_and_without_quotation_marks() {
        for (value, text) in [
            ("a.b.c", "a.b.c"),
            ("\"a.b.c\"", "a.b.c"),
            ("\"a\";id=\"b\"", "a"),
            ("\"a", "\"a"),
            ("\"\"", ""),
            ("", ""),
        ] {
            assert_eq!(text_of(value), text, "{value}");
        }
    }
}
