//! What arrives in an inbox. The state that a file speaks of is made first: its actor with a key of ours, the posts
//! that it names, and one of ours in the place of the stranger whom it addresses.

use guildhall::{
    domain::{
        By,
        follows::{self, FollowState, Wishes},
        posts::Audience,
    },
    federation::incoming,
};
use http::StatusCode;
use serde_json::{Value, json};

use super::{
    Entry,
    documents::assert_described,
    id_of, origin, rekeyed,
    rules::Rule,
    serve_actor, signer, swapped,
    table::Outcome::{self, Ignored, Kept, Refused},
};
use crate::{
    polls::ana_asks,
    support::world::{OURS, State, Stranger, World},
};

pub async fn judge(world: &World, entry: &Entry, rule: Rule, why: &'static str) -> Outcome {
    let document = entry.document.clone();
    let Some(actor) = id_of(&document["actor"]).filter(|actor| actor.starts_with("http")) else {
        refused(world, &Stranger::new("https://nobody.example/users/x", 0), &document).await;
        return Refused("it does not say whose it is");
    };
    let stranger = serve_actor(world, &actor, if rule == Rule::Relay { "Group" } else { "Person" });
    if rule == Rule::DeleteActor {
        delete_actor(world, &stranger, &document).await;
        return Kept;
    }
    if rule != Rule::UpdateActor {
        world.follow(&actor).await;
    }
    match rule {
        Rule::Ignored => {
            ignored(world, &stranger, &document).await;
            return Ignored(why);
        }
        Rule::Refused => {
            refused(world, &stranger, &document).await;
            return Refused(why);
        }
        Rule::Relay => return relay(world, &stranger, &document).await,
        Rule::Delete => return delete(world, &stranger, &document).await,
        Rule::Update => return update(world, &stranger, &document).await,
        Rule::UpdateActor => return update_actor(world, &stranger, &document).await,
        Rule::Move => return moves(world, &stranger, &document).await,
        Rule::Create => create(world, entry, &stranger).await,
        Rule::CreateByUri => create_by_uri(world, &stranger, &document).await,
        Rule::Vote => vote(world, &stranger, &document).await,
        Rule::Follow => follow(world, &stranger, &document).await,
        Rule::Like => like(world, &stranger, &document).await,
        Rule::Announce | Rule::AnnounceCopy => announce(world, &stranger, &document).await,
        Rule::Accept | Rule::Reject => answer(world, &stranger, &document, rule == Rule::Accept).await,
        Rule::Undo => undo(world, &stranger, &document).await,
        Rule::Flag => flag(world, &stranger, &document).await,
        Rule::Block => block(world, &stranger, &document).await,
        other => panic!("{other:?} is not a rule for an activity"),
    }
    Kept
}

async fn accepted(world: &World, by: &Stranger, activity: &Value) {
    let status = world.receive(by, activity).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{activity}");
    world.work().await;
}

async fn ignored(world: &World, by: &Stranger, activity: &Value) {
    let before = world.state().await;
    accepted(world, by, activity).await;
    world.state().await.assert_same(&before, "what is to be ignored");
}

async fn refused(world: &World, by: &Stranger, activity: &Value) {
    let known = |state: State| state.without(&["actors", "actor_keys"]);
    let before = known(world.state().await);
    let status = world.receive(by, activity).await;
    assert!(status.is_client_error() || status == StatusCode::ACCEPTED, "{status}");
    world.work().await;
    known(world.state().await).assert_same(&before, "what is to be refused");
}

/// The post that an activity names, served at its own address by an author there.
async fn serve_post(world: &World, uri: &str) {
    let author = format!("{}/users/author", origin(uri));
    let stranger = serve_actor(world, &author, "Person");
    let mut note = stranger.note("x", "<p>as its own server has it</p>");
    note["id"] = json!(uri);
    world.serve(uri, &note);
}

async fn create(world: &World, entry: &Entry, by: &Stranger) {
    accepted(world, by, &entry.document).await;
    let uri = id_of(&entry.document["object"]).expect("a post has an id");
    let post = world.post(&uri).await.expect("kept");
    assert_described(entry, &post);
    assert_eq!(world.actor(&by.uri).await.unwrap().id, post.author_id);
}

async fn create_by_uri(world: &World, by: &Stranger, document: &Value) {
    let uri = document["object"].as_str().unwrap();
    serve_post(world, uri).await;
    accepted(world, by, document).await;
    assert!(world.post(uri).await.unwrap().content.contains("as its own server has it"));
}

