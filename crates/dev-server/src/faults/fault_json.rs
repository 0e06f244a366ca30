//! Faults as JSON.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::faults::fault::Fault;

/// Parses one fault or an array of faults. The error names the unknown member or the wrong type.
pub(crate) fn parse(text: &[u8]) -> Result<Vec<Fault>, serde_json::Error> {
    let faults: Vec<FaultJson> = if text.trim_ascii_start().starts_with(b"[") {
        serde_json::from_slice(text)?
    } else {
        vec![serde_json::from_slice(text)?]
    };
    Ok(faults.into_iter().map(Fault::from).collect())
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct FaultJson {
    status: Option<u16>,
    headers: Vec<(String, String)>,
    body: Option<String>,
    members: Map<String, Value>,
    delay_ms: Option<u64>,
    lose_response: bool,
    count: Option<u32>,
}

impl From<FaultJson> for Fault {
    fn from(json: FaultJson) -> Self {
        Self {
            status: json.status,
            headers: json.headers,
            body: json.body.map(String::into_bytes),
            members: json.members,
            delay: json.delay_ms.map(Duration::from_millis),
            lose_response: json.lose_response,
            count: json.count,
        }
    }
}
