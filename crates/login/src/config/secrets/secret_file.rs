//! A secret in a file, which is replaced while the application runs.
//!
//! Rules: a file is read, and never asked for its time, which links hide; a new content counts when it was read twice
//! in a row, so that one which is being written is not believed; white space at the ends is the file's.

use std::fmt;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::PathBuf;

use zeroize::Zeroizing;

/// Longer ones are no secrets.
const MAX_LEN: u64 = 64 * 1024;

/// A file with a secret in it, such as one that Kubernetes or Docker puts there.
///
/// For crates that have secrets of their own to read, such as `fncy-login-redis`: the settings of this crate that end
/// in `_FILE` are read by it.
pub struct SecretFile {
    path: PathBuf,
    /// What it had when it was last told of.
    told: Content,
    /// What it had when it was last read.
    read: Content,
}

type Content = Result<Zeroizing<String>, io::ErrorKind>;

impl SecretFile {
    /// Opens it, and gives what is in it.
    ///
    /// # Errors
    ///
    /// It can't be read, is no text, or nothing is in it.
    pub fn open(path: impl Into<PathBuf>) -> io::Result<(Self, String)> {
        let path = path.into();
        let content = read(&path)?;
        let given = content.to_string();
        let file = Self {
            path,
            told: Ok(content.clone()),
            read: Ok(content),
        };
        Ok((file, given))
    }

    /// What is in it, if that is new and was so the last time, too: call it once a second.
    ///
    /// # Errors
    ///
    /// As [`SecretFile::open`]; each change for the worse is told once.
    pub fn changed(&mut self) -> io::Result<Option<String>> {
        let content = read(&self.path).map_err(|error| error.kind());
        let is_settled = content == self.read;
        self.read = content.clone();
        if !is_settled || content == self.told {
            return Ok(None);
        }
        self.told = content.clone();
        content
            .map(|text| Some(text.to_string()))
            .map_err(Into::into)
    }
}

fn read(path: &PathBuf) -> io::Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::new());
    File::open(path)?.take(MAX_LEN).read_to_string(&mut text)?;
    let content = Zeroizing::new(text.trim().to_owned());
    if content.is_empty() {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(content)
}

/// The path, and nothing of the secret.
impl fmt::Debug for SecretFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SecretFile").field(&self.path).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::SecretFile;

    #[test]
    fn p43_what_is_read_twice_in_a_row_is_told_once() {
        let path = std::env::temp_dir().join(format!("fncy-secret-{}", std::process::id()));
        std::fs::write(&path, "one\n").unwrap();
        let (mut file, first) = SecretFile::open(&path).unwrap();
        assert_eq!(first, "one");
        let mut told = |content: Option<&str>| {
            match content {
                Some(content) => std::fs::write(&path, content).unwrap(),
                None => drop(std::fs::remove_file(&path)),
            }
            let changed = [file.changed(), file.changed(), file.changed()];
            assert!(matches!((&changed[0], &changed[2]), (Ok(None), Ok(None))));
            changed.into_iter().nth(1).unwrap().ok()
        };
        assert_eq!(told(Some("two\n")), Some(Some("two".to_owned())));
        assert_eq!(told(Some("two")), Some(None), "nothing but the line's end");
        assert_eq!(told(Some("")), None);
        assert_eq!(told(None), None);
        assert_eq!(told(Some("two")), Some(Some("two".to_owned())));
        told(None);
    }
}
