//! Writes the seeds of every target into a folder: `cargo run -p fncy-login-fuzz -- FOLDER`.

use std::path::PathBuf;
use std::{env, fs, io};

use fncy_login_fuzz::TARGETS;

fn main() -> io::Result<()> {
    let folder = env::args_os()
        .nth(1)
        .map_or_else(PathBuf::new, PathBuf::from);
    for target in TARGETS {
        let folder = folder.join(target.name);
        fs::create_dir_all(&folder)?;
        for (number, seed) in (target.seeds)().iter().enumerate() {
            fs::write(folder.join(format!("seed-{number:04}")), seed)?;
        }
    }
    Ok(())
}
