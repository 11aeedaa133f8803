//! Who is handed which file, and how.

use guildhall::domain::{accounts, org};
use http::StatusCode;
use serde_json::json;

use super::{
    super::{House, Person},
    url,
};

async fn shown(house: &House, who: &Person, audience: serde_json::Value) -> (String, String) {
    let media = house.uploaded(who).await;
    let mut post = json!({"status": "Look", "media_ids": [media["id"]]});
    post.as_object_mut().unwrap().extend(audience.as_object().unwrap().clone());
    house.says(who, post).await;
    (url(&media["url"]).to_owned(), url(&media["preview_url"]).to_owned())
}

on_both! {
    async fn files_of_internal_posts_are_for_their_readers(database: TestDatabase) {
        let house = House::open(database).await;
        let (ana, ben, cleo) = (house.employee("ana").await, house.employee("ben").await, house.customer("cleo").await);
        let blind = house.person_with("blind", accounts::AccountKind::Employee, accounts::Role::Member, "write").await;
        let account = ana.account;
        let team = house.app.db.write(move |tx| {
            let team = org::create_team(tx, "Hills", org::TeamKind::Team)?;
            org::add_to_team(tx, team, account)?;
            Ok(team)
        }).await.unwrap();
        let (company, small) = shown(&house, &ana, json!({"local_only": true})).await;
        let (inside, _) = shown(&house, &ana, json!({"guildhall_audience": format!("team:{team}")})).await;
        for (address, who, status) in [
            (&company, Some(&ana), 200), (&company, Some(&ben), 200), (&company, Some(&cleo), 404), (&company, None, 404),
            (&company, Some(&blind), 404),
            (&small, Some(&ben), 200), (&small, Some(&cleo), 404), (&small, None, 404),
            (&inside, Some(&ana), 200), (&inside, Some(&ben), 404), (&inside, Some(&cleo), 404), (&inside, None, 404),
        ] {
            assert_eq!(house.file_for(address, who).await, status, "{address} {:?}", who.map(|who| &who.token));
        }
        let token = format!("Bearer {}", ben.token);
        let file = house.file(&company, &[("authorization", &token)]).await;
        assert_eq!(file.header("cache-control"), "private, no-store");
        assert_eq!((file.header("access-control-allow-origin"), file.header("cross-origin-resource-policy")), ("", "same-origin"));
        assert!(file.header("vary").contains("Cookie"));
        // Whoever has it already is asked for the right once more.
        let tag = file.header("etag").to_owned();
        assert_eq!(house.file(&company, &[("authorization", &token), ("if-none-match", &tag)]).await.status, StatusCode::NOT_MODIFIED);
        assert_eq!(house.file(&company, &[("if-none-match", &tag)]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(house.file(&company, &[("range", "bytes=0-1")]).await.status, StatusCode::NOT_FOUND);
        // A browser in which somebody is signed in has the right of that person.
        let browser = |account| house.app.db.write(move |tx| {
            let secret = guildhall::secrets::new_token();
            let new = accounts::NewBrowser {
                account,
                password_hash: None,
                name: "test".to_owned(),
                secret_hash: guildhall::secrets::token_hash(&secret),
                code_due: false,
                before: None,
            };
            accounts::open_browser(tx, &new)?;
            Ok(secret)
        });
        for (account, status) in [(ben.account, 200), (cleo.account, 404)] {
            let cookie = format!("__Host-guildhall={}", browser(account).await.unwrap());
            assert_eq!(house.file(&company, &[("cookie", &cookie)]).await.status.as_u16(), status);
        }
        let ben_account = ben.account;
        house.app.db.write(move |tx| accounts::set_suspended(tx, ben_account, true)).await.unwrap();
        assert_eq!(house.file_for(&company, Some(&ben)).await, 404);
    }

    async fn other_files_are_for_whoever_was_told_where_they_are(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        for (audience, keep) in [
            (json!({}), "public, max-age=31536000, immutable"),
            (json!({"visibility": "unlisted"}), "public, max-age=31536000, immutable"),
            (json!({"visibility": "private", "guildhall_audience": "followers"}), "private, max-age=31536000, immutable"),
            (json!({"visibility": "direct"}), "private, max-age=31536000, immutable"),
        ] {
            let (address, _) = shown(&house, &ana, audience.clone()).await;
            let file = house.file(&address, &[]).await;
            assert_eq!((file.status, file.header("cache-control")), (StatusCode::OK, keep), "{audience}");
        }
    }

    async fn a_file_is_handed_out_so_that_nothing_in_it_runs_and_in_parts(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let (address, _) = shown(&house, &ana, json!({})).await;
        let whole = house.file(&address, &[]).await;
        assert_eq!(whole.header("x-content-type-options"), "nosniff");
        assert_eq!(whole.header("content-security-policy"), "default-src 'none'; frame-ancestors 'none'; sandbox");
        assert_eq!((whole.header("accept-ranges"), whole.header("access-control-allow-origin")), ("bytes", "*"));
        assert_eq!(whole.header("content-length"), whole.content.len().to_string());
        assert_eq!(whole.header("content-encoding"), "");
        let size = whole.content.len();
        let part = async |range: &str| house.file(&address, &[("range", range), ("accept-encoding", "gzip")]).await;
        for (range, expected) in [
            ("bytes=0-9", &whole.content[..10]),
            ("bytes=10-", &whole.content[10..]),
            ("bytes=-5", &whole.content[size - 5..]),
            ("bytes=5-99999999", &whole.content[5..]),
        ] {
            let part = part(range).await;
            assert_eq!((part.status, &part.content[..]), (StatusCode::PARTIAL_CONTENT, expected), "{range}");
            assert!(part.header("content-range").ends_with(&format!("/{size}")), "{range}");
            assert_eq!(part.header("content-length"), expected.len().to_string());
        }
        for range in ["bytes=99999999-", "bytes=-0", "bytes=18446744073709551615-"] {
            let part = part(range).await;
            assert_eq!((part.status, part.header("content-range")), (StatusCode::RANGE_NOT_SATISFIABLE, &*format!("bytes */{size}")), "{range}");
        }
        for range in ["bytes=0-1,4-5", "bytes=5-1", "bytes=x", "pages=1-2"] {
            assert_eq!(part(range).await.content, whole.content, "{range}");
        }
        let tag = whole.header("etag").to_owned();
        assert_eq!(house.file(&address, &[("if-none-match", &tag)]).await.status, StatusCode::NOT_MODIFIED);
        assert_eq!(house.file(&address, &[("range", "bytes=0-9"), ("if-range", "\"another\"")]).await.content, whole.content);
    }
}
