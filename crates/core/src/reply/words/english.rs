//! What people read in English.

use crate::reply::words::label::Label;
use crate::reply::words::subject::PageSubject;
use crate::values::error_code::ErrorCode;

pub(super) const fn of(subject: PageSubject) -> (&'static str, &'static str) {
    match subject {
        PageSubject::Refusal(ErrorCode::AccessDenied) => (
            "You are not signed in",
            "Access was not granted, so you are not signed in. You can try again at any time.",
        ),
        PageSubject::Refusal(ErrorCode::AuthTimeMissing) => (
            "The sign-in service did not say when you signed in",
            "This site needs to know that. Please tell the people who run it.",
        ),
        PageSubject::Refusal(ErrorCode::ClientRejected) => (
            "Sign-in is not set up correctly",
            "The sign-in service does not recognise this site. Please tell the people who run it.",
        ),
        PageSubject::Refusal(ErrorCode::CrossSite) => (
            "Request from another site",
            "The request did not come from this site's own pages, so it was not carried out.",
        ),
        PageSubject::Refusal(ErrorCode::DeviceBindingRequired) => (
            "This needs a session that is bound to your device",
            "Browsers that support this do it a few seconds after you sign in. Please try again. If it doesn't help, sign in again, or use another browser.",
        ),
        PageSubject::Refusal(ErrorCode::DeviceProofRefused) => (
            "Your device could not be confirmed",
            "The browser's proof is not valid. Please sign in again.",
        ),
        PageSubject::Refusal(ErrorCode::DeviceUnproven) => (
            "Your device can't be confirmed at the moment",
            "You are still signed in. Please try again in a moment.",
        ),
        PageSubject::Refusal(ErrorCode::Forbidden) => (
            "You may not open this",
            "You are signed in, but your account does not have the permission for this.",
        ),
        PageSubject::Refusal(ErrorCode::GuardUndecided) => (
            "You can't open this at the moment",
            "This site can't check your permission just now. Please try again in a moment.",
        ),
        PageSubject::Refusal(ErrorCode::InsufficientScope) => (
            "More access is needed",
            "You are signed in. This page needs access to your account that this site does not have.",
        ),
        PageSubject::Refusal(ErrorCode::InsufficientUserAuthentication) => (
            "Please confirm it's you",
            "You need to sign in again for this. Nothing was stored or changed.",
        ),
        PageSubject::Refusal(ErrorCode::Internal) => (
            "Something went wrong",
            "An unexpected error stopped the sign-in. Please try again.",
        ),
        PageSubject::Refusal(ErrorCode::InvalidCallback) => (
            "This sign-in link is not valid",
            "The address is incomplete or was changed on the way. Please sign in again.",
        ),
        PageSubject::Refusal(ErrorCode::InvalidRequest) => (
            "The request is not valid",
            "It must show one access token, in one Authorization header.",
        ),
        PageSubject::Refusal(ErrorCode::InvalidResponse) => (
            "The sign-in service sent an unreadable answer",
            "The problem is at the sign-in service. Please try again in a moment.",
        ),
        PageSubject::Refusal(ErrorCode::InvalidToken) => (
            "The access token is not valid",
            "It has expired, was revoked, or is not for this site. Please get a new one.",
        ),
        PageSubject::Refusal(ErrorCode::LoginCookieMissing) => (
            "This sign-in can't be continued",
            "Your browser has no record of this sign-in. It may have ended already. If you have just started it, cookies may be blocked, or you started it under another address of this site. Allow cookies, then sign in again from here.",
        ),
        PageSubject::Refusal(ErrorCode::LoginExpired) => (
            "This sign-in link has expired",
            "It was used already, or too much time has passed. Please sign in again.",
        ),
        PageSubject::Refusal(ErrorCode::LoginRefused) => (
            "You can't sign in here",
            "This site does not accept your account.",
        ),
        PageSubject::Refusal(ErrorCode::LoginUndecided) => (
            "You can't be signed in at the moment",
            "This site can't look up your account just now. Please try again in a moment.",
        ),
        PageSubject::Refusal(ErrorCode::LoginLoop) => (
            "You signed in, but the session did not stay",
            "The session cookie was lost on the way, or a server of this site did not accept it. Cookies may be blocked, the connection may not be secure, or a clock may be wrong. Sign in again. If you see this page again, please tell the people who run this site.",
        ),
        PageSubject::Refusal(ErrorCode::MethodNotAllowed) => (
            "This address can't handle the request",
            "The request used a method that this address does not support.",
        ),
        PageSubject::Refusal(ErrorCode::OtherUser) => (
            "You chose another account",
            "You are still signed in with the account from before. To change the account, sign out first.",
        ),
        PageSubject::Refusal(ErrorCode::ProviderRefused) => (
            "The sign-in service refused the request",
            "It did not accept this site's request. If trying again does not help, please tell the people who run this site.",
        ),
        PageSubject::Refusal(ErrorCode::ProviderUnavailable) => (
            "The sign-in service is not available",
            "It did not answer, or it is overloaded. Please try again in a moment.",
        ),
        PageSubject::Refusal(ErrorCode::SessionRequired) => (
            "This needs a sign-in in a browser",
            "It works with a session, and not with an access token.",
        ),
        PageSubject::Refusal(ErrorCode::SessionTooLarge) => (
            "Your session is too large to keep",
            "The sign-in worked, but the data does not fit into your browser's cookies. Please tell the people who run this site.",
        ),
        PageSubject::Refusal(ErrorCode::SessionUnverified) => (
            "Your session can't be checked at the moment",
            "You are still signed in, and nothing is lost. Please try again in a moment.",
        ),
        PageSubject::Refusal(ErrorCode::SignInRequired) => (
            "Please sign in",
            "You need to sign in for this. Nothing was stored or changed.",
        ),
        PageSubject::Refusal(ErrorCode::SignInDeclined) => (
            "FNCY did not let you in",
            "You are not signed in. You can try again, or sign in with another account.",
        ),
        PageSubject::Refusal(ErrorCode::SignInNotRecent) => (
            "You did not sign in again",
            "This needs a new sign-in, and the sign-in service did not confirm one. You can try again at any time.",
        ),
        PageSubject::Refusal(ErrorCode::StateMissing) => (
            "You are not signed in",
            "The sign-in was cancelled or did not work. You can sign in again at any time.",
        ),
        PageSubject::Refusal(ErrorCode::StoreUnavailable) => (
            "This site can't check your sign-in at the moment",
            "A part of this site does not answer. Please try again in a moment.",
        ),
        PageSubject::Refusal(ErrorCode::TokenExpired) => (
            "The sign-in had already expired",
            "The sign-in service sent a permission that is no longer valid. Please try again.",
        ),
        PageSubject::Refusal(ErrorCode::TokensDiscarded) => (
            "This page is not set up correctly",
            "It needs access to your account, which this site does not keep. Please tell the people who run it.",
        ),
        PageSubject::Refusal(ErrorCode::TokensExpired) => (
            "Your access has expired",
            "This page can't refresh it. Please open a page of this site that needs you to sign in.",
        ),
        PageSubject::Refusal(ErrorCode::TokensUnusable) => (
            "Your session is damaged",
            "It was incomplete, so you were signed out. Please sign in again.",
        ),
        PageSubject::Refusal(ErrorCode::UnknownIntent) => (
            "This sign-in link is not valid",
            "The address is incomplete or is no longer in use. You can sign in as usual.",
        ),
        PageSubject::Refusal(ErrorCode::UserDataRefused) => (
            "The sign-in service did not say who you are",
            "The sign-in worked, but your user data could not be read. Please try again in a moment.",
        ),
        PageSubject::Refusal(ErrorCode::UserIdMissing) => (
            "The sign-in service did not say who you are",
            "Your user data came without an identifier. Please tell the people who run this site.",
        ),
        PageSubject::Refusal(ErrorCode::WrongProvider) => (
            "This sign-in link belongs to another sign-in service",
            "It was not started with the service that answered. Please sign in again.",
        ),
        PageSubject::Refusal(ErrorCode::WrongIssuer) => (
            "Another service answered",
            "The answer did not come from the sign-in service of this site, so it was not used.",
        ),
        PageSubject::FormNotSent => (
            "Please sign in, and send the form again",
            "You are no longer signed in, so nothing was stored or changed. Sign in in a new tab. Then come back to this tab and reload it: your browser offers to send the form again.",
        ),
        PageSubject::SignedIn => (
            "You are signed in",
            "You can close this page, and go on where you were.",
        ),
        PageSubject::SignOut => (
            "Sign out?",
            "You will have to sign in again to use this site.",
        ),
        PageSubject::SigningOut => (
            "You are signed out of this site",
            "Next, you are signed out of the sign-in service as well.",
        ),
        PageSubject::SignedOut => (
            "You are signed out",
            "You can close this page, or sign in again.",
        ),
    }
}

pub(super) const fn label(label: Label) -> &'static str {
    match label {
        Label::SignIn => "Sign in",
        Label::SignInNewTab => "Sign in in a new tab",
        Label::AllowAccess => "Allow access",
        Label::AnotherAccount => "Use another account",
        Label::Confirm => "Sign in again",
        Label::Continue => "Continue",
        Label::TryAgain => "Try again",
        Label::Back => "Back to the site",
        Label::SignOut => "Sign out",
        Label::Stay => "Stay signed in",
        Label::Code => "Code",
        Label::Reference => "Reference",
    }
}
