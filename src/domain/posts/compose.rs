//! From what somebody typed to a draft: text rendered, names looked up, limits checked.
//!
//! Whoever is mentioned and not known yet is fetched by the caller before; here a name that nobody knows
//! stays text.

use super::{
    Attachment, Audience, Draft, Inside, NewPoll, Post, QuotePolicy, Quoters, Quoting, ReplyTo, Twin, Viewer,
    first_link, get_visible, inside, like::viewer_of, quotes, rights::handle_nobody_outside, twin,
};
use crate::{
    db::{Conn, Tx},
    domain::{ActorId, By, MediaId, PostId, Site, TeamId, actors, media},
    error::{Error, Result},
    text::{self, Format, Links, MentionLink},
};

/// The most that a post may carry, in bytes of its wire form: it leaves room for the rest of that.
const CARGO: usize = 40 * 1024;
/// What a mention takes of it; most take less.
const MENTION: usize = 256;
/// How many bytes a character of the limit may take: emoji are many, and a long link counts as a short one.
const BYTES: usize = 16;

/// What somebody typed.
#[derive(Debug, Clone, PartialEq)]
pub struct NewPost {
    /// The text as typed.
    pub text: String,
    /// Plain text, Markdown or HTML.
    pub format: Format,
    /// A title, for what is longer than a note.
    pub title: Option<String>,
    /// The content warning; empty for none.
    pub summary: String,
    /// Hide attachments until asked.
    pub sensitive: bool,
    /// ISO 639 code.
    pub language: Option<String>,
    /// Who may read it.
    pub audience: Audience,
    /// The team, for [`Audience::Team`].
    pub team: Option<TeamId>,
    /// What it answers.
    pub reply_to: Option<PostId>,
    /// Whom it names otherwise than by text.
    pub addressees: Addressees,
    /// The uploads that are to hang on it.
    pub media: Vec<MediaId>,
    /// The post that is written anew, which may keep the uploads that it has.
    pub edited: Option<PostId>,
    /// Hashtags that it carries otherwise than in its text, normalised.
    pub hashtags: Vec<String>,
    /// What it lets others choose.
    pub poll: Option<NewPoll>,
    /// What it quotes.
    pub quote: Option<PostId>,
    /// Who may quote it; as its author's posts usually are, where it does not say and is open.
    pub quoting: Option<QuotePolicy>,
    /// Why it stays inside, where it does, and when it is looked at again.
    pub inside: Inside,
    /// What is said of the same inside, with it.
    pub twin: Option<Twin>,
}

/// Whom a post names otherwise than by text. Clients that only send text leave it empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Addressees {
    /// Mentioned like those in the text.
    pub named: Vec<ActorId>,
    /// Who may read it without others being told.
    pub hidden: Vec<ActorId>,
    /// Nobody else reads it: a name in the text is a link and no address.
    pub exactly: bool,
}

/// Who is to read a new post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Readers {
    /// Who may read it.
    pub audience: Audience,
    /// The team, for [`Audience::Team`].
    pub team: Option<TeamId>,
    /// The client did not say, or could only say "private": a reply to an internal post stays inside.
    pub follows_parent: bool,
}

/// Settles who is to read a post by what it answers. Asked before anything is done for the post: what turns out to
/// be internal must not make us ask other servers for whoever is named in it.
pub fn settle_audience(
    conn: &mut Conn,
    viewer: &Viewer,
    wished: Readers,
    reply_to: Option<PostId>,
) -> Result<(Audience, Option<TeamId>)> {
    let Some(parent) = reply_to else { return Ok((wished.audience, wished.team)) };
    let parent = get_visible(conn, viewer, parent)?;
    if wished.follows_parent && !parent.audience.federates() {
        return Ok((parent.audience, parent.team_id));
    }
    stays_inside(&parent, wished.audience, wished.team)?;
    Ok((wished.audience, wished.team))
}

/// Refuses an answer to an internal post that has other readers than that.
pub(super) fn stays_inside(parent: &Post, audience: Audience, team: Option<TeamId>) -> Result<()> {
    if !parent.audience.federates() && (audience != parent.audience || team != parent.team_id) {
        return Err(Error::invalid(
            "reply.internal",
            "A reply to an internal post stays inside: use the same audience.",
        ));
    }
    Ok(())
}

/// Refuses a text that is too long whatever it says, before anything reads it.
pub fn check_size(site: &Site, text: &str) -> Result<()> {
    let most = site.post_characters.saturating_mul(BYTES).max(4096);
    if text.len() > most {
        return Err(Error::invalid(
            "post.too_long",
            format!("This post has {} bytes; the limit is {most}. Please shorten it.", text.len()),
        ));
    }
    Ok(())
}

