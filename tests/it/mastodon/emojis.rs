//! Pictures that stand for a name between colons: the company's own, and those of other servers.

use axum::body::Body;
use guildhall::domain::{
    accounts::{AccountKind, Role},
    emojis::{self, NewEmoji},
};
use http::{Method, Request, StatusCode, header};
use image::ImageFormat;
use serde_json::{Value, json};

use super::{
    BASE, House, Person, Reply,
    media::{form, picture, url},
};

const API: &str = "/api/guildhall/v1/emojis";

impl House {
    /// An emoji without a picture.
    pub async fn emoji(&self, shortcode: &str) {
        let new = NewEmoji {
            shortcode: shortcode.to_owned(),
            category: Some("Drinks".to_owned()),
            name: format!("folder{shortcode}"),
            file: "original.png".to_owned(),
            still: "original.png".to_owned(),
            media_type: "image/png".to_owned(),
            visible: true,
        };
        let site = self.app.site.clone();
        self.app.db.write(move |tx| emojis::add(tx, &site, &new)).await.unwrap();
    }

    /// A page of ours.
    async fn page(&self, path: &str) -> String {
        String::from_utf8(self.file(path, &[]).await.content.to_vec()).unwrap()
    }

    /// A document of ours, as other servers ask for it.
    async fn document(&self, path: &str) -> Value {
        let request = Request::get(path.strip_prefix(BASE).unwrap_or(path));
        let request = request.header(header::ACCEPT, "application/activity+json").body(Body::empty()).unwrap();
        let reply = self.send(request).await;
        assert_eq!(reply.status, StatusCode::OK, "{path} {}", reply.body);
        reply.body
    }
}

async fn upload(house: &House, who: &Person, shortcode: &str, content: &[u8]) -> Reply {
    let fields = [("shortcode", shortcode), ("category", "Drinks")];
    house.send_form(Some(who), Method::POST, API, form(&fields, &[("image", "x.png", content)])).await
}

fn shortcodes(shown: &Value) -> Vec<&str> {
    shown["emojis"].as_array().unwrap().iter().map(|emoji| emoji["shortcode"].as_str().unwrap()).collect()
}

/// What a page shows in the place of a name.
fn shown(address: &str, name: &str) -> String {
    format!("<img class=\"emoji\" src=\"{address}\" alt=\":{name}:\" title=\":{name}:\" ")
}

