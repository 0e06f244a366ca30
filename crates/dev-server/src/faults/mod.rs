//! Scripted faults and recorded requests, for tests.

pub(crate) mod fault;
pub(crate) mod fault_json;
pub(crate) mod fault_script;
pub(crate) mod recorder;