/// How a text that somebody types will look: clean HTML, in which the people whom we know are links. Nothing is written,
/// and nobody is looked for.
pub fn preview(conn: &mut Conn, site: &Site, source: &str, format: Format) -> Result<String> {
    check_size(site, source)?;
    let known = known_names(conn, site, source, &mut Vec::new())?;
    Ok(rendered(site, &known, source, format).html)
}

/// Makes a draft of what one of ours typed. Empty and overlong texts are refused with the count.
pub fn compose(tx: &mut Tx<'_>, site: &Site, by: &By, new: &NewPost) -> Result<Draft> {
    let quotes = match new.edited {
        Some(edited) => quotes::is_quoting(tx.conn(), edited)?,
        None => new.quote.is_some(),
    };
    check_length(site, new, quotes)?;
    if let Some(language) = &new.language
        && !text::is_language(language)
    {
        return Err(Error::invalid("post.language", "A language is a code such as en or pt-BR."));
    }
    inside::check(tx, !new.audience.federates() || new.twin.is_some(), &new.inside)?;
    twin::check(new)?;
    let reply_to = match new.reply_to {
        None => None,
        Some(id) => {
            let viewer = viewer_of(tx, by)?;
            let parent = get_visible(tx.conn(), &viewer, id)?;
            Some(ReplyTo { post: Some(parent.id), uri: parent.uri })
        }
    };
    let mut mentions: Vec<ActorId> = Vec::new();
    let known = match new.format {
        Format::Plain | Format::Markdown => known_names(tx.conn(), site, &new.text, &mut mentions)?,
        Format::Html => Known::new(),
    };
    // What is said in the open and inside names people in the open; inside the names are links.
    if !new.audience.federates() && !new.addressees.exactly && new.format != Format::Html {
        handle_nobody_outside(site, &new.text)?;
    }
    if new.addressees.exactly {
        mentions.retain(|actor| new.addressees.named.contains(actor));
    }
    mentions.extend(new.addressees.named.iter().copied().filter(|actor| *actor != by.actor()));
    mentions.sort();
    mentions.dedup();
    let rendered = rendered(site, &known, &new.text, new.format);
    let mut draft = Draft::note(new.audience, rendered.html);
    draft.link = first_link(site, &draft.content, None);
    draft.team = new.team;
    draft.inside = new.inside;
    draft.title = new.title.clone();
    // HTML is its own source, once it is clean.
    let source_type = match new.format {
        Format::Plain => Some("text/plain"),
        Format::Markdown => Some("text/markdown"),
        Format::Html => None,
    };
    draft.source = source_type.map(|_| new.text.clone());
    draft.source_type = source_type.map(ToOwned::to_owned);
    draft.summary = new.summary.trim().to_owned();
    draft.sensitive = new.sensitive || !draft.summary.is_empty();
    draft.language = new.language.clone();
    draft.reply_to = reply_to;
    let hidden = new.addressees.hidden.iter().filter(|actor| **actor != by.actor() && !mentions.contains(actor));
    draft.hidden = hidden.copied().collect();
    draft.mentions = mentions;
    draft.hashtags = rendered.hashtags;
    draft.hashtags.extend(new.hashtags.iter().cloned());
    draft.hashtags.sort();
    draft.hashtags.dedup();
    if let Some(poll) = &new.poll {
        draft.kind = "question".to_owned();
        draft.details = poll.begun(tx.now())?;
    }
    quote(tx, by, new, &mut draft)?;
    draft.attachments = media::for_post(tx.conn(), site, by.actor(), &new.media, new.edited)?;
    if new.poll.is_some() && !draft.attachments.is_empty() {
        return Err(Error::invalid("media.poll", "A post has a poll or files, not both. Please choose one."));
    }
    check_cargo(site, &draft)?;
    Ok(draft)
}

/// What it quotes, and who may quote it. Those whose server shows no quotes see where it leads in the text.
fn quote(tx: &mut Tx<'_>, by: &By, new: &NewPost, draft: &mut Draft) -> Result<()> {
    let quoted = match (new.quote, new.edited) {
        (Some(quoted), _) => Some(quotes::quotable(tx, by, quoted, draft.audience.federates())?),
        (None, Some(edited)) => quotes::quoted_in(tx.conn(), edited)?,
        (None, None) => None,
    };
    if draft.audience.is_open() {
        draft.details.quoting = Some(match &new.quoting {
            Some(policy) => policy.clone(),
            // An edit leaves the policy as it is.
            None if new.edited.is_some() => QuotePolicy::automatic(Some(Quoters::Public)),
            None => QuotePolicy::usual(actors::habits(tx.conn(), by.actor())?.quoters),
        });
    }
    let Some(quoted) = quoted else { return Ok(()) };
    if let Some(page) = quoted.url.as_deref().or(quoted.uri.as_deref()) {
        let page = text::escape(page);
        let link = format!("<p class=\"quote-inline\">RE: <a href=\"{page}\">{page}</a></p>");
        draft.content.insert_str(0, &link);
    }
    if new.edited.is_some() {
        return Ok(());
    }
    // What was said to followers is not passed on to everybody, as on Mastodon.
    if quoted.audience == Audience::Followers && draft.audience.is_open() {
        draft.audience = Audience::Followers;
        draft.details.quoting = None;
    }
    // Whoever is to agree must be able to read it.
    let author = actors::get(tx.conn(), quoted.author_id)?;
    if !author.is_local() && matches!(draft.audience, Audience::Followers | Audience::Direct) {
        draft.hidden.extend(Some(author.id).filter(|author| !draft.mentions.contains(author)));
    }
    draft.details.quote.clone_from(&quoted.uri);
    draft.quote = Some(Quoting { post: Some(quoted.id), uri: quoted.uri, ..Quoting::default() });
    Ok(())
}

