//! `{prefix}/logout`: the sign-out (log out, logout).
//!
//! Rules:
//! - Only a POST from our own or a trusted origin changes anything.
//! - All of our cookies are removed, with their own attributes.
//! - Every opened session is revoked, and its tokens are revoked at the provider (RFC 7009). The reply does not wait
//!   for the provider. An unbound copy of a bound session ends nothing.
//! - If a session may be a copy from before a refresh, it ends no newer session, and its tokens are not revoked.
//! - The last page is public and starts no sign-in. No redirect leads to another origin, since the `form-action` of the
//!   page with the form may stop it.

use form_urlencoded::byte_serialize;

use crate::machine::machine::Machine;
use crate::refusal::parts::sign_in_link;
use crate::refusal::refuse::{cross_site, method_not_allowed};
use crate::reply::draft::Draft;
use crate::reply::event::Event;
use crate::reply::page::{Page, WayOn};
use crate::reply::words::label::Label;
use crate::reply::words::subject::PageSubject;
use crate::request::addresses::asked_address;
use crate::request::classify::{Kind, classify};
use crate::request::endpoint::Endpoint;
use crate::request::head::Head;
use crate::request::return_to::ReturnTo;
use crate::session::found::Found;
use crate::session::sealed_tokens;
use crate::session::write::cookie_names;
use crate::values::timestamp::Timestamp;

pub(crate) fn sign_out<H: Head>(
    machine: &Machine,
    head: &H,
    found: Found,
    now: Timestamp,
) -> Draft {
    let sources = &machine.sources;
    match head.method() {
        "GET" | "HEAD" if sources.is_foreign(head) && classify(head) != Kind::Navigation => {
            cross_site(machine, head)
        }
        "GET" | "HEAD" => Draft::page(page(machine, head, &found)),
        "POST" if sources.vouch_for(head) => end_sessions(machine, head, found, now),
        "POST" => cross_site(machine, head),
        _ => method_not_allowed("GET, HEAD, POST"),
    }
}

fn page<H: Head>(machine: &Machine, head: &H, found: &Found) -> Page {
    let root = ReturnTo::root(&machine.site);
    if found.is_any() {
        Page::new(PageSubject::SignOut)
            .action(WayOn::Post(button_path(machine, head)), Label::SignOut)
            .aside(root.as_str(), Label::Stay)
    } else {
        Page::new(PageSubject::SignedOut)
            .action(sign_in_link(machine, &root), Label::SignIn)
            .aside(root.as_str(), Label::Back)
    }
}

/// The path that the button posts to, with the requested return address.
fn button_path<H: Head>(machine: &Machine, head: &H) -> String {
    let path = machine.site.path_of(Endpoint::Logout);
    match public_address(machine, head) {
        Some(address) => {
            let address: String = byte_serialize(address.as_str().as_bytes()).collect();
            format!("{path}?return_to={address}")
        }
        None => path,
    }
}

/// The requested return address, if it is public: a sign-out must not lead to a sign-in.
fn public_address<H: Head>(machine: &Machine, head: &H) -> Option<ReturnTo> {
    let asked = asked_address(&machine.site, head)?;
    let path = asked.as_str().split(['?', '#']).next().unwrap_or_default();
    // The page on which a sign-in ends needs a user, whatever the rules say.
    let is_endpoint = machine.site.endpoint(path).is_some();
    (!is_endpoint && machine.paths.is_public(path)).then_some(asked)
}

fn end_sessions<H: Head>(machine: &Machine, head: &H, found: Found, now: Timestamp) -> Draft {
    let vault = &machine.vault;
    let draft = match &machine.provider.sign_out_url {
        // Browsers apply the `form-action` of the page with the form to redirects too, and that page is the
        // application's.
        Some(url) => {
            let page = Page::new(PageSubject::SigningOut);
            Draft::page(page.going_on(url.as_str(), Label::Continue))
        }
        None => Draft::see_other(public_address(machine, head).map_or_else(
            || machine.site.path_of(Endpoint::Logout),
            |address| address.as_str().to_owned(),
        )),
    };
    let draft = if machine.clears_cache {
        draft.header("clear-site-data", "\"cache\"")
    } else {
        draft
    };
    // The session's cookies are asked for separately, so that many transactions can't crowd them out.
    let mut names = cookie_names(vault, head);
    let cookies = &vault.cookies;
    let is_other = |name: &str| cookies.is_transaction(name) || cookies.is_device(name);
    names.extend(vault.names(head, is_other));
    for name in [vault.cookies.session_name(), vault.cookies.loop_name()] {
        if !names.iter().any(|present| present == name) {
            names.push(name.to_owned());
        }
    }
    let draft = match found.first() {
        Some(user) => draft.about(user).event([Event::SignedOut]),
        None => draft,
    };
    let endings = found
        .into_all()
        .map(|user| machine.ending(&user, now, || sealed_tokens::open(vault, head, &user)));
    draft
        .cookies(names.iter().map(|name| vault.cookies.remove(name)))
        .ending(endings)
}
