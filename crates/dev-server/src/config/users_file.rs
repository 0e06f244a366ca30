//! A file of users: a JSON array with the data of each user.
//!
//! * A member that begins with `$` is for this server, and no part of the user data.
//! * A mistake in the file is one sentence, with the number of the user or with line and column.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde_json::{Map, Value};

use crate::config::demo_user::DemoUser;
use crate::config::user_id_place::UserIdPlace;
use crate::config::users_file_error::{Problem, UsersFileError};

/// The largest file, in bytes.
const LIMIT: usize = 1024 * 1024;

const SCOPES: &str = "$scopes";

pub(crate) fn read(path: &Path, place: &UserIdPlace) -> Result<Vec<DemoUser>, UsersFileError> {
    load(path)
        .and_then(|text| parse(&text, place))
        .map_err(|problem| UsersFileError::new(path, problem))
}

fn load(path: &Path) -> Result<Vec<u8>, Problem> {
    let mut text = Vec::new();
    let file = File::open(path).map_err(Problem::Unreadable)?;
    file.take(LIMIT as u64 + 1)
        .read_to_end(&mut text)
        .map_err(Problem::Unreadable)?;
    if text.len() > LIMIT {
        return Err(Problem::TooLarge);
    }
    Ok(text)
}

fn parse(text: &[u8], place: &UserIdPlace) -> Result<Vec<DemoUser>, Problem> {
    // Some editors write a byte order mark.
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let entries = match serde_json::from_slice(text).map_err(Problem::NotJson)? {
        Value::Array(entries) => entries,
        other => return Err(Problem::NoArray(kind(&other))),
    };
    let mut users: Vec<DemoUser> = Vec::with_capacity(entries.len());
    for entry in entries {
        let number = users.len() + 1;
        let wrong = |what| Problem::User { number, what };
        let user = user(entry, place).map_err(wrong)?;
        if let Some(first) = users.iter().position(|other| other.id == user.id) {
            let (id, first) = (user.id, first + 1);
            let what = format!("has the ID {id:?} of user {first}; give each user another ID");
            return Err(wrong(what));
        }
        users.push(user);
    }
    if users.is_empty() {
        return Err(Problem::NoUsers);
    }
    Ok(users)
}

/// Reads a user, or returns what is wrong with the user.
fn user(entry: Value, place: &UserIdPlace) -> Result<DemoUser, String> {
    let Value::Object(mut data) = entry else {
        let kind = kind(&entry);
        return Err(format!("is {kind}; write an object with the user's data"));
    };
    let id = id(&data, place)?;
    let scopes = data.remove(SCOPES).map(scopes).transpose()?;
    if let Some(name) = data.keys().find(|name| name.starts_with('$')) {
        return Err(format!(
            "has the unknown member {name:?}; write \"{SCOPES}\", or a name without $"
        ));
    }
    Ok(DemoUser { id, data, scopes })
}

fn id(data: &Map<String, Value>, place: &UserIdPlace) -> Result<String, String> {
    let found = match place.find(data) {
        Some(Value::String(id)) if !id.is_empty() => return Ok(id.clone()),
        Some(Value::Number(id)) if !id.is_f64() => return Ok(id.to_string()),
        Some(Value::String(_)) => "an empty ID",
        Some(Value::Number(_)) => "a fraction as the ID",
        Some(Value::Null) | None => "no ID",
        Some(Value::Bool(_)) => "a boolean as the ID",
        Some(Value::Array(_)) => "an array as the ID",
        Some(Value::Object(_)) => "an object as the ID",
    };
    Err(format!(
        "has {found} at {place}; write a string or a whole number there"
    ))
}

fn scopes(value: Value) -> Result<Vec<String>, String> {
    let example = "write an array with a string for each scope, such as [\"profile\", \"email\"]";
    let Value::Array(entries) = value else {
        return Err(format!("has {} as {SCOPES}; {example}", kind(&value)));
    };
    let scope = |entry| match entry {
        Value::String(scope) if !scope.is_empty() && !scope.contains(' ') => Ok(scope),
        other => Err(format!("has {other} in {SCOPES}; {example}")),
    };
    entries.into_iter().map(scope).collect()
}

const fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::parse;
    use crate::config::user_id_place::UserIdPlace;
    use crate::config::users_file_error::UsersFileError;

    fn refused(text: &[u8]) -> String {
        let problem = parse(text, &UserIdPlace::new("id")).unwrap_err();
        UsersFileError::new("users.json".as_ref(), problem).to_string()
    }

    #[test]
    fn any_user_data_is_kept() {
        let text = r#"[
            {"id": "mina", "age": 30, "rate": 0.5, "big": 18446744073709551615, "gone": null,
             "team": {"id": 7, "lead": true, "tags": ["a", {"b": []}]}},
            {"id": 7, "$scopes": ["profile"]}
        ]"#;
        let bom = [b"\xef\xbb\xbf", text.as_bytes()].concat();
        for text in [text.as_bytes(), &bom] {
            let place = UserIdPlace::new("id");
            let users = parse(text, &place).unwrap();
            assert_eq!(
                users[0].user_data(&place),
                json!({
                    "id": "mina", "age": 30, "rate": 0.5, "big": u64::MAX, "gone": null,
                    "team": {"id": 7, "lead": true, "tags": ["a", {"b": []}]}
                })
            );
            assert_eq!((users[0].name(), &users[0].scopes), ("mina", &None));
            assert_eq!(users[1].id, "7");
            assert_eq!(users[1].user_data(&place), json!({ "id": 7 }));
            let requested = ["email", "profile"].map(str::to_owned);
            assert_eq!(users[1].granted(&requested), ["profile"]);
        }
    }

    #[test]
    fn the_id_can_be_nested() {
        let place = UserIdPlace::new("/response/id");
        let users = parse(br#"[{"response": {"id": "mina"}}]"#, &place).unwrap();
        assert_eq!(users[0].id, "mina");
    }

    #[test]
    fn each_mistake_is_a_sentence_with_its_place() {
        let example = r#"write an array of users, such as [{"id": "alex"}]"#;
        let id = "write a string or a whole number there";
        let scopes = r#"write an array with a string for each scope, such as ["profile", "email"]"#;
        let cases: &[(&str, String)] = &[
            (
                "",
                format!("the users file users.json is not JSON: EOF while parsing a value at line 1 column 0; {example}"),
            ),
            (
                "[{\"id\": \"a\"},\n]",
                format!("the users file users.json is not JSON: trailing comma at line 2 column 1; {example}"),
            ),
            (
                "{\"id\": \"a\"}",
                format!("the users file users.json holds an object; {example}"),
            ),
            (
                "[]",
                r#"the users file users.json has no users; write at least one, such as [{"id": "alex"}]"#.to_owned(),
            ),
            (
                r#"[{"id": "a"}, "b"]"#,
                "user 2 of the users file users.json is a string; write an object with the user's data".to_owned(),
            ),
            (
                r#"[{"name": "a"}]"#,
                format!("user 1 of the users file users.json has no ID at /id; {id}"),
            ),
            (
                r#"[{"id": ""}]"#,
                format!("user 1 of the users file users.json has an empty ID at /id; {id}"),
            ),
            (
                r#"[{"id": 1.5}]"#,
                format!("user 1 of the users file users.json has a fraction as the ID at /id; {id}"),
            ),
            (
                r#"[{"id": {}}]"#,
                format!("user 1 of the users file users.json has an object as the ID at /id; {id}"),
            ),
            (
                r#"[{"id": "7"}, {"id": "b"}, {"id": 7}]"#,
                r#"user 3 of the users file users.json has the ID "7" of user 1; give each user another ID"#.to_owned(),
            ),
            (
                r#"[{"id": "a", "$scope": []}]"#,
                r#"user 1 of the users file users.json has the unknown member "$scope"; write "$scopes", or a name without $"#.to_owned(),
            ),
            (
                r#"[{"id": "a", "$scopes": "profile"}]"#,
                format!("user 1 of the users file users.json has a string as $scopes; {scopes}"),
            ),
            (
                r#"[{"id": "a", "$scopes": ["profile email"]}]"#,
                format!(r#"user 1 of the users file users.json has "profile email" in $scopes; {scopes}"#),
            ),
        ];
        for (text, sentence) in cases {
            assert_eq!(refused(text.as_bytes()), *sentence, "{text}");
        }
        let utf16: Vec<u8> = "[]".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(refused(&utf16).contains("is not JSON"));
    }
}