/// Counted once in a poll of ours with these choices, and in no other.
async fn vote(world: &World, by: &Stranger, document: &Value) {
    ignored(world, by, document).await;
    let votes = document["object"].as_array().cloned().unwrap_or_else(|| vec![document["object"].clone()]);
    let mut choices: Vec<&str> = votes.iter().map(|vote| vote["name"].as_str().unwrap()).collect();
    choices.push("something else");
    let poll = ana_asks(world, &choices, true, Audience::Public).await;
    let mut activity = swapped(document, votes[0]["inReplyTo"].as_str().unwrap(), &poll.uri.clone().unwrap());
    activity["id"] = json!(format!("{}/vote", by.uri));
    let posts = world.count("posts", "1 = 1").await;
    for _ in 0..2 {
        accepted(world, by, &activity).await;
    }
    let details = world.post(&poll.uri.unwrap()).await.unwrap().details.0;
    assert_eq!((details.votes(), details.voters), (votes.len() as u64, Some(1)));
    assert_eq!(world.count("posts", "1 = 1").await, posts, "a vote is no post");
}

/// Kept for the moderators when it is of one of ours, or of their post.
async fn flag(world: &World, by: &Stranger, document: &Value) {
    ignored(world, by, document).await;
    let post = world.ana_writes("report me").await.uri.unwrap();
    let mut activity = document.clone();
    activity["object"] = match &document["object"] {
        Value::Array(_) => json!([world.ana.uri, post]),
        _ => json!(post),
    };
    activity["id"] = json!(format!("{}/flag", by.uri));
    accepted(world, by, &activity).await;
    accepted(world, by, &activity).await;
    assert_eq!(world.count("reports", &format!("target_id = {}", world.ana.id)).await, 1);
    assert_eq!(world.count("report_posts", &format!("uri = '{post}'")).await, 1);
}

async fn follow(world: &World, by: &Stranger, document: &Value) {
    let target = id_of(&document["object"]).unwrap();
    let activity = swapped(document, &target, &world.ana.uri);
    // Asked of somebody who is not ours, it is none of our business.
    if !target.starts_with(OURS) {
        ignored(world, by, document).await;
    }
    let mut activity = activity;
    activity["id"] = json!(format!("{}/for-ana", by.uri));
    accepted(world, by, &activity).await;
    let (them, ana) = (world.actor(&by.uri).await.unwrap().id, world.ana.id);
    let follow = world.app.db.read(move |conn| follows::find_between(conn, them, ana)).await.unwrap().unwrap();
    assert_eq!(follow.state, FollowState::Accepted);
    let accept = world.count("activities", "kind = 'Accept'").await;
    assert_eq!(accept, 1, "we answer");
    assert_eq!(world.count("notifications", "kind = 'follow'").await, 1);
}

async fn like(world: &World, by: &Stranger, document: &Value) {
    ignored(world, by, document).await;
    let target = id_of(&document["object"]).unwrap();
    let post = world.ana_writes("like me").await.uri.unwrap();
    let mut activity = swapped(document, &target, &post);
    activity["id"] = json!(format!("{}/like", by.uri));
    accepted(world, by, &activity).await;
    accepted(world, by, &activity).await;
    assert_eq!(world.post(&post).await.unwrap().likes_count, 1);
}

async fn announce(world: &World, by: &Stranger, document: &Value) {
    let uri = id_of(&document["object"]).unwrap();
    serve_post(world, &uri).await;
    accepted(world, by, document).await;
    let post = world.post(&uri).await.expect("fetched");
    assert!(post.content.contains("as its own server has it"), "the copy was believed");
    let booster = world.actor(&by.uri).await.unwrap().id;
    assert_eq!(world.count("boosts", &format!("post_id = {} AND actor_id = {booster}", post.id)).await, 1);
    accepted(world, by, document).await;
    assert_eq!(world.post(&uri).await.unwrap().boosts_count, 1);
}

