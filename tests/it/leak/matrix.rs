//! The matrix of the wall (spec H1): what is internal of four kinds, at forty surfaces and more, before eight kinds of
//! outsiders, each beside an insider who does find it there, or beside a post for everybody that everybody does. Other
//! tests here ask at every route that there is; this one says of each surface who sees through it.

use guildhall::domain::accounts::{self, AccountKind, GrantRole, Role};
use http::Method;
use serde_json::json;

use super::{
    doors::{Reader, answer},
    remote_follower, work,
    written::{Written, conversation},
};
use crate::{
    brands::{API, brand, give},
    mastodon::{House, Person},
};

const KINDS: [&str; 4] = ["company", "team", "note", "waits"];
const OUTSIDERS: [&str; 8] = [
    "nobody",
    "an app without a person",
    "a follower's server",
    "a customer",
    "a partner",
    "the press",
    "another brand",
    "somebody who left",
];

/// A surface: its address, of which kinds an insider finds something there, and whether everybody finds what is public.
/// `$post` and `$reply` are the conversation, `$by` its author and `$name` their name, `$root` the thread of which a note
/// speaks, `$kind` the word that its words end with.
type Surface = (&'static str, &'static str, bool);

const SURFACES: &[Surface] = &[
    ("/api/v1/statuses/$post", "company team note waits", true),
    ("/api/v1/statuses/$reply", "company team note", true),
    ("/api/v1/statuses?id[]=$post", "company team note", true),
    ("/api/v1/statuses/$post/context", "company team note", true),
    ("/api/v1/statuses/$reply/context", "company team note", true),
    ("/api/v1/statuses/$root/context", "note", false),
    ("/api/v1/statuses/$post/history", "company team note", true),
    ("/api/v1/statuses/$post/source", "company team note waits", false),
    ("/api/v1/timelines/home?limit=40", "company team note waits", false),
    ("/api/v1/timelines/public?limit=40", "", true),
    ("/api/v1/timelines/public?local=true&limit=40", "", true),
    ("/api/v1/timelines/tag/edittagcanary$kind", "", true),
    ("/api/v1/timelines/list/$list", "company team", false),
    ("/api/v1/accounts/$by/statuses?limit=40", "company team note", true),
    ("/api/v1/accounts/$by/statuses?exclude_replies=true", "company team", true),
    ("/api/v1/favourites", "company team note", false),
    ("/api/v1/bookmarks", "company team note", false),
    ("/api/v1/notifications?limit=80", "company team note", false),
    ("/api/v2/notifications?limit=80", "company team note", false),
    ("/api/v1/conversations", "", false),
    ("/api/v1/trends/statuses", "", true),
    ("/api/v1/trends/tags", "", false),
    ("/api/v2/search?type=statuses&q=editcanary$kind", "company team note", false),
    ("/api/v2/search?q=https://social.company.example/@$name/$post", "company team note", true),
    ("/api/v2/search?q=https://social.company.example/ap/objects/$post", "", true),
    ("/api/v1/directory?local=true", "", false),
    ("/api/v1/accounts/$by", "", false),
    ("/api/oembed?url=https://social.company.example/@$name/$post", "", true),
    ("/api/guildhall/v1/drafts", "waits", false),
    ("/api/guildhall/v1/drafts/$reply", "waits", false),
    ("/api/guildhall/v1/drafts/$reply/history", "waits", false),
    ("/@$name", "", true),
    ("/@$name/$post", "", true),
    ("/oembed?url=https://social.company.example/@$name/$post", "", true),
    ("/tags/edittagcanary$kind/feed.atom", "", true),
    ("/@$name/feed.atom", "", true),
    ("/tags/edittagcanary$kind", "", true),
    ("/", "", true),
    ("/about", "", false),
    ("/sitemap.xml", "", false),
    ("/sitemap/posts-2026-11.xml", "", true),
    ("/ap/objects/$post", "", true),
    ("/ap/objects/$post/replies?page=true", "", true),
    ("/ap/actors/$by/outbox?page=true", "", true),
    ("/ap/actors/$by/featured", "", false),
    ("/.well-known/webfinger?resource=https://social.company.example/ap/objects/$post", "", false),
    ("/nodeinfo/2.1", "", false),
    ("/api/v2/instance", "", false),
];

