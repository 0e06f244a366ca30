//! The session after the sign-in: how long it lasts, who may ask for it, what its copies are worth, and how a handler
//! changes it.

mod clocks;
mod copies;
mod data;
mod lifetime;
mod session_api;
mod user_again;

scenarios! {
    lifetime: {
        k13_an_idle_session_ends ["K13"],
        a_session_in_use_is_rolled_rarely ["L4"],
        k13_a_refresh_that_nobody_asked_for_keeps_no_session_alive ["K13"],
        public_pages_keep_a_session_alive_that_needs_no_refresh [],
        no_session_outlives_a_week [],
        on_a_public_path_an_expired_token_says_so [],
    }
    session_api: {
        l07_without_a_session_it_says_so ["L7"],
        l07_it_names_the_user_and_no_token ["L7"],
        l07_it_keeps_no_session_alive ["L7"],
        l09_another_origin_cannot_read_it ["L9"],
    }
    copies: {
        k24_a_copy_from_before_a_refresh_is_nobody_a_minute_later ["K24"],
        k24_other_instances_know_it_too ["K24"],
        k24_two_copies_are_no_more_than_one ["K24"],
        k24_what_nobody_remembers_ends_nothing ["K24"],
        k24_a_sign_out_after_hours_still_ends_its_copies ["K24", "K23"],
        l14_a_users_end_reaches_sessions_of_a_clock_that_is_ahead ["L14"],
    }
    data: {
        u01_the_next_request_sees_what_a_handler_set ["U1"],
        u01_the_next_guard_sees_it ["U1"],
        u01_what_is_too_large_changes_nothing ["U1"],
        u01_a_page_with_an_error_keeps_what_was_set ["U1"],
        u01_of_two_changes_the_last_one_stays ["U1"],
        u01_a_session_that_has_ended_meanwhile_gets_no_cookie ["U1"],
        u01_a_change_after_the_response_is_an_error ["U1"],
        u01_a_sign_in_of_the_same_user_keeps_the_data ["U1"],
        u01_a_visitor_has_no_session_to_change ["U1"],
        u01_a_handler_ends_its_session ["U1"],
        u01_a_refresh_after_the_change_keeps_both ["U1"],
        u01_a_change_after_the_refresh_keeps_both ["U1"],
        u01_a_change_before_the_provider_answers_keeps_both ["U1"],
        u01_a_refresh_with_an_older_cookie_keeps_the_change ["U1"],
        u01_a_waiting_request_keeps_its_newer_data ["U1"],
        u01_a_change_with_tokens_from_before_a_refresh_is_an_error ["U1"],
        u01_between_instances_the_last_response_wins ["U1"],
    }
    user_again: {
        u02_a_changed_name_is_seen_at_once ["U2"],
        u02_another_id_ends_the_session ["U2"],
        u02_the_hook_decides ["U2"],
        u02_without_an_answer_the_user_is_as_before ["U2"],
        u02_a_session_that_has_ended_meanwhile_stays_over ["U2"],
    }
    clocks: {
        p34_the_providers_clock_is_not_believed ["P34"],
        p34_our_clock_jumps_and_no_storm_follows ["P34"],
        p34_a_session_of_the_future_is_none ["P34"],
    }
}
