//! The pages of the documentation, their blocks, words in code, headings and links.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// A page, or a file that is meant to be copied.
pub struct Page {
    /// From the top of the repository.
    pub name: String,
    pub text: String,
}

/// A fenced block of a page.
pub struct Block {
    pub language: String,
    pub text: String,
}

pub fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub fn read(name: &str) -> Page {
    Page { name: name.to_owned(), text: fs::read_to_string(top().join(name)).unwrap() }
}

fn files(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(top().join(folder)).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries.filter(|path| path.is_file()).collect();
    files.sort();
    files
}

fn in_folder(folder: &str) -> Vec<Page> {
    files(folder).iter().map(|path| read(&format!("{folder}/{}", path.file_name().unwrap().display()))).collect()
}

/// Every page of Markdown.
pub fn all() -> Vec<Page> {
    let top = ["README.md", "CHANGELOG.md", "FEDERATION.md"].map(read);
    let below = ["docs", "docs/guide", "docs/decisions"].into_iter().flat_map(in_folder);
    top.into_iter().chain(below).filter(|page| page.name.ends_with(".md")).collect()
}

/// The files that are meant to be copied.
pub fn deploy() -> Vec<Page> {
    in_folder("docs/deploy")
}

impl Page {
    /// The fenced blocks, without the indentation of a list that they stand in.
    pub fn blocks(&self) -> Vec<Block> {
        let (mut blocks, mut open): (Vec<Block>, Option<(usize, Block)>) = (Vec::new(), None);
        for line in self.text.lines() {
            let bare = line.trim_start();
            if let Some(language) = bare.strip_prefix("```") {
                match open.take() {
                    Some((_, block)) => blocks.push(block),
                    None => {
                        let block = Block { language: language.trim().to_owned(), text: String::new() };
                        open = Some((line.len() - bare.len(), block));
                    }
                }
            } else if let Some((indent, block)) = &mut open {
                block.text.push_str(line.get(*indent..).unwrap_or(bare));
                block.text.push('\n');
            }
        }
        assert!(open.is_none(), "{}: a block has no end", self.name);
        blocks
    }

    /// What is outside of blocks.
    fn prose(&self) -> String {
        let mut inside = false;
        let outside = self.text.lines().filter(|line| {
            let fence = line.trim_start().starts_with("```");
            inside ^= fence;
            !inside && !fence
        });
        outside.collect::<Vec<_>>().join("\n")
    }

    /// The words in backticks.
    pub fn code(&self) -> Vec<String> {
        self.prose().lines().flat_map(|line| line.split('`').skip(1).step_by(2)).map(ToOwned::to_owned).collect()
    }

    /// Where its links lead.
    fn links(&self) -> Vec<String> {
        let prose = self.prose();
        let targets = prose.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
        targets.map(|(target, _)| target.to_owned()).collect()
    }

    /// What can stand behind the # of a link to this page.
    fn anchors(&self) -> BTreeSet<String> {
        let prose = self.prose();
        let headings = prose.lines().filter(|line| line.starts_with('#'));
        headings.map(|line| anchor(line.trim_start_matches('#').trim())).collect()
    }
}

/// A heading as links name it: small letters, hyphens for spaces, no other signs.
fn anchor(heading: &str) -> String {
    let kept = heading.to_lowercase().replace(' ', "-");
    kept.chars().filter(|sign| sign.is_alphanumeric() || matches!(sign, '-' | '_')).collect()
}

#[test]
fn every_link_of_the_documentation_leads_somewhere() {
    let mut broken = Vec::new();
    for page in all() {
        let folder = Path::new(&page.name).parent().unwrap().to_path_buf();
        for link in page.links().into_iter().filter(|link| !link.contains("://") && !link.starts_with("mailto:")) {
            let (file, anchor) =
                link.split_once('#').map_or((link.as_str(), None), |(file, anchor)| (file, Some(anchor)));
            let target = if file.is_empty() { PathBuf::from(&page.name) } else { folder.join(file) };
            let there = top().join(&target);
            let leads = match anchor {
                Some(anchor) if there.is_file() => read(&target.display().to_string()).anchors().contains(anchor),
                Some(_) => false,
                None => there.exists(),
            };
            if !leads {
                broken.push(format!("{}: {link}", page.name));
            }
        }
    }
    assert_eq!(broken, Vec::<String>::new());
}

#[test]
fn every_guide_is_found_from_the_index() {
    let index = read("docs/README.md").text;
    let missing: Vec<String> = ["docs", "docs/guide"]
        .into_iter()
        .flat_map(in_folder)
        .filter_map(|page| page.name.strip_prefix("docs/").map(ToOwned::to_owned))
        .filter(|name| name.ends_with(".md") && name != "README.md" && !index.contains(&format!("]({name})")))
        .collect();
    assert_eq!(missing, Vec::<String>::new(), "docs/README.md has no link to these");
}