/// Whether something of these words is in an answer that was not in the question.
fn tells(written: &Written, door: &str, said: &str) -> bool {
    let asked = |secret: &str| door.contains(secret);
    let shows_content = said.contains("\"content\"");
    written.secrets.iter().any(|secret| (!asked(secret) || shows_content) && said.contains(secret.as_str()))
}

/// A brand called `ben`, for which something waits that somebody wrote in an app; with that app.
async fn waiting(house: &House, boss: &Person) -> (Written, Person) {
    let ben = brand(house, "ben").await;
    let pat = house.employee("pat").await;
    give(house, boss, ben, GrantRole::Manager).await.unwrap();
    give(house, &pat, ben, GrantRole::Publisher).await.unwrap();
    house.put(boss, &format!("{API}/actors/{ben}/policy"), json!({"min_approvals": 1})).await.ok();
    let account = pat.account;
    let issue = move |tx: &mut guildhall::db::Tx<'_>| {
        let hash = guildhall::secrets::token_hash("app");
        accounts::issue_token(tx, account, ben, "read write follow push", "app", &hash)
    };
    house.app.db.write(issue).await.unwrap();
    let app = Person { actor: ben, account, token: "app".to_owned() };
    let said = json!({"status": "textcanarywaits #tagcanarywaits @dora", "spoiler_text": "warningcanarywaits"});
    let waits = house.post(&app, "/api/v1/statuses", said).await.ok();
    let post = waits["id"].as_str().unwrap().to_owned();
    let draft = waits["guildhall"]["approval"]["id"].as_str().unwrap().to_owned();
    let words = ["textcanarywaits", "tagcanarywaits", "warningcanarywaits"].map(ToOwned::to_owned);
    let secrets = words.into_iter().chain([post.clone(), draft.clone()]).collect();
    (Written { audience: "waits", post, reply: draft, secrets }, app)
}