/// Refuses what would not fit on the wire, whatever it counts: links and names are longer there.
fn check_cargo(site: &Site, draft: &Draft) -> Result<()> {
    let named = draft.hashtags.iter().map(|name| wire_length(name) + site.tag_url(name).len() + 64);
    let said = [draft.content.as_str(), &draft.summary, draft.title.as_deref().unwrap_or_default()];
    let shown = draft.attachments.iter().map(attachment_length);
    let cargo =
        said.into_iter().map(wire_length).chain(named).chain(shown).sum::<usize>() + draft.mentions.len() * MENTION;
    if cargo > CARGO {
        return Err(Error::invalid(
            "post.too_long",
            "With its links and names this post has more than 40 KiB of HTML. Please shorten it.",
        ));
    }
    Ok(())
}

/// About how many bytes something that hangs on a post takes of its wire form.
pub fn attachment_length(attachment: &Attachment) -> usize {
    wire_length(attachment.description.as_deref().unwrap_or_default()) + attachment.url.len() + 256
}

/// How many bytes a text takes in JSON.
pub fn wire_length(text: &str) -> usize {
    let of = |byte: u8| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' => 2,
        0..0x20 => 6,
        _ => 1,
    };
    text.bytes().map(of).sum()
}

/// Refuses what says nothing and what says too much, with the count. A post that quotes needs no words of its own.
fn check_length(site: &Site, new: &NewPost, quotes: bool) -> Result<()> {
    if new.format != Format::Html {
        check_size(site, &new.text)?;
    }
    let seen = match new.format {
        Format::Plain | Format::Markdown => std::borrow::Cow::from(&new.text),
        Format::Html if new.text.len() > CARGO => {
            return Err(Error::invalid("post.too_long", "This post has more than 40 KiB of HTML. Please shorten it."));
        }
        Format::Html => text::plain(&new.text).into(),
    };
    let shows = !new.media.is_empty() || quotes;
    if text::is_blank(&seen) && text::is_blank(&new.summary) && !shows {
        return Err(Error::invalid("post.empty", "A post needs some text."));
    }
    let title = new.title.as_ref().map_or(0, |title| title.chars().count());
    let count = text::count(&seen) + new.summary.chars().count() + title;
    if count > site.post_characters {
        return Err(Error::invalid(
            "post.too_long",
            format!("This post has {count} characters; the limit is {}. Please shorten it.", site.post_characters),
        ));
    }
    Ok(())
}

/// `user` for our own, `user@host` for others, lower case.
fn key(site: &Site, username: &str, host: Option<&str>) -> (String, String) {
    let host = host.filter(|host| !site.is_our_host(host)).map(str::to_lowercase).unwrap_or_default();
    (username.to_lowercase(), host)
}

type Known = Vec<((String, String), MentionLink)>;

fn rendered(site: &Site, known: &Known, source: &str, format: Format) -> text::Rendered {
    let links = Links {
        mention: &|username, host| {
            let name = key(site, username, host);
            known.iter().find(|(known, _)| *known == name).map(|(_, link)| link.clone())
        },
        hashtag: &|name| site.tag_url(name),
    };
    text::render(source, format, &links)
}

/// Whom a text names, as far as we know them.
pub(super) fn names_in(conn: &mut Conn, site: &Site, source: &str) -> Result<Vec<ActorId>> {
    let mut named = Vec::new();
    known_names(conn, site, source, &mut named)?;
    Ok(named)
}

fn known_names(conn: &mut Conn, site: &Site, source: &str, mentions: &mut Vec<ActorId>) -> Result<Known> {
    let mut known: Known = Vec::new();
    for found in text::find_mentions(source) {
        let name = key(site, &found.username, found.host.as_deref());
        if known.iter().any(|(seen, _)| *seen == name) {
            continue;
        }
        let actor = actors::find_by_handle(conn, &name.0, &name.1)?.filter(actors::Actor::is_active);
        if let Some(actor) = actor {
            if !mentions.contains(&actor.id) {
                mentions.push(actor.id);
            }
            known.push((name, MentionLink { href: actor.page().to_owned(), handle: actor.username.clone() }));
        }
    }
    Ok(known)
}
