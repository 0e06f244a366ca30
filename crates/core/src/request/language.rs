//! The language of a request's reader (RFC 9110, section 12.5.4).
//!
//! Rules: of our languages, the one that the browser prefers is taken, or English if it names none of them. Reading
//! never fails.

use crate::request::head::Head;

/// A language of our pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Language {
    /// English, the default.
    #[default]
    English,
    /// Korean, the language of most of FNCY's users.
    Korean,
}

impl Language {
    /// The language tag for `lang` and `Content-Language` (RFC 5646).
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Korean => "ko",
        }
    }

    /// The language that a request prefers.
    pub(crate) fn of<H: Head>(head: &H) -> Self {
        let ranges = head
            .lines("accept-language")
            .filter_map(|line| std::str::from_utf8(line).ok())
            .flat_map(|line| line.split(','));
        let preferred = ranges.filter_map(Self::in_range).fold(None, first_highest);
        preferred.map_or_else(Self::default, |(language, _)| language)
    }

    /// The language of a range such as `ko-KR;q=0.9`, and its weight in thousandths.
    fn in_range(range: &str) -> Option<(Self, u16)> {
        let mut parts = range.split(';').map(str::trim);
        let primary = parts.next()?.split('-').next()?;
        let language = [Self::English, Self::Korean]
            .into_iter()
            .find(|language| language.tag().eq_ignore_ascii_case(primary))?;
        let quality = parts.find_map(|part| part.strip_prefix("q="));
        let thousandths = quality.map_or(Some(1000), thousandths)?;
        (thousandths > 0).then_some((language, thousandths))
    }
}

fn first_highest(best: Option<(Language, u16)>, next: (Language, u16)) -> Option<(Language, u16)> {
    match best {
        Some(best) if best.1 >= next.1 => Some(best),
        _ => Some(next),
    }
}

/// A weight from 0 to 1 with at most three decimals (RFC 9110, section 12.4.2).
fn thousandths(quality: &str) -> Option<u16> {
    let (whole, decimals) = quality.split_once('.').unwrap_or((quality, ""));
    let whole: u16 = whole.parse().ok()?;
    let unit = 10_u16.pow(3_u32.checked_sub(u32::try_from(decimals.len()).ok()?)?);
    let decimals = decimals.bytes().try_fold(0, |number: u16, digit| {
        digit
            .is_ascii_digit()
            .then(|| number * 10 + u16::from(digit - b'0'))
    })?;
    Some((whole.min(1) * 1000 + decimals * unit).min(1000))
}

#[cfg(test)]
mod tests {
    use super::Language;
    use crate::tests::request::Request;

    #[test]
    fn the_first_language_of_the_highest_weight_is_taken() {
        for (header, expected) in [
            ("ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7", Language::Korean),
            ("en-US,en;q=0.9,ko;q=0.8", Language::English),
            ("fr-FR,fr;q=0.9,ko;q=0.2", Language::Korean),
            ("en;q=0.5, KO ; q=0.55", Language::Korean),
            ("ko,en", Language::Korean),
            ("en,ko", Language::English),
            ("ko;q=0,en;q=0.1", Language::English),
            ("ko;q=0", Language::English),
            ("*", Language::English),
            ("kok, eng", Language::English),
            ("ko;q=x", Language::English),
            ("ko;q=0.12345", Language::English),
            ("ko;q=9", Language::Korean),
            (";,;q=,-,", Language::English),
        ] {
            let request = Request::get("/").header("accept-language", header);
            assert_eq!(Language::of(&request), expected, "{header}");
        }
        let split = Request::get("/")
            .header("accept-language", "en;q=0.5")
            .header("accept-language", b"\xff")
            .header("accept-language", "ko");
        assert_eq!(Language::of(&split), Language::Korean);
        assert_eq!(Language::of(&Request::get("/")), Language::English);
    }
}
