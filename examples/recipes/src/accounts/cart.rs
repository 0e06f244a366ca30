//! A cart in the session data: no database, and no table of sessions.
//!
//! For small data that belong to one browser and end with its session. The data are in the cookie, which has a kilobyte
//! for the user and the data: so the cart has numbers of articles alone, and says so when it is full.

use axum::Router;
use axum::extract::Form;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use fncy_login_tower::{
    ConfigError, CurrentUser, FncyLoginLayer, LoginBuilder, Session, SetDataError, WrappedRouter,
};
use maud::html;
use serde::Deserialize;

use crate::page::{page, style};

/// The names of the articles. An article's number is its place here.
const ARTICLES: [&str; 3] = ["Chess set", "Dice", "Playing cards"];

/// The numbers of the articles in the cart.
type Cart = Vec<usize>;

/// The application: a page with the articles and the cart, and two forms.
///
/// # Errors
///
/// If settings are missing or wrong.
pub fn app(login: LoginBuilder) -> Result<WrappedRouter, ConfigError> {
    let login = login.public_path("/site.css").build()?;
    let routes = Router::new()
        .route("/", get(home))
        .route("/add", post(add))
        .route("/empty", post(empty))
        .route("/site.css", get(style));
    Ok(FncyLoginLayer::new(login).wrap(routes))
}

async fn home(user: CurrentUser) -> Html<String> {
    // Data of another release of the application count as an empty cart.
    let cart: Cart = user.session_data().ok().flatten().unwrap_or_default();
    let main = html! {
        section.card {
            h2 { "In your cart" }
            ul { @for article in cart.iter().filter_map(|number| ARTICLES.get(*number)) { li { (article) } } }
            form method="post" action="/empty" { button { "Empty the cart" } }
        }
        @for (number, article) in ARTICLES.iter().enumerate() {
            form method="post" action="/add" {
                button name="article" value=(number) { "Add " (article) }
            }
        }
    };
    Html(page("Shop", Some(&user), &main))
}

#[derive(Deserialize)]
struct Added {
    article: usize,
}

async fn add(session: Session, Form(added): Form<Added>) -> Result<Redirect, NotChanged> {
    let mut cart: Cart = session.data().ok().flatten().unwrap_or_default();
    cart.push(added.article);
    session.set_data(&cart)?;
    Ok(Redirect::to("/"))
}

async fn empty(session: Session) -> Result<Redirect, NotChanged> {
    session.clear_data()?;
    Ok(Redirect::to("/"))
}

/// The cart was not changed, and the person is told why.
struct NotChanged(SetDataError);

impl From<SetDataError> for NotChanged {
    fn from(error: SetDataError) -> Self {
        Self(error)
    }
}

impl IntoResponse for NotChanged {
    fn into_response(self) -> Response {
        let text = match self.0 {
            SetDataError::TooLarge => "Your cart is full.",
            _ => "Your cart did not change. Please try again.",
        };
        let main = html! { p.alert { (text) } p { a.button href="/" { "Back" } } };
        (StatusCode::CONFLICT, Html(page("Shop", None, &main))).into_response()
    }
}

#[cfg(test)]
mod tests {
    use fncy_login_testing::{TestError, TestFncy};

    use super::app;

    #[tokio::test]
    async fn an_article_stays_in_the_cart_until_it_is_emptied() -> Result<(), TestError> {
        let fncy = TestFncy::start()?;
        let alex = fncy.signed_in("alex", app(fncy.login())?).await?;
        for article in ["1", "2"] {
            let added = alex
                .post("/add")
                .form(&[("article", article)])
                .send()
                .await?;
            assert_eq!(added.status(), 303);
        }
        let page = alex.get("/").send().await?;
        assert!(page.text().contains("<li>Dice</li><li>Playing cards</li>"));
        alex.post("/empty").send().await?;
        assert!(!alex.get("/").send().await?.text().contains("<li>"));
        Ok(())
    }

    #[tokio::test]
    async fn a_full_cart_says_so_and_keeps_what_it_has() -> Result<(), TestError> {
        let fncy = TestFncy::start()?;
        let alex = fncy.signed_in("alex", app(fncy.login())?).await?;
        let mut added = 0;
        let refused = loop {
            let answer = alex.post("/add").form(&[("article", "0")]).send().await?;
            if answer.status() != 303 {
                break answer;
            }
            added += 1;
            assert!(added < 1_024, "the cookie has a kilobyte");
        };
        assert_eq!(refused.status(), 409);
        assert!(refused.text().contains("Your cart is full."));
        let page = alex.get("/").send().await?;
        assert_eq!(page.text().matches("<li>Chess set</li>").count(), added);
        Ok(())
    }
}
