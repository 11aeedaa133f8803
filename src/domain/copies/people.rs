//! Who is in an internal post, and who of them still stands in a copy of it.

use super::Person;
use crate::{
    db::Conn,
    domain::{
        ActorId, PostId, Site,
        accounts::{self, Right},
        actors::{self, Actor, ActorKind},
        posts::{self, Post, Viewer},
    },
    error::{Error, Result},
    text,
};

/// Everybody who has an account here, and whoever is in some internal posts. Read once, in three queries, however many
/// texts are looked through.
pub(super) struct Everybody {
    here: Vec<Actor>,
    mentioned: Vec<(PostId, ActorId)>,
    /// Who is mentioned in the posts, or wrote them.
    known: Vec<Actor>,
}

impl Everybody {
    pub(super) fn read(conn: &mut Conn, sources: &[Post]) -> Result<Self> {
        let ids: Vec<PostId> = sources.iter().map(|source| source.id).collect();
        let mentioned = posts::mentioned_in(conn, &ids)?;
        let mut known: Vec<ActorId> = mentioned.iter().map(|(_, actor)| *actor).collect();
        known.extend(sources.iter().map(|source| source.author_id));
        known.sort();
        known.dedup();
        Ok(Self {
            here: accounts::list(conn)?.into_iter().map(|(_, actor)| actor).collect(),
            mentioned,
            known: actors::get_many(conn, &known)?,
        })
    }

    /// Those who are mentioned in a post, or wrote it.
    fn of(&self, source: &Post) -> Vec<Actor> {
        let mentions = |actor: ActorId| self.mentioned.contains(&(source.id, actor));
        self.known.iter().filter(|actor| actor.id == source.author_id || mentions(actor.id)).cloned().collect()
    }
}

/// Something said, as names are looked for in it.
struct Said {
    words: String,
    /// The usernames that it mentions, of people here.
    handles: Vec<String>,
}

impl Said {
    fn of(site: &Site, said: &str) -> Self {
        let ours = |host: Option<&str>| host.is_none_or(|host| site.is_our_host(host));
        let found = text::find_mentions(said).into_iter().filter(|found| ours(found.host.as_deref()));
        Self { words: text::folded_words(said), handles: found.map(|found| found.username.to_lowercase()).collect() }
    }

    /// Whether somebody is named: by handle, or by the whole of what they are called, whatever its case.
    fn names(&self, actor: &Actor) -> bool {
        let called = actor.name.trim();
        self.handles.contains(&actor.username.to_lowercase())
            || (!text::is_blank(called) && self.words.contains(&text::folded_words(called)))
    }
}

/// The people of an internal post: whoever wrote it, whoever it mentions, and whoever here is called as something in it.
/// What is mentioned and no person, such as a brand, is none of them; a brand that wrote it is.
fn people_of(site: &Site, source: &Post, everybody: &Everybody) -> Vec<Actor> {
    let said = Said::of(site, &posts::everything_said(source));
    let mut people = everybody.of(source);
    people.retain(|actor| actor.id == source.author_id || actor.kind == ActorKind::Person);
    for actor in &everybody.here {
        if said.names(actor) && !people.iter().any(|known| known.id == actor.id) {
            people.push(actor.clone());
        }
    }
    people.sort_by_key(|actor| actor.id);
    people
}

/// The people of an internal post, and who of them must agree to a copy.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cast {
    /// Who must agree: whoever wrote the original, and everybody of it who is still named.
    pub needed: Vec<Actor>,
    /// Who is not named any more.
    pub removed: Vec<Actor>,
}

/// Who of an internal post must agree to a copy that says this and is published as `speaker`.
pub(super) fn cast(site: &Site, source: &Post, everybody: &Everybody, (speaker, copy): (ActorId, &str)) -> Cast {
    let copy = Said::of(site, copy);
    let mut cast = Cast { needed: Vec::new(), removed: Vec::new() };
    for actor in people_of(site, source, everybody) {
        let named = copy.names(&actor);
        // Whoever publishes it stands above it.
        if !named && actor.id != speaker {
            cast.removed.push(actor.clone());
        }
        if named || actor.id == source.author_id {
            cast.needed.push(actor);
        }
    }
    cast
}

/// Refuses whom nobody can ask: who is gone or locked out, who may not read the original, and so must not learn of it,
/// and who is no person here.
pub(super) fn must_be_able(conn: &mut Conn, source: &Post, actor: &Actor) -> Result<()> {
    let able = if actor.kind.has_speakers() {
        !accounts::people_with(conn, &[actor.id], Right::Publish)?.is_empty()
    } else {
        accounts::is_employee(conn, actor.id)? && sees(conn, actor.id, source)?
    };
    if able {
        return Ok(());
    }
    let told = if actor.id == source.author_id {
        format!(
            "@{} wrote this and cannot agree to a copy of it: they are gone, locked out, or not from here.",
            actor.acct()
        )
    } else {
        format!(
            "@{} is named in the copy and cannot agree to it: they may not read the original, or are gone or locked out. \
             Leave their name out.",
            actor.acct()
        )
    };
    Err(Error::invalid("copy.consent", told))
}

/// Whether somebody may read the original as themselves.
pub(super) fn sees(conn: &mut Conn, own: ActorId, source: &Post) -> Result<bool> {
    let viewer = Viewer::local(conn, own)?;
    posts::may_see(conn, &viewer, source)
}

/// For whom somebody agrees: for themselves, and for the brands as which they publish.
pub(super) fn answers_for(conn: &mut Conn, person: &Person) -> Result<Vec<ActorId>> {
    let mut actors = accounts::brands_with(conn, person.account, Right::Publish)?;
    actors.push(person.own);
    Ok(actors)
}
