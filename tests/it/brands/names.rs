//! A person stands behind what a brand says.

use guildhall::domain::{ActorId, PostId, TeamId, org, posts};
use http::{Request, header};
use serde_json::{Value, json};

use super::{
    API,
    desk::{Desk, refused},
    doors::in_an_app,
};
use crate::mastodon::{BASE, Person};

const OBJECT: &str = "application/activity+json";

/// Publishes what the contributor wrote; answers the post.
async fn out(desk: &Desk, text: &str) -> String {
    let id = desk.approved(text).await;
    desk.publishes(&desk.publisher, &id).await.ok()["post"]["id"].as_str().unwrap().to_owned()
}

async fn rename(desk: &Desk, actor: ActorId, name: &str) {
    let name = name.to_owned();
    let done = desk.house.app.db.write(move |tx| {
        use diesel::prelude::*;
        use guildhall::db::schema::actors;
        Ok(diesel::update(actors::table.find(actor)).set(actors::name.eq(&name)).execute(tx.conn())?)
    });
    done.await.unwrap();
}

/// Puts somebody into a new department; answers its id.
async fn department(desk: &Desk, who: &Person, name: &'static str) -> TeamId {
    let account = who.account;
    let made = desk.house.app.db.write(move |tx| {
        let id = org::create_team(tx, name, org::TeamKind::Department)?;
        org::add_to_team(tx, id, account)?;
        Ok(id)
    });
    made.await.unwrap()
}

async fn read(desk: &Desk, path: &str, accept: &str) -> Value {
    let request = Request::get(path).header(header::HOST, "social.company.example").header(header::ACCEPT, accept);
    desk.house.send(request.body(axum::body::Body::empty()).unwrap()).await.ok()
}

