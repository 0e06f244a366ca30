//! The table of flows: what a person does, what they see, and where they are.

mod pages;
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
            ten_fetches_after_expiry_renew_once
            signing_out_in_one_tab_holds_in_the_other
            a_session_over_four_kilobytes_lives_and_ends
            a_link_from_another_site_finds_the_session
            a_form_sent_after_the_session_ended_is_not_replayed
            each_of_two_hosts_is_signed_in_to_by_itself
        }
        pages: {
            every_page_is_accessible
            a_reader_of_korean_signs_in_and_out_in_korean
        }
    }

    /// Those of recipes.
    OF_RECIPES = {
        recipes: {
            a_single_page_application_signs_in_in_its_tab
        }
    }
}
