//! Who sees what, as one table: each kind of reader, each audience, each door.

use std::sync::Arc;

use axum::body::Body;
use guildhall::{
    domain::{
        By,
        accounts::{self, AccountKind, Role},
        actors::{self, RemoteActor},
        follows::{self, Wishes},
    },
    net::{Signer, SigningKey, signatures::cavage},
};
use http::{HeaderMap, Request, header};
use serde_json::{Value, json};

use crate::{
    mastodon::{BASE, House, Person, ids},
    support::people::remote,
};

const AUDIENCES: [&str; 6] = ["public", "unlisted", "followers", "direct", "company", "team"];

/// What each reader with a token finds or may do, for each of [`AUDIENCES`]. The doors, by letter: `i` by id, `c` its
/// thread, `h` home, `a` the author's page, `t` its hashtag, `p` the public timeline, `s` search by address, `y` its
/// history, `o` its source, `f` who likes it, `n` told as a mention, `r` answer it, `l` like it, `b` boost it.
const PEOPLE: &[(&str, [&str; 6])] = &[
    ("author", ["ichatpsyofrlb", "ichasyofrlb", "ichasyofrlb", "ichasyofrl", "ichasyofrl", "ichasyofrl"]),
    ("follower", ["ichatpsyfrlb", "ichasyfrlb", "ichasyfrl", "", "", ""]),
    ("named customer", ["icatpsyfnrlb", "icasyfnrlb", "icasyfnrl", "icasyfnrl", "", ""]),
    ("customer", ["icatpsyfrlb", "icasyfrlb", "", "", "", ""]),
    ("blocked customer", ["", "", "", "", "", ""]),
    ("employee", ["icatpsyfrlb", "icasyfrlb", "", "", "ichasyfrl", ""]),
    ("member", ["icatpsyfrlb", "icasyfrlb", "", "", "ichasyfrl", "ichasyfrl"]),
    ("former member", ["icatpsyfrlb", "icasyfrlb", "", "", "ichasyfrl", ""]),
    ("brand", ["icatpsyfrlb", "icasyfrlb", "", "", "", ""]),
    ("suspended employee", ["", "", "", "", "", ""]),
    ("anonymous", ["icatpsyf", "icasyf", "", "", "", ""]),
];

/// What other servers find: `g` the object, `w` its page, `x` the author's outbox, `k` its likes, `q` its answers.
const SERVERS: &[(&str, [&str; 6])] = &[
    ("anonymous", ["gwxkq", "gwxkq", "", "", "", ""]),
    ("remote follower", ["gwxkq", "gwxkq", "gkq", "", "", ""]),
    ("remote named", ["gwxkq", "gwxkq", "gkq", "gkq", "", ""]),
    ("remote stranger", ["gwxkq", "gwxkq", "", "", "", ""]),
    // Pages and the outbox are the same for everybody.
    ("remote blocked", ["wx", "wx", "", "", "", ""]),
];

