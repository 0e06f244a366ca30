//! A real redis-server and the simulated one run the same random scripts, and must give the same answers and keep the
//! same keys.
//!
//! Rules:
//! - A seed repeats a sequence. `FNCY_SEQUENCES` says how many there are.
//! - The real server has the machine's clock. The simulated one is asked at each millisecond in which the real one may
//!   have answered, until it gives the same answer. So a sequence that differs runs again, and fails if it differs
//!   three times.

#![expect(clippy::unwrap_used, reason = "a test")]

mod pair;
mod random;
mod steps;

use fncy_login_tests::real_server::redis::Redis;

use pair::Pair;
use random::Random;

/// Steps of a sequence.
const STEPS: usize = 60;
/// How often a sequence runs that differs.
const TRIES: usize = 3;

#[tokio::test]
async fn the_simulated_server_does_what_a_real_one_does() {
    let folder = std::env::temp_dir().join(format!("fncy-no-folder-{}", std::process::id()));
    let Some(redis) = Redis::start_with(&["--enable-protected-configs", "yes"]).await else {
        return;
    };
    let mut pair = Pair::new(&redis.url(), &folder);
    for seed in 0..sequences() {
        let tries = (0..TRIES).map(|_| sequence(&mut pair, seed));
        let differences: Vec<_> = tries.map_while(Result::err).collect();
        assert!(
            differences.len() < TRIES,
            "sequence {seed}: {}",
            differences.join("\n")
        );
    }
}

fn sequences() -> u64 {
    #[expect(clippy::disallowed_methods, reason = "a setting of this test")]
    let number = std::env::var("FNCY_SEQUENCES");
    number.map_or(60, |number| number.parse().unwrap())
}

/// Runs one sequence on both servers, and returns the first difference.
fn sequence(pair: &mut Pair, seed: u64) -> Result<(), String> {
    pair.begin();
    let mut random = Random::new(seed);
    for number in 0..STEPS {
        let step = steps::draw(&mut random);
        pair.run(&step)
            .map_err(|difference| format!("step {number}, {step:?}: {difference}"))?;
    }
    Ok(())
}
