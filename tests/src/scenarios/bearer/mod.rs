//! Bearer tokens on the same routes (rows B): mobile applications, command lines and other services.

mod checked;
mod crowd;
mod judged;
mod jwt;
mod shown;

scenarios! {
    shown: {
        b01_a_token_is_shown_in_one_header ["B1"],
        b01_a_request_with_a_token_shows_no_cookie ["B1"],
        b01_a_path_without_the_setting_reads_no_token ["B1"],
        b01_each_prefix_has_its_own_check ["B1"],
        b01_a_request_without_a_token_has_its_session ["B1"],
        b07_a_token_of_another_sites_page_passes ["B7"],
        b07_a_preflight_passes_where_that_is_set ["B7"],
    }
    jwt: {
        b02_a_jwt_is_checked_without_a_question_about_it ["B2"],
        b02_a_jwt_must_be_for_us_and_valid_now ["B2"],
        b02_a_forged_jwt_opens_nothing ["B2"],
        b02_keys_are_read_once_for_all_who_wait ["B2"],
        b02_without_keys_a_jwt_is_a_503 ["B2"],
        b02_keys_can_be_given ["B2"],
        b02_a_mistake_in_the_check_is_a_sentence_at_start ["B2"],
    }
    checked: {
        b03_introspection_says_for_whom_a_token_is ["B3"],
        b03_while_fncy_cannot_be_asked_a_token_is_a_503 ["B3"],
        b06_if_fncy_asks_for_a_pause_unknown_tokens_wait ["B6"],
        b04_user_data_need_the_client_of_the_token ["B4"],
        b04_without_the_client_the_check_is_a_mistake ["B4"],
    }
    judged: {
        b05_a_token_without_a_scope_is_told_which ["B5"],
        b05_a_guard_refuses_the_user_of_a_token ["B5"],
        b05_a_recent_sign_in_is_what_the_token_says ["B5"],
        b05_a_revoked_user_is_refused_at_once ["B5"],
        b05_a_revoked_user_is_refused_on_each_instance ["B5"],
        b05_a_token_dies_with_its_life_and_soon_after_its_revocation ["B5"],
        b05_an_event_has_the_request_of_the_token ["B5"],
        b05_a_token_opens_no_session ["B5"],
        b05_a_token_is_the_token_of_handlers ["B5"],
    }
    crowd: {
        b06_requests_with_one_token_share_one_question ["B6"],
        b06_invented_tokens_delay_no_sign_in_and_no_refresh ["B6"],
    }
}