/// Everybody who is in the table.
struct Cast {
    author: Person,
    people: Vec<(&'static str, Option<Person>)>,
    servers: Vec<(&'static str, Option<Signer>)>,
    team: String,
}

/// An actor of another server that signs what it asks.
async fn server(house: &House, name: &'static str) -> (Signer, guildhall::domain::ActorId) {
    let key = SigningKey::generate("ed25519").unwrap();
    let theirs = remote(name, &format!("{name}.example"), Some(&key));
    let remote = RemoteActor { shared_inbox: None, followers_uri: None, ..theirs };
    let signer = Signer { key: Arc::new(key), key_id: remote.keys[0].uri.clone() };
    let actor = house.app.db.write(move |tx| actors::upsert_remote(tx, &remote)).await.unwrap().actor;
    (signer, actor.id)
}

async fn cast(house: &House) -> Cast {
    let author = house.employee("ana").await;
    let (fan, nora, dora, bob) = (
        house.customer("fan").await,
        house.customer("nora").await,
        house.customer("dora").await,
        house.customer("bob").await,
    );
    let (ben, mia, fred, sue) = (
        house.employee("ben").await,
        house.employee("mia").await,
        house.employee("fred").await,
        house.employee("sue").await,
    );
    let boss = house.person("boss", AccountKind::Employee, Role::Owner).await;
    house.post(&fan, &format!("/api/v1/accounts/{}/follow", author.id()), json!({})).await.ok();
    house.post(&author, &format!("/api/v1/accounts/{}/block", bob.id()), json!({})).await.ok();
    let members = json!({"name": "Press", "members": ["ana", "mia", "fred", "sue"]});
    let team = house.post(&boss, "/api/guildhall/v1/teams", members).await.ok();
    house.delete(&boss, &format!("/api/guildhall/v1/teams/{}/members/fred", team["id"].as_str().unwrap())).await.ok();
    let (finn, eve, sam, vic) = (
        server(house, "finn").await,
        server(house, "eve").await,
        server(house, "sam").await,
        server(house, "vic").await,
    );
    let (site, me, follower, blocked) = (house.app.site.clone(), author.actor, finn.1, vic.1);
    let brand = house.brand_of(&boss).await;
    house
        .app
        .db
        .write(move |tx| {
            let by = By::Remote { actor: follower, activity: Some("https://finn.example/follows/1".to_owned()) };
            follows::request(tx, &site, &by, me, &Wishes::default())?;
            follows::block(tx, &site, &By::Local { actor: me, account: None }, blocked)?;
            Ok(())
        })
        .await
        .unwrap();
    let people = vec![
        ("follower", Some(fan)),
        ("named customer", Some(nora)),
        ("customer", Some(dora)),
        ("blocked customer", Some(bob)),
        ("employee", Some(ben)),
        ("member", Some(mia)),
        ("former member", Some(fred)),
        ("brand", Some(brand)),
        ("suspended employee", Some(sue)),
        ("anonymous", None),
    ];
    let servers = vec![
        ("anonymous", None),
        ("remote follower", Some(finn.0)),
        ("remote named", Some(eve.0)),
        ("remote stranger", Some(sam.0)),
        ("remote blocked", Some(vic.0)),
    ];
    Cast { author, people, servers, team: team["audience"].as_str().unwrap().to_owned() }
}

/// A post of each audience by the author, naming whoever can be named in it.
async fn written(house: &House, cast: &Cast, audience: &str) -> String {
    let inside = matches!(audience, "company" | "team");
    let wanted = if audience == "team" { cast.team.clone() } else { audience.to_owned() };
    let names = if inside { "@nora" } else { "@nora @eve@eve.example" };
    house.says(&cast.author, json!({"status": format!("Hello {names} #tea"), "guildhall_audience": wanted})).await
}

/// The letters of the doors behind which a reader finds a post.
async fn found(house: &House, author: &Person, who: Option<&Person>, post: &str) -> String {
    let mut letters = String::new();
    let path = format!("/api/v1/statuses/{post}");
    let lists = |value: &Value| value.as_array().is_some_and(|_| ids(value).contains(&post.to_owned()));
    for (letter, door) in [
        ('i', path.clone()),
        ('c', format!("{path}/context")),
        ('h', "/api/v1/timelines/home".to_owned()),
        ('a', format!("/api/v1/accounts/{}/statuses", author.id())),
        ('t', "/api/v1/timelines/tag/tea".to_owned()),
        ('p', "/api/v1/timelines/public".to_owned()),
        ('s', format!("/api/v2/search?type=statuses&q={BASE}/@ana/{post}")),
        ('y', format!("{path}/history")),
        ('o', format!("{path}/source")),
        ('f', format!("{path}/favourited_by")),
        // What waits too: what strangers write to somebody alone.
        ('n', "/api/v1/notifications?types[]=mention&include_filtered=true".to_owned()),
    ] {
        let reply = house.get(who, &door).await;
        let there = reply.status == 200
            && match letter {
                'h' | 'a' | 't' | 'p' => lists(&reply.body),
                's' => lists(&reply.body["statuses"]),
                'n' => reply.body.as_array().unwrap().iter().any(|told| told["status"]["id"] == post),
                _ => true,
            };
        if there {
            letters.push(letter);
        }
    }
    letters
}

/// The letters of what a reader may do to a post.
async fn done(house: &House, who: Option<&Person>, post: &str) -> String {
    let mut letters = String::new();
    let path = format!("/api/v1/statuses/{post}");
    for (letter, door, body) in [
        ('r', "/api/v1/statuses".to_owned(), json!({"status": "An answer", "in_reply_to_id": post})),
        ('l', format!("{path}/favourite"), json!({})),
        ('b', format!("{path}/reblog"), json!({})),
    ] {
        let status = house.post(who, &door, body).await.status.as_u16();
        assert!(matches!(status, 200 | 401 | 403 | 404), "{letter} {status}");
        if status == 200 {
            letters.push(letter);
        }
    }
    letters
}

/// The letters of the doors behind which another server finds a post.
async fn found_elsewhere(house: &House, actor: &str, signer: Option<&Signer>, post: &str) -> String {
    let mut letters = String::new();
    let object = format!("/ap/objects/{post}");
    for (letter, door, accept) in [
        ('g', object.clone(), "application/activity+json"),
        ('w', format!("/@ana/{post}"), "text/html"),
        ('x', format!("{actor}/outbox?page=true"), "application/activity+json"),
        ('k', format!("{object}/likes"), "application/activity+json"),
        ('q', format!("{object}/replies?page=true"), "application/activity+json"),
    ] {
        let mut headers = HeaderMap::new();
        if let Some(signer) = signer {
            let url = format!("{BASE}{door}").parse().unwrap();
            cavage::sign(signer, "GET", &url, &mut headers, None, true, house.app.db.now()).unwrap();
        }
        headers.insert(header::HOST, "social.company.example".parse().unwrap());
        headers.insert(header::ACCEPT, accept.parse().unwrap());
        let mut request = Request::get(&door).body(Body::empty()).unwrap();
        *request.headers_mut() = headers;
        let reply = house.send(request).await;
        if reply.status == 200 && (letter != 'x' || reply.body.to_string().contains(&format!("/ap/objects/{post}\""))) {
            letters.push(letter);
        }
    }
    letters
}

on_both! {
    async fn each_reader_finds_at_each_door_what_is_for_them(database: TestDatabase) {
        let house = House::open(database).await;
        let mut cast = cast(&house).await;
        let mut posts = Vec::new();
        for audience in AUDIENCES {
            posts.push(written(&house, &cast, audience).await);
        }
        let sue = cast.people.iter().find(|(name, _)| *name == "suspended employee").unwrap().1.as_ref().unwrap().account;
        house.app.db.write(move |tx| accounts::set_suspended(tx, sue, true)).await.unwrap();
        let me = cast.author.actor;
        let actor = house.app.db.read(move |conn| actors::get(conn, me)).await.unwrap();
        let actor = actor.uri.strip_prefix(BASE).unwrap().to_owned();
        let author = Person { token: cast.author.token.clone(), ..cast.author };
        cast.people.insert(0, ("author", Some(Person { token: cast.author.token.clone(), ..cast.author })));

        // First what everybody finds, then what they do: answers and likes change what is found.
        let mut seen: Vec<Vec<String>> = Vec::new();
        for (_, who) in &cast.people {
            let mut row = Vec::new();
            for post in &posts {
                row.push(found(&house, &author, who.as_ref(), post).await);
            }
            seen.push(row);
        }
        for ((name, signer), (expected, cells)) in cast.servers.iter().zip(SERVERS) {
            assert_eq!(name, expected);
            for ((post, cell), audience) in posts.iter().zip(cells).zip(AUDIENCES) {
                assert_eq!(found_elsewhere(&house, &actor, signer.as_ref(), post).await, *cell, "{name}, {audience}");
            }
        }
        for (row, (_, who)) in seen.iter_mut().zip(&cast.people) {
            for (cell, post) in row.iter_mut().zip(&posts) {
                cell.push_str(&done(&house, who.as_ref(), post).await);
            }
        }
        for ((name, _), (row, (expected, cells))) in cast.people.iter().zip(seen.iter().zip(PEOPLE)) {
            assert_eq!((name, row.as_slice()), (expected, cells.map(ToOwned::to_owned).as_slice()));
        }
    }
}
