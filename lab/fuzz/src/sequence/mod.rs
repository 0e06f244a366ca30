//! A whole sequence: people, browsers, time and a provider, against the bare driver.
//!
//! A script says what happens; `model.rs` knows what must be true afterwards: who is signed in as whom,
//! who is signed out for good, and what the provider may have been asked.

mod model;
mod provider;
mod world;

use crate::input::Input;

use self::provider::Mode;
use self::world::World;

/// More than this is the same again.
const MAX_STEPS: usize = 32;

/// Scripts to begin with.
pub(crate) const SCRIPTS: [&[u8]; 12] = [
    // Open a page, come back, use the session, sign out, try again.
    &[0, 0, 2, 0, 0, 0, 1, 0, 5, 0, 0, 0],
    // The same callback at once and again, and from another browser.
    &[0, 0, 10, 0, 0, 3, 0, 3, 1, 6, 1, 3, 0],
    // An access token that expires, twice at once, with the old cookie afterwards.
    &[
        0, 0, 2, 0, 0, 8, 0, 6, 6, 9, 0, 0, 0, 8, 128, 0, 0, 6, 2, 0, 0,
    ],
    // A callback from a copy of the cookies, when its answer is no longer kept.
    &[0, 0, 8, 0, 2, 0, 0, 6, 1, 8, 128, 3, 0],
    // The cookie before a refresh, half a minute after it.
    &[0, 0, 2, 0, 0, 8, 0, 6, 6, 0, 0, 6, 1, 8, 128, 0, 0],
    // The same after the new one was shown, and when all is forgotten.
    &[
        0, 0, 2, 0, 0, 8, 0, 6, 6, 0, 0, 0, 0, 6, 1, 8, 128, 0, 0, 6, 3, 8, 128, 0, 0,
    ],
    // A provider that fails in the middle, and is well again.
    &[0, 0, 2, 0, 0, 7, 2, 6, 6, 0, 0, 7, 0, 6, 1, 0, 0],
    // Another user's data with a refresh.
    &[0, 0, 2, 0, 0, 7, 6, 6, 6, 0, 0, 0, 0, 7, 0, 0, 0],
    // A sign-in over another one, and the old cookie.
    &[
        0, 0, 2, 0, 0, 8, 0, 4, 0, 0, 0, 12, 0, 2, 0, 1, 8, 128, 1, 0,
    ],
    // A copy of a cookie in another browser, signed out there.
    &[0, 0, 2, 0, 0, 13, 1, 5, 1, 0, 0, 1, 0],
    // No refresh token, and the end of a session.
    &[7, 5, 0, 0, 2, 0, 0, 11, 0, 6, 6, 0, 0],
    // Days go by.
    &[
        0, 0, 2, 0, 0, 6, 7, 0, 0, 6, 7, 0, 0, 6, 8, 0, 0, 6, 9, 0, 0,
    ],
];

/// Steps, one after the other: what, and by whom or how.
pub(crate) fn check(data: &[u8]) {
    let mut input = Input::new(data);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut world = World::new();
        for _ in 0..MAX_STEPS {
            if input.is_empty() {
                break;
            }
            step(&mut world, &mut input).await;
            assert_eq!(world.provider.blame(), None);
        }
    });
}

async fn step(world: &mut World, input: &mut Input<'_>) {
    let what = input.below(14);
    let who = input.byte();
    let browser = usize::from(who & 1);
    match what {
        0 => world.open(browser, "/page").await,
        1 => world.ask(browser, "/api").await,
        2 => {
            let user = input.below(2);
            let callback = world.approved(usize::from(who >> 1 & 1), user);
            world.come_back(browser, callback).await;
        }
        3 => world.come_back_again(browser).await,
        4 => world.start(browser).await,
        5 => world.sign_out(browser).await,
        6 => world.wait(usize::from(who)).await,
        7 => world.provider.set_mode(Mode::numbered(usize::from(who))),
        8 if who & 128 == 0 => world.keep_copy(browser),
        8 => world.restore_copy(browser),
        9 => world.open_twice(browser).await,
        10 => {
            let user = input.below(2);
            world.come_back_twice(browser, user).await;
        }
        11 => world.open(browser, "/public").await,
        12 => world.ask(browser, "/auth/session").await,
        _ => world.steal(browser),
    }
}
