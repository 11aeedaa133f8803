//! A person stands behind what a brand says.

use guildhall::domain::{ActorId, PostId, posts};
use http::{Request, header};
use serde_json::{Value, json};

use super::{API, desk::Desk};
use crate::mastodon::BASE;

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

    async fn the_name_stays_when_the_text_is_edited_and_goes_with_the_person(database: TestDatabase) {
        let desk = Desk::open(database).await;
        rename(&desk, desk.contributor.actor, "Ana Lima").await;
        desk.rules(json!({"signature": "name"})).await;
        let post = out(&desk, "News").await;
        let (account, brand) = (desk.manager.account, desk.brand);
        desk.house.app.db.write(move |tx| {
            guildhall::domain::accounts::issue_token(tx, account, brand, "read write", "app", &guildhall::secrets::token_hash("as-brand"))
        }).await.unwrap();
        let app = crate::mastodon::Person { actor: brand, account, token: "as-brand".to_owned() };
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

    async fn two_hundred_hostile_names_are_text_and_nothing_else(database: TestDatabase) {
        let desk = Desk::open(database).await;
        desk.rules(json!({"signature": "name_link", "min_approvals": 0})).await;
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
                let (site, brand) = (site.clone(), desk.brand);
                let by = guildhall::domain::By::Local { actor: brand, account: Some(contributor) };
                let content = desk.house.app.db.write(move |tx| {
                    let draft = posts::Draft::note(posts::Audience::Public, "<p>News</p>".to_owned());
                    let id = posts::create(tx, &site, &by, &draft)?;
                    Ok(posts::get(tx.conn(), id)?.content)
                }).await.unwrap();
                let name = content.strip_prefix(&format!("<p>News</p><p>— <a href=\"{BASE}/@the_contributor\">")).and_then(|rest| rest.strip_suffix("</a></p>"));
                let name = name.unwrap_or_else(|| panic!("{content}"));
                assert!(!name.contains(['<', '>', '"']) && !name.is_empty(), "{name}");
                assert!(!name.chars().any(|c| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')), "{name:?}");
                seen += 1;
            }
        }
        assert_eq!(seen, 200);
    }
}
