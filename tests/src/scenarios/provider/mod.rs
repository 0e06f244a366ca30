//! The provider's answers (rows P), where a code is redeemed and where a session is refreshed.

mod shapes;
mod token_answers;
mod token_dialect;
mod token_nonsense;
mod token_refusals;
mod user_data;
mod wire;

scenarios! {
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
    shapes: {
        token_answers_of_well_known_providers [],
        user_data_of_well_known_providers [],
    }
}
