//! A copy of the workspace, in which files can be changed.
//!
//! Rules kept here: a file that is the same already is not touched, so that what was built of it stays;
//! what is built, downloaded or git's own is not copied; what is there no more goes.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::Path;

const LEFT_OUT: [&str; 3] = ["target", "node_modules", ".git"];

/// Makes `copy` the same as `folder`.
pub(crate) fn copy(folder: &Path, copy: &Path) -> Result<(), String> {
    make_equal(folder, copy).map_err(|error| {
        let copy = copy.display();
        format!(
            "The workspace can't be copied to {copy} ({error}); remove that folder and try again."
        )
    })
}

fn make_equal(folder: &Path, copy: &Path) -> io::Result<()> {
    fs::create_dir_all(copy)?;
    let mut names = HashSet::new();
    for entry in fs::read_dir(folder)? {
        let (entry, name) = entry.map(|entry| (entry.path(), entry.file_name()))?;
        if LEFT_OUT.iter().any(|left_out| name == *left_out) {
            continue;
        }
        let to = copy.join(&name);
        if entry.is_dir() {
            make_equal(&entry, &to)?;
        } else {
            let text = fs::read(&entry)?;
            if fs::read(&to).ok().as_ref() != Some(&text) {
                fs::write(&to, text)?;
            }
        }
        names.insert(name);
    }
    for entry in fs::read_dir(copy)? {
        let entry = entry?;
        if names.contains(&entry.file_name()) {
            continue;
        }
        if entry.path().is_dir() {
            fs::remove_dir_all(entry.path())?;
        } else {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::copy;
    use crate::workspace;

    #[test]
    fn a_copy_has_what_is_there_now_and_leaves_the_rest_alone() {
        let place = workspace::target().join("test-of-tree");
        let (from, to) = (place.join("from"), place.join("to"));
        for (file, text) in [
            ("from/a/one", "1"),
            ("from/a/two", "2"),
            ("from/target/built", ""),
            ("to/a/one", "1"),
            ("to/a/two", "changed"),
            ("to/b/gone", ""),
        ] {
            let file = place.join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        let made = |name: &str| fs::metadata(to.join(name)).unwrap().modified().unwrap();
        let before = made("a/one");
        copy(&from, &to).unwrap();
        assert_eq!(before, made("a/one"), "it was not touched");
        assert_eq!(fs::read_to_string(to.join("a/two")).unwrap(), "2");
        assert!(!to.join("b").exists() && !to.join("target").exists());
        fs::remove_dir_all(place).unwrap();
    }
}
