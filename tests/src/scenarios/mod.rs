//! The scenario table: what must happen, whatever drives the login.
//!
//! A scenario knows no framework; each runs on every harness. Its name carries the first row of the
//! threat and fault matrix that it covers, and the table lists all of them.

mod accounts;
mod approval;
pub(crate) mod callback;
mod callback_answers;
mod callback_repeated;
pub(crate) mod chunks;
mod clocks;
mod cookie_settings;
mod cookies_foreign;
mod cookies_forged;
mod cookies_hostile;
mod copies;
mod cross_site;
mod crowd;
mod farewell;
mod framing;
mod hooks;
mod hosts;
mod http_client;
pub(crate) mod instances;
mod lifetime;
mod live;
mod login;
mod loops;
mod pages;
mod provider_shapes;
mod races;
pub(crate) mod refresh;
mod request;
mod return_address;
mod routing;
mod secret_files;
mod secrets;
mod session_api;
mod sign_out;
pub(crate) mod strangers;
mod token_answers;
mod token_dialect;
pub(crate) mod token_endpoint;
mod token_nonsense;
mod token_refusals;
mod transactions;
mod upgrades;
mod user_data;
mod wire;

use std::pin::Pin;

use crate::harness::Harness;

/// One behaviour.
#[derive(Clone, Copy)]
pub struct Scenario {
    /// Its name.
    pub name: &'static str,
    /// The rows of the matrix that it covers.
    pub rows: &'static [&'static str],
    /// Runs it on a harness; a panic is a failure.
    pub run: fn(Harness) -> Pin<Box<dyn Future<Output = ()>>>,
}

macro_rules! scenarios {
    ($($module:ident: { $($name:ident [$($row:literal),*],)* })*) => {
        /// Every scenario.
        pub const ALL: &[Scenario] = &[$($(
            Scenario {
                name: stringify!($name),
                rows: &[$($row),*],
                run: |harness| Box::pin($module::$name(harness)),
            },
        )*)*];
    };
}

