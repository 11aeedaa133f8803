//! What became of each platform's files, as the table of docs/interoperability.md.

use std::{collections::BTreeMap, fmt::Write};

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It is stored, or had its effect.
    Kept,
    /// It changed nothing, which is no fault of its sender, and why.
    Ignored(&'static str),
    /// It was not believed or not understood, and why.
    Refused(&'static str),
}

/// A file that was judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    pub platform: String,
    /// Such as `Create(Note)`.
    pub kind: String,
    pub outcome: Outcome,
}

/// How many there were of each kind, the most first; with the number of the reason where there is one.
fn cell<'j>(files: impl Iterator<Item = &'j Judged>, reasons: &mut Vec<&'static str>) -> String {
    let mut counts: BTreeMap<(&str, Outcome), usize> = BTreeMap::new();
    for file in files {
        *counts.entry((&file.kind, file.outcome)).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by(|((kind, _), count), ((other, _), more)| more.cmp(count).then(kind.cmp(other)));
    let mut number = |why: &'static str| {
        assert!(!why.is_empty(), "a reason is missing");
        reasons.iter().position(|known| *known == why).unwrap_or_else(|| {
            reasons.push(why);
            reasons.len() - 1
        }) + 1
    };
    let parts: Vec<String> = counts
        .into_iter()
        .map(|((kind, outcome), count)| match outcome {
            Outcome::Kept => format!("{kind} {count}"),
            Outcome::Ignored(why) | Outcome::Refused(why) => format!("{kind} {count} ({})", number(why)),
        })
        .collect();
    if parts.is_empty() { "–".to_owned() } else { parts.join(", ") }
}

/// The table, and below it the reasons.
pub fn render(judged: &[Judged]) -> String {
    let mut platforms: BTreeMap<&str, Vec<&Judged>> = BTreeMap::new();
    for file in judged {
        platforms.entry(&file.platform).or_default().push(file);
    }
    let mut reasons = Vec::new();
    let mut text =
        "| Platform | Files | Stored, or had its effect | Ignored | Refused |\n| --- | --- | --- | --- | --- |\n"
            .to_owned();
    for (platform, files) in platforms {
        let mut of = |wanted: fn(&Outcome) -> bool| {
            cell(files.iter().copied().filter(|file| wanted(&file.outcome)), &mut reasons)
        };
        let kept = of(|outcome| *outcome == Outcome::Kept);
        let ignored = of(|outcome| matches!(outcome, Outcome::Ignored(_)));
        let refused = of(|outcome| matches!(outcome, Outcome::Refused(_)));
        writeln!(text, "| {platform} | {} | {kept} | {ignored} | {refused} |", files.len()).unwrap();
    }
    text.push_str("\n| | Why |\n| --- | --- |\n");
    for (index, why) in reasons.iter().enumerate() {
        writeln!(text, "| ({}) | {why} |", index + 1).unwrap();
    }
    text
}
