//! A crate's source as text: its files, and what each imports.
//!
//! Rules kept here: an import is a path that begins with `crate`, `self`, `super` or a child module, in a `use` line or
//! in code; comments and what only tests have are left out.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

/// A module's path, without `crate`.
type Module<'a> = Vec<&'a str>;

/// The files of a crate, each by its path below `src`.
pub(super) struct Source {
    all: BTreeMap<String, String>,
    code: BTreeMap<String, String>,
}

/// A path that leads to a file of the crate.
pub(super) struct Import<'a> {
    /// As it would stand in a line of its own.
    pub(super) path: String,
    /// The file that it leads to.
    pub(super) file: &'a str,
    /// Whether that file is around the importing one, or the path climbs more than one step.
    pub(super) reaches_up: bool,
}

impl Source {
    /// Reads a crate's `src`.
    pub(super) fn read(src: &Path) -> io::Result<Self> {
        let mut files = BTreeMap::new();
        read(src, "", &mut files)?;
        Ok(Self::new(files))
    }

    /// Files and their texts.
    pub(super) fn new(all: BTreeMap<String, String>) -> Self {
        let tests: Vec<_> = all
            .iter()
            .flat_map(|(name, text)| test_files(name, text))
            .collect();
        let is_test = |name: &str| {
            let mut rests = tests
                .iter()
                .filter_map(|test| name.strip_prefix(test.as_str()));
            rests.any(|rest| !rest.starts_with(is_word))
        };
        let code = all
            .iter()
            .filter(|(name, _)| name.ends_with(".rs") && !is_test(name));
        let code = code.map(|(name, text)| (name.clone(), without_tests(text)));
        Self {
            code: code.collect(),
            all,
        }
    }

    /// Each folder, and how many files are in it.
    pub(super) fn folders(&self) -> BTreeMap<&str, usize> {
        let mut folders = BTreeMap::new();
        for name in self.all.keys() {
            *folders.entry(folder(name)).or_default() += 1;
        }
        folders
    }

    /// Each file that is more than tests, with its text.
    pub(super) fn code(&self) -> impl Iterator<Item = (&str, &str)> {
        self.code
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// What a file imports.
    pub(super) fn imports(&self, name: &str, text: &str) -> Vec<Import<'_>> {
        let own = module(name);
        let is_start = |word: &str| {
            ["crate", "self", "super"].contains(&word)
                || self.file(&[&own[..], &[word]].concat()).is_some()
        };
        let mut paths = Vec::new();
        for (at, _) in text.match_indices("::") {
            let before = text[..at].rfind(|c: char| !is_word(c) && c != ':');
            let start = before.map_or(0, |before| before + 1);
            // `pub(in crate::a)` is no import.
            if is_start(&text[start..at]) && !text[..start].ends_with("(in ") {
                expand(&text[start..], &mut Vec::new(), &mut paths);
            }
        }
        paths
            .iter()
            .filter_map(|path| self.import(path, &own))
            .collect()
    }

    /// Follows a path to the innermost module that has a file.
    fn import(&self, path: &[&str], own: &[&str]) -> Option<Import<'_>> {
        let (first, rest) = path.split_first()?;
        let mut module = match *first {
            "crate" => Vec::new(),
            "self" => own.to_vec(),
            "super" => own.split_last()?.1.to_vec(),
            child => [own, &[child]].concat(),
        };
        for part in rest {
            module.push(part);
            if self.file(&module).is_none() {
                module.pop();
                break;
            }
        }
        let is_around = module.len() < own.len() && own.starts_with(&module);
        Some(Import {
            path: path.join("::"),
            file: self.file(&module)?,
            reaches_up: is_around || path.starts_with(&["super", "super"]),
        })
    }

    /// The file of a module: `a/b.rs` or `a/b/mod.rs` for `a::b`, and `lib.rs` for the crate.
    fn file(&self, module: &[&str]) -> Option<&str> {
        let path = if module.is_empty() {
            "lib".to_owned()
        } else {
            module.join("/")
        };
        let names = [format!("{path}.rs"), format!("{path}/mod.rs")];
        let file = names
            .iter()
            .find_map(|name| self.code.get_key_value(name))?;
        Some(file.0)
    }
}

fn read(folder: &Path, prefix: &str, files: &mut BTreeMap<String, String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name()))?;
        let name = format!("{prefix}{}", name.to_string_lossy());
        if path.is_dir() {
            read(&path, &format!("{name}/"), files)?;
        } else {
            files.insert(name, String::from_utf8_lossy(&fs::read(path)?).into_owned());
        }
    }
    Ok(())
}

fn folder(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The module that a file is.
fn module(name: &str) -> Module<'_> {
    let path = name.trim_end_matches(".rs").trim_end_matches("/mod");
    path.split('/').filter(|part| *part != "lib").collect()
}

/// How the paths of those files begin that a file declares for its tests.
fn test_files(name: &str, text: &str) -> Vec<String> {
    let declarations = text.split("#[cfg(test)]\n").skip(1);
    let files =
        declarations.filter_map(
            |declaration| match declaration.strip_prefix("#[path = \"") {
                Some(path) => Some([folder(name), path.split('"').next()?].join("/")),
                None => {
                    let (_, module) = declaration.lines().next()?.split_once("mod ")?;
                    Some(
                        [&self::module(name)[..], &[module.strip_suffix(';')?]]
                            .concat()
                            .join("/"),
                    )
                }
            },
        );
    files
        .map(|file| file.trim_start_matches('/').to_owned())
        .collect()
}

/// The text without comments, and without the items that only tests have: rustfmt ends each where it began.
fn without_tests(text: &str) -> String {
    let mut lines = text.lines();
    let mut kept = String::new();
    while let Some(line) = lines.next() {
        if line.trim() == "#[cfg(test)]" {
            let indent = line.len() - line.trim_start().len();
            lines.find(|line| {
                let item = line.get(indent..).unwrap_or_default();
                !item.starts_with([' ', '#']) && item.ends_with([';', '}', ','])
            });
        } else {
            kept += line.split("//").next().unwrap_or_default();
            kept += "\n";
        }
    }
    kept
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Reads one path, or what stands in its braces, and returns the text after it.
fn expand<'a>(text: &'a str, prefix: &mut Module<'a>, paths: &mut Vec<Module<'a>>) -> &'a str {
    let text = text.trim_start();
    if let Some(mut rest) = text.strip_prefix('{') {
        while !rest.is_empty() && !rest.starts_with('}') {
            // Another name may follow the path.
            let after = expand(rest, prefix, paths).trim_start_matches(|c| c != ',' && c != '}');
            rest = after.trim_start_matches(',').trim_start();
        }
        return rest.trim_start_matches('}');
    }
    let (word, rest) = text.split_at(text.find(|c| !is_word(c)).unwrap_or(text.len()));
    prefix.push(word);
    let after = match rest.strip_prefix("::") {
        Some(rest) => expand(rest, prefix, paths),
        None => {
            paths.push(prefix.clone());
            rest
        }
    };
    prefix.pop();
    after
}
