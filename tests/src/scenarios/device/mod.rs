//! Sessions that are bound to a key of the browser's device: what a copy of all cookies is worth, and what a browser
//! that knows nothing of it sees.

mod binding;
mod copies;
mod ends;
mod hostile;
mod instances;
mod paths;
mod refreshes;

scenarios! {
    binding: {
        d01_a_sign_in_offers_it_and_other_browsers_work_as_before ["D1"],
        d02_a_browser_binds_its_session ["D2"],
        d02_the_next_page_seals_the_key_into_the_session ["D2"],
        d02_a_refresh_of_the_tokens_and_new_data_keep_it ["D2"],
        d02_there_is_room_for_the_key ["D2"],
        d21_a_recent_sign_in_keeps_it ["D21"],
        d23_where_it_is_turned_off_none_is_offered_and_the_bound_go_on ["D23"],
    }
    copies: {
        d03_a_copy_of_all_cookies_dies_with_the_device_cookie ["D3"],
        d03_the_device_cookie_of_another_session_or_key_proves_nothing ["D3"],
        d07_an_unbound_copy_of_a_bound_session_is_anonymous ["D7"],
        d07_an_outdated_unbound_copy_is_anonymous_beside_the_device_cookie ["D7"],
        d08_a_request_that_was_on_its_way_is_served ["D8"],
        d24_a_connection_from_before_ends ["D24"],
        d24_a_connection_ends_when_its_proof_is_old ["D24"],
    }
    refreshes: {
        d04_a_refresh_takes_a_challenge_and_extends_nothing_else ["D4"],
        d09_old_challenges_lead_to_new_ones_and_old_offers_to_nothing ["D9"],
        d16_clocks_may_differ_by_a_minute ["D16"],
        d17_two_tabs_share_one_binding ["D17"],
        d22_a_former_binding_ends_and_disturbs_nobody ["D22"],
    }
    hostile: {
        d05_a_proof_is_used_once ["D5"],
        d06_a_proof_of_another_key_or_session_is_refused ["D6"],
        d10_a_proof_that_is_not_right_is_refused ["D10"],
        d10_sealed_texts_dont_take_each_others_place ["D10"],
        d13_a_key_of_another_kind_is_refused ["D13"],
    }
    ends: {
        d11_what_the_browser_skips_signs_nobody_out ["D11"],
        d11_what_it_skips_elsewhere_is_not_ours ["D11"],
        d12_a_key_that_is_gone_ends_in_a_sign_in ["D12"],
        d12_a_sign_in_ends_the_session_that_a_thief_has_bound ["D12"],
        d14_a_sign_out_ends_it ["D14"],
        d14_it_is_in_the_list_of_devices ["D14"],
        d14_a_sign_out_of_the_others_by_an_unbound_copy_spares_it ["D14"],
        d14_a_sign_out_without_the_device_cookie_ends_it_too ["D14"],
        d14_a_sign_out_with_an_old_copy_ends_no_binding ["D14"],
        d15_the_end_of_all_sessions_ends_it ["D15"],
    }
    instances: {
        d18_instances_agree ["D18"],
        d18_an_instance_that_does_not_offer_it_yet_serves_the_bound ["D18", "D23"],
        d19_without_the_store_nothing_is_bound_or_refreshed ["D19"],
        d19_a_copy_from_before_stays_worthless_without_the_store ["D19"],
        d19_a_copy_from_before_signs_nobody_out ["D19"],
    }
    paths: {
        d20_a_path_may_require_it ["D20"],
        d20_bearer_tokens_are_as_they_were ["D20"],
    }
}
