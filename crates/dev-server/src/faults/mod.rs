//! The faults that a test scripts, and the requests that it looks at.

pub(crate) mod fault;
pub(crate) mod fault_json;
pub(crate) mod fault_script;
pub(crate) mod recorder;
