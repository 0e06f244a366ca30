//! Numbers that the documentation states, counted in the sources.

use fncy_dev_server::DevServer;
use fncy_login::Setting;

use crate::claims::read;

/// The whole numbers in a text.
fn numbers(text: &str) -> impl Iterator<Item = usize> {
    text.split(|letter: char| !letter.is_ascii_digit())
        .filter_map(|digits| digits.parse().ok())
}

/// Fails unless the page has the sentence, apart from its line breaks.
fn states(page: &str, sentence: &str) {
    let text = read(page).replace('\n', " ");
    assert!(text.contains(sentence), "{page} lacks: {sentence}");
}

#[test]
fn the_required_settings_and_those_of_the_dev_server_are_counted() {
    let required = Setting::ALL
        .iter()
        .filter(|setting| setting.default_value().is_none());
    assert_eq!(required.count(), 6);
    states("README.md", "Six are required:");
    states("crates/tower/README.md", "reads six required settings");
    states("crates/actix/README.md", "reads six required settings");

    let server = DevServer::start().unwrap();
    assert_eq!(server.env_file().lines().count(), 6 + 3);
    states("README.md", "these six settings and three optional ones");
    assert_eq!(server.users().len(), 4);
    states("crates/dev-server/README.md", "It has four demo users");
}

#[test]
fn the_manual_says_how_many_requests_to_fncy_can_be_under_way() {
    let places = read("crates/login/src/provider/places.rs");
    let lines = places.split("line(\"").skip(1);
    let of_each = lines.map(|line| numbers(line).next().unwrap());
    let page = "crates/login/src/manual/operations/resources.md";
    states(
        page,
        &format!("at most {} are under way", of_each.sum::<usize>()),
    );
}

/// The first incident is a quiet hour.
#[test]
fn the_incidents_of_a_night_are_counted() {
    let incidents = read("lab/night/src/incidents.rs");
    let (_, all) = incidents.split_once("pub const ALL:").unwrap();
    let incidents = all.matches("        name: \"").count() - 1;
    let page = read("docs/operations-night.md");
    let (_, table) = page.split_once("\n| --- ").unwrap();
    let rows = table.lines().skip(1).filter(|line| line.starts_with("| "));
    assert_eq!(rows.count() - 1, incidents);
    states(
        "crates/login/src/manual/operations/alerts.md",
        &format!("what each of {incidents}"),
    );
}
