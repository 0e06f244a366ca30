//! The session after the sign-in: how long it lasts, who may ask for it, and what its copies are worth.

mod clocks;
mod copies;
mod lifetime;
mod session_api;

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
    clocks: {
        p34_the_providers_clock_is_not_believed ["P34"],
        p34_our_clock_jumps_and_no_storm_follows ["P34"],
        p34_a_session_of_the_future_is_none ["P34"],
    }
}
