//! The alerting rules with shorter times: an hour of the rules lasts as long as a minute of the night.

/// How many times shorter.
pub(crate) const FACTOR: u64 = 60;

/// The rules with all ranges, offsets and waits divided by [`FACTOR`]. Thresholds stay.
pub(crate) fn shortened(rules: &str) -> String {
    let mut text = String::new();
    let mut rest = rules;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, number) = rest.split_at(at);
        let digits = number.len()
            - number
                .trim_start_matches(|c: char| c.is_ascii_digit())
                .len();
        let (number, after) = number.split_at(digits);
        let is_time = ["[", "offset ", "for: "]
            .iter()
            .any(|sign| before.ends_with(sign));
        let unit = match after.chars().next() {
            Some('m') => 60,
            Some('h') => 3_600,
            _ => 0,
        };
        text += before;
        if let (true, 1.., Ok(number)) = (is_time, unit, number.parse::<u64>()) {
            text += &format!("{}s", number * unit / FACTOR);
            rest = &after[1..];
        } else {
            text += number;
            rest = after;
        }
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn times_are_shortened_and_thresholds_stay() {
        let rules =
            "expr: a{x=\"5m\"}[10m] offset 1h > 20\nfor: 5m\nquantile(0.95, b[3m]) > 800000";
        let expected =
            "expr: a{x=\"5m\"}[10s] offset 60s > 20\nfor: 5s\nquantile(0.95, b[3s]) > 800000";
        assert_eq!(shortened(rules), expected);
    }
}
