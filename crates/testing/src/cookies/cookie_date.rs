//! The dates of an `Expires` attribute (RFC 6265bis section 5.1.1, the same as in RFC 6265).
//!
//! A browser doesn't parse a date format. It takes the first token that looks like a time, a day, a month or a year.

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// A date in Unix seconds. A date before 1970 is 0, which has expired too.
pub(crate) fn parse(value: &str) -> Option<u64> {
    let (mut time, mut day, mut month, mut year) = (None, None, None, None);
    for token in value.split(is_delimiter).filter(|token| !token.is_empty()) {
        if time.is_none() && clock(token).is_some() {
            time = clock(token);
        } else if day.is_none() && number(token, 1, 2).is_some() {
            day = number(token, 1, 2);
        } else if month.is_none() && month_of(token).is_some() {
            month = month_of(token);
        } else if year.is_none() && number(token, 2, 4).is_some() {
            year = number(token, 2, 4);
        }
    }
    let year = match year? {
        short @ 70..=99 => short + 1900,
        short @ 0..=69 => short + 2000,
        full => full,
    };
    let ((hour, minute, second), day, month) = (time?, day?, month?);
    let real = year >= 1601
        && (1..=days_in(month, year)).contains(&day)
        && hour <= 23
        && minute <= 59
        && second <= 59;
    real.then(|| {
        let seconds = days_since_1970(year, month, day) * 86_400
            + i64::from(hour * 3600 + minute * 60 + second);
        u64::try_from(seconds).unwrap_or(0)
    })
}

/// `delimiter` of the grammar. Bytes above ASCII are not delimiters.
fn is_delimiter(c: char) -> bool {
    matches!(c, '\t' | ' '..='/' | ';'..='@' | '['..='`' | '{'..='~')
}

/// The number at the start of a token, if it has between `min` and `max` digits.
fn number(token: &str, min: usize, max: usize) -> Option<u32> {
    let digits = token.bytes().take_while(u8::is_ascii_digit).count();
    (min..=max)
        .contains(&digits)
        .then(|| token[..digits].parse().ok())?
}

fn clock(token: &str) -> Option<(u32, u32, u32)> {
    let mut fields = token.splitn(3, ':');
    let mut whole = || {
        let field = fields.next()?;
        field
            .bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| number(field, 1, 2))?
    };
    let (hour, minute) = (whole()?, whole()?);
    Some((hour, minute, number(fields.next()?, 1, 2)?))
}

fn month_of(token: &str) -> Option<u32> {
    let start = token.get(..3)?.to_ascii_lowercase();
    (1..)
        .zip(MONTHS)
        .find_map(|(number, name)| (name == start).then_some(number))
}

fn days_in(month: u32, year: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn days_since_1970(year: u32, month: u32, day: u32) -> i64 {
    let before = i64::from(year) - 1;
    let leap_days = before / 4 - before / 100 + before / 400;
    let months: u32 = (1..month).map(|month| days_in(month, year)).sum();
    before * 365 + leap_days + i64::from(months + day) - 1 - 719_162
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn the_three_http_dates_are_one_instant() {
        for date in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
        ] {
            assert_eq!(parse(date), Some(784_111_777), "{date}");
        }
    }

    #[test]
    fn leap_days_count_only_in_leap_years() {
        assert_eq!(parse("29 Feb 2024 00:00:00"), Some(1_709_164_800));
        assert_eq!(parse("29 Feb 2023 00:00:00"), None);
    }

    #[test]
    fn a_part_missing_or_out_of_range_is_no_date() {
        for date in [
            "",
            "06 Nov 1994",
            "06 Nov 1994 24:00:00",
            "06 Nov 1600 00:00:00",
            "soon",
        ] {
            assert_eq!(parse(date), None, "{date}");
        }
    }

    #[test]
    fn a_date_before_the_epoch_is_long_past() {
        assert_eq!(parse("Thu, 01 Jan 1601 00:00:00 GMT"), Some(0));
    }
}
