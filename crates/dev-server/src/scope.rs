//! Scopes (RFC 6749 section 3.3). FNCY publishes none, so every well-formed one is granted.

use crate::refusal::Refusal;

/// Granted when none is asked for.
const DEFAULT: &str = "profile";

/// Reads a space-separated list, dropping repetitions.
pub(crate) fn parse(list: Option<&str>) -> Result<Vec<String>, Refusal> {
    let mut scope: Vec<String> = Vec::new();
    for token in list
        .unwrap_or(DEFAULT)
        .split(' ')
        .filter(|token| !token.is_empty())
    {
        if !token
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !b"\"\\".contains(&byte))
        {
            return Err(Refusal::new(
                "invalid_scope",
                "A scope has a character it may not have.",
            ));
        }
        if !scope.iter().any(|known| known == token) {
            scope.push(token.to_owned());
        }
    }
    Ok(scope)
}

/// The scope of a refreshed token: what was granted, or less (RFC 6749 section 6).
pub(crate) fn narrow(granted: &[String], asked: Option<&str>) -> Result<Vec<String>, Refusal> {
    let Some(asked) = asked else {
        return Ok(granted.to_vec());
    };
    let scope = parse(Some(asked))?;
    if scope.iter().all(|token| granted.contains(token)) {
        Ok(scope)
    } else {
        Err(Refusal::new(
            "invalid_scope",
            "The scope is wider than what was granted.",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::{narrow, parse};

    #[test]
    fn a_list_is_split_and_may_only_shrink() {
        let granted = parse(Some("profile  email profile")).unwrap();
        assert_eq!(granted, ["profile", "email"]);
        assert_eq!(parse(None).unwrap(), ["profile"]);
        assert!(parse(Some("a\"b")).is_err());
        assert_eq!(narrow(&granted, Some("email")).unwrap(), ["email"]);
        assert_eq!(narrow(&granted, None).unwrap(), granted);
        assert!(narrow(&granted, Some("email admin")).is_err());
    }
}
