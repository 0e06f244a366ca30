//! Scopes (RFC 6749 section 3.3). FNCY publishes no list, so every well-formed scope is granted.

use crate::protocol::refusal::Refusal;

/// The scope of a request that names none.
const DEFAULT: &str = "profile";

/// Parses a space-separated list and drops repetitions.
pub(crate) fn parse(list: Option<&str>) -> Result<Vec<String>, Refusal> {
    let is_allowed = |byte: u8| byte.is_ascii_graphic() && !b"\"\\".contains(&byte);
    let mut scope: Vec<String> = Vec::new();
    for token in list.unwrap_or(DEFAULT).split(' ') {
        if !token.bytes().all(is_allowed) {
            return Err(Refusal::new(
                "invalid_scope",
                "The scope contains a character that RFC 6749 section 3.3 does not allow.",
            ));
        }
        if !token.is_empty() && !scope.iter().any(|known| known == token) {
            scope.push(token.to_owned());
        }
    }
    Ok(scope)
}

/// Returns the scope of a refreshed token: the granted scope or a part of it (RFC 6749 section 6).
pub(crate) fn narrow(granted: &[String], requested: Option<&str>) -> Result<Vec<String>, Refusal> {
    let Some(requested) = requested else {
        return Ok(granted.to_vec());
    };
    let scope = parse(Some(requested))?;
    if scope.iter().all(|token| granted.contains(token)) {
        Ok(scope)
    } else {
        Err(Refusal::new(
            "invalid_scope",
            "The requested scope exceeds the granted scope.",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::{narrow, parse};

    #[test]
    fn a_list_is_split_and_can_only_shrink() {
        let granted = parse(Some("profile  email profile")).unwrap();
        assert_eq!(granted, ["profile", "email"]);
        assert_eq!(parse(None).unwrap(), ["profile"]);
        assert!(parse(Some("a\"b")).is_err());
        assert_eq!(narrow(&granted, Some("email")).unwrap(), ["email"]);
        assert_eq!(narrow(&granted, None).unwrap(), granted);
        assert!(narrow(&granted, Some("email admin")).is_err());
    }
}
