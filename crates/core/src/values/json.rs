//! Strict JSON (RFC 8259): two readers of an accepted body read the same values.
//!
//! Rules:
//! - A repeated member is an error at any depth, since two readers would take different ones.
//! - The parser bounds the depth.
//! - Only whitespace may follow the value.
//! - A byte order mark at the start is ignored, which section 8.1 allows.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// The reason for which a body was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BadJson {
    /// The body is no JSON, or has more after the JSON.
    Malformed,
    /// A member is repeated.
    Repeated,
}

/// Reads a whole body.
pub(crate) fn parse(body: &[u8]) -> Result<Value, BadJson> {
    serde_json::from_slice::<Strict>(without_mark(body))
        .map(|Strict(value)| value)
        .map_err(|error| match error.is_data() {
            true => BadJson::Repeated,
            false => BadJson::Malformed,
        })
}

/// Reads a JSON object of which no member is repeated, at any depth. `None` for every other text.
#[must_use]
pub fn strict_object(text: &[u8]) -> Option<Map<String, Value>> {
    match parse(text) {
        Ok(Value::Object(members)) => Some(members),
        _ => None,
    }
}

/// A body without the byte order mark at its start.
pub(crate) fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body)
}

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without repeated members")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some((name, Strict(value))) = members.next_entry::<String, _>()? {
            if object.insert(name, value).is_some() {
                return Err(A::Error::custom("a member is repeated"));
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::{BadJson, parse};

    #[test]
    fn all_kinds_of_values_are_read() {
        let text = br#"{"a":[1,-1,1.5,true,null,"x",{"b":{}}]}"#;
        let plain: serde_json::Value = serde_json::from_slice(text).unwrap();
        assert_eq!(parse(text), Ok(plain.clone()));
        let marked = [b"\xef\xbb\xbf", &text[..]].concat();
        assert_eq!(parse(&marked), Ok(plain));
    }

    #[test]
    fn ambiguous_json_is_refused() {
        let deep = "[".repeat(10_000);
        for text in [r#"{"a":1,"a":2}"#, r#"{"x":{"a":1,"\u0061":2}}"#] {
            assert_eq!(parse(text.as_bytes()), Err(BadJson::Repeated), "{text}");
        }
        for text in ["{} {}", "\u{feff}\u{feff}{}", "NaN", "", &deep] {
            assert_eq!(parse(text.as_bytes()), Err(BadJson::Malformed), "{text}");
        }
    }
}
