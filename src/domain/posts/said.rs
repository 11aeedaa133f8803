//! Everything that a post says, and who finds it by that.

use diesel::prelude::*;

use super::{Attachment, Audience, Details, Draft, NewPost, Post, find, get};
use crate::{
    db::{
        Among, Conn, Key, Tx,
        schema::{actors as actors_table, bookmarks, likes, mentions, posts},
    },
    domain::{
        ActorId, PostId,
        actors::{self, Actor},
        brands::Said,
        words::{self, Content, Mark},
    },
    error::Result,
    text::{self, Links, Side},
};

/// How much of a post is read for its words, in bytes.
const READ: usize = 64 * 1024;
/// How many different words of a post count.
const WORDS: usize = 2_000;
/// How many of those who like or keep a post here find it by that: the latest.
const KEEPERS: i64 = 500;

/// Everything that a post says: warning, title, text, choices of a poll, and what its media show.
pub fn everything_said(post: &Post) -> String {
    let heads = (post.summary.as_str(), post.title.as_deref());
    joined(heads, &text::plain(&post.content), &post.details.0, &post.attachments.0)
}

fn joined((summary, title): (&str, Option<&str>), text: &str, details: &Details, attachments: &[Attachment]) -> String {
    let mut parts: Vec<&str> = vec![summary];
    parts.extend(title);
    parts.push(text);
    parts.extend(details.options.iter().map(|(choice, _)| choice.as_str()));
    parts.extend(attachments.iter().filter_map(|attachment| attachment.description.as_deref()));
    parts.join("\n\n")
}

impl Said for Post {
    fn said(&self) -> String {
        everything_said(self)
    }
}

impl Said for Draft {
    fn said(&self) -> String {
        let heads = (self.summary.as_str(), self.title.as_deref());
        let said = joined(heads, &text::plain(&self.content), &self.details, &self.attachments);
        [said, self.hashtags.join("\n\n")].join("\n\n")
    }
}

impl Said for NewPost {
    /// What its uploads show is known to [`WithUploads`](crate::domain::brands::WithUploads) alone.
    fn said(&self) -> String {
        let links = Links { mention: &|_, _| None, hashtag: &|_| String::new() };
        let shown = |text: &str| text::plain(&text::render(text, self.format, &links).html);
        let (content, inside) = (shown(&self.text), self.twin.as_ref().map(|twin| shown(&twin.text)));
        let mut parts: Vec<&str> = vec![&self.summary];
        parts.extend(self.title.as_deref());
        parts.push(&content);
        // What comes with it inside is said by the same person as the same actor.
        parts.extend(inside.as_deref());
        parts.extend(self.poll.iter().flat_map(|poll| &poll.choices).map(String::as_str));
        parts.join("\n\n")
    }
}

/// Lets a new post be found, when anybody here may find it: it is ours, it names one of ours, or its author wants to be
/// found. Of others no words are kept.
pub(super) fn index_new(tx: &mut Tx<'_>, id: PostId, author: &Actor, draft: &Draft) -> Result<()> {
    let named: Vec<ActorId> = draft.mentions.iter().chain(&draft.hidden).copied().collect();
    let named = if named.is_empty() { named } else { ours_among(tx.conn(), &named)? };
    if !is_found_by_anybody(author, draft.audience, &named, &[]) {
        return Ok(());
    }
    let post = get(tx.conn(), id)?;
    write(tx, &post, &named, &[])
}

/// The same for a post that was changed, or that somebody here likes or keeps, or does so no more.
pub(super) fn index_again(tx: &mut Tx<'_>, id: PostId) -> Result<()> {
    tx.lock(Key("post.words", &[id.0]))?;
    let Some(post) = find(tx.conn(), id)? else { return Ok(()) };
    let Some(author) = actors::find(tx.conn(), post.author_id)? else { return Ok(()) };
    let named: Vec<ActorId> =
        mentions::table.filter(mentions::post_id.eq(id)).select(mentions::actor_id).load(tx.conn())?;
    let named = ours_among(tx.conn(), &named)?;
    let keepers = keepers(tx.conn(), id)?;
    if is_found_by_anybody(&author, post.audience, &named, &keepers) {
        write(tx, &post, &named, &keepers)
    } else {
        words::take_out(tx, id)
    }
}

