//! One authenticated GET with each peer, by framework, beside ours.

use fncy_login_benches::floor;
use fncy_login_benches::frameworks::{self, SignedIn};
use fncy_login_benches::interleave::{Case, Figure, measure};
use fncy_login_benches::sample::{Provider, TOKEN_LEN, sign_in};

use crate::{
    actix_openidconnect, actix_session, axum_login, axum_oidc, axum_oidc_client, axum_session,
    jars, provider, ruts, tower_sessions,
};

/// Rows that are compared with the first of them, which is ours.
struct Group {
    title: &'static str,
    cases: Vec<Case>,
}

/// Measures and prints.
pub(crate) async fn table() {
    let provider = Provider::start().await;
    let login = provider.login(|builder| builder);
    let cookies = sign_in(&login, TOKEN_LEN).await;
    let visitor = SignedIn {
        login: &login,
        cookies: &cookies,
    };
    let mut alone = Vec::from(floor::cases());
    alone.push(frameworks::axum_bare(&cookies));
    alone.push(frameworks::actix_bare(&cookies).await);
    let issuer = provider::start().await;
    let groups = [axum(visitor, &issuer).await, actix(visitor, &issuer).await];

    let count = alone.len();
    let titles = groups
        .each_ref()
        .map(|group| (group.title, group.cases.len()));
    alone.extend(groups.into_iter().flat_map(|group| group.cases));
    let figures = measure(alone).await;
    let (alone, mut rest) = figures.split_at(count);
    let floor = alone[0].whole;

    println!("| what | added ns | x F | times ours |\n| --- | --: | --: | --: |");
    println!("| **alone, all of it** | | | |");
    for figure in alone {
        println!("{} |", row(figure, floor));
    }
    for (title, count) in titles {
        println!("| **{title}** | | | |");
        let (group, others) = rest.split_at(count);
        for figure in group {
            println!(
                "{} {:.1} |",
                row(figure, floor),
                figure.added / group[0].added
            );
        }
        rest = others;
    }
}

fn row(figure: &Figure, floor: f64) -> String {
    let (name, added) = (&figure.name, figure.added);
    format!("| {name} | {added:.0} | {:.1} |", added / floor)
}

async fn axum(visitor: SignedIn<'_>, issuer: &str) -> Group {
    let mut cases = vec![frameworks::axum_layer("axum, Router::layer", visitor)];
    cases.extend(tower_sessions::cases().await);
    cases.extend(axum_login::cases().await);
    cases.extend(axum_session::cases().await);
    cases.extend(ruts::cases().await);
    cases.extend(jars::cases().await);
    cases.push(axum_oidc_client::case(issuer).await);
    cases.push(axum_oidc::case(issuer).await);
    Group {
        title: "axum",
        cases,
    }
}

async fn actix(visitor: SignedIn<'_>, issuer: &str) -> Group {
    let mut cases = vec![frameworks::actix_wrap("actix-web, wrap", visitor).await];
    cases.extend(actix_session::cases().await);
    cases.push(actix_openidconnect::case(issuer).await);
    Group {
        title: "actix-web",
        cases,
    }
}
