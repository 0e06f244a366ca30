//! A session that was changed, cut off, moved or mixed gives no user or no token (rows K1 to K3, K7, K8).

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::harness::Harness;
use crate::steps::callback::{assert_failure, callback};
use crate::steps::session_cookie::{
    Fate, SESSION, elsewhere, fate, session, sign_in_with_token, signed_in,
};
use crate::world::{APP, World};

/// Version and key id as a server reads them; none where the start is no base64url.
fn start_of(value: &[u8]) -> Option<Vec<u8>> {
    let value = value.split(|byte| *byte == b';').next()?.trim_ascii();
    let segment = value.split(|byte| *byte == b'.').next()?;
    let bytes = URL_SAFE_NO_PAD.decode(segment.get(..8)?).ok()?;
    Some(bytes[..5].to_vec())
}

/// Whether another release's version or another instance's key is named: 1 and 2 are ours.
fn is_foreign(value: &[u8], original: &[u8]) -> bool {
    let (Some(start), Some(own)) = (start_of(value), start_of(original)) else {
        return false;
    };
    !matches!(start[0], 1 | 2) || start[1..] != own[1..]
}

pub(super) async fn k01_no_flipped_bit_goes_unnoticed(harness: Harness) {
    let (world, value) = signed_in(harness).await;
    let value = value.as_bytes();
    let dot = value.iter().position(|byte| *byte == b'.').unwrap();
    for index in 0..value.len() {
        // Over sockets a spread has to do: the start, both sides of the dot, the end.
        let is_edge = index < 10 || index.abs_diff(dot) < 3 || index + 2 >= value.len();
        if harness != Harness::Bare && !is_edge && index % 29 != 0 {
            continue;
        }
        for bit in 0..8 {
            let mut changed = value.to_vec();
            changed[index] ^= 1 << bit;
            // What HTTP can't carry gets no further than the server.
            if harness != Harness::Bare && changed[index].is_ascii_control() {
                continue;
            }
            let expected = if index > dot {
                Fate::tokenless("alex")
            } else if is_foreign(&changed, value) {
                Fate::Kept
            } else {
                Fate::Cleared
            };
            let found = fate(&world, session(&changed)).await;
            assert_eq!(found, expected, "byte {index}, bit {bit}");
        }
    }
    assert_eq!(fate(&world, session(value)).await, Fate::whole("alex"));
}

pub(super) async fn k02_no_other_spelling_opens(harness: Harness) {
    let (mut world, mut value) = signed_in(harness).await;
    // The value must have something that the other alphabet spells differently.
    while !value.split('.').all(|segment| segment.contains(['-', '_'])) {
        (world, value) = signed_in(harness).await;
    }
    let (first, second) = value.split_once('.').unwrap();
    let step = if harness == Harness::Bare { 1 } else { 23 };
    for length in (0..first.len()).step_by(step) {
        let found = fate(&world, session(&value[..length])).await;
        assert_eq!(found, Fate::Cleared, "cut at {length}");
    }
    for length in (first.len()..value.len()).step_by(step) {
        let found = fate(&world, session(&value[..length])).await;
        assert_eq!(found, Fate::tokenless("alex"), "cut at {length}");
    }
    for segment in [first, second] {
        for changed in [
            format!("{segment}A"),
            format!("{segment}AAAA"),
            format!("{segment}="),
            format!("{segment}=="),
            format!("{segment}%3D"),
            format!("{segment}\u{a0}"),
            format!("A{segment}"),
            segment.replace('-', "+").replace('_', "/"),
            segment.replace('-', "%2D").replace('_', "%5F"),
            segment.to_ascii_lowercase(),
            trailing_bit(segment),
            format!("{} {}", &segment[..20], &segment[20..]),
        ] {
            let (value, expected) = if segment == first {
                (format!("{changed}.{second}"), Fate::Cleared)
            } else {
                (format!("{first}.{changed}"), Fate::tokenless("alex"))
            };
            let expected = if is_foreign(value.as_bytes(), first.as_bytes()) {
                Fate::Kept
            } else {
                expected
            };
            assert_eq!(fate(&world, session(&value)).await, expected, "{changed}");
        }
    }
}

/// The same bytes in base64 that isn't canonical: a bit is set that no byte has. Where every bit
/// belongs to a byte, one more character that has none.
fn trailing_bit(segment: &str) -> String {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (last, rest) = segment.as_bytes().split_last().unwrap();
    if segment.len().is_multiple_of(4) {
        return format!("{segment}B");
    }
    let sextet = alphabet.iter().position(|found| found == last).unwrap();
    let changed = char::from(alphabet[sextet ^ 1]);
    format!("{}{changed}", String::from_utf8_lossy(rest))
}

