//! Three incidents of the night that `cargo xtask night` plays, and the queries of the dashboard after them.

use std::path::Path;

use fncy_login_night::dashboard::problems;
use fncy_login_night::incidents::ALL;
use fncy_login_night::night::play;
use fncy_login_night::stage::Stage;

#[test]
fn three_incidents_are_seen_and_survived() {
    let Some(mut stage) = Stage::start(Path::new(env!("CARGO_BIN_EXE_recipes"))) else {
        return;
    };
    for name in [
        "Redis is killed",
        "a rolling restart",
        "another client ID on one instance",
    ] {
        let incident = ALL.iter().find(|incident| incident.name == name).unwrap();
        let row = play(&mut stage, incident);
        println!("{row}");
        assert!(row.problems.is_empty(), "{row}");
    }
    assert_eq!(problems(&mut stage), Vec::<String>::new());
}
