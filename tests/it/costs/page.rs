//! What docs/performance.md says that a request takes is what it may take.

use super::statements::{ARRIVING_POST, LIKING, OUTBOX, PAGES, POST, READ_BY_APPS, SEARCH, UPLOADING, WRITING};

/// The one row of a table that begins so has this number in a cell of its own.
fn tells(part: &str, name: &str, most: usize) {
    let rows: Vec<&str> = part.lines().filter(|line| line.starts_with(&format!("| {name} |"))).collect();
    let [row] = rows[..] else { panic!("{} rows of {name}", rows.len()) };
    assert!(row.split('|').any(|cell| cell.trim() == most.to_string()), "{name} takes {most} statements: {row}");
}

#[test]
fn the_page_about_cost_tells_these_bounds() {
    let page = include_str!("../../../docs/performance.md");
    let (read, apps) = page.split_once("## What apps ask most").unwrap();
    let (apps, why) = apps.split_once("## ").unwrap();
    let pages = ["company home", "person", "brand page", "about", "tag"];
    for (name, (_, most)) in pages.into_iter().zip(PAGES) {
        tells(read, name, most);
    }
    for (name, most) in [("post with its thread", POST), ("search for posts", SEARCH), ("outbox page", OUTBOX)] {
        tells(read, name, most);
    }
    for (name, _, most) in READ_BY_APPS {
        tells(apps, name, most);
    }
    let written = ["write a post", "like a post", "take a like back", "upload a picture"];
    for (name, most) in written.into_iter().zip([WRITING, LIKING[0], LIKING[1], UPLOADING]) {
        tells(apps, name, most);
    }
    assert!(why.contains(&format!("up to {ARRIVING_POST} statements")));
}