on_both! {
    async fn the_companys_emojis_stand_in_what_its_people_say(database: TestDatabase) {
        let house = House::open(database).await;
        let boss = house.person("boss", AccountKind::Employee, Role::Owner).await;
        let ana = house.employee("ana").await;
        let added = upload(&house, &boss, ":tea:", &picture(64, 48, ImageFormat::Png)).await.ok();
        upload(&house, &boss, "milk", &picture(64, 48, ImageFormat::Gif)).await.ok();
        let all = house.get(None, "/api/v1/custom_emojis").await.ok();
        assert_eq!(all.as_array().unwrap().iter().map(|one| one["shortcode"].as_str().unwrap()).collect::<Vec<_>>(), ["milk", "tea"]);
        assert_eq!(
            all[1],
            json!({"shortcode": "tea", "url": added["url"], "static_url": added["static_url"], "visible_in_picker": true, "category": "Drinks"}),
        );
        let file = house.file(url(&added["url"]), &[]).await;
        assert_eq!((file.status, file.header("content-type"), file.header("cache-control")), (StatusCode::OK, "image/png", "public, max-age=31536000, immutable"));
        let profile = json!({"display_name": "Ana :tea:", "note": "No :milk:", "fields_attributes": [{"name": "Cup", "value": "of :tea:, :sugar:"}]});
        let own = house.call(Some(&ana), Method::PATCH, "/api/v1/accounts/update_credentials", profile).await.ok();
        assert_eq!(shortcodes(&own), ["milk", "tea"]);
        let text = "`:milk:` at 8:30:15, a cup of :tea: or :sugar:, see https://a.example/:tea:/x";
        let said = json!({"status": text, "content_type": "text/markdown", "spoiler_text": "About :tea:", "poll": {"options": [":milk: please", "None"], "expires_in": 600}});
        let post = house.post(&ana, "/api/v1/statuses", said).await.ok();
        assert_eq!((shortcodes(&post), shortcodes(&post["poll"]), shortcodes(&post["account"])), (vec!["milk", "tea"], vec!["milk"], vec!["milk", "tea"]));
        assert_eq!(post["emojis"][1], json!({"shortcode": "tea", "url": added["url"], "static_url": added["static_url"], "visible_in_picker": false}));
        let id = post["id"].as_str().unwrap();
        let picture = shown(url(&added["url"]), "tea");
        let page = house.page(&format!("/@ana/{id}")).await;
        assert!(page.contains(&format!("About {picture}")) && page.contains(&format!("a cup of {picture}")), "{page}");
        assert!(page.contains("<code>:milk:</code>") && page.contains("href=\"https://a.example/:tea:/x\"") && page.contains(":sugar:"), "{page}");
        assert!(page.contains(&format!("Ana {picture}")) && page.contains("alt=\":milk:\""), "{page}");
        let page = house.page("/@ana").await;
        assert!(page.contains(&format!("<h1 dir=\"auto\">Ana {picture}")) && page.contains(&format!("of {picture}")) && page.contains("No <img"), "{page}");
        let note = house.document(&format!("/ap/objects/{id}")).await;
        let tag = note["tag"].as_array().unwrap().iter().find(|tag| tag["name"] == ":tea:").unwrap();
        assert_eq!((&tag["type"], &tag["updated"]), (&json!("Emoji"), &json!("2026-11-01T12:00:00.000Z")));
        assert_eq!(tag["icon"], json!({"type": "Image", "mediaType": "image/png", "url": added["url"]}));
        assert_eq!(house.document(url(&tag["id"])).await["icon"], tag["icon"]);
        let actor = house.document(&format!("/ap/actors/{}", ana.id())).await;
        assert!(actor["tag"].as_array().unwrap().contains(tag), "{actor}");
        // What is taken away is a name again, wherever it stood.
        house.delete(&boss, &format!("{API}/{}", added["id"].as_str().unwrap())).await.ok();
        assert_eq!(shortcodes(&house.get(None, &format!("/api/v1/statuses/{id}")).await.ok()), ["milk"]);
        assert_eq!(house.file(url(&added["url"]), &[]).await.status, StatusCode::NOT_FOUND);
        assert!(!house.page(&format!("/@ana/{id}")).await.contains(&picture));
        assert_eq!(shortcodes(&house.get(&ana, &format!("/api/v1/statuses/{id}/history")).await.ok()[0]), ["milk"]);
        let acts = house.get(&boss, "/api/guildhall/v1/audit").await.ok();
        assert_eq!((&acts[0]["act"], &acts[0]["details"]), (&json!("emoji.removed"), &json!({"shortcode": "tea"})));
    }

    async fn only_owners_and_admins_add_emojis_and_only_small_pictures(database: TestDatabase) {
        let house = House::open(database).await;
        let boss = house.person("boss", AccountKind::Employee, Role::Admin).await;
        let small = picture(64, 48, ImageFormat::Png);
        let narrow = house.person_with("narrow", AccountKind::Employee, Role::Owner, "read write").await;
        for (who, status) in [(house.employee("ana").await, 403), (narrow, 403)] {
            assert_eq!(upload(&house, &who, "tea", &small).await.status.as_u16(), status);
            assert_eq!(house.delete(&who, &format!("{API}/1")).await.status.as_u16(), status);
            assert_eq!(house.get(&who, API).await.status.as_u16(), status);
        }
        let nobody = house.send_form(None, Method::POST, API, form(&[("shortcode", "tea")], &[("image", "x.png", &small)])).await;
        assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
        let mut padded = small.clone();
        padded.resize(256 * 1024 + 1, 0);
        for (shortcode, content, code) in [
            ("t", &small, "emoji.shortcode"),
            ("tea-cup", &small, "emoji.shortcode"),
            ("<b>", &small, "emoji.shortcode"),
            ("wide", &picture(513, 2, ImageFormat::Png), "emoji.pixels"),
            ("photo", &picture(20, 20, ImageFormat::Jpeg), "emoji.kind"),
            ("padded", &padded, "emoji.too_large"),
            ("bmp", &b"BM\x1e\0\0\0".to_vec(), "media.kind"),
            ("svg", &b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>".to_vec(), "media.kind"),
            ("broken", &small[..40].to_vec(), "media.broken"),
        ] {
            let refused = upload(&house, &boss, shortcode, content).await;
            assert_eq!((refused.status.as_u16(), &refused.body["code"]), (422, &json!(code)), "{shortcode}: {}", refused.body);
        }
        let without = house.send_form(Some(&boss), Method::POST, API, form(&[("shortcode", "tea")], &[])).await;
        assert_eq!(without.status, StatusCode::BAD_REQUEST);
        assert_eq!((house.get(&boss, API).await.ok(), house.kept()), (json!([]), 0), "nothing is left of what was refused");
        upload(&house, &boss, "tea", &picture(512, 2, ImageFormat::WebP)).await.ok();
        assert_eq!(upload(&house, &boss, "TEA", &small).await.status, StatusCode::CONFLICT);
        assert_eq!(house.kept(), 1);
        for path in ["999", "0", "x"] {
            assert_eq!(house.delete(&boss, &format!("{API}/{path}")).await.status, StatusCode::NOT_FOUND);
        }
        assert_eq!(house.get(&boss, API).await.ok()[0]["shortcode"], "tea");
    }

    async fn an_emoji_stays_what_other_servers_take_for_one(database: TestDatabase) {
        let house = House::open(database).await;
        let boss = house.person("boss", AccountKind::Employee, Role::Owner).await;
        let mut opaque = std::io::Cursor::new(Vec::new());
        let drawn = image::load_from_memory(&picture(64, 48, ImageFormat::Png)).unwrap().to_rgb8();
        drawn.write_to(&mut opaque, ImageFormat::WebP).unwrap();
        let opaque = opaque.into_inner();
        assert!(!image::load_from_memory(&opaque).unwrap().color().has_alpha(), "nothing can be seen through it");
        for (shortcode, content) in [("opaque", &opaque), ("drawn", &picture(64, 48, ImageFormat::WebP)), ("plain", &picture(64, 48, ImageFormat::Png))] {
            let added = upload(&house, &boss, shortcode, content).await.ok();
            for address in ["url", "static_url"] {
                let file = house.file(url(&added[address]), &[]).await;
                assert_eq!((file.header("content-type"), image::guess_format(&file.content).unwrap()), ("image/png", ImageFormat::Png), "{shortcode}");
            }
            house.says(&boss, json!({"status": format!(":{shortcode}:")})).await;
        }
        // Somebody's picture that is a photograph becomes one as before.
        let media = house.send_form(Some(&boss), Method::POST, "/api/v2/media", form(&[], &[("file", "x.webp", &opaque)])).await.ok();
        assert_eq!(house.file(url(&media["url"]), &[]).await.header("content-type"), "image/jpeg");
        // What cannot be kept as small as it came is refused in words that say why.
        let noise = image::RgbImage::from_fn(512, 512, |x, y| image::Rgb([(x * 7 + y * 13) as u8, (x * x + y) as u8, (x ^ (y * 31)) as u8]));
        let mut smooth = std::io::Cursor::new(Vec::new());
        image::imageops::blur(&noise, 0.4).write_to(&mut smooth, ImageFormat::WebP).unwrap();
        let smooth = smooth.into_inner();
        let refused = upload(&house, &boss, "noise", &smooth).await;
        assert_eq!((refused.status.as_u16(), &refused.body["code"]), (422, &json!("emoji.too_large")), "{} bytes: {}", smooth.len(), refused.body);
        assert_eq!(house.get(None, "/api/v1/custom_emojis").await.ok().as_array().unwrap().len(), 3);
    }

    async fn the_emoji_that_was_meant_is_taken_away_and_no_other_of_its_name(database: TestDatabase) {
        let house = House::open(database).await;
        house.emoji("tea").await;
        let old = house.app.db.read(emojis::list).await.unwrap()[0].id;
        house.app.db.write(move |tx| emojis::remove(tx, &emojis::Which::Named(":tea:".to_owned()))).await.unwrap();
        house.emoji("tea").await;
        let gone = house.app.db.write(move |tx| emojis::remove(tx, &emojis::Which::Id(old))).await.unwrap_err();
        assert_eq!(gone.code(), "emoji.not_found");
        let boss = house.person("boss", AccountKind::Employee, Role::Owner).await;
        assert_eq!(house.delete(&boss, &format!("{API}/{old}")).await.status, StatusCode::NOT_FOUND);
        let all = house.app.db.read(emojis::list).await.unwrap();
        assert_eq!((all.len(), all[0].shortcode.as_str()), (1, "tea"));
    }

    async fn there_are_so_many_emojis_and_no_more(database: TestDatabase) {
        let house = House::open(database).await;
        let site = house.app.site.clone();
        let added = house.app.db.write(move |tx| {
            for number in 0..emojis::EMOJIS {
                let file = || "original.png".to_owned();
                let new = NewEmoji {
                    shortcode: format!("tea{number}"),
                    category: None,
                    name: format!("folder{number}"),
                    file: file(),
                    still: file(),
                    media_type: "image/png".to_owned(),
                    visible: number % 2 == 0,
                };
                emojis::add(tx, &site, &new)?;
            }
            Ok(())
        });
        added.await.unwrap();
        let boss = house.person("boss", AccountKind::Employee, Role::Owner).await;
        let refused = upload(&house, &boss, "tea", &picture(8, 8, ImageFormat::Png)).await;
        assert_eq!(refused.body["code"], "emoji.too_many");
        assert_eq!(house.get(None, "/api/v1/custom_emojis").await.ok().as_array().unwrap().len(), 250, "hidden ones are not offered");
        assert_eq!(house.get(&boss, API).await.ok().as_array().unwrap().len(), 500);
    }

    async fn emojis_of_other_servers_are_handed_on_and_hostile_ones_are_names(database: TestDatabase) {
        let house = House::open(database).await;
        house.reaches_eve().await;
        let ana = house.employee("ana").await;
        let eve = "https://remote.example/users/eve";
        let emoji = |name: &str, icon: Value| json!({"type": "Emoji", "name": name, "icon": icon});
        let image = |name: &str| json!({"type": "Image", "url": format!("https://files.remote.example/{name}")});
        let mut elsewhere = emoji(":stolen:", image("stolen.png"));
        elsewhere["id"] = json!("https://other.example/emojis/1");
        let mut own = emoji(":tea:", image("tea.png"));
        own["id"] = json!("https://remote.example/emojis/tea");
        let tags = json!([
            own, elsewhere,
            emoji(":tea:", image("second.png")),
            emoji(":script:", json!({"type": "Image", "url": "javascript:alert(1)"})),
            emoji(":data:", json!({"type": "Image", "url": "data:image/png;base64,AA"})),
            emoji(":svg:", json!({"type": "Image", "mediaType": "image/svg+xml", "url": "https://files.remote.example/a.svg"})),
            emoji(":html:", json!({"type": "Document", "mediaType": "text/html", "url": "https://files.remote.example/a.html"})),
            emoji(":\" onload=alert(1) x=\":", image("x.png")),
            emoji(":none:", Value::Null), emoji(":number:", json!(7)),
            json!({"type": "Emoji", "name": 7, "icon": image("y.png")}),
            emoji(":film:", image("film.png")), emoji(":huge:", image("huge.png")), emoji(":gone:", image("gone.png")),
            emoji(":ours:", json!({"type": "Image", "url": format!("{BASE}/api/v1/instance")})),
        ]);
        let text = ":tea: :stolen: :script: :svg: :html: :film: :huge: :gone: :ours:";
        house.documents.put("https://remote.example/notes/2", "application/activity+json", json!({
            "@context": "https://www.w3.org/ns/activitystreams", "id": "https://remote.example/notes/2", "type": "Note",
            "attributedTo": eve, "to": ["https://www.w3.org/ns/activitystreams#Public"], "content": format!("<p>{text}</p>"), "tag": tags,
        }).to_string());
        house.documents.put(eve, "application/activity+json", json!({
            "@context": "https://www.w3.org/ns/activitystreams", "id": eve, "type": "Person", "preferredUsername": "eve", "name": "Eve :tea:",
            "inbox": format!("{eve}/inbox"), "outbox": format!("{eve}/outbox"), "tag": tags,
        }).to_string());
        let content = picture(20, 20, ImageFormat::Png);
        house.documents.put("https://files.remote.example/tea.png", "image/png", content.clone());
        house.documents.put("https://files.remote.example/film.png", "image/png", b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41".to_vec());
        let mut huge = content.clone();
        huge.resize(1024 * 1024 + 1, 0);
        house.documents.put("https://files.remote.example/huge.png", "image/png", huge);
        let found = house.get(&ana, "/api/v2/search?resolve=true&q=https://remote.example/notes/2").await.ok();
        let post = &found["statuses"][0];
        assert_eq!(shortcodes(post), ["tea", "film", "huge", "gone", "ours"]);
        assert_eq!(shortcodes(&post["account"]), ["tea"], "those that stand in it");
        let before = house.documents.requests().len();
        for (place, shown) in [("posts", &post["emojis"][0]), ("actors", &post["account"]["emojis"][0])] {
            for address in ["url", "static_url"] {
                assert!(url(&shown[address]).starts_with(&format!("{BASE}/elsewhere/{place}/")), "{shown}");
            }
            let file = house.file(url(&shown["url"]), &[]).await;
            assert_eq!((file.status, file.header("content-type"), &file.content[..]), (StatusCode::OK, "image/png", &content[..]));
        }
        assert_eq!(house.documents.requests().len(), before + 1, "it was fetched once, and not before somebody looked");
        for emoji in post["emojis"].as_array().unwrap().iter().skip(1) {
            assert_eq!(house.file(url(&emoji["url"]), &[]).await.status, StatusCode::NOT_FOUND, "{emoji}");
        }
        // What is too large for an emoji may be somebody's picture: who names it as one takes it from nobody.
        house.documents.put("https://remote.example/notes/3", "application/activity+json", json!({
            "@context": "https://www.w3.org/ns/activitystreams", "id": "https://remote.example/notes/3", "type": "Note",
            "attributedTo": eve, "to": ["https://www.w3.org/ns/activitystreams#Public"], "content": "<p>Look</p>",
            "attachment": [image("huge.png")],
        }).to_string());
        let found = house.get(&ana, "/api/v2/search?resolve=true&q=https://remote.example/notes/3").await.ok();
        let picture = found["statuses"][0]["media_attachments"][0]["url"].clone();
        assert_eq!(house.file(url(&picture), &[]).await.status, StatusCode::OK, "{picture}");
        assert_eq!(house.file(url(&post["emojis"][2]["url"]), &[]).await.status, StatusCode::NOT_FOUND, "also when it is kept");
        // On a page of ours in which the post stands.
        house.post(&ana, &format!("/api/v1/statuses/{}/reblog", post["id"].as_str().unwrap()), json!({})).await.ok();
        let page = house.page("/@ana").await;
        assert!(page.contains(&shown(url(&post["emojis"][0]["url"]), "tea")), "{page}");
        assert!(page.contains(&format!("Eve {}", shown(url(&post["account"]["emojis"][0]["url"]), "tea"))), "{page}");
        assert!(page.contains(":stolen: :script: :svg: :html:") && !page.contains("javascript:") && !page.contains("files.remote.example"), "{page}");
    }

    async fn emojis_of_somebody_elsewhere_go_when_they_say_so_and_with_them(database: TestDatabase) {
        use diesel::prelude::*;
        use guildhall::{db::schema::actor_emojis, domain::{actors, emojis::Emoji}};
        let house = House::open(database).await;
        let told = |name: &str, emojis: &[&str]| {
            let emoji = |name: &&str| Emoji { shortcode: (*name).to_owned(), url: format!("https://remote.example/{name}.png"), still: None };
            actors::RemoteActor { name: name.to_owned(), emojis: emojis.iter().map(emoji).collect(), ..crate::support::people::remote("eve", "remote.example", None) }
        };
        let kept = async || house.app.db.read(|conn| Ok(actor_emojis::table.order(actor_emojis::shortcode).select(actor_emojis::shortcode).load::<String>(conn)?)).await.unwrap();
        let arrives = async |remote: actors::RemoteActor| house.app.db.write(move |tx| actors::upsert_remote(tx, &remote)).await.unwrap().actor;
        arrives(told("Eve :tea: :milk:", &["tea", "milk"])).await;
        assert_eq!(kept().await, ["milk", "tea"]);
        arrives(told("Eve :tea:", &["tea", "cup"])).await;
        assert_eq!(kept().await, ["cup", "tea"]);
        arrives(told("Eve", &[])).await;
        assert_eq!(kept().await, [""; 0]);
        // Those that stood in no text are not shown in a later one that names them without its pictures.
        arrives(told("Eve :tea:", &["tea", "milk"])).await;
        arrives(told("Eve", &["milk"])).await;
        let ana = house.employee("ana").await;
        let eve = arrives(told("Eve :milk:", &[])).await;
        let shown = house.get(&ana, &format!("/api/v1/accounts/{}", eve.id)).await.ok();
        assert_eq!((&shown["display_name"], shortcodes(&shown)), (&json!("Eve :milk:"), vec![]));
        assert_eq!(kept().await, [""; 0]);
        arrives(told("Eve :tea:", &["tea"])).await;
        house.app.db.write(move |tx| actors::forget_remote(tx, eve.id)).await.unwrap();
        house.work().await;
        assert_eq!(kept().await, [""; 0]);
    }
}
