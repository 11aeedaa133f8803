//! Who is in an internal post, and who of them still stands in a copy of it.

use crate::{
    db::Conn,
    domain::{
        ActorId, PostId, Site,
        accounts::{self, AccountKind, Right},
        actors::{self, Actor, ActorKind},
        posts::{self, Post, Viewer},
    },
    error::{Error, Result},
    text,
};

/// Everybody who has an account here, and whoever is in some internal posts. Read once, in three queries, however many
/// texts are looked through.
pub(super) struct Everybody {
    /// And as what they are found by name, where they are: only who works here chooses a name for which others are asked.
    here: Vec<(Actor, Option<String>)>,
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
        // Who is locked out is named as before, and cannot agree.
        let here = accounts::list(conn)?.into_iter().map(|(account, actor)| {
            let works_here = account.kind == AccountKind::Employee;
            let called = if works_here { text::called(&actor.name) } else { None };
            (actor, called)
        });
        Ok(Self { here: here.collect(), mentioned, known: actors::get_many(conn, &known)? })
    }

    /// Those who are mentioned in a post, or wrote it.
    fn of(&self, source: &Post) -> Vec<Actor> {
        let mentions = |actor: ActorId| self.mentioned.contains(&(source.id, actor));
        self.known.iter().filter(|actor| actor.id == source.author_id || mentions(actor.id)).cloned().collect()
    }

    /// The words by which somebody is found by name.
    fn called(&self, actor: ActorId) -> Option<&str> {
        self.here.iter().find(|(one, _)| one.id == actor).and_then(|(_, called)| called.as_deref())
    }
}

/// Something said, as names are looked for in it.
struct Said {
    words: String,
    /// The handles that it mentions: the username in lower case, and the host, which is empty for our own.
    handles: Vec<(String, String)>,
}

impl Said {
    fn of(site: &Site, said: &str) -> Self {
        let handle = |found: text::MentionText| {
            let host = found.host.filter(|host| !site.is_our_host(host)).unwrap_or_default();
            (found.username.to_lowercase(), host)
        };
        Self { words: text::spaced_words(said), handles: text::find_mentions(said).into_iter().map(handle).collect() }
    }

    /// Whether somebody is named by handle.
    fn mentions(&self, actor: &Actor) -> bool {
        let username = actor.username.to_lowercase();
        self.handles.iter().any(|(name, host)| *name == username && *host == actor.host)
    }

    /// Whether somebody is named by the whole of what they are called.
    fn calls(&self, called: Option<&str>) -> bool {
        called.is_some_and(|called| self.words.contains(called))
    }
}

/// Somebody of an internal post.
struct Member {
    actor: Actor,
    /// They wrote it, or it mentions them; else it has a word by which they are called.
    mentioned: bool,
}

/// The people of an internal post: whoever wrote it, whoever it mentions, and whoever works here and is called as
/// something in it. What is mentioned and no person, such as a brand, is none of them; a brand that wrote it is.
fn people_of(site: &Site, source: &Post, everybody: &Everybody) -> Vec<Member> {
    let said = Said::of(site, &posts::everything_said(source));
    let is_of_it = |actor: &Actor| actor.id == source.author_id || actor.kind == ActorKind::Person;
    let known = everybody.of(source).into_iter().filter(is_of_it);
    let mut people: Vec<Member> = known.map(|actor| Member { actor, mentioned: true }).collect();
    for (actor, called) in &everybody.here {
        let mentioned = said.mentions(actor);
        if (mentioned || said.calls(called.as_deref())) && !people.iter().any(|known| known.actor.id == actor.id) {
            people.push(Member { actor: actor.clone(), mentioned });
        }
    }
    people.sort_by_key(|member| member.actor.id);
    people
}

/// The people of an internal post, and who of them must agree to a copy.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cast {
    /// Who must agree: whoever wrote the original, and everybody of it who is still named.
    pub needed: Vec<Actor>,
    /// Who of them must whatever anybody is called: whoever wrote it, and who is mentioned in both.
    pub mentioned: Vec<ActorId>,
    /// Who is not named any more.
    pub removed: Vec<Actor>,
}

/// Who of an internal post must agree to a copy that says this and is published as `speaker`.
pub(super) fn cast(site: &Site, source: &Post, everybody: &Everybody, (speaker, copy): (ActorId, &str)) -> Cast {
    let copy = Said::of(site, copy);
    let mut cast = Cast { needed: Vec::new(), mentioned: Vec::new(), removed: Vec::new() };
    for Member { actor, mentioned } in people_of(site, source, everybody) {
        let wrote = actor.id == source.author_id;
        let by_handle = copy.mentions(&actor);
        let named = by_handle || copy.calls(everybody.called(actor.id));
        // Whoever publishes it stands above it.
        if !named && actor.id != speaker {
            cast.removed.push(actor.clone());
        }
        if wrote || (mentioned && by_handle) {
            cast.mentioned.push(actor.id);
        }
        if named || wrote {
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
