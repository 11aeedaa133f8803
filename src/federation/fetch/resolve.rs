//! From what a person typed or pasted to an account or a post.

use url::Url;

use super::{
    Budget,
    actor::{self as actor_documents, actor},
    document,
    failures::host_in,
    post, webfinger,
};
use crate::{
    app::App,
    domain::{
        ActorId, PostId,
        actors::{self, Actor},
        posts,
    },
    error::{Kind, Result},
    federation::incoming::{
        actor::is_actor_kind,
        values::{kind, own_id, parse},
    },
    net::content_type,
};

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolved {
    /// An account.
    Actor(ActorId),
    /// A post; whether the reader may see it is not decided here.
    Post(PostId),
}

/// Finds what `query` names: `@user@host`, `user@host`, or the address of a profile or a post, here or elsewhere.
/// What does not exist is `None`.
pub async fn resolve(app: &App, query: &str) -> Result<Option<Resolved>> {
    let query = query.trim();
    let mut budget = Budget::of(8);
    let outcome = if query.starts_with("https://") || query.starts_with("http://") {
        by_address(app, query, &mut budget).await
    } else {
        by_handle(app, query.trim_start_matches("acct:").trim_start_matches('@'), &mut budget).await
    };
    match outcome {
        Err(error) if error.kind() == Kind::Internal || error.code().starts_with("database") => Err(error),
        Err(error) => {
            tracing::debug!(%error, "Could not resolve what was searched for");
            Ok(None)
        }
        Ok(found) => Ok(found),
    }
}

fn shown(actor: Option<Actor>) -> Option<Resolved> {
    actor.filter(Actor::is_active).map(|actor| Resolved::Actor(actor.id))
}

/// Finds who a handle names. An error says why it cannot be known.
pub(super) async fn by_handle(app: &App, handle: &str, budget: &mut Budget) -> Result<Option<Resolved>> {
    let (username, host) = handle.split_once('@').unwrap_or((handle, ""));
    if username.is_empty() || username.contains(char::is_whitespace) || host.contains(['/', '?', '#', '@', ' ']) {
        return Ok(None);
    }
    let (name, mut place) = (username.to_owned(), host.to_lowercase());
    if app.site.is_our_host(&place) {
        place = String::new();
    }
    if app.refuses(place.trim_end_matches('.')) {
        return Ok(None);
    }
    let (wanted, at) = (name.clone(), place.clone());
    let known = app.db.read(move |conn| actors::find_by_handle(conn, &wanted, &at)).await?;
    if known.is_some() || place.is_empty() {
        return Ok(shown(known));
    }
    let finger = webfinger::ask(app, &name, &place, budget).await?;
    if app.refuses(&finger.host) {
        return Ok(None);
    }
    let found = actor(app, &finger.uri, budget).await?;
    // It was not sure until now that the handle leads there.
    let id = found.id;
    if app.db.read(move |conn| actors::holds_handle(conn, id)).await? {
        return Ok(shown(Some(found)));
    }
    Ok(shown(Some(actor_documents::fetch(app, &finger.uri, budget).await?)))
}

async fn by_address(app: &App, address: &str, budget: &mut Budget) -> Result<Option<Resolved>> {
    if app.refuses(&host_in(address)) {
        return Ok(None);
    }
    let wanted = address.to_owned();
    let known = app
        .db
        .read(move |conn| {
            if let Some(actor) = actors::find_by_uri(conn, &wanted)? {
                return Ok(Some(shown(Some(actor))));
            }
            Ok(posts::find_by_uri(conn, &wanted)?.map(|post| Some(Resolved::Post(post.id))))
        })
        .await?;
    if let Some(known) = known {
        return Ok(known);
    }
    if app.site.owns(address) {
        return own(app, address).await;
    }
    let url = document::address(app, address)?;
    let fetched =
        document::get(app, &url, &format!("{}, text/html;q=0.5", content_type::ACCEPT_ACTIVITY), budget).await?;
    let id = if content_type::is_activity(fetched.content_type()) {
        own_id(&parse(&fetched.body).unwrap_or_default()).map(ToOwned::to_owned)
    } else if content_type::is_html(fetched.content_type()) {
        alternate(&fetched.url, &String::from_utf8_lossy(&fetched.body))
    } else {
        None
    };
    let Some(id) = id else { return Ok(None) };
    if app.site.owns(&id) {
        return own(app, &id).await;
    }
    let document = document::activity(app, &id, budget).await?;
    if is_actor_kind(kind(&document, is_actor_kind)) {
        return Ok(shown(Some(actor_documents::store(app, &document, budget).await?)));
    }
    Ok(Some(Resolved::Post(post::store(app, &document, budget).await?.0)))
}

/// One of our own pages: `/@name` or `/@name/ID`.
async fn own(app: &App, address: &str) -> Result<Option<Resolved>> {
    let Some(path) = address.strip_prefix(app.site.base_url.as_str()).and_then(|path| path.strip_prefix("/@")) else {
        return Ok(None);
    };
    let (name, post) =
        path.trim_end_matches('/').split_once('/').map_or((path, None), |(name, post)| (name, Some(post)));
    if let Some(id) = post {
        let Ok(id) = id.parse::<PostId>() else { return Ok(None) };
        return app.db.read(move |conn| Ok(posts::find(conn, id)?.map(|post| Resolved::Post(post.id)))).await;
    }
    let name = name.trim_end_matches('/').to_owned();
    Ok(shown(app.db.read(move |conn| actors::find_local(conn, &name)).await?))
}

/// The address of the ActivityPub form that a page links to.
fn alternate(page: &Url, html: &str) -> Option<String> {
    let (tags, _) = crate::text::read_tags(html);
    tags.iter().filter(|tag| tag.name == "link" && tag.has_rel("alternate")).find_map(|tag| {
        let wanted = tag.attribute("type").is_some_and(content_type::is_activity);
        wanted.then(|| page.join(tag.attribute("href")?.trim()).ok().map(String::from)).flatten()
    })
}