/// A group passes on what its members did: posts are read at their own address, and nothing of ours is touched.
async fn relay(world: &World, group: &Stranger, document: &Value) -> Outcome {
    let inner = &document["object"];
    let ours = world.ana_writes("ours").await;
    let verb = inner["type"].as_str().unwrap();
    let uri = id_of(&inner["object"]);
    let shown = inner["object"].clone();
    let author = incoming::note::author_of(&shown);
    let post = matches!(verb, "Create" | "Update")
        && author.is_some()
        && incoming::note::is_post_kind(shown["type"].as_str().unwrap_or_default());
    if let (true, Some(uri)) = (post, &uri) {
        let mut served = shown.clone();
        served["content"] = json!("<p>as its own server has it</p>");
        serve_actor(world, author.as_ref().unwrap(), "Person");
        world.serve(uri, &served);
    }
    let before = world.state().await.without(&["actors", "actor_keys"]);
    accepted(world, group, document).await;
    let effect = world.state().await.without(&["actors", "actor_keys"]) != before;
    if let (true, Some(uri)) = (post, &uri) {
        let kept = world.post(uri).await.expect("fetched");
        assert_eq!(kept.content, "<p>as its own server has it</p>");
    }
    let still = world.post(ours.uri.as_ref().unwrap()).await.unwrap();
    assert_eq!((still.likes_count, still.boosts_count, still.content), (0, 0, ours.content));
    if effect {
        Kept
    } else {
        Ignored(match verb {
            "Create" | "Update" | "Delete" => "a group passes on what became of a post that is not here",
            "Like" | "Undo" => "a group passes on a like of a post that is not here, or by a member of another server",
            _ => "a group passes on what counts at its own server only",
        })
    }
}

async fn delete(world: &World, by: &Stranger, document: &Value) -> Outcome {
    let uri = id_of(&document["object"]).unwrap();
    if !incoming::values::one_origin(&uri, &by.uri) {
        ignored(world, by, document).await;
        return Ignored("the post is on another host than who deletes it");
    }
    let mut note = by.note("x", "<p>soon gone</p>");
    note["id"] = json!(uri);
    accepted(world, by, &by.create(&note)).await;
    assert!(world.post(&uri).await.is_some());
    accepted(world, by, document).await;
    assert!(world.post(&uri).await.is_none(), "deleted");
    // It does not come back.
    let mut again = by.create(&note);
    again["id"] = json!(format!("{}/again", by.uri));
    accepted(world, by, &again).await;
    assert!(world.post(&uri).await.is_none(), "stays away");
    Kept
}

async fn delete_actor(world: &World, by: &Stranger, document: &Value) {
    let asked = world.documents.requests().len();
    ignored(world, by, document).await;
    assert_eq!(world.documents.requests().len(), asked, "nothing is fetched for a stranger's goodbye");
    world.follow(&by.uri).await;
    let note = by.note("1", "<p>soon gone</p>");
    accepted(world, by, &by.create(&note)).await;
    accepted(world, by, document).await;
    assert!(world.actor(&by.uri).await.unwrap().deleted_at.is_some());
    assert!(world.post(note["id"].as_str().unwrap()).await.is_none());
    assert_eq!(world.count("follows", "TRUE").await, 0);
}

/// Ana asks to follow the one who answers.
async fn answer(world: &World, by: &Stranger, document: &Value, yes: bool) {
    ignored(world, by, document).await;
    let (them, ana, site) = (world.actor(&by.uri).await.unwrap().id, world.ana.id, world.app.site.clone());
    let asked = world.app.db.write(move |tx| {
        let me = By::Local { actor: ana, account: None };
        follows::unfollow(tx, &me, them)?;
        follows::request(tx, &site, &me, them, &Wishes::default())
    });
    let asked = asked.await.unwrap().unwrap();
    assert_eq!(asked.state, FollowState::Requested);
    let named = id_of(&document["object"]).unwrap_or_default();
    let mut activity = swapped(document, &named, asked.uri.as_ref().unwrap());
    if activity["object"].is_object() {
        activity["object"]["actor"] = json!(world.ana.uri);
        activity["object"]["object"] = json!(by.uri);
    }
    activity["id"] = json!(format!("{}/answer", by.uri));
    accepted(world, by, &activity).await;
    let follow = world.app.db.read(move |conn| follows::find_between(conn, ana, them)).await.unwrap();
    assert_eq!(follow.map(|follow| follow.state), yes.then_some(FollowState::Accepted));
}

/// What is taken back is done first, to one of ours.
async fn undo(world: &World, by: &Stranger, document: &Value) {
    ignored(world, by, document).await;
    let inner = &document["object"];
    let kind = inner["type"].as_str().expect("what is undone");
    let target = id_of(&inner["object"]).unwrap();
    let post = world.ana_writes("ours").await.uri.unwrap();
    let ours = if matches!(kind, "Follow" | "Block") { world.ana.uri.clone() } else { post.clone() };
    let mut undo = swapped(document, &target, &ours);
    undo["id"] = json!(format!("{}/undo", by.uri));
    let mut done = undo["object"].clone();
    // Under an id of its own: what was taken back before it came stays away.
    for activity in [&mut done, &mut undo["object"]] {
        activity["actor"] = json!(by.uri);
        activity["id"] = json!(format!("{}/done", by.uri));
    }
    accepted(world, by, &done).await;
    let them = world.actor(&by.uri).await.unwrap().id;
    let (table, column) = match kind {
        "Follow" => ("follows", "follower_id"),
        "Block" => ("blocks", "actor_id"),
        "Announce" => ("boosts", "actor_id"),
        _ => ("likes", "actor_id"),
    };
    assert_eq!(world.count(table, &format!("{column} = {them}")).await, 1, "{kind}");
    accepted(world, by, &undo).await;
    assert_eq!(world.count(table, &format!("{column} = {them}")).await, 0, "{kind} is undone");
}

