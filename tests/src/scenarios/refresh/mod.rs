//! The refresh of a session's tokens (rows F), with many requests, instances and events at once.

mod crowd;
mod exchange;
mod instances;
mod live;
mod races;

scenarios! {
    exchange: {
        f01_a_hundred_requests_are_one_exchange ["F1", "P21"],
        f02_an_old_cookie_is_served_from_memory ["F2", "F3"],
        f04_a_refresh_outlives_its_client ["F4"],
        f05_a_leader_that_times_out_releases_those_who_wait ["F5", "P2"],
        f09_an_outage_signs_nobody_out ["F9", "P28"],
        f10_a_sign_out_wins_over_a_refresh ["F10", "K23", "L4"],
        f10_a_sign_out_revokes_what_the_browser_never_got ["F10"],
        f14_an_older_cookie_that_lands_last_does_no_harm ["F14"],
        short_lived_tokens_are_refreshed_in_time [],
    }
    crowd: {
        f12_sessions_that_expire_together_do_not_storm_the_provider ["F12"],
        f12_sessions_that_were_issued_together_are_refreshed_one_by_one ["F12"],
        f18_one_users_many_sessions_keep_no_place_from_others ["F18"],
    }
    instances: {
        f06_instances_use_a_token_once ["F6"],
        f06_without_a_store_the_loser_keeps_its_cookie ["F6"],
        f07_a_lease_that_an_exchange_outlasts_begins_none ["F7"],
        f08_without_the_store_nothing_is_refreshed ["F8"],
        f08_a_danger_switch_refreshes_all_the_same ["F8"],
        f13_forged_sessions_are_nobodys_work ["F13"],
        l10_a_session_that_cannot_be_checked_is_neither_in_nor_out ["L10"],
        l10_a_sign_in_waits_for_the_store ["L10"],
        l12_what_the_store_makes_up_is_anonymous ["L12"],
        k23_a_sign_out_ends_copies_on_other_instances ["K23"],
        k23_all_sessions_of_a_user_end_at_one_word ["K23"],
        c23_a_callback_on_two_instances_is_one_redemption ["C23"],
    }
    live: {
        f11_a_stream_sees_a_sign_out_and_what_was_refreshed ["F11"],
        f11_a_stream_ends_with_all_sessions_of_its_user ["F11"],
        f11_a_stream_ends_when_its_session_has_expired ["F11"],
        f11_a_stream_keeps_no_session_alive_and_sees_one_in_use ["F11"],
        f11_a_stream_is_refreshed_before_it_begins ["F11"],
        f11_one_stream_leaves_and_the_other_goes_on ["F11"],
    }
    races: {
        f10_a_sign_out_outlives_its_browser ["F10", "L4"],
        f10_a_sign_out_is_told_to_others_though_its_browser_has_left ["F10", "K23"],
        f10_a_refresh_beside_a_revocation_leaves_no_tokens ["F10"],
        f10_a_sign_out_elsewhere_leaves_no_tokens ["F10"],
        f03_a_request_confirms_what_it_shows ["F3"],
        f10_what_a_slow_answer_brings_opens_no_ended_session ["F10"],
        f11_a_new_stream_sees_its_own_session [],
        k23_an_ended_session_is_cleared_by_an_extractor_too ["K23"],
        l04_a_roll_beside_a_sign_out_brings_nothing_back ["L4"],
        f14_a_slow_answer_brings_no_older_tokens_back ["F14"],
        c23_no_code_is_redeemed_with_a_lease_that_may_run_out ["C23"],
        p18_a_stillborn_token_is_not_noticed_while_the_old_one_lives ["P18"],
        k10_a_refresh_that_does_not_fit_can_wait ["K10"],
        l10_a_public_page_that_needs_a_user_starts_no_login ["L10"],
        l10_an_ended_copy_beside_it_takes_no_session_away ["L10"],
        l10_a_danger_switch_believes_what_nobody_can_check ["L10"],
        c18_an_older_session_ends_though_the_browser_has_left ["C18", "C21"],
    }
}