/// Lets up to `limit` posts before this one be found, latest first; answers before which to go on.
pub fn index_stored(tx: &mut Tx<'_>, before: PostId, limit: i64) -> Result<Option<PostId>> {
    let stored: Vec<PostId> = posts::table
        .filter(posts::id.lt(before))
        .order(posts::id.desc())
        .limit(limit)
        .select(posts::id)
        .load(tx.conn())?;
    // From the oldest on, as everybody who locks several does.
    for post in stored.iter().rev() {
        index_again(tx, *post)?;
    }
    Ok(stored.last().copied())
}

fn is_found_by_anybody(author: &Actor, audience: Audience, named: &[ActorId], keepers: &[ActorId]) -> bool {
    author.is_local() || (audience == Audience::Public && author.indexable) || !named.is_empty() || !keepers.is_empty()
}

fn write(tx: &mut Tx<'_>, post: &Post, named: &[ActorId], keepers: &[ActorId]) -> Result<()> {
    let said = everything_said(post);
    let said = text::beginning(&said, READ);
    let mut marks = vec![Mark::From(post.author_id)];
    marks.extend((post.audience == Audience::Public).then_some(Mark::Open));
    marks.extend(named.iter().map(|actor| Mark::To(*actor)));
    marks.extend(keepers.iter().map(|actor| Mark::Kept(*actor)));
    marks.extend(content_of(post, said).into_iter().map(Mark::Has));
    marks.extend((post.reply_to_id.is_some() || post.reply_to_uri.is_some()).then_some(Mark::Reply));
    marks.extend(post.sensitive.then_some(Mark::Sensitive));
    marks.extend(post.language.as_deref().map(Mark::language));
    words::put(tx, post.id, text::terms(said, Side::Said, WORDS), &marks)
}

fn content_of(post: &Post, said: &str) -> Vec<Content> {
    let mut content = Vec::new();
    for attachment in &post.attachments.0 {
        content.push(Content::Media);
        content.extend(match attachment.kind.as_str() {
            "image" => Some(Content::Image),
            "video" => Some(Content::Video),
            "audio" => Some(Content::Audio),
            _ => None,
        });
    }
    content.sort();
    content.dedup();
    content.extend(post.details.0.is_poll().then_some(Content::Poll));
    content.extend((said.contains("https://") || said.contains("http://")).then_some(Content::Link));
    content
}

fn ours_among(conn: &mut Conn, people: &[ActorId]) -> Result<Vec<ActorId>> {
    Ok(actors_table::table
        .filter(actors_table::id.among(people.to_vec()))
        .filter(actors_table::host.eq(""))
        .select(actors_table::id)
        .load(conn)?)
}

/// Those of ours who like or keep a post.
fn keepers(conn: &mut Conn, id: PostId) -> Result<Vec<ActorId>> {
    let mut keepers: Vec<ActorId> = likes::table
        .inner_join(actors_table::table.on(actors_table::id.eq(likes::actor_id)))
        .filter(likes::post_id.eq(id))
        .filter(actors_table::host.eq(""))
        .order(likes::id.desc())
        .limit(KEEPERS)
        .select(likes::actor_id)
        .load(conn)?;
    let keeping: Vec<ActorId> = bookmarks::table
        .filter(bookmarks::post_id.eq(id))
        .order(bookmarks::id.desc())
        .limit(KEEPERS)
        .select(bookmarks::actor_id)
        .load(conn)?;
    keepers.extend(keeping);
    keepers.sort();
    keepers.dedup();
    Ok(keepers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::posts::{Addressees, Inside, Twin},
        text::Format,
    };

    #[test]
    fn what_is_said_inside_with_a_post_is_read_as_it_is_shown() {
        let twin = Twin { audience: Audience::Company, team: None, text: "The pr**ice** rises".to_owned() };
        let new = NewPost {
            text: "The sh*op* opens".to_owned(),
            format: Format::Markdown,
            title: None,
            summary: String::new(),
            sensitive: false,
            language: None,
            audience: Audience::Public,
            team: None,
            reply_to: None,
            addressees: Addressees::default(),
            media: Vec::new(),
            edited: None,
            hashtags: Vec::new(),
            poll: None,
            quote: None,
            quoting: None,
            inside: Inside::default(),
            twin: Some(twin),
        };
        let said = new.said();
        assert!(said.contains("The shop opens") && said.contains("The price rises"), "{said}");
    }
}
