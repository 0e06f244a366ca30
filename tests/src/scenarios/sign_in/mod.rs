//! Sign-ins, from the page that a person opens to the page that they get.

mod accounts;
mod end_to_end;
mod kept_page;
mod loops;
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
