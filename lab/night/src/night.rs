//! The course of a night: each incident is played and judged, and becomes a row of a table.

use std::collections::BTreeMap;
use std::fmt;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::incidents::Incident;
use crate::log_lines::{Line, most};
use crate::stage::Stage;
use crate::tally::Answers;

/// Visitors and alerts are looked at this often.
const LOOK: Duration = Duration::from_millis(500);
/// Without a wrong answer for so long, visitors are calm.
const CALM: Duration = Duration::from_secs(3);
/// The longest wait for calm, before an incident and after it.
const PATIENCE: Duration = Duration::from_secs(90);

/// An incident as it was seen.
pub struct Row {
    name: &'static str,
    answers: Answers,
    recovery: Option<Duration>,
    sign: Option<(&'static str, Option<f64>)>,
    /// Seconds after the beginning.
    alerts: BTreeMap<String, f64>,
    lines: BTreeMap<Line, usize>,
    /// What is not as it should be.
    pub problems: Vec<String>,
}

/// Plays an incident.
#[expect(clippy::disallowed_methods, reason = "times for people")]
#[must_use]
pub fn play(stage: &mut Stage, incident: &Incident) -> Row {
    let mut problems = Vec::new();
    // Instances that have just begun have written no line in this minute.
    stage.replace_all();
    // Until nginx asks all of them again.
    sleep(CALM);
    let before = Instant::now();
    while !is_calm(stage) || !stage.prometheus.alerts().is_empty() {
        if before.elapsed() > PATIENCE {
            problems.push("visitors or alerts were not calm before".to_owned());
            break;
        }
        sleep(LOOK);
    }
    stage.mark();
    stage.site.tally.reset();
    let began = Instant::now();
    let time = stage.prometheus.now();
    let mut alerts = BTreeMap::new();
    let mut look = |stage: &mut Stage| {
        for (alert, fires) in stage.prometheus.alerts() {
            if fires {
                alerts.entry(alert).or_insert(began.elapsed().as_secs_f64());
            }
        }
        sleep(LOOK);
    };

    (incident.begin)(stage);
    let seconds = Duration::from_secs(incident.seconds);
    let lasts = Instant::now();
    while lasts.elapsed() < seconds {
        look(stage);
    }
    (incident.end)(stage);
    let ended = tokio::time::Instant::now();
    while !is_calm(stage) && ended.elapsed() < PATIENCE {
        look(stage);
    }

    let answers = stage.site.tally.so_far();
    let recovery = is_calm(stage).then(|| {
        let last = answers.last_wrong;
        last.map_or(Duration::ZERO, |last| last.saturating_duration_since(ended))
    });
    let elapsed = began.elapsed().as_secs_f64();
    let sign = incident.sign.map(|sign| {
        let times = stage.prometheus.times(sign, time);
        let times = times.unwrap_or_else(|error| {
            problems.push(error);
            Vec::new()
        });
        (sign, times.first().map(|first| (first - time).max(0.0)))
    });
    let mut row = Row {
        name: incident.name,
        answers,
        recovery,
        sign,
        alerts,
        lines: most(&stage.lines()),
        problems,
    };
    row.judge(incident, elapsed);
    row
}

fn is_calm(stage: &Stage) -> bool {
    let last = stage.site.tally.so_far().last_wrong;
    last.is_none_or(|last| last.elapsed() > CALM)
}

impl Row {
    fn judge(&mut self, incident: &Incident, elapsed: f64) {
        let mut problem = |sentence: String| self.problems.push(sentence);
        let wrong = self.answers.beside(incident.statuses);
        if wrong > 0 {
            problem(format!("{wrong} answers are wrong"));
        }
        if self.recovery.is_none() {
            problem("visitors have not recovered".to_owned());
        }
        if let Some((sign, None)) = self.sign {
            problem(format!("`{sign}` has no value"));
        }
        for alert in incident.alerts {
            if !self.alerts.contains_key(*alert) {
                problem(format!("{alert} has not fired"));
            }
        }
        for alert in self.alerts.keys() {
            let known = incident.alerts.iter().chain(incident.besides);
            if !known.into_iter().any(|known| known == alert) {
                problem(format!("{alert} has fired"));
            }
        }
        // A line may be the first of a minute and of the next.
        let most = 1 + (elapsed / 60.0).ceil() as usize;
        for (line, count) in &self.lines {
            if *count > most {
                problem(format!("{count} times in a log: {line}"));
            }
        }
    }
}

/// The head of the table.
pub const HEAD: &str = "| incident | visitors | recovery | metric | alerts | lines, most in a log |\n\
                        | --- | --- | --: | --- | --- | --- |";

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "| {} | {} | ", self.name, self.answers)?;
        match self.recovery {
            Some(time) => write!(f, "{:.1} s | ", time.as_secs_f64())?,
            None => write!(f, "none | ")?,
        }
        match self.sign {
            Some((sign, Some(time))) => write!(f, "`{sign}` after {time:.0} s | ")?,
            Some((sign, None)) => write!(f, "`{sign}`: never | ")?,
            None => write!(f, "| ")?,
        }
        let alerts = self.alerts.iter();
        let alerts: Vec<_> = alerts
            .map(|(alert, time)| format!("{alert} {time:.0} s"))
            .collect();
        let lines = self.lines.iter();
        let lines: Vec<_> = lines
            .map(|(line, count)| format!("{count}: {line}"))
            .collect();
        write!(f, "{} | {} |", alerts.join(", "), lines.join("<br>"))?;
        for problem in &self.problems {
            write!(f, "\nWRONG: {problem}")?;
        }
        Ok(())
    }
}
