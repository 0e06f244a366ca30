//! The site's pages.
//!
//! Rules: whatever somebody typed is escaped; no script but the one of `live.rs`; signing out is a form that posts, since a
//! link would be followed by whatever looks ahead.

use std::fmt;

use fncy_login::User;

use crate::UserDataError;

/// The style sheet, served at `/site.css`.
pub const STYLE: &str = include_str!("site.css");

/// A second fence behind the escaping: no script unless it is named, and nothing from elsewhere.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src data:; connect-src 'self'";

/// A lozenge on the accent colour.
const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E\
    %3Crect width='32' height='32' rx='9' fill='%233548c8'/%3E\
    %3Cpath d='M16 7l9 9-9 9-9-9z' fill='%23fff'/%3E%3C/svg%3E";

/// The public home page: it shows who is signed in, if anybody is.
#[must_use]
pub fn home(user: Option<&User>) -> String {
    let main = user.map_or_else(welcome, |user| {
        let (name, id) = (Escaped(display_name(user)), Escaped(user.id()));
        let email = user.email().unwrap_or("not shared");
        let scopes = user.scopes().collect::<Vec<_>>().join(", ");
        let scopes = if scopes.is_empty() { "none named" } else { &scopes };
        format!(
            "<h1>Hello, {name}</h1>\n\
             <p class=\"lead\">You are signed in with FNCY. This page is public, and still knows you.</p>\n\
             <section class=\"card\">\n<h2>Your session</h2>\n<dl>\n\
             <div><dt>Name</dt><dd>{name}</dd></div>\n\
             <div><dt>Email</dt><dd>{}</dd></div>\n\
             <div><dt>User ID</dt><dd><code>{id}</code></dd></div>\n\
             <div><dt>Access</dt><dd>{}</dd></div>\n\
             </dl>\n</section>\n{}",
            Escaped(email),
            Escaped(scopes),
            tour()
        )
    });
    page("Home", "/", user, &main)
}

fn welcome() -> String {
    format!(
        "<h1>Nobody is signed in</h1>\n\
         <p class=\"lead\">This page is public. The ones below ask you to sign in first, and then bring \
         you where you wanted to go.</p>\n\
         <p><a class=\"button\" href=\"/auth/login?return_to=/\">Sign in with FNCY</a></p>\n{}",
        tour()
    )
}

fn tour() -> String {
    let items = [
        (
            "/protected",
            "Protected page",
            "For whoever is signed in, and nobody else",
        ),
        (
            "/profile",
            "Your data",
            "What FNCY says about you, fetched with your access token",
        ),
        (
            "/calendar",
            "Your calendar",
            "Needs one more scope, which FNCY asks you for when you open it",
        ),
        (
            "/project/delete",
            "Delete a project",
            "Needs a sign-in of the last five minutes",
        ),
        (
            "/me",
            "The user as JSON",
            "What a script gets; without a session, a 401",
        ),
    ]
    .map(|(path, title, text)| {
        format!("<li><a href=\"{path}\"><strong>{title}</strong><span>{text}</span></a></li>\n")
    })
    .concat();
    format!("<ul class=\"tour\">\n{items}</ul>")
}

/// The protected page.
#[must_use]
pub fn protected(user: &User) -> String {
    let main = format!(
        "<h1>Members only</h1>\n\
         <p class=\"lead\">You see this because you are signed in as {}.</p>\n\
         <section class=\"card\">\n<h2>How you got here</h2>\n\
         <p>The login let your request through, since it came with a session. Sign out and open this \
         page again: you will be asked to sign in, and return right here.</p>\n</section>",
        Escaped(display_name(user))
    );
    page("Protected page", "/protected", Some(user), &main)
}

/// The profile page: the user data as FNCY sent them.
#[must_use]
pub fn profile(user: &User, data: &str) -> String {
    let main = format!(
        "<h1>Your data</h1>\n\
         <p class=\"lead\">What FNCY says about you, fetched just now with your access token.</p>\n\
         <section class=\"card\">\n<h2>User data</h2>\n<pre tabindex=\"0\">{}</pre>\n</section>",
        Escaped(data)
    );
    page("Your data", "/profile", Some(user), &main)
}

/// The profile page without the data.
#[must_use]
pub fn profile_unavailable(user: &User, error: &UserDataError) -> String {
    let (href, label) = if *error == UserDataError::TokenRefused {
        ("/auth/login?return_to=/profile", "Sign in again")
    } else {
        ("/profile", "Try again")
    };
    let main = format!(
        "<h1>Your data</h1>\n\
         <p class=\"lead\">Your data could not be fetched. You are still signed in.</p>\n\
         <p class=\"alert\">{error}</p>\n<p><a class=\"button\" href=\"{href}\">{label}</a></p>",
        error = Escaped(&error.to_string()),
    );
    page("Your data", "/profile", Some(user), &main)
}

