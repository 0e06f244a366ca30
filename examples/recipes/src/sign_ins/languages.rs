//! A shop in several languages, in actix-web: FNCY's pages are in the language of the page that a person comes from.
//!
//! For sites whose language is in the path. Each language is an intent with `ui_locales`, so a plain link is enough.
//! The login's own pages follow the browser's language.

use actix_web::web::{Html, Path, ServiceConfig, get};
use fncy_login_actix::{ConfigError, CurrentUser, Login, LoginBuilder, SignInOptions};
use maud::html;

use crate::page::{actix_style, page};

/// A language: its tag in paths and for FNCY, and what the shop says in it.
struct Language {
    tag: &'static str,
    welcome: &'static str,
    sign_in: &'static str,
}

const LANGUAGES: [Language; 2] = [
    Language {
        tag: "en",
        welcome: "Welcome to the shop",
        sign_in: "Sign in to buy",
    },
    Language {
        tag: "ko",
        welcome: "어서 오세요",
        sign_in: "로그인하고 구매하기",
    },
];

/// The login: a public shop in each language, and an intent for each.
///
/// # Errors
///
/// If settings are missing or wrong.
pub fn login(login: LoginBuilder) -> Result<Login, ConfigError> {
    let login = login.public_path("/").public_path("/site.css");
    let languages = LANGUAGES.iter();
    languages
        .fold(login, |login, Language { tag, .. }| {
            login
                .public_path(format!("/{tag}"))
                .intent(*tag, SignInOptions::new().ui_locales(*tag))
        })
        .build()
}

/// The application's routes.
pub fn configure(config: &mut ServiceConfig) {
    config
        .route("/", get().to(choose))
        .route("/site.css", get().to(actix_style))
        .route("/{tag}", get().to(shop))
        .route("/{tag}/orders", get().to(orders));
}

async fn choose(user: Option<CurrentUser>) -> Html {
    let main = html! {
        @for language in &LANGUAGES {
            p { a lang=(language.tag) href={ "/" (language.tag) } { (language.welcome) } }
        }
    };
    Html::new(page("Shop", user.as_deref(), &main))
}

async fn shop(tag: Path<String>, user: Option<CurrentUser>) -> Option<Html> {
    let Language {
        tag,
        welcome,
        sign_in,
    } = of(&tag)?;
    let main = html! {
        p {
            a.button lang=(tag) href={ "/auth/login?with=" (tag) "&return_to=/" (tag) "/orders" } { (sign_in) }
        }
    };
    Some(Html::new(page(welcome, user.as_deref(), &main)))
}

async fn orders(tag: Path<String>, user: CurrentUser) -> Option<Html> {
    let language = of(&tag)?;
    let main = html! { p.lead lang=(language.tag) { (language.welcome) } };
    Some(Html::new(page("Orders", Some(&user), &main)))
}

fn of(tag: &str) -> Option<&'static Language> {
    LANGUAGES.iter().find(|language| language.tag == tag)
}

#[cfg(test)]
mod tests {
    use actix_web::{App, test};
    use fncy_login_actix::FncyLogin;
    use fncy_login_testing::{Actix, TestError, TestFncy};

    use super::{configure, login};

    #[actix_web::test]
    async fn fncy_is_told_the_language_of_the_page() -> Result<(), TestError> {
        let fncy = TestFncy::start()?;
        let layer = FncyLogin::new(login(fncy.login())?);
        let app = test::init_service(App::new().wrap(layer).configure(configure)).await;
        for tag in ["en", "ko"] {
            let visitor = fncy.visitor(Actix(&app));
            let link = format!("/auth/login?with={tag}&return_to=/{tag}/orders");
            let shop = visitor.get(&format!("/{tag}")).send().await?;
            assert!(shop.text().contains(&link.replace('&', "&amp;")));
            let answer = visitor.get(&link).send().await?;
            let location = answer.location().unwrap_or_default();
            assert!(
                location.contains(&format!("ui_locales={tag}&")),
                "{location}"
            );
            let back = visitor.sign_in_at(&link, "haneul").await?;
            assert_eq!(back.location(), Some(&*format!("/{tag}/orders")));
            let orders = visitor.get(&format!("/{tag}/orders")).send().await?;
            assert_eq!(orders.status(), 200);
        }
        let visitor = fncy.visitor(Actix(&app));
        assert_eq!(
            visitor.get("/auth/login?with=fr").send().await?.status(),
            400
        );
        Ok(())
    }
}
