//! Sign-ins, from the page that a person opens to the page that they get.

mod accounts;
mod auth_time;
mod end_to_end;
mod kept_page;
mod loops;
mod more_scopes;
mod options;
mod recent;
mod return_address;
mod transactions;

scenarios! {
    end_to_end: {
        signs_in_and_lands_on_the_page_that_was_asked_for ["C1"],
        both_spellings_and_both_bodies_reach_the_provider ["C20"],
        tokens_are_opened_for_a_handler_that_asks [],
        a_signed_session_is_readable_and_its_tokens_are_not [],
    }
    accounts: {
        another_account_is_chosen_after_a_refusal [],
        another_account_begins_at_the_providers_sign_out [],
        another_account_is_offered_in_words_that_the_provider_knows [],
        s05_another_account_ends_at_the_providers_choice ["S5"],
    }
    kept_page: {
        s06_the_script_is_the_same_for_everyone ["S6"],
        s06_a_sign_in_in_another_tab_ends_on_a_page_of_its_own ["S6"],
        s06_the_last_page_tells_other_sites_nothing ["S6"],
    }
    loops: {
        three_rounds_without_a_session_end_on_a_page [],
        r28_a_session_that_came_back_is_no_loop ["R28"],
        r28_a_proxy_that_keeps_one_line_causes_no_storm ["R28"],
    }
    options: {
        s01_options_that_cannot_be_sent_are_sentences ["S1"],
        s01_an_unknown_intent_is_a_page ["S1"],
        s01_a_link_passes_on_what_its_intent_names ["S1"],
        s01_a_handlers_options_reach_the_provider ["S1"],
        s01_a_handlers_sign_in_is_no_endless_loop ["S1", "R28"],
        s01_each_kind_of_request_is_told_the_address ["S1"],
    }
    more_scopes: {
        s02_more_scopes_keep_the_session ["S2"],
        s02_less_granted_keeps_the_old_scopes ["S2"],
        s02_a_cancelled_request_keeps_the_old_scopes ["S2"],
        s02_another_user_is_refused ["S2"],
        s02_a_session_that_is_gone_is_a_new_sign_in ["S2"],
        s02_a_refresh_of_the_old_tokens_does_not_win ["S2"],
        s02_a_guard_offers_its_scope ["S2"],
        s02_on_login_can_refuse_and_changes_no_data ["S2"],
        s02_only_a_page_of_ours_gets_more_scopes ["S2"],
        s02_a_handler_that_asks_for_more_is_no_loop ["S2"],
    }
    recent: {
        s03_a_page_is_sent_to_sign_in_again_and_back ["S3"],
        s03_a_script_gets_rfc_9470 ["S3"],
        s03_a_form_gets_a_page_and_is_not_sent_again ["S3"],
        s03_a_refresh_makes_no_sign_in_recent ["S3"],
        s03_a_path_and_a_route_are_guarded_alike ["S3"],
        s03_a_guard_without_a_proof_is_told ["S3"],
    }
    auth_time: {
        s04_a_provider_that_ignores_prompt_ends_on_a_page ["S4"],
        s04_the_time_of_the_sign_in_is_checked ["S4"],
        s04_the_time_of_the_token_answer_is_read ["S4"],
        s04_another_user_with_a_fresh_time_is_refused ["S4"],
        s04_a_lost_cookie_is_no_endless_loop ["S4", "R28"],
    }
    transactions: {
        r24_five_foreign_starts_leave_three_kilobytes ["R24", "R20"],
        r24_a_foreign_start_keeps_a_short_address ["R24"],
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
}