pub(super) async fn k03_a_value_opens_in_its_own_place_only(harness: Harness) {
    let (world, value) = signed_in(harness).await;
    let mut tab = world.tab();
    let location = world.start(&mut tab, "/auth/login?return_to=/page").await;
    let name = world.cookies("__Host-fncy_login").remove(0);
    let login = world.browser.jar().get(&name).unwrap().value().into_owned();

    assert_eq!(fate(&world, session(&login)).await, Fate::Cleared);
    let answer = world.approve(&location, "alex").await;
    let query = answer.split_once('?').unwrap().1;
    let url = url::Url::parse(APP).unwrap();
    let stranger = world.stranger();
    stranger
        .jar()
        .insert(&url, name.as_bytes(), value.as_bytes());
    let page = callback(&mut stranger.tab(), query).await;
    assert_failure(&page, 400, "login_expired");
    assert_eq!(world.token_requests(), 1, "the sign-in's");

    // Each segment in the other's place, and one of each session.
    let (first, second) = value.split_once('.').unwrap();
    let swapped = session(format!("{second}.{first}"));
    assert_eq!(fate(&world, swapped).await, Fate::Cleared);
    let other = elsewhere(&world, "haneul").await;
    let (other_first, other_second) = other.split_once('.').unwrap();
    for (mixed, user) in [
        (format!("{first}.{other_second}"), "alex"),
        (format!("{other_first}.{second}"), "haneul"),
    ] {
        let found = fate(&world, session(mixed)).await;
        assert_eq!(found, Fate::tokenless(user));
    }
    // An older generation's tokens beside a newer first segment.
    world.advance(301);
    tab.get(&format!("{APP}/page")).await;
    let newer = world.session_cookie();
    let (newer_first, _) = newer.split_once('.').unwrap();
    let mixed = session(format!("{newer_first}.{second}"));
    assert_eq!(fate(&world, mixed).await, Fate::tokenless("alex"));
}

/// The values of a session of three cookies.
async fn three_cookies(world: &World, user: &str) -> [String; 3] {
    let mut tab = world.stranger().tab();
    sign_in_with_token(world, &mut tab, user, 6_000).await;
    let jar = tab.browser().jar();
    ["", ".1", ".2"].map(|suffix| {
        let cookie = jar.get(&format!("{SESSION}{suffix}")).unwrap();
        cookie.value().into_owned()
    })
}

fn chunks([first, second, third]: [&str; 3]) -> String {
    format!("{SESSION}={first}; {SESSION}.1={second}; {SESSION}.2={third}")
}

pub(super) async fn k08_chunks_of_two_sessions_give_no_token(harness: Harness) {
    let world = World::new(harness);
    let [first, second, third] = &three_cookies(&world, "alex").await;
    let [own_first, own_second, own_third] = &three_cookies(&world, "haneul").await;
    assert_eq!(
        fate_of(&world, [own_first, own_second, own_third]).await,
        Fate::whole("haneul")
    );
    for (values, expected) in [
        // A forged first cookie before the real chunks.
        (["forged", own_second, own_third], Fate::Cleared),
        (["forged.forged", own_second, own_third], Fate::Cleared),
        // Another user's first cookie before them, and one of that user's among them.
        ([first, own_second, own_third], Fate::tokenless("alex")),
        ([own_first, second, own_third], Fate::tokenless("haneul")),
        ([own_first, own_second, third], Fate::tokenless("haneul")),
        (
            [own_first, own_third, own_second],
            Fate::tokenless("haneul"),
        ),
        ([own_first, first, own_third], Fate::tokenless("haneul")),
    ] {
        assert_eq!(fate_of(&world, values).await, expected, "{values:?}");
    }
    // Chunks alone are nobody's session.
    let alone = format!("{SESSION}.1={first}; {SESSION}.2={own_third}");
    assert_eq!(fate(&world, alone).await, Fate::Kept);
}

async fn fate_of(world: &World, values: [&str; 3]) -> Fate {
    fate(world, chunks(values)).await
}

pub(super) async fn k07_of_two_cookies_the_one_that_opens_counts(harness: Harness) {
    let (world, own) = signed_in(harness).await;
    let other = elsewhere(&world, "haneul").await;
    let (first, second) = own.split_once('.').unwrap();
    let (_, other_second) = other.split_once('.').unwrap();
    let forged = "forged";
    let mixed = &format!("{forged}.{other_second}");
    let merged = &format!("{first}.{other_second}");
    let alone = &format!("{forged}.{second}");
    for (values, expected) in [
        (&[forged, &own][..], Fate::whole("alex")),
        (&[&own, forged], Fate::whole("alex")),
        (&[mixed, &own], Fate::whole("alex")),
        (&[&own, &own], Fate::whole("alex")),
        (&[forged, forged, &own], Fate::whole("alex")),
        (&[forged, forged, forged, &own], Fate::Cleared),
        (&[&own, &other], Fate::Cleared),
        (&[&other, &own], Fate::Cleared),
        (&[forged, &own, &other], Fate::Cleared),
        (&[merged, forged], Fate::tokenless("alex")),
        (&[alone, forged], Fate::Cleared),
    ] {
        let pairs: Vec<_> = values
            .iter()
            .map(|value| format!("{SESSION}={value}"))
            .collect();
        let found = fate(&world, pairs.join("; ")).await;
        assert_eq!(found, expected, "{values:?}");
    }
}

pub(super) async fn k07_a_forged_cookie_is_not_rolled_into_the_session(harness: Harness) {
    let world = World::with(harness, |setup| {
        let life = Duration::from_secs(30 * 24 * 3600);
        setup.provider = setup.provider.clone().access_token_lifetime(life);
    });
    let own = elsewhere(&world, "alex").await;
    let other = elsewhere(&world, "haneul").await;
    let (_, other_second) = other.split_once('.').unwrap();
    world.advance(3 * 3600);
    let both = format!("{SESSION}=forged.{other_second}; {SESSION}={own}");
    let rolled = world.ask("/page", both).await;
    let line = rolled.header("set-cookie").unwrap();
    let pair = line.split(';').next().unwrap();
    assert_eq!(fate(&world, pair).await, Fate::whole("alex"));
}