scenarios! {
    login: {
        signs_in_and_lands_on_the_page_that_was_asked_for ["C1"],
        both_spellings_and_both_bodies_reach_the_provider ["C20"],
        tokens_are_opened_for_a_handler_that_asks [],
        a_signed_session_is_readable_and_its_tokens_are_not [],
    }
    loops: {
        three_rounds_without_a_session_end_on_a_page [],
        r28_a_session_that_came_back_is_no_loop ["R28"],
        r28_a_proxy_that_keeps_one_line_causes_no_storm ["R28"],
    }
    upgrades: {
        r23_what_a_proxy_adds_makes_no_upgrade ["R23"],
        r23_a_handshake_is_judged_as_an_upgrade ["R23", "L8"],
    }
    accounts: {
        another_account_is_chosen_after_a_refusal [],
        another_account_begins_at_the_providers_sign_out [],
        another_account_is_offered_in_words_that_the_provider_knows [],
    }
    transactions: {
        r24_five_foreign_starts_leave_three_kilobytes ["R24", "R20"],
        r24_a_foreign_start_keeps_a_short_address ["R24"],
    }
    framing: {
        l19_a_sibling_learns_nothing_of_the_session ["L19"],
        l19_every_reply_is_for_our_own_origin ["L19"],
        l19_a_trusted_origin_may_ask_who_is_signed_in ["L19"],
        r26_a_frame_without_a_session_leads_out_of_it ["R26", "R21"],
        r26_inertia_is_sent_to_the_login_endpoint ["R26"],
    }
    request: {
        r01_a_navigation_is_sent_to_the_provider ["R1"],
        r02_a_program_is_told_where_to_sign_in ["R2", "R3", "R4"],
        r02_an_api_is_for_programs ["R2"],
        r05_an_image_starts_no_login ["R5"],
        r06_a_prefetch_starts_no_login ["R6"],
        r07_a_posted_form_is_never_replayed ["R7"],
        r08_other_methods_are_refused ["R8"],
        r08_a_preflight_passes_where_that_is_set ["R8"],
        r25_a_guarded_paths_preflight_is_refused ["R25"],
        r09_an_upgrade_is_refused_before_it_happens ["R9"],
        r15_headers_of_proxies_are_ignored ["R15"],
        r16_the_host_header_is_not_believed ["R16"],
        r17_identity_headers_are_nobody ["R17"],
        r20_a_hundred_logins_leave_five_cookies ["R20"],
        r21_what_one_user_sees_is_not_stored ["R21"],
        r21_an_error_is_an_answer_of_the_application_too ["R21"],
        a_grpc_call_is_told_by_its_own_status [],
        htmx_is_sent_to_the_login_endpoint [],
    }
    hosts: {
        r16_each_of_two_hosts_has_its_own_sign_in ["R16"],
        r16_what_is_one_hosts_is_nothing_at_the_other ["R16"],
        r16_each_of_two_hosts_takes_forms_of_its_own_pages ["R16", "L8"],
        r16_an_unknown_host_is_sent_with_the_first_redirect_uri ["R16", "R15"],
    }
    routing: {
        any_path_may_be_the_callback [],
        r14_only_a_canonical_path_is_public ["R14"],
        r14_protected_prefix_leaves_nothing_open ["R14"],
        r14_a_guard_holds_in_every_spelling ["R14"],
        r25_what_protects_holds_beneath_a_nest ["R25"],
        r25_beneath_a_nest_only_what_both_paths_open_is_public ["R25"],
        r25_a_guard_on_an_index_file_does_not_start ["R25"],
        r18_rules_are_the_applications_own ["R18"],
        r18_a_misplaced_callback_is_told_and_not_repeated ["R18"],
        r18_a_nested_application_knows_where_it_is ["R18"],
        r19_the_same_login_twice_is_inert ["R19"],
        r19_another_login_inside_decides_for_itself ["R19"],
        r19_without_the_layer_an_extractor_is_a_500 ["R19"],
        r21_a_public_page_is_served_whatever_its_cookies_say ["R21"],
        an_extractor_on_a_public_path_sends_to_sign_in [],
    }
    return_address: {
        r10_no_line_of_the_corpora_leaves_the_origin ["R10"],
        r11_hostile_addresses_fall_back ["R11"],
        r12_our_own_endpoints_are_no_address ["R12"],
        r13_a_repeated_address_is_none ["R13"],
        r22_an_address_in_any_script_comes_back ["R22"],
        r22_rules_and_the_front_page_are_in_any_script ["R22"],
        the_exact_query_comes_back [],
        what_is_too_long_is_left_out_and_told [],
    }
    callback: {
        c02_a_malformed_callback_asks_nobody ["C2", "C13", "C16"],
        c03_another_browsers_state_is_refused ["C3"],
        c04_state_differs_in_one_bit ["C4"],
        c05_two_tabs_finish_in_either_order ["C5"],
        c15_only_get_redeems ["C15", "C22"],
        c17_a_login_of_another_provider_is_refused ["C17"],
        c19_a_login_survives_a_rotation ["C19"],
        c20_a_code_arrives_exactly ["C20"],
        no_cookie_at_all_names_the_likely_causes [],
    }
    callback_answers: {
        c09_a_cancelled_sign_in_shows_its_page ["C9", "C10"],
        c11_nothing_of_an_error_is_reflected ["C11", "C12"],
        c14_another_issuer_is_refused ["C14"],
        c18_another_user_replaces_the_session_wholly ["C18"],
        c25_an_error_that_no_standard_names_is_a_refusal ["C25"],
        c25_an_error_without_a_state_is_told ["C25"],
    }
    callback_repeated: {
        a_slash_behind_a_callback_changes_nothing [],
        c06_a_callback_again_leads_to_the_page ["C6"],
        c07_a_callback_again_without_a_session_says_expired ["C7"],
        c08_an_old_login_knows_its_way_back ["C8"],
        c21_the_exchange_outlives_its_browser ["C21"],
        c23_the_same_callback_at_once_is_one_redemption ["C23"],
        c23_the_same_callback_later_is_spent ["C23"],
    }
    approval: {
        on_login_adds_data_and_claims_are_kept [],
        on_login_refuses_with_its_own_words [],
        on_login_that_cannot_decide_lets_nobody_in_for_now [],
        a_hook_that_panics_is_an_error_and_no_session [],
        guards_give_403 [],
        p20_silence_grants_nothing_unless_it_is_trusted ["P20"],
    }
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
    cookies_forged: {
        k01_no_flipped_bit_goes_unnoticed ["K1"],
        k02_no_other_spelling_opens ["K2"],
        k03_a_value_opens_in_its_own_place_only ["K3"],
        k07_of_two_cookies_the_one_that_opens_counts ["K7"],
        k07_a_forged_cookie_is_not_rolled_into_the_session ["K7"],
        k08_chunks_of_two_sessions_give_no_token ["K8", "K3"],
    }
    cookies_foreign: {
        k04_another_applications_session_is_nobody ["K4"],
        k05_a_rotated_key_still_opens_and_goes_with_the_next_write ["K5"],
        k05_a_roll_takes_the_tokens_along ["K5"],
        k06_a_dropped_key_is_anonymous_and_stays ["K6"],
        k16_lookalike_names_are_nobodys ["K16"],
        k17_another_releases_session_stays ["K17"],
    }
    cookies_hostile: {
        k15_the_header_is_read_to_its_end_and_passed_on ["K15"],
        k15_reading_takes_time_in_proportion ["K15"],
        k22_an_own_cookie_is_kept_beside_ours ["K22"],
    }
    cookie_settings: {
        k18_plain_http_works_on_loopback_if_that_is_set ["K18"],
        k18_insecure_cookies_are_for_loopback_only ["K18"],
        k18_applications_on_two_ports_do_not_sign_each_other_out ["K18"],
        k19_no_setting_weakens_a_cookie ["K19"],
        k21_a_weak_secret_does_not_start ["K21"],
        k25_a_secret_that_can_be_guessed_does_not_start ["K25"],
    }
    lifetime: {
        k13_an_idle_session_ends ["K13"],
        a_session_in_use_is_rolled_rarely ["L4"],
        k13_a_refresh_that_nobody_asked_for_keeps_no_session_alive ["K13"],
        public_pages_keep_a_session_alive_that_needs_no_refresh [],
        no_session_outlives_a_week [],
        on_a_public_path_an_expired_token_says_so [],
    }
    refresh: {
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
    copies: {
        k24_a_copy_from_before_a_refresh_is_nobody_a_minute_later ["K24"],
        k24_other_instances_know_it_too ["K24"],
        k24_two_copies_are_no_more_than_one ["K24"],
        k24_what_nobody_remembers_ends_nothing ["K24"],
        k24_a_sign_out_after_hours_still_ends_its_copies ["K24", "K23"],
        l14_a_users_end_reaches_sessions_of_a_clock_that_is_ahead ["L14"],
    }
    hooks: {
        on_refresh_replaces_the_sessions_data [],
        on_refresh_finds_what_it_left_though_a_cookie_was_lost ["F2"],
        on_refresh_refuses_and_the_session_is_over [],
        on_refresh_that_panics_signs_nobody_out [],
        on_refresh_that_cannot_decide_signs_nobody_out [],
        sign_in_only_keeps_no_token [],
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
    crowd: {
        f12_sessions_that_expire_together_do_not_storm_the_provider ["F12"],
        f12_sessions_that_were_issued_together_are_refreshed_one_by_one ["F12"],
        f18_one_users_many_sessions_keep_no_place_from_others ["F18"],
    }
    cross_site: {
        l08_another_site_changes_nothing ["L8"],
        a_trusted_origin_of_another_site_is_told [],
    }
    session_api: {
        l07_without_a_session_it_says_so ["L7"],
        l07_it_names_the_user_and_no_token ["L7"],
        l07_it_keeps_no_session_alive ["L7"],
        l09_another_origin_cannot_read_it ["L9"],
    }
    secret_files: {
        p43_a_secret_in_a_file_is_used_when_it_changes ["P43"],
    }
    secrets: {
        no_secret_is_logged_or_answered [],
        what_a_provider_repeats_is_not_logged [],
    }
    pages: {
        pages_are_in_their_readers_language [],
        pages_may_be_in_the_applications_only_language [],
        pages_may_be_the_applications_own [],
    }
    strangers: {
        c24_strangers_take_no_place_but_those_for_sign_ins ["C24", "L16"],
        c24_the_client_with_the_fewest_is_next ["C24"],
        f15_a_callback_that_is_turned_away_leaves_nothing ["F15"],
    }
    sign_out: {
        signs_out_and_asks_again ["K23"],
        l01_a_link_from_elsewhere_signs_nobody_out ["L1"],
        l02_only_our_own_origin_signs_out ["L2"],
        l03_a_sign_out_always_leaves_nothing ["L3"],
        l06_the_last_page_signs_nobody_in ["L6"],
        p36_a_sign_out_finishes_without_the_provider ["P36", "L16"],
        l11_session_ids_are_drawn_and_ending_one_ends_no_other ["L11"],
        l05_a_sign_out_ends_on_a_public_page_of_ours_or_on_its_own ["L5"],
        r22_a_sign_out_ends_on_a_page_in_any_script ["R22"],
    }
    provider_shapes: {
        token_answers_of_well_known_providers [],
        user_data_of_well_known_providers [],
    }
    farewell: {
        l13_a_sign_out_goes_on_to_the_provider_by_itself ["L13"],
        l17_a_sign_out_ends_all_sessions_that_open ["L17"],
        a_sign_out_clears_the_cache_where_that_is_set [],
    }
    token_answers: {
        p07_json_is_read_whatever_it_is_called ["P7"],
        p13_a_missing_type_is_bearer_with_a_warning ["P13"],
        p14_bearer_is_written_in_any_case ["P14"],
        p16_every_lifetime_ends ["P16", "P17", "P19"],
        p18_a_token_that_is_dead_on_arrival_signs_nobody_in ["P18"],
        p18_a_stillborn_token_causes_no_storm ["P18"],
        p19_no_lifetime_is_longer_than_a_month ["P19"],
        p20_scopes_are_a_set_and_silence_is_none ["P20"],
        p21_without_a_refresh_token_a_session_ends_with_its_access ["P21", "P22"],
        p22_a_new_refresh_token_replaces_the_old_one ["P22", "P21"],
    }
    token_dialect: {
        p38_a_comma_is_told_and_no_separator ["P38"],
        p38_a_comma_that_is_set_separates_in_both_directions ["P38"],
        p39_an_error_that_says_none_is_none ["P39", "P26"],
        p39_user_data_beside_an_error_object_are_read ["P39"],
        p40_what_changes_nothing_is_read ["P40"],
        p40_each_refusal_says_what_came ["P40"],
        p40_a_lifetime_that_is_not_read_is_told ["P40"],
        p15_a_bearer_token_of_another_name_needs_a_setting ["P15"],
        user_data_are_asked_for_with_post_where_that_is_set [],
    }
    token_nonsense: {
        p06_a_page_instead_of_tokens_is_unreadable ["P6"],
        p08_tokens_in_a_form_are_unreadable ["P8"],
        p09_what_is_not_quite_json_is_unreadable ["P9"],
        p10_json_that_is_no_object_with_a_token_is_unreadable ["P10"],
        p11_a_repeated_member_is_unreadable ["P11"],
        p12_no_access_token_is_guessed ["P12"],
        p15_only_bearer_tokens_are_used ["P15", "P14"],
        p22_no_refresh_token_is_guessed ["P22"],
    }
    token_refusals: {
        p23_a_refused_grant_is_not_asked_for_again ["P23", "P26"],
        p24_a_refused_client_is_the_operators_business ["P24", "P26"],
        p25_another_refusal_is_not_noticed_while_the_token_lives ["P25"],
        p26_an_error_wins_over_tokens ["P26"],
        p27_an_overload_is_passed_on_in_our_own_words ["P27"],
        p27_an_overload_is_respected ["P27"],
        f16_p41_a_session_that_fails_rests_alone ["F16", "P41"],
        p28_a_broken_provider_signs_nobody_out ["P28"],
        p37_a_dead_refresh_token_ends_in_a_sign_in ["P37"],
        p37_who_was_refused_before_the_end_does_not_wait ["P37"],
        p37_a_person_who_waits_in_vain_can_sign_in_anew ["P37"],
        the_log_says_why_the_provider_refuses [],
        the_log_names_the_setting_that_is_wrong [],
    }
    user_data: {
        p32_tokens_of_another_user_sign_in_that_user ["P32"],
        p32_another_users_data_ends_the_session ["P32"],
        p32_an_id_elsewhere_is_another_user ["P32"],
        p33_no_id_is_guessed ["P33"],
        p33_without_user_data_nobody_is_signed_in ["P33"],
        p33_an_id_is_kept_as_it_is ["P33"],
        p33_user_data_that_cannot_be_read_again_change_nothing ["P33"],
    }
    clocks: {
        p34_the_providers_clock_is_not_believed ["P34"],
        p34_our_clock_jumps_and_no_storm_follows ["P34"],
        p34_a_session_of_the_future_is_none ["P34"],
    }
    http_client: {
        an_injected_client_carries_each_exchange [],
        what_an_injected_client_brings_is_judged [],
    }
    wire: {
        p41_a_provider_that_is_back_is_noticed_within_a_second ["P41"],
        p01_no_connection_signs_nobody_out ["P1"],
        p02_a_silent_or_dripping_answer_is_left_after_ten_seconds ["P2", "P3"],
        p04_a_huge_body_is_cut_off ["P4"],
        p04_the_limit_is_256_kib ["P4"],
        p04_an_encoded_answer_is_refused_undecoded ["P4"],
        p05_half_an_answer_is_none ["P5"],
        p29_a_redirect_is_never_followed ["P29"],
        p31_endless_headers_are_cut_off ["P31"],
        p31_the_providers_cookies_are_nobodys ["P31"],
        p35_an_application_starts_without_its_provider ["P35"],
    }
}
