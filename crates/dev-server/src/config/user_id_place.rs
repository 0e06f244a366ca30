//! The place of the user's ID in the user data.

use std::fmt;

use serde_json::{Map, Value};

/// The names of the members that lead to the ID: one at the top level, several for a JSON pointer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UserIdPlace(Vec<String>);

impl UserIdPlace {
    /// Reads the name of a member, or a JSON pointer through objects (RFC 6901), such as `/user/id`.
    pub(crate) fn new(name: &str) -> Self {
        match name.strip_prefix('/') {
            Some(pointer) => Self(
                pointer
                    .split('/')
                    .map(|name| name.replace("~1", "/").replace("~0", "~"))
                    .collect(),
            ),
            None => Self(vec![name.to_owned()]),
        }
    }

    pub(crate) fn find<'a>(&self, data: &'a Map<String, Value>) -> Option<&'a Value> {
        let (first, rest) = self.0.split_first()?;
        rest.iter()
            .try_fold(data.get(first)?, |value, name| value.get(name))
    }

    /// Adds the ID, unless the place has a value or is inside a value that isn't an object.
    pub(crate) fn add(&self, data: &mut Value, id: &str) {
        let mut value = data;
        for name in &self.0 {
            if value.is_null() {
                *value = Value::Object(Map::new());
            }
            let Some(members) = value.as_object_mut() else {
                return;
            };
            value = members.entry(name).or_insert(Value::Null);
        }
        if value.is_null() {
            *value = id.into();
        }
    }
}

/// The JSON pointer.
impl fmt::Display for UserIdPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|name| write!(f, "/{}", name.replace('~', "~0").replace('/', "~1")))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::UserIdPlace;

    #[test]
    fn a_name_and_a_pointer_lead_to_the_id() {
        for (name, pointer, data) in [
            ("sub", "/sub", json!({ "sub": "alex" })),
            ("a/b", "/a~1b", json!({ "a/b": "alex" })),
            ("/user/id", "/user/id", json!({ "user": { "id": "alex" } })),
            ("/a~1b/~01", "/a~1b/~01", json!({ "a/b": { "~1": "alex" } })),
        ] {
            let place = UserIdPlace::new(name);
            assert_eq!(place.to_string(), pointer);
            let found = data.as_object().and_then(|data| place.find(data));
            assert_eq!(found, Some(&json!("alex")), "{name}");
            let mut empty = Value::Null;
            place.add(&mut empty, "alex");
            assert_eq!(empty, data, "{name}");
        }
    }

    #[test]
    fn no_value_is_replaced() {
        for (data, expected) in [
            (
                json!({ "user": { "id": 7 } }),
                json!({ "user": { "id": 7 } }),
            ),
            (json!({ "user": "x" }), json!({ "user": "x" })),
            (
                json!({ "user": { "n": 1 } }),
                json!({ "user": { "id": "alex", "n": 1 } }),
            ),
        ] {
            let mut data = data;
            UserIdPlace::new("/user/id").add(&mut data, "alex");
            assert_eq!(data, expected);
        }
    }
}
