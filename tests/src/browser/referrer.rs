//! The headers about the page of a request: `Referer` (W3C Referrer Policy, section 8), and `Origin` outside CORS
//! (Fetch, "append a request `Origin` header").
//!
//! The policy changes both: with `no-referrer`, a form on the same origin is sent with `Origin: null`.

use url::{Position, Url};

use super::site::{is_potentially_trustworthy, same_origin};
use super::wire::RawResponse;

/// How much of a page's URL its requests show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ReferrerPolicy {
    NoReferrer,
    NoReferrerWhenDowngrade,
    Origin,
    OriginWhenCrossOrigin,
    SameOrigin,
    StrictOrigin,
    #[default]
    StrictOriginWhenCrossOrigin,
    UnsafeUrl,
}

impl ReferrerPolicy {
    /// The last known policy in a response's `Referrer-Policy` headers.
    pub(crate) fn of(response: &RawResponse) -> Option<Self> {
        response
            .headers_named("referrer-policy")
            .filter_map(|value| str::from_utf8(value).ok())
            .flat_map(|value| value.split(','))
            .filter_map(Self::parse)
            .last()
    }

    fn parse(token: &str) -> Option<Self> {
        Some(match token.trim().to_ascii_lowercase().as_str() {
            "no-referrer" => Self::NoReferrer,
            "no-referrer-when-downgrade" => Self::NoReferrerWhenDowngrade,
            "origin" => Self::Origin,
            "origin-when-cross-origin" => Self::OriginWhenCrossOrigin,
            "same-origin" => Self::SameOrigin,
            "strict-origin" => Self::StrictOrigin,
            "strict-origin-when-cross-origin" => Self::StrictOriginWhenCrossOrigin,
            "unsafe-url" => Self::UnsafeUrl,
            _ => return None,
        })
    }

    /// The `Referer` of a request from one URL to another.
    pub(crate) fn referer(self, from: &Url, to: &Url) -> Option<String> {
        let whole = || from[..Position::AfterQuery].to_owned();
        let origin = || format!("{}/", from.origin().ascii_serialization());
        let same = same_origin(from, to);
        let safe = !is_downgrade(from, to);
        match self {
            Self::NoReferrer => None,
            Self::UnsafeUrl => Some(whole()),
            Self::NoReferrerWhenDowngrade => safe.then(whole),
            Self::Origin => Some(origin()),
            Self::StrictOrigin => safe.then(origin),
            Self::SameOrigin => same.then(whole),
            Self::OriginWhenCrossOrigin | Self::StrictOriginWhenCrossOrigin if same => {
                Some(whole())
            }
            Self::OriginWhenCrossOrigin => Some(origin()),
            Self::StrictOriginWhenCrossOrigin => safe.then(origin),
        }
    }

    /// Whether the `Origin` of a request outside CORS is `null`.
    pub(crate) fn hides_origin(self, from: &Url, to: &Url) -> bool {
        match self {
            Self::NoReferrer => true,
            Self::SameOrigin => !same_origin(from, to),
            Self::NoReferrerWhenDowngrade
            | Self::StrictOrigin
            | Self::StrictOriginWhenCrossOrigin => {
                from.scheme() == "https" && to.scheme() != "https"
            }
            Self::Origin | Self::OriginWhenCrossOrigin | Self::UnsafeUrl => false,
        }
    }
}

fn is_downgrade(from: &Url, to: &Url) -> bool {
    is_potentially_trustworthy(from) && !is_potentially_trustworthy(to)
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::super::wire::RawResponse;
    use super::ReferrerPolicy;

    #[test]
    fn another_origin_learns_the_origin_alone() {
        let app = Url::parse("https://app.example/orders?page=2#top").unwrap();
        let policy = ReferrerPolicy::default();
        let referer = |to| policy.referer(&app, &Url::parse(to).unwrap());
        assert_eq!(
            referer("https://app.example/").unwrap(),
            "https://app.example/orders?page=2"
        );
        assert_eq!(
            referer("https://provider.example/").unwrap(),
            "https://app.example/"
        );
        assert_eq!(referer("http://app.example/"), None);
    }

    #[test]
    fn the_last_known_policy_wins() {
        let response = RawResponse::new(200)
            .with_header("Referrer-Policy", "no-referrer, origin")
            .with_header("referrer-policy", "same-origin, made-up");
        assert_eq!(
            ReferrerPolicy::of(&response),
            Some(ReferrerPolicy::SameOrigin)
        );
    }
}