/// A token with which an app asks for itself.
async fn app_alone(house: &House) -> Person {
    let registered = json!({"client_name": "Reader", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob", "scopes": "read"});
    let app = house.post(None, "/api/v1/apps", registered).await.ok();
    let wish = json!({
        "grant_type": "client_credentials", "scope": "read", "client_id": app["client_id"], "client_secret": app["client_secret"],
        "redirect_uri": "urn:ietf:wg:oauth:2.0:oob",
    });
    let token = house.call(None, Method::POST, "/oauth/token", wish).await.ok();
    let nobody = house.customer("nobody").await;
    Person { token: token["access_token"].as_str().unwrap().to_owned(), ..nobody }
}

on_both! {
    async fn every_surface_is_tight_where_somebody_inside_sees_through_it(database: TestDatabase) {
        let house = House::open(database).await;
        house.reaches_eve().await;
        let (ana, cleo, gone) = (house.employee("ana").await, house.employee("cleo").await, house.employee("gone").await);
        let (dora, boss) = (house.customer("dora").await, house.person("boss", AccountKind::Employee, Role::Owner).await);
        let parker = house.person("parker", AccountKind::Partner, Role::Member).await;
        let paige = house.person("paige", AccountKind::Press, Role::Member).await;
        let rival = house.brand_of(&boss).await;
        let alone = app_alone(&house).await;
        let team = house.post(&boss, "/api/guildhall/v1/teams", json!({"name": "Press", "members": ["ana", "cleo", "boss", "gone"]})).await.ok();
        for who in [&dora, &parker, &paige, &rival, &boss, &gone] {
            house.post(who, &format!("/api/v1/accounts/{}/follow", ana.id()), json!({"notify": true})).await.ok();
        }
        let finn = remote_follower(&house, &[&ana, &cleo, &rival]).await;
        let question = house.says(&dora, json!({"status": "Is it waterproof?"})).await;
        let company = conversation(&house, "company", &json!({"local_only": true}), &ana, &cleo).await;
        let for_team = conversation(&house, "team", &json!({"guildhall_audience": team["audience"]}), &ana, &cleo).await;
        let note = conversation(&house, "note", &json!({"local_only": true, "in_reply_to_id": question}), &ana, &cleo).await;
        let (waits, app) = waiting(&house, &boss).await;
        let public = conversation(&house, "public", &json!({"visibility": "public"}), &ana, &cleo).await;
        for one in [&company, &for_team, &note, &public] {
            for verb in ["favourite", "bookmark"] {
                house.post(&boss, &format!("/api/v1/statuses/{}/{verb}", one.post), json!({})).await.ok();
            }
        }
        let account = gone.account;
        house.app.db.write(move |tx| accounts::set_suspended(tx, account, true)).await.unwrap();
        work(&house).await;

        let kinds = [&company, &for_team, &note, &waits];
        let list = house.post(&boss, "/api/v1/lists", json!({"title": "Colleagues"})).await.ok()["id"].as_str().unwrap().to_owned();
        house.post(&boss, &format!("/api/v1/lists/{list}/accounts"), json!({"account_ids": [ana.id()]})).await.ok();
        let fill = |template: &str, one: &Written| {
            let (by, name) = if one.audience == "waits" { (app.id(), "ben") } else { (ana.id(), "ana") };
            [("$post", one.post.as_str()), ("$reply", &one.reply), ("$by", &by), ("$name", name), ("$root", &question), ("$list", &list), ("$kind", one.audience)]
                .iter()
                .fold(template.to_owned(), |door, (gap, value)| door.replace(gap, value))
        };
        let people = [&dora, &parker, &paige, &rival, &gone].map(Reader::Token);
        let outsiders = [Reader::Nobody, Reader::Token(&alone), Reader::Server(&finn)].into_iter().chain(people).collect::<Vec<_>>();
        let (mut cells, mut wrong) = (0, Vec::new());
        for (template, inside, open) in SURFACES {
            let mut found = Vec::new();
            for kind in kinds {
                let door = fill(template, kind);
                for (who, reader) in OUTSIDERS.iter().zip(outsiders.iter().copied()) {
                    let accepts: &[&str] = if matches!(reader, Reader::Token(_)) || door.starts_with("/api") { &["application/json"] } else { &["application/activity+json", "text/html"] };
                    for accept in accepts {
                        let (status, said) = answer(&house, reader, &door, accept).await;
                        assert!(status < 500 && status != 429, "{who} {door}: {status}");
                        for other in kinds {
                            assert!(!tells(other, &door, &said), "{who} finds {} at {door} ({accept}): {said}", other.audience);
                        }
                    }
                    cells += 1;
                }
                for insider in [&ana, &boss, &app] {
                    let (_, said) = answer(&house, Reader::Token(insider), &door, "application/json").await;
                    if tells(kind, &door, &said) {
                        found.push(kind.audience);
                        break;
                    }
                }
            }
            let mut everybody = false;
            for accept in ["application/activity+json", "text/html"] {
                let door = fill(template, &public);
                everybody |= tells(&public, &door, &answer(&house, Reader::Nobody, &door, accept).await.1);
            }
            if (found.join(" "), everybody) != ((*inside).to_owned(), *open) {
                wrong.push(format!("(\"{template}\", \"{}\", {everybody}),", found.join(" ")));
            }
        }
        assert!(wrong.is_empty(), "what is found where differs:\n{}", wrong.join("\n"));
        let watched = SURFACES.iter().filter(|(_, inside, open)| !inside.is_empty() || *open).count();
        eprintln!("{} surfaces, {watched} of them seen through by somebody who may, × {} × {} = {cells}", SURFACES.len(), OUTSIDERS.len(), KINDS.len());
        assert!(SURFACES.len() >= 40 && cells == SURFACES.len() * OUTSIDERS.len() * KINDS.len());
        assert_eq!((kinds.map(|kind| kind.audience), outsiders.len()), (KINDS, OUTSIDERS.len()));
    }
}