/// The calendar page, which needs a scope of its own.
#[must_use]
pub fn calendar(user: &User) -> String {
    let scopes = user.scopes().collect::<Vec<_>>().join(", ");
    let main = format!(
        "<h1>Your calendar</h1>\n\
         <p class=\"lead\">FNCY lets this site read your calendar. Your session is the same as before.</p>\n\
         <section class=\"card\">\n<h2>Access</h2>\n<p>{}</p>\n</section>",
        Escaped(&scopes)
    );
    page("Your calendar", "/calendar", Some(user), &main)
}

/// The page that asks before a project is deleted.
#[must_use]
pub fn delete_project(user: &User) -> String {
    let main = "<h1>Delete the project?</h1>\n\
         <p class=\"lead\">You have signed in a moment ago, so the button works for five minutes.</p>\n\
         <form method=\"post\"><button class=\"button\">Delete the project</button></form>";
    page("Delete a project", "/project/delete", Some(user), main)
}

/// The page after a project was deleted.
#[must_use]
pub fn project_deleted(user: &User) -> String {
    let main = "<h1>The project is deleted</h1>\n\
         <p class=\"lead\">This example has no projects, so nothing is lost.</p>";
    page("Delete a project", "/project/delete", Some(user), main)
}

/// The frame of every page; `main` is HTML.
fn page(title: &str, path: &str, user: Option<&User>, main: &str) -> String {
    let links = [
        ("/", "Home"),
        ("/protected", "Protected"),
        ("/profile", "Your data"),
    ]
    .map(|(href, label)| {
        let current = if href == path {
            " aria-current=\"page\""
        } else {
            ""
        };
        format!("<a href=\"{href}\"{current}>{label}</a>\n")
    })
    .concat();
    let nav = format!("<nav aria-label=\"Pages\">\n{links}</nav>\n");
    frame(title, &nav, user, main, None)
}

/// A page whose script shows what comes later.
pub(crate) fn page_with_script(title: &str, user: &User, main: &str, script: &str) -> String {
    frame(title, "", Some(user), main, Some(script))
}

fn frame(title: &str, nav: &str, user: Option<&User>, main: &str, script: Option<&str>) -> String {
    let (scripts, script) = match script {
        Some(src) => (
            "; script-src 'self'",
            format!("<script src=\"{src}\" defer></script>\n"),
        ),
        None => ("", String::new()),
    };
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"content-security-policy\" content=\"{POLICY}{scripts}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title} – Example Site</title>\n\
         <link rel=\"icon\" href=\"{ICON}\">\n<link rel=\"stylesheet\" href=\"/site.css\">\n{script}</head>\n\
         <body>\n<header>\n\
         <a class=\"brand\" href=\"/\"><span class=\"mark\" aria-hidden=\"true\"></span>Example Site</a>\n\
         {nav}{account}\n</header>\n\
         <main>\n{main}\n</main>\n\
         <footer>An example of Login with FNCY. Its pages are the same in axum and in actix-web.</footer>\n\
         </body>\n</html>\n",
        account = account(user),
    )
}

/// Who is signed in and the way out, or the way in.
fn account(user: Option<&User>) -> String {
    let Some(user) = user else {
        return "<div class=\"account\"><a class=\"quiet\" href=\"/auth/login?return_to=/\">Sign in</a></div>"
            .to_owned();
    };
    let name = display_name(user);
    let initial: String = name.chars().take(1).flat_map(char::to_uppercase).collect();
    format!(
        "<div class=\"account\"><span class=\"avatar\" aria-hidden=\"true\">{}</span>\
         <span class=\"name\" title=\"{name}\">{name}</span>\
         <form method=\"post\" action=\"/auth/logout\"><button class=\"quiet\">Sign out</button></form></div>",
        Escaped(&initial),
        name = Escaped(name),
    )
}

/// A name to show: people may have none.
pub(crate) fn display_name(user: &User) -> &str {
    user.name().or(user.email()).unwrap_or(user.id())
}

/// Text in HTML, in an element or in a quoted attribute.
pub(crate) struct Escaped<'a>(pub(crate) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|character| match character {
            '&' => f.write_str("&amp;"),
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '"' => f.write_str("&quot;"),
            '\'' => f.write_str("&#39;"),
            other => write!(f, "{other}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Escaped;

    #[test]
    fn nothing_of_the_markup_is_left() {
        let hostile = Escaped("<a title=\"x\" class='y'>&").to_string();
        assert_eq!(
            hostile,
            "&lt;a title=&quot;x&quot; class=&#39;y&#39;&gt;&amp;"
        );
    }
}
