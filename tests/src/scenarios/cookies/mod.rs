//! The cookies of a session (rows K): forged, foreign, hostile and large ones, and their settings.

mod chunks;
mod foreign;
mod forged;
mod hostile;
mod settings;

scenarios! {
    chunks: {
        k09_a_missing_chunk_ends_the_session_at_its_first_use ["K9"],
        k09_no_other_chunk_counts ["K9"],
        k10_what_does_not_fit_is_seen ["K10"],
        k10_too_much_session_data_is_seen ["K10"],
        k10_a_large_session_is_warned_of ["K10"],
        k11_the_last_chunk_is_never_empty ["K11"],
        k11_large_tokens_travel_in_chunks ["K11", "K12"],
        cookies_may_come_on_several_lines [],
    }
    forged: {
        k01_no_flipped_bit_goes_unnoticed ["K1"],
        k02_no_other_spelling_opens ["K2"],
        k03_a_value_opens_in_its_own_place_only ["K3"],
        k07_of_two_cookies_the_one_that_opens_counts ["K7"],
        k07_a_forged_cookie_is_not_rolled_into_the_session ["K7"],
        k08_chunks_of_two_sessions_give_no_token ["K8", "K3"],
    }
    foreign: {
        k04_another_applications_session_is_nobody ["K4"],
        k05_a_rotated_key_still_opens_and_goes_with_the_next_write ["K5"],
        k05_a_roll_takes_the_tokens_along ["K5"],
        k06_a_dropped_key_is_anonymous_and_stays ["K6"],
        k16_lookalike_names_are_nobodys ["K16"],
        k17_another_releases_session_stays ["K17"],
    }
    hostile: {
        k15_the_header_is_read_to_its_end_and_passed_on ["K15"],
        k15_reading_takes_time_in_proportion ["K15"],
        k22_an_own_cookie_is_kept_beside_ours ["K22"],
    }
    settings: {
        k18_plain_http_works_on_loopback_if_that_is_set ["K18"],
        k18_insecure_cookies_are_for_loopback_only ["K18"],
        k18_applications_on_two_ports_do_not_sign_each_other_out ["K18"],
        k19_no_setting_weakens_a_cookie ["K19"],
        k21_a_weak_secret_does_not_start ["K21"],
        k25_a_secret_that_can_be_guessed_does_not_start ["K25"],
    }
}
