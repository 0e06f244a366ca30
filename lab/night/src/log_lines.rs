//! The lines of the login in an instance's log: at info and above, and by cause.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

use serde_json::Value;

/// The fields that name a cause.
const CAUSES: [&str; 8] = [
    "code", "kind", "exchange", "outcome", "work", "reason", "setting", "call",
];

/// A line without what differs from one to the next: level, message and cause.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Line {
    pub(crate) level: String,
    pub(crate) message: String,
    pub(crate) cause: String,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            level,
            message,
            cause,
        } = self;
        write!(f, "{level} {message} {cause}")
    }
}

/// The lines of the login in a file, from a position on.
pub(crate) fn read(file: &Path, from: u64) -> Vec<Line> {
    let mut text = Vec::new();
    let mut file = std::fs::File::open(file).unwrap();
    file.seek(SeekFrom::Start(from)).unwrap();
    file.read_to_end(&mut text).unwrap();
    let text = String::from_utf8_lossy(&text).into_owned();
    text.lines().filter_map(parse).collect()
}

/// How often each line is in the log that has it most often.
pub(crate) fn most(logs: &[Vec<Line>]) -> BTreeMap<Line, usize> {
    let mut most = BTreeMap::new();
    for log in logs {
        let mut counts = BTreeMap::<_, usize>::new();
        for line in log {
            *counts.entry(line).or_default() += 1;
        }
        for (line, count) in counts {
            let known = most.entry(line.clone()).or_default();
            *known = count.max(*known);
        }
    }
    most
}

fn parse(line: &str) -> Option<Line> {
    let line: Value = serde_json::from_str(line).ok()?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let level = text(&line["level"]);
    if !text(&line["target"]).starts_with("fncy_login") || ["DEBUG", "TRACE"].contains(&&*level) {
        return None;
    }
    let fields = line.get("fields").unwrap_or(&line);
    let spans = line["spans"].as_array().into_iter().flatten();
    let places: Vec<_> = spans.chain([fields]).collect();
    let causes = CAUSES.iter().filter_map(|name| {
        let value = places
            .iter()
            .rev()
            .find_map(|place| place.get(name)?.as_str())?;
        Some(format!("{name}={value}"))
    });
    Some(Line {
        level,
        message: text(&fields["message"]),
        cause: causes.collect::<Vec<_>>().join(" "),
    })
}

#[cfg(test)]
mod tests {
    use super::{Line, most, parse};

    #[test]
    fn a_line_is_read_with_its_cause_and_counted() {
        let line = r#"{"level":"WARN","target":"fncy_login::provider::sender","fields":{"message":"no","cause":"x","code":"c"},"spans":[{"exchange":"redeem"}]}"#;
        let parsed = Line {
            level: "WARN".to_owned(),
            message: "no".to_owned(),
            cause: "code=c exchange=redeem".to_owned(),
        };
        assert_eq!(parse(line), Some(parsed.clone()));
        assert_eq!(parse(&line.replace("WARN", "DEBUG")), None);
        assert_eq!(parse(&line.replace("fncy_login::", "hyper::")), None);
        let logs = [vec![parsed.clone()], vec![parsed.clone(), parsed.clone()]];
        assert_eq!(most(&logs).into_iter().collect::<Vec<_>>(), [(parsed, 2)]);
    }
}
