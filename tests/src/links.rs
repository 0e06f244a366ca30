//! Follows the links of the project into itself: between its Markdown files, and by its address on the web.
//!
//! Rustdoc follows the links between pages of the documentation (`cargo xtask lint documentation`).

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};
use std::process::Command;

use crate::claims::root;

const ADDRESS: &str = "https://github.com/fncy-login/fncy-login";

/// The texts of the files that git knows, by their paths from the root.
fn files() -> HashMap<PathBuf, String> {
    let known = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .unwrap();
    let known = String::from_utf8(known.stdout).unwrap();
    let texts = known.lines().filter_map(|name| {
        let text = std::fs::read_to_string(root().join(name)).ok()?;
        Some((PathBuf::from(name), text))
    });
    texts.collect()
}

/// The lines of a page outside its code blocks, without code in backticks.
fn prose(page: &str) -> String {
    let mut is_code = false;
    let lines = page.lines().filter(|line| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        !is_code && !is_fence
    });
    let lines: Vec<_> = lines.collect();
    let lines = lines.join("\n");
    lines.split('`').step_by(2).collect()
}

/// The targets of a page's links and pictures.
pub(crate) fn targets(page: &str) -> Vec<String> {
    let prose = prose(page);
    let inline = prose.split("](").skip(1).map(|rest| rest.split(')').next());
    let pictures = prose
        .split("src=\"")
        .skip(1)
        .map(|rest| rest.split('"').next());
    let defined = prose
        .lines()
        .map(|line| Some(line.strip_prefix('[')?.split_once("]: ")?.1));
    let all = inline.chain(pictures).chain(defined);
    all.flatten().map(str::to_owned).collect()
}

/// The anchors of a page: its own, and those that GitHub and rustdoc give to headings.
fn anchors(page: &str) -> Vec<String> {
    let mut is_code = false;
    let headings = page.lines().filter(|line| {
        is_code ^= line.starts_with("```");
        !is_code && line.starts_with('#')
    });
    let is_kept = |letter: &char| letter.is_alphanumeric() || "-_ ".contains(*letter);
    let of_headings = headings.map(|heading| {
        let text = heading.trim_start_matches('#').trim().to_lowercase();
        let text: String = text.chars().filter(is_kept).collect();
        text.replace(' ', "-")
    });
    let own = page.split("<a id=\"").skip(1);
    let own = own.filter_map(|rest| Some(rest.split('"').next()?.to_owned()));
    of_headings.chain(own).collect()
}

/// A path without its `..`.
fn plain(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut plain, part| {
        if part == Component::ParentDir {
            plain.pop();
        } else {
            plain.push(part);
        }
        plain
    })
}

/// The leading part of an address that `rest` begins with.
fn address(rest: &str) -> &str {
    let ends = |letter: char| !letter.is_ascii_alphanumeric() && !"-_./#".contains(letter);
    rest.split(ends).next().unwrap().trim_end_matches('.')
}

/// What is wrong with a link to a path from the root, which may have an anchor.
fn fault(files: &HashMap<PathBuf, String>, link: &Path) -> Option<&'static str> {
    let link = link.to_str().unwrap();
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    if !root().join(path).exists() {
        Some("there is no such file")
    } else if anchor.is_empty() {
        None
    } else {
        let page = files.get(Path::new(path)).map_or("", String::as_str);
        let has_anchor = anchors(page).iter().any(|known| known == anchor);
        (!has_anchor).then_some("the page has no such heading")
    }
}

#[test]
fn every_link_into_the_project_leads_to_something() {
    let files = files();
    let mut broken = Vec::new();
    let mut checked = 0;
    for (name, text) in &files {
        let is_page = name.extension().is_some_and(|extension| extension == "md");
        // A path of Rust is a link of rustdoc, and a file of the documentation has its own address there.
        let is_file = |target: &String| !target.contains("::") && !target.contains("://");
        let relative = targets(text)
            .into_iter()
            .filter(|target| is_page && is_file(target))
            .map(|target| match target.strip_prefix('#') {
                Some(_) => PathBuf::from(format!("{}{target}", name.display())),
                None => plain(&name.parent().unwrap().join(target)),
            });
        let absolute = text.split(ADDRESS).skip(1).filter_map(|rest| {
            let rest = address(rest);
            let path = rest
                .strip_prefix("/blob/main/")
                .or_else(|| rest.strip_prefix("/tree/main/"));
            match path {
                Some(path) => Some(PathBuf::from(path)),
                None if rest.starts_with('#') => Some(PathBuf::from(format!("README.md{rest}"))),
                None if rest.is_empty() => None,
                None => Some(PathBuf::from(rest)),
            }
        });
        for link in relative.chain(absolute) {
            checked += 1;
            if let Some(fault) = fault(&files, &link) {
                broken.push(format!("{}: {}: {fault}", name.display(), link.display()));
            }
        }
    }
    broken.sort_unstable();
    assert_eq!(broken, [""; 0]);
    assert!(checked > 100, "{checked} links were found");
}

/// Rustdoc follows the path of such a link, and leaves its anchor unchecked.
#[test]
fn every_anchor_that_is_linked_in_the_manual_exists() {
    let files = files();
    let folder = Path::new("crates/login/src/manual");
    let mut checked = 0;
    for (name, text) in files.iter().filter(|(name, _)| name.starts_with("crates")) {
        for rest in text.split("manual::").skip(1) {
            if let Some((page, anchor)) = address(&rest.replace("::", "/")).split_once('#') {
                let link = format!("{}.md#{anchor}", folder.join(page).display());
                assert_eq!(
                    fault(&files, Path::new(&link)),
                    None,
                    "{}: {link}",
                    name.display()
                );
                checked += 1;
            }
        }
    }
    assert!(checked > 0, "no link was found");
}
