//! Explores all models, as CI does.

use std::process::Command;

#[test]
fn no_order_of_steps_breaks_a_model() {
    let explored = Command::new(env!("CARGO_BIN_EXE_fncy-login-concurrency"))
        .arg("all")
        .output()
        .unwrap();
    let [said, failed] =
        [&explored.stdout, &explored.stderr].map(|text| String::from_utf8_lossy(text));
    assert!(explored.status.success(), "{said}{failed}");
    print!("{said}");
}
