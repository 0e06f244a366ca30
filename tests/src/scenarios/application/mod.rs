//! What the application adds: hooks, pages, an HTTP client, secrets in files, and a stop that loses nothing.

mod approval;
mod drain;
mod events;
mod guards;
mod hooks;
mod http_client;
mod pages;
mod request_seen;
mod secret_files;
mod secrets;

scenarios! {
    approval: {
        on_login_adds_data_and_claims_are_kept [],
        on_login_refuses_with_its_own_words [],
        on_login_that_cannot_decide_lets_nobody_in_for_now [],
        a_hook_that_panics_is_an_error_and_no_session [],
        guards_give_403 [],
        p20_silence_grants_nothing_unless_it_is_trusted ["P20"],
    }
    drain: {
        xr12_a_stop_in_the_middle_of_a_refresh_loses_nothing ["XR12"],
        xr12_a_stop_in_the_middle_of_a_sign_in_loses_nothing ["XR12"],
        xr12_a_stop_waits_for_a_sign_out_and_its_token_revocation ["XR12"],
        xr12_a_stop_ends_streams ["XR12"],
    }
    guards: {
        a_routes_guard_admits_some_users [],
        a_routes_guard_without_the_layer_is_a_500 [],
        u06_a_guard_that_cannot_decide_is_a_503 ["U6"],
        u06_a_cancelled_request_leaves_no_guard_running ["U6"],
    }
    hooks: {
        on_refresh_replaces_the_sessions_data [],
        on_refresh_finds_what_it_left_though_a_cookie_was_lost ["F2"],
        on_refresh_refuses_and_the_session_is_over [],
        on_refresh_that_panics_signs_nobody_out [],
        on_refresh_that_cannot_decide_signs_nobody_out [],
        sign_in_only_keeps_no_token [],
    }
    pages: {
        pages_are_in_their_readers_language [],
        pages_may_be_in_the_applications_only_language [],
        pages_may_be_the_applications_own [],
    }
    events: {
        u05_events_tell_the_life_of_a_session ["U5"],
        u05_a_refresh_that_ends_a_session_is_told ["U5"],
        u05_a_routers_guard_tells_whom_it_refused ["U5", "U6"],
        u05_no_request_waits_for_a_slow_hook ["U5"],
        u05_a_hook_that_panics_loses_its_own_event ["U5"],
    }
    request_seen: {
        hooks_see_the_request_that_caused_them [],
    }
    http_client: {
        an_injected_client_carries_each_exchange [],
        what_an_injected_client_brings_is_judged [],
    }
    secret_files: {
        p43_a_secret_in_a_file_is_used_when_it_changes ["P43"],
    }
    secrets: {
        no_secret_is_logged_or_answered [],
        u05_no_event_has_a_secret ["U5"],
        what_a_provider_repeats_is_not_logged [],
    }
}
