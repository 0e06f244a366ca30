//! The table of flows: what a person does, what they see, and where they are.

mod accounts;
mod addresses;
mod device_bound;
mod devices;
mod frames;
mod kept_page;
mod own_sign_ins;
mod pages;
mod proxies;
mod recipes;
mod session;
mod sign_in;

use std::pin::Pin;

use crate::place::Place;

type Flow = fn(Place) -> Pin<Box<dyn Future<Output = ()>>>;

macro_rules! flows {
    ($(#[$about:meta] $table:ident = { $($module:ident: { $($name:ident)* })* })*) => {
        $(#[$about]
        pub(crate) const $table: &[(&str, Flow)] = &[$($(
            (stringify!($name), |place| Box::pin($module::$name(place))),
        )*)*];)*
    };
}

flows! {
    /// Every flow of the sites, by its name.
    ALL = {
        sign_in: {
            signing_in_leads_to_the_page_that_was_asked_for
            cancelling_leads_to_a_page_and_from_there_to_another_try
            two_tabs_finish_as_they_began
            two_tabs_finish_the_other_way_round
            going_back_after_signing_in_leads_into_the_site
            a_callback_opened_again_leads_into_the_site
            a_callback_that_failed_is_reloaded_and_tried_again
            a_bookmark_of_the_provider_leads_to_the_site
            cookies_that_are_blocked_are_named
        }
        session: {
            a_fetch_without_a_session_is_told_where_to_sign_in
            ten_fetches_after_expiry_refresh_once
            signing_out_in_one_tab_holds_in_the_other
            a_session_over_four_kilobytes_lives_and_ends
            a_link_from_another_site_finds_the_session
            a_form_sent_after_the_session_ended_is_not_replayed
            each_of_two_hosts_is_signed_in_to_by_itself
        }
        own_sign_ins: {
            s02_a_user_allows_more_and_stays_signed_in
            s02_a_user_who_cancels_keeps_the_session
            s03_a_project_is_deleted_after_a_recent_sign_in
            s04_without_its_prompt_a_sign_in_is_not_recent
        }
        pages: {
            every_page_is_accessible
            a_reader_of_korean_signs_in_and_out_in_korean
        }
    }

    /// Those of recipes, in the framework that they are written in.
    IN_AXUM = {
        recipes: {
            a_single_page_application_signs_in_in_its_tab
        }
    }

    /// Those of the core, whatever is around it: each takes seconds.
    ONCE = {
        accounts: {
            a_sign_out_goes_on_to_the_provider_under_a_strict_policy
            whom_on_login_refuses_leaves_the_provider_for_another_account
            whom_on_login_refuses_chooses_another_account
            whom_a_guard_refuses_chooses_another_account
        }
        device_bound: {
            d02_the_browser_binds_its_session_and_proves_its_key_by_itself
            d03_copies_of_all_cookies_die_in_another_browser
            d04_a_link_of_another_site_leads_in_after_a_proof
            d11_what_the_browser_skips_is_a_page_to_try_again
            d14_a_sign_out_ends_it_in_the_browser
            d17_two_tabs_go_on_together
            d18_two_instances_are_one_to_the_browser
            d20_a_guarded_page_opens_once_the_session_is_bound
        }
        devices: {
            a_person_signs_out_the_others
        }
        addresses: {
            an_address_in_any_script_is_where_a_sign_in_ends
        }
        frames: {
            a_frame_whose_session_ended_leads_out_of_it
        }
        kept_page: {
            s06_a_popup_signs_in_and_the_page_stays
            s06_a_provider_that_cuts_the_popup_off_changes_nothing
            s06_a_closed_popup_leaves_the_refusal
            s06_a_blocked_popup_is_a_redirect
            s06_two_tabs_go_on_after_one_sign_in
            s06_another_user_sends_nothing_of_the_first
            s06_an_opener_of_another_site_learns_nothing
            s06_a_form_is_sent_again_after_a_sign_in_in_a_new_tab
        }
        proxies: {
            where_a_proxy_keeps_the_first_cookie_people_sign_in
            where_a_proxy_joins_the_cookies_people_sign_in
            where_a_proxy_keeps_the_last_cookie_people_are_told
            five_links_of_another_site_leave_a_site_behind_nginx_open
        }
        pages: {
            every_page_of_a_way_out_is_accessible
        }
    }
}
