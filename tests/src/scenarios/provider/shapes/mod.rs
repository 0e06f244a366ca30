//! Answers of well-known providers, from two tables, are read in a sign-in and in a refresh.

use fncy_dev_server::{Endpoint, Fault};
use fncy_login::Setting;

use crate::harness::Harness;
use crate::steps::callback::assert_failure;
use crate::steps::session::LIFE;
use crate::steps::token_answer::{
    Grant, PAGE, accepted, assert_ends_in_sign_in, assert_kept, assert_no_sign_in,
    new_refresh_token, sign_in_anew, sign_in_with_user_data,
};
use crate::world::{SCRIPTED, World};

/// The lines of a table, in so many columns.
fn rows<const N: usize>(table: &'static str) -> Vec<[&'static str; N]> {
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    let columns = lines.map(|line| line.splitn(N, " | ").collect::<Vec<_>>());
    columns.map(|row| row.try_into().unwrap()).collect()
}

fn answer(status: &str, body: &str) -> Fault {
    let body = body.replace("ACCESS", SCRIPTED);
    let body = body.replace("REFRESH", &new_refresh_token());
    Fault::status(status.parse().unwrap()).json(&body)
}

/// A page's status and code.
fn failure(column: &'static str) -> (u16, &'static str) {
    let (status, code) = column.split_once(' ').unwrap();
    (status.parse().unwrap(), code)
}

pub(super) async fn token_answers_of_well_known_providers(harness: Harness) {
    let shapes = rows(include_str!("token_answers.txt"));
    assert!(shapes.len() > 30);
    for [provider, status, at_sign_in, at_refresh, body] in shapes {
        tracing::info!(provider, status, body, "shape");
        let world = World::new(harness);
        match at_sign_in {
            "session" => drop(accepted(&world, Grant::Code, &answer(status, body)).await),
            page => {
                let (page, code) = failure(page);
                assert_no_sign_in(&world, &answer(status, body), page, code).await;
            }
        }
        match at_refresh {
            "new tokens" => {
                accepted(&world, Grant::RefreshToken, &answer(status, body)).await;
            }
            "sign-in" => assert_ends_in_sign_in(&world, &answer(status, body)).await,
            "503" => drop(assert_kept(&world, &answer(status, body)).await),
            other => panic!("{other}"),
        }
    }
}

pub(super) async fn user_data_of_well_known_providers(harness: Harness) {
    let shapes = rows(include_str!("user_data.txt"));
    assert!(shapes.len() > 20);
    for [provider, pointer, status, at_sign_in, body] in shapes {
        tracing::info!(provider, status, body, "shape");
        let mut world = World::with(harness, |setup| {
            setup.login = Box::new(move |builder| builder.set(Setting::UserId, pointer));
        });
        let page = sign_in_with_user_data(&world, answer(status, body)).await;
        let mut user = at_sign_in;
        if page.status != 200 {
            let (status, code) = failure(at_sign_in);
            assert_failure(&page, status, code);
            world = World::new(harness);
            sign_in_anew(&world).await;
            user = "alex";
        }
        world.advance(LIFE + 1);
        let again = answer(status, body).once();
        world.provider.fault(Endpoint::UserData, again);
        let page = world.tab().get(PAGE).await;
        assert_eq!(page.text(), format!("user={user}"), "after a refresh");
        assert_eq!(world.provider.request_count(Endpoint::UserData), 2);
    }
}
