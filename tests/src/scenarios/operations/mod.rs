//! What an operator sees when a person calls, or when instances differ.

mod client_ids;
mod clocks;
mod references;
mod store;
mod traces;

scenarios! {
    client_ids: {
        xr08_a_sign_in_that_another_client_began_says_which_settings_differ ["XR8"],
        xr08_after_a_repair_the_button_of_the_loop_page_helps_at_once ["XR8"],
        xr08_two_cookie_secrets_end_on_a_page_and_in_no_loop ["XR8"],
    }
    clocks: {
        xr08_a_session_of_a_faster_clock_is_early_and_stays ["XR8"],
        xr08_a_loop_between_two_clocks_ends_and_the_repair_helps_at_once ["XR8"],
        xr08_a_sign_in_of_a_faster_clock_ends_with_a_session ["XR8"],
    }
    references: {
        xr14_one_reference_is_on_the_screen_in_the_event_and_in_the_log ["XR14"],
        xr14_a_page_of_the_applications_own_has_the_reference ["XR14"],
        xr14_a_reference_has_nothing_of_a_strangers_request ["XR14"],
    }
    store: {
        xr10_a_sign_in_without_the_store_has_a_code_of_its_own ["XR10"],
        xr10_a_refresh_without_the_store_has_a_code_of_its_own ["XR10"],
        xr10_the_line_of_a_refresh_has_the_status_and_the_cause ["XR10"],
    }
    traces: {
        xr16_a_hook_carries_a_trace_to_fncy_and_replaces_no_header ["XR16"],
        xr16_no_trace_goes_to_fncy_by_default ["XR16"],
    }
}
