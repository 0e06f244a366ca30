//! Which paths need a user, and which take requests from other sites.
//!
//! Rules: a path is compared as the browser sent it; only a **canonical** path can be public, in
//! both modes, since a framework may decode or collapse what we would compare literally (actix-web
//! serves `/admin` for `/%61dmin`).

/// Which paths need a user: all of them by default.
///
/// ```
/// use fncy_login_core::PathRules;
///
/// let rules = PathRules::default().public("/").public_prefix("/assets");
/// assert!(rules.is_public("/"));
/// assert!(rules.is_public("/assets/site.css"));
/// assert!(!rules.is_public("/assets-of-others"));
/// assert!(!rules.is_public("/assets/%2e%2e/admin"));
/// ```
#[derive(Clone, Debug, Default)]
pub struct PathRules {
    public: PathSet,
    protected: PathSet,
    cross_site: PathSet,
    background: PathSet,
}

impl PathRules {
    /// Makes one path public.
    #[must_use]
    pub fn public(mut self, path: impl Into<String>) -> Self {
        self.public.0.push(Pattern::Exactly(path.into()));
        self
    }

    /// Makes a path and all below it public.
    #[must_use]
    pub fn public_prefix(mut self, path: impl Into<String>) -> Self {
        self.public.0.push(Pattern::under(&path.into()));
        self
    }

    /// Turns the rule round: only this path and all below it need a user. Further calls add
    /// paths; `public` makes exceptions.
    #[must_use]
    pub fn protect_only(mut self, path: impl Into<String>) -> Self {
        self.protected.0.push(Pattern::under(&path.into()));
        self
    }

    /// Lets other sites send unsafe requests to this path, with the session of whoever's browser
    /// sends them.
    #[must_use]
    pub fn danger_allow_cross_site(mut self, path: impl Into<String>) -> Self {
        self.cross_site.0.push(Pattern::Exactly(path.into()));
        self
    }

    /// Says that requests to this path come by themselves, such as polling: they keep no idle
    /// session alive.
    #[must_use]
    pub fn background(mut self, path: impl Into<String>) -> Self {
        self.background.0.push(Pattern::Exactly(path.into()));
        self
    }

    /// The patterns that can never match, since no canonical path is like them.
    pub fn impossible(&self) -> impl Iterator<Item = &str> {
        [
            &self.public,
            &self.protected,
            &self.cross_site,
            &self.background,
        ]
        .into_iter()
        .flat_map(|set| &set.0)
        .map(Pattern::text)
        .filter(|text| !text.is_empty() && !is_canonical(text))
    }

    /// Whether a path, as the browser sent it, needs no user.
    #[must_use]
    pub fn is_public(&self, path: &str) -> bool {
        let is_open = self.public.lists(path)
            || (!self.protected.0.is_empty() && !self.protected.lists(path));
        is_open && is_canonical(path)
    }

    pub(crate) fn is_background(&self, path: &str) -> bool {
        self.background.lists(path)
    }

    /// Whether other sites may send unsafe requests to a path.
    pub(crate) fn allows_cross_site(&self, path: &str) -> bool {
        self.cross_site.lists(path) && is_canonical(path)
    }
}

#[derive(Clone, Debug, Default)]
struct PathSet(Vec<Pattern>);

impl PathSet {
    fn lists(&self, path: &str) -> bool {
        self.0.iter().any(|pattern| pattern.matches(path))
    }
}

#[derive(Clone, Debug)]
enum Pattern {
    Exactly(String),
    Under(String),
}

impl Pattern {
    /// A prefix is kept without its last slash, so that `/a/` and `/a` mean the same.
    fn under(path: &str) -> Self {
        Self::Under(path.trim_end_matches('/').to_owned())
    }

    fn text(&self) -> &str {
        let (Self::Exactly(text) | Self::Under(text)) = self;
        text
    }

    fn matches(&self, path: &str) -> bool {
        match self {
            Self::Exactly(exact) => path == exact,
            Self::Under(prefix) => path
                .strip_prefix(prefix.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
        }
    }
}

/// Whether every reader of this path sees the same segments: absolute, only the characters that
/// RFC 3986 allows in a path, no dot segment, no empty segment but the last, no `;`, and no escape
/// of an unreserved character, of a slash or backslash, or of a control character.
pub(crate) fn is_canonical(path: &str) -> bool {
    let Some(rest) = path.strip_prefix('/') else {
        return false;
    };
    let segments = rest.split('/');
    let last = rest.matches('/').count();
    segments.enumerate().all(|(index, segment)| {
        !matches!(segment, "." | "..")
            && (!segment.is_empty() || index == last)
            && has_canonical_bytes(segment.as_bytes())
    })
}

fn has_canonical_bytes(mut segment: &[u8]) -> bool {
    while let Some((first, rest)) = segment.split_first() {
        segment = rest;
        if *first == b'%' {
            let Some((digits, rest)) = rest.split_first_chunk::<2>() else {
                return false;
            };
            segment = rest;
            let [Some(high), Some(low)] = digits.map(|digit| char::from(digit).to_digit(16)) else {
                return false;
            };
            // Two hexadecimal digits are at most 255.
            let byte = u8::try_from(high * 16 + low).unwrap_or_default();
            if is_unreserved(byte) || matches!(byte, b'/' | b'\\' | 0..=0x1f | 0x7f) {
                return false;
            }
        } else if !is_unreserved(*first) && !b"!$&'()*+,=:@".contains(first) {
            return false;
        }
    }
    true
}

/// RFC 3986, section 2.3.
fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::{PathRules, is_canonical};

    #[test]
    fn r14_only_a_canonical_path_can_be_public() {
        let rules = PathRules::default().public_prefix("/public/");
        assert!(rules.is_public("/public"));
        assert!(rules.is_public("/public/"));
        assert!(rules.is_public("/public/a%20b/%ED%95%9C"));
        for path in [
            "/public/../admin",
            "/public/%2e%2e/admin",
            "/public/%2E./admin",
            "//admin",
            "/public//x",
            "/public;/admin",
            "/public/;x",
            "/PUBLIC/x",
            "/public%2fx",
            "/public/%5cx",
            "/public/%00",
            "/public/%zz",
            "/public/%6",
            "/public/a\\b",
            "/public/#x",
            "/publicity",
            "/admin",
        ] {
            assert!(!rules.is_public(path), "{path}");
        }
    }

    #[test]
    fn r14_protect_only_protects_what_is_not_canonical() {
        let rules = PathRules::default().protect_only("/admin");
        assert!(rules.is_public("/"));
        assert!(rules.is_public("/administrator"));
        for path in [
            "/admin",
            "/admin/",
            "/admin/x",
            "/%61dmin",
            "//admin",
            "/x/../admin",
            "*",
        ] {
            assert!(!rules.is_public(path), "{path}");
        }
    }

    #[test]
    fn exceptions_below_a_protected_path() {
        let rules = PathRules::default()
            .protect_only("/admin")
            .public("/admin/help");
        assert!(rules.is_public("/admin/help"));
        assert!(!rules.is_public("/admin/help/x"));
    }

    #[test]
    fn everything_needs_a_user_by_default() {
        assert!(!PathRules::default().is_public("/"));
    }

    #[test]
    fn a_pattern_that_cannot_match_is_named() {
        let rules = PathRules::default().public("assets").public_prefix("/");
        assert_eq!(rules.impossible().collect::<Vec<_>>(), ["assets"]);
        assert!(rules.is_public("/x"));
        assert!(is_canonical("/"));
    }
}
