//! The names of all metrics, and what each counts.

use metrics::Unit;

/// The full name of a metric.
macro_rules! name {
    ($name:literal) => {
        concat!("fncy_login_", $name)
    };
}
pub(crate) use name;

/// Describes all metrics to the recorder.
pub(crate) fn describe() {
    for (name, what) in [
        (
            name!("sign_ins_started_total"),
            "Browsers that were sent to the provider.",
        ),
        (
            name!("sign_ins_returned_total"),
            "Browsers that came back from the provider with a code.",
        ),
        (
            name!("sign_ins_finished_total"),
            "Sign-ins that ended in a session.",
        ),
        (
            name!("sign_ins_failed_total"),
            "Sign-ins that ended on an error page, by code.",
        ),
        (name!("sign_outs_total"), "Sessions that their users ended."),
        (
            name!("sessions_bound_total"),
            "Sessions that were bound to a device key.",
        ),
        (
            name!("device_proofs_total"),
            "Proofs of a device key that were accepted after the session was bound.",
        ),
        (
            name!("sessions_accepted_total"),
            "Requests that were admitted with a session.",
        ),
        (
            name!("sessions_refused_total"),
            "Session cookies that were not accepted, by reason.",
        ),
        (
            name!("requests_refused_total"),
            "Requests that were refused, by code.",
        ),
        (
            name!("warnings_total"),
            "Warnings that have a code, by code.",
        ),
        (name!("refreshes_total"), "Refreshes, by outcome."),
        (
            name!("exchanges_total"),
            "Requests to the provider, by exchange and outcome.",
        ),
        (
            name!("store_failures_total"),
            "Calls that the store did not answer, by call.",
        ),
        (
            name!("events_lost_total"),
            "Events that `on_event` was not called for.",
        ),
    ] {
        metrics::describe_counter!(name, what);
    }
    for (name, what) in [
        (
            name!("sign_in_duration_seconds"),
            "Time from a callback to its reply.",
        ),
        (
            name!("refresh_duration_seconds"),
            "Duration of refreshes, with the wait for a place and for another instance.",
        ),
        (
            name!("exchange_duration_seconds"),
            "Duration of requests to the provider, by exchange.",
        ),
        (
            name!("place_wait_duration_seconds"),
            "Time that requests to the provider wait for a place, by work.",
        ),
        (
            name!("store_call_duration_seconds"),
            "Duration of calls of the store, by call.",
        ),
    ] {
        metrics::describe_histogram!(name, Unit::Seconds, what);
    }
    for (name, what) in [
        (name!("build_info"), "Always 1. The version of FNCY Login."),
        (
            name!("settings_info"),
            "The logins of this process with these settings: their fingerprint, and the id of the cookie secret that seals.",
        ),
        (
            name!("refreshes_paused"),
            "1 while the provider does not answer refreshes, otherwise 0.",
        ),
        (
            name!("places"),
            "The most requests to the provider at once, by work.",
        ),
        (
            name!("places_used"),
            "Requests to the provider under way, by work.",
        ),
        (
            name!("places_waiting"),
            "Requests to the provider that wait for a place, by work.",
        ),
        (
            name!("store_up"),
            "1 if the store takes writes, otherwise 0.",
        ),
        (name!("revoked_sessions"), "Entries of the revocation list."),
    ] {
        metrics::describe_gauge!(name, what);
    }
    for (name, what) in [
        (
            name!("exchange_last_success_timestamp_seconds"),
            "Unix time of the last 2xx answer of the provider, by exchange. 0 before the first.",
        ),
        (
            name!("clock_offset_seconds"),
            "This instance's clock minus the provider's.",
        ),
    ] {
        metrics::describe_gauge!(name, Unit::Seconds, what);
    }
}