async fn update(world: &World, by: &Stranger, document: &Value) -> Outcome {
    let object = &document["object"];
    let uri = id_of(object).unwrap();
    let author = incoming::note::author_of(object);
    if author.as_ref() != Some(&by.uri) {
        ignored(world, by, document).await;
        return Ignored("somebody changes what another wrote");
    }
    let mut older = object.clone();
    older["content"] = json!("<p>before</p>");
    older.as_object_mut().unwrap().remove("updated");
    let mut create = document.clone();
    create["type"] = json!("Create");
    create["id"] = json!(format!("{}/create", by.uri));
    create["object"] = older;
    accepted(world, by, &create).await;
    assert_eq!(world.post(&uri).await.unwrap().content, "<p>before</p>");
    accepted(world, by, document).await;
    let post = world.post(&uri).await.unwrap();
    assert_ne!(post.content, "<p>before</p>", "changed");
    assert_eq!(world.count("post_edits", &format!("post_id = {}", post.id)).await, 1, "with its history");
    Kept
}

async fn update_actor(world: &World, by: &Stranger, document: &Value) -> Outcome {
    let object = &document["object"];
    let uri = id_of(object).unwrap();
    let mut after = rekeyed(object, &signer(&uri));
    after["name"] = json!("After");
    let mut before = after.clone();
    before["name"] = json!("Before");
    world.serve(&uri, &before);
    world.follow(&uri).await;
    assert_eq!(world.actor(&uri).await.unwrap().name, "Before");
    world.serve(&uri, &after);
    let mut activity = document.clone();
    activity["object"] = after;
    if uri != by.uri {
        // Somebody else's profile, such as that of a group by its moderator: its own server says what is true.
        serve_actor(world, &by.uri, "Person");
        world.follow(&by.uri).await;
        assert!(!world.receive(by, &activity).await.is_server_error());
        return Ignored("somebody changes the profile of another: its own server says what is true");
    }
    accepted(world, by, &activity).await;
    assert_eq!(world.actor(&uri).await.unwrap().name, "After");
    Kept
}

async fn block(world: &World, by: &Stranger, document: &Value) {
    ignored(world, by, document).await;
    accepted(world, by, &by.does("Follow", "before", &world.ana.uri)).await;
    assert_eq!(world.count("follows", "state = 'accepted'").await, 2);
    let target = id_of(&document["object"]).unwrap();
    let mut activity = swapped(document, &target, &world.ana.uri);
    activity["id"] = json!(format!("{}/block", by.uri));
    accepted(world, by, &activity).await;
    assert_eq!((world.count("blocks", "TRUE").await, world.count("follows", "TRUE").await), (1, 0));
}

async fn moves(world: &World, by: &Stranger, document: &Value) -> Outcome {
    let (object, target) = (id_of(&document["object"]), id_of(&document["target"]));
    let (Some(object), Some(target)) = (object, target) else {
        refused(world, by, document).await;
        return Refused("it does not say from where to where");
    };
    // The new one does not know the old one.
    serve_actor(world, &target, "Person");
    let mut moved = signer(&by.uri).document();
    moved["preferredUsername"] = json!("somebody");
    moved["movedTo"] = json!(target);
    world.serve(&by.uri, &moved);
    accepted(world, by, document).await;
    assert_eq!(world.actor(&by.uri).await.unwrap().moved_to, None, "unconfirmed");
    world.app.fetches.forget();
    if object != by.uri || target == by.uri {
        return Ignored("nobody can move another, or to where they are");
    }
    let mut new = signer(&target).document();
    new["preferredUsername"] = json!("newer");
    new["alsoKnownAs"] = json!([by.uri]);
    world.serve(&target, &new);
    let mut again = document.clone();
    again["id"] = json!(format!("{}/moved", by.uri));
    accepted(world, by, &again).await;
    assert_eq!(world.actor(&by.uri).await.unwrap().moved_to, Some(target));
    Kept
}