on_both! {
    async fn a_post_of_a_brand_names_who_wrote_it_as_the_brand_wants(database: TestDatabase) {
        let desk = Desk::open(database).await;
        rename(&desk, desk.contributor.actor, "Ana Lima").await;
        let page = format!("{BASE}/@the_contributor");
        for (signature, line, named) in [
            ("none", String::new(), false),
            ("initials", "<p>— A. L.</p>".to_owned(), false),
            ("name", "<p>— Ana Lima</p>".to_owned(), true),
            ("name_link", format!("<p>— <a href=\"{page}\">Ana Lima</a></p>"), true),
            ("mention", format!("<p>— Ana Lima <span class=\"h-card\"><a href=\"{page}\" class=\"u-url mention\">@<span>the_contributor</span></a></span></p>"), true),
        ] {
            assert_eq!(desk.rules(json!({"signature": signature})).await["signature"], signature);
            let post = out(&desk, "News").await;
            let note = read(&desk, &format!("/ap/objects/{post}"), OBJECT).await;
            assert_eq!(note["content"], format!("<p>News</p>{line}"), "{signature}");
            assert_eq!(note["attributedTo"], format!("{BASE}/ap/actors/{}", desk.brand), "one string, whatever else is said");
            let author = format!("{BASE}/ap/actors/{}", desk.contributor.actor);
            assert_eq!(note["guildhall:author"], if named { json!(author) } else { Value::Null }, "{signature}");
            assert_eq!(note["@context"].to_string().contains("\"guildhall:author\":{\"@id\":\"guildhall:author\",\"@type\":\"@id\"}"), named);
            let tags: Vec<&Value> = note["tag"].as_array().unwrap().iter().filter(|tag| tag["type"] == "Mention").collect();
            assert_eq!(tags.len(), usize::from(signature == "mention"), "{tags:?}");
            let html = read(&desk, &format!("/@acme/{post}"), "text/html").await;
            let html = html.as_str().unwrap();
            let creator = if named { "@the_contributor@company.example" } else { "@acme@company.example" };
            assert_eq!(html.matches("fediverse:creator").count(), 1);
            assert!(html.contains(&format!("<meta name=\"fediverse:creator\" content=\"{creator}\">")), "{signature}");
            // Who wrote it is kept, whatever is shown.
            let id: PostId = post.parse().unwrap();
            let kept = desk.house.app.db.read(move |conn| posts::find_authorship(conn, id)).await.unwrap().unwrap();
            assert_eq!((kept.account_id, kept.shown_as.as_str()), (desk.contributor.account, signature));
        }
    }

    async fn nobody_is_named_further_than_they_want(database: TestDatabase) {
        let desk = Desk::open(database).await;
        rename(&desk, desk.contributor.actor, "Ana Lima").await;
        desk.rules(json!({"signature": "mention"})).await;
        let path = format!("{API}/me");
        assert_eq!(desk.house.get(&desk.contributor, &path).await.ok()["named_as"], "name");
        for (choice, line) in [("initials", "<p>— A. L.</p>"), ("none", "")] {
            let chosen = desk.house.call(Some(&desk.contributor), http::Method::PATCH, &path, json!({"named_as": choice})).await.ok();
            assert_eq!(chosen["named_as"], choice);
            let post = out(&desk, "News").await;
            let note = read(&desk, &format!("/ap/objects/{post}"), OBJECT).await;
            assert_eq!((&note["content"], &note["guildhall:author"]), (&json!(format!("<p>News</p>{line}")), &Value::Null));
            let told = note.to_string();
            assert!(!told.contains("Lima") && !told.contains("the_contributor"), "{told}");
        }
        let wrong = desk.house.call(Some(&desk.contributor), http::Method::PATCH, &path, json!({"named_as": "loud"})).await;
        assert_eq!(wrong.status, 422);
        assert_eq!(desk.house.get(&desk.publisher, &path).await.ok()["named_as"], "name", "it is one's own choice");
        assert_eq!(desk.house.get(None, &path).await.status, 401);
    }

    async fn another_name_is_another_text_and_needs_approval_again(database: TestDatabase) {
        let desk = Desk::open(database).await;
        rename(&desk, desk.contributor.actor, "Ana Lima").await;
        desk.rules(json!({"signature": "name"})).await;
        let id = desk.approved("News").await;
        let approved = desk.reads(&desk.manager, &id).await;
        assert_eq!(approved["signature"], "— Ana Lima");
        // The person calls herself otherwise, the brand names her otherwise, or she wants to be named less.
        rename(&desk, desk.contributor.actor, "Free kettles").await;
        let renamed = desk.reads(&desk.manager, &id).await;
        assert_eq!((&renamed["signature"], &renamed["approvals"]["by"]), (&json!("— Free kettles"), &json!([])));
        assert_eq!(refused(&desk.publishes(&desk.publisher, &id).await), (403, "draft.approvals_missing"));
        rename(&desk, desk.contributor.actor, "Ana Lima").await;
        assert_eq!(desk.reads(&desk.manager, &id).await["content_hash"], approved["content_hash"], "what is called so again is approved");
        desk.rules(json!({"signature": "mention"})).await;
        assert_eq!(refused(&desk.publishes(&desk.publisher, &id).await), (403, "draft.approvals_missing"));
        desk.rules(json!({"signature": "name"})).await;
        desk.house.call(Some(&desk.contributor), http::Method::PATCH, &format!("{API}/me"), json!({"named_as": "initials"})).await.ok();
        assert_eq!(refused(&desk.publishes(&desk.publisher, &id).await), (403, "draft.approvals_missing"));
        // Who approves agrees to the name that is there then, when they have seen it.
        let late = desk.approves(&desk.approver, &id).await;
        assert_eq!((refused(&late), &late.body["current"]["signature"]), ((409, "draft.stale"), &json!("— A. L.")));
        let again = desk.approves(&desk.approver, &id).await.ok();
        assert_eq!((&again["state"], &again["signature"]), (&json!("approved"), &json!("— A. L.")));
        let at = json!({"scheduled_at": "2026-11-01T13:00:00Z"});
        desk.acts(&desk.publisher, &id, "schedule", at.clone()).await.ok();
        rename(&desk, desk.contributor.actor, "Zoe Lima").await;
        desk.house.wait(3600);
        desk.house.work().await;
        let held = desk.reads(&desk.manager, &id).await;
        assert!(held["state"] == "held" && held["held"].as_str().unwrap().contains("0 of the 1"), "{held}");
        assert_eq!(desk.said().await.len(), 0);
        // In an app it is another post that waits.
        desk.house.call(Some(&desk.contributor), http::Method::PATCH, &format!("{API}/me"), json!({"named_as": "name"})).await.ok();
        desk.acts(&desk.contributor, &id, "submit", json!({})).await.ok();
        let abe = in_an_app(&desk, &desk.approver, "abe").await;
        let home = async || desk.house.get(&abe, "/api/v1/timelines/home").await.ok();
        let first = home().await[0]["id"].as_str().unwrap().to_owned();
        rename(&desk, desk.contributor.actor, "Free kettles").await;
        let like = async |id: &str| desk.house.post(&abe, &format!("/api/v1/statuses/{id}/favourite"), json!({})).await;
        assert_eq!(like(&first).await.status, 404, "nobody agrees to a name that they did not see");
        let second = home().await;
        assert_eq!(second[0]["content"], "<p>News</p><p>— Free kettles</p>");
        assert_ne!(second[0]["id"], first);
        like(second[0]["id"].as_str().unwrap()).await.ok();
        assert_eq!(desk.publishes(&desk.publisher, &id).await.ok()["state"], "published");
        rename(&desk, desk.contributor.actor, "Zoe Lima").await;
        desk.house.call(Some(&desk.contributor), http::Method::PATCH, &format!("{API}/me"), json!({"named_as": "initials"})).await.ok();
        // What is published keeps its name in a change of it, and who changes it gives it no other.
        let post = out(&desk, "Old").await;
        let edit = desk.begins(&desk.publisher, json!({"of_post": post, "body": "Older"})).await.ok();
        assert_eq!(edit["signature"], "— Z. L.");
    }

    async fn the_name_stays_when_the_text_is_edited_and_goes_with_the_person(database: TestDatabase) {
        let desk = Desk::open(database).await;
        rename(&desk, desk.contributor.actor, "Ana Lima").await;
        desk.rules(json!({"signature": "name"})).await;
        let post = out(&desk, "News").await;
        let (account, brand) = (desk.manager.account, desk.brand);
        desk.house.app.db.write(move |tx| {
            guildhall::domain::accounts::issue_token(tx, account, brand, "read write", "app", &guildhall::secrets::token_hash("as-brand"))
        }).await.unwrap();
        let app = Person { actor: brand, account, token: "as-brand".to_owned() };
        let source = desk.house.get(&app, &format!("/api/v1/statuses/{post}/source")).await.ok();
        assert_eq!(source["text"], "News", "what is edited is the text alone");
        desk.rules(json!({"signature": "none", "min_approvals": 0})).await;
        desk.house.put(&app, &format!("/api/v1/statuses/{post}"), json!({"status": "Old news"})).await.ok();
        assert_eq!(desk.said().await, ["<p>Old news</p><p>— Ana Lima</p>"], "as it was when it was published");
        let gone = desk.contributor.account;
        desk.house.app.db.write(move |tx| guildhall::domain::accounts::delete(tx, gone)).await.unwrap();
        desk.house.put(&app, &format!("/api/v1/statuses/{post}"), json!({"status": "History"})).await.ok();
        assert_eq!(desk.said().await, ["<p>History</p>"]);
        let note = read(&desk, &format!("/ap/objects/{post}"), OBJECT).await;
        assert_eq!(note["guildhall:author"], Value::Null);
    }

    async fn the_department_stands_after_the_name_where_the_brand_wants_that(database: TestDatabase) {
        let desk = Desk::open(database).await;
        rename(&desk, desk.contributor.actor, "Ana Lima").await;
        let support = department(&desk, &desk.contributor, "R&D <support>").await;
        let page = format!("{BASE}/@the_contributor");
        let line = async |post: &str| {
            let note = read(&desk, &format!("/ap/objects/{post}"), OBJECT).await;
            note["content"].as_str().unwrap().rsplit_once("<p>— ").map_or(String::new(), |(_, line)| line.to_owned())
        };
        let rules = desk.rules(json!({"signature": "name"})).await;
        assert_eq!(rules["signature_department"], false);
        assert_eq!(line(&out(&desk, "News").await).await, "Ana Lima</p>", "not unless the brand wants that");
        desk.rules(json!({"signature_department": true})).await;
        let after = "Ana Lima, R&amp;D &lt;support&gt;";
        let mention = format!("{after} <span class=\"h-card\"><a href=\"{page}\" class=\"u-url mention\">@<span>the_contributor</span></a></span></p>");
        for (signature, expected) in [
            ("none", String::new()),
            ("initials", "A. L.</p>".to_owned()),
            ("name", format!("{after}</p>")),
            ("name_link", format!("<a href=\"{page}\">{after}</a></p>")),
            ("mention", mention),
        ] {
            desk.rules(json!({"signature": signature})).await;
            assert_eq!(line(&out(&desk, "News").await).await, expected, "{signature}");
        }
        desk.rules(json!({"signature": "name"})).await;
        // Who is asked to approve sees it, and agrees to just that.
        let id = desk.approved("More news").await;
        assert_eq!(desk.reads(&desk.manager, &id).await["signature"], "— Ana Lima, R&D <support>");
        department(&desk, &desk.contributor, "Sales").await;
        assert_eq!(desk.reads(&desk.manager, &id).await["state"], "in_review", "nobody agreed to another department");
        assert_eq!(refused(&desk.publishes(&desk.publisher, &id).await), (403, "draft.approvals_missing"));
        // What is published keeps the department which it has, also when it is changed.
        let post = out(&desk, "In sales").await;
        assert_eq!(line(&post).await, "Ana Lima, Sales</p>");
        let account = desk.contributor.account;
        let leave = move |tx: &mut guildhall::db::Tx<'_>| {
            let mine = org::departments_of(tx.conn(), &[account])?;
            org::remove_from_team(tx, mine[0].1.id, account)
        };
        desk.house.app.db.write(leave).await.unwrap();
        let edit = desk.begins(&desk.publisher, json!({"of_post": post, "body": "In sales then"})).await.ok();
        assert_eq!(edit["signature"], "— Ana Lima, Sales");
        let id = edit["id"].as_str().unwrap();
        desk.acts(&desk.publisher, id, "submit", json!({})).await.ok();
        desk.approves(&desk.approver, id).await.ok();
        desk.publishes(&desk.publisher, id).await.ok();
        assert_eq!(line(&post).await, "Ana Lima, Sales</p>");
        assert_eq!(line(&out(&desk, "Without one").await).await, "Ana Lima</p>", "who is in none has none");
        // A team is no department.
        desk.house.app.db.write(move |tx| {
            org::change_team(tx, support, None, Some(org::TeamKind::Team))?;
            org::add_to_team(tx, support, account)
        }).await.unwrap();
        assert_eq!(line(&out(&desk, "In a team").await).await, "Ana Lima</p>");
        // Who wants to be named less is in no department either.
        department(&desk, &desk.contributor, "Press").await;
        desk.house.call(Some(&desk.contributor), http::Method::PATCH, &format!("{API}/me"), json!({"named_as": "initials"})).await.ok();
        assert_eq!(line(&out(&desk, "Less").await).await, "A. L.</p>");
    }

    async fn two_hundred_hostile_names_are_text_and_nothing_else(database: TestDatabase) {
        let desk = Desk::open(database).await;
        desk.rules(json!({"signature": "name_link", "min_approvals": 0, "signature_department": true})).await;
        let support = department(&desk, &desk.contributor, "Support").await;
        let parts = [
            "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "</a></p><h1>", "' onclick='x", "&lt;b&gt;", "&#x3c;i&#x3e;",
            "\u{202e}gnp.exe", "\u{2066}\u{200f}", "\u{200b}", "Ana\0Lima", "javascript:alert(1)", "<!--", "]]>", "{{7*7}}", "@eve@evil.example",
            "https://evil.example/", "#tag", "Ä\u{308}\u{308}\u{308}", "👩\u{200d}🚀", "x\u{7f}\u{9b}",
        ];
        let (site, contributor) = (desk.house.app.site.clone(), desk.contributor.account);
        let mut seen = 0;
        for (number, first) in parts.iter().enumerate() {
            for second in parts.iter().cycle().skip(number).take(10) {
                // NUL is taken out at the door, and no database of ours would keep it.
                rename(&desk, desk.contributor.actor, &format!("{first} {second}").replace('\0', "")).await;
                // So is the name of the department.
                let called = format!("{second} {first} {number}").replace('\0', "");
                desk.house.app.db.write(move |tx| org::change_team(tx, support, Some(&called), None)).await.unwrap();
                let (site, brand) = (site.clone(), desk.brand);
                let by = guildhall::domain::By::Local { actor: brand, account: Some(contributor) };
                let content = desk.house.app.db.write(move |tx| {
                    let note = posts::Draft::note(posts::Audience::Public, "<p>News</p>".to_owned());
                    let draft = posts::Draft { approved: true, ..note };
                    let id = posts::create(tx, &site, &by, &draft)?;
                    Ok(posts::get(tx.conn(), id)?.content)
                }).await.unwrap();
                let name = content.strip_prefix(&format!("<p>News</p><p>— <a href=\"{BASE}/@the_contributor\">")).and_then(|rest| rest.strip_suffix("</a></p>"));
                let name = name.unwrap_or_else(|| panic!("{content}"));
                assert!(!name.contains(['<', '>', '"']) && !name.is_empty(), "{name}");
                assert!(name.contains(", "), "the department stands after it: {name}");
                assert!(!name.chars().any(|c| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')), "{name:?}");
                seen += 1;
            }
        }
        assert_eq!(seen, 200);
    }

    async fn a_brand_that_only_answers_names_who_wrote_by_a_link_and_mentions_nobody_else(database: TestDatabase) {
        let desk = Desk::open(database).await;
        desk.rules(json!({"signature": "mention"})).await;
        let (carl, pat) = (desk.house.customer("carl").await, in_an_app(&desk, &desk.publisher, "pat").await);
        let question = desk.house.says(&carl, json!({"status": "Is it waterproof?"})).await;
        let answers = async || {
            let answer = desk.house.post(&pat, "/api/v1/statuses", json!({"status": "Yes", "in_reply_to_id": question})).await.ok();
            let note = read(&desk, &format!("/ap/objects/{}", answer["id"].as_str().unwrap()), OBJECT).await;
            let named = note["tag"].as_array().unwrap().iter().any(|tag| tag["type"] == "Mention" && tag["name"].as_str().unwrap().contains("the_publisher"));
            (note["content"].as_str().unwrap().contains("class=\"u-url mention\""), named, note["guildhall:author"].is_string())
        };
        let stands = async |level: &str| {
            desk.house.put(&desk.manager, &format!("{API}/actors/{}/exposure", desk.brand), json!({"level": level})).await.ok();
        };
        assert_eq!(answers().await, (true, true, true));
        // What waits is another text on that rung, and the same again afterwards.
        let draft = desk.approved("News").await;
        let before = desk.reads(&desk.manager, &draft).await;
        stands("reply").await;
        assert_eq!(answers().await, (false, false, true));
        let now = desk.reads(&desk.manager, &draft).await;
        assert_ne!(now["content_hash"], before["content_hash"]);
        stands("publish").await;
        assert_eq!(desk.reads(&desk.manager, &draft).await["content_hash"], before["content_hash"]);
        assert_eq!(answers().await, (true, true, true));
    }
}
