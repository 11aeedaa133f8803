//! A server that has no company yet.

use diesel::{Connection, QueryDsl, RunQueryDsl, SqliteConnection, sql_types::BigInt};
use guildhall::{
    db::schema::passkey_challenges,
    domain::{
        Site,
        accounts::{self, NewPasskey},
        setup::{self, Company, WayIn},
    },
};
use http::StatusCode;
use serde_json::Value;

use super::{PASSWORD, Place, Running, patiently};
use crate::support::device::Device;

/// The link that the server printed, without its beginning.
pub fn link(server: &Running) -> String {
    patiently("the link", || {
        let out = server.out();
        let link = out.split_whitespace().find(|word| word.contains("/setup?token="))?;
        link.find("/setup?").map(|at| link[at..].to_owned())
    })
}

fn form(token: &str, password: &str) -> String {
    let password = password.replace(' ', "+");
    format!("token={token}&name=Acme&handle=acme&owner=olga&email=olga%40acme.test&password={password}")
}

/// Where the server of these tests says that it is.
const ORIGIN: &str = "http://guildhall.test";

/// What an attribute or a field of the page holds behind these words.
fn held(page: &str, before: &str) -> String {
    let rest = page.split(before).nth(1).unwrap_or_else(|| panic!("no {before} in {page}"));
    html_escape::decode_html_entities(rest.split('"').next().unwrap()).into_owned()
}

/// The page that asks a device for the owner's passkey: what it asks, and what goes back with the answer.
async fn begin(server: &Running, token: &str) -> (Value, String, String) {
    let (status, page) = server.ask("POST", "/setup", None, Some(&form(token, "&way=passkey"))).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    let options = serde_json::from_str(&held(&page, "data-options=\"")).unwrap();
    (options, held(&page, "name=\"account\" value=\""), held(&page, "name=\"challenge\" value=\""))
}

/// The form with what a device answered.
fn with_answer(token: &str, account: &str, challenge: &str, answer: &str, device: &str) -> String {
    let mut more = form_urlencoded::Serializer::new(String::new());
    for (name, value) in [("account", account), ("challenge", challenge), ("answer", answer), ("device", device)] {
        more.append_pair(name, value);
    }
    form(token, &format!("&way=passkey&{}", more.finish()))
}

on_both! {
    async fn an_owner_comes_with_a_passkey_alone_once_and_with_the_right_answer(database: TestDatabase) {
        let place = Place::on(database);
        let server = place.serve();
        let token = link(&server).split_once('=').unwrap().1.to_owned();
        let post = async |body: String| server.ask("POST", "/setup", None, Some(&body)).await;
        let (status, page) = post(form(&token, "")).await;
        assert!(status == StatusCode::UNPROCESSABLE_ENTITY && page.contains("12 characters"), "neither: {page}");
        // What is wrong is said before a device makes anything.
        for (right, wrong) in [("name=Acme", "name="), ("owner=olga", "owner=Acme"), ("owner=olga", "owner=o%20o"), ("olga%40acme.test", "olga")] {
            let (status, page) = post(form(&token, "&way=passkey").replace(right, wrong)).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}: {page}");
            assert!(page.contains("role=\"alert\"") && !page.contains("data-options"), "{wrong}: {page}");
        }
        let refused = post(form("wrong", "&way=passkey")).await.0;
        assert_eq!(refused, StatusCode::FORBIDDEN);

        let (options, account, challenge) = begin(&server, &token).await;
        assert_eq!((&options["user"]["name"], &options["rp"]["id"]), (&"olga@guildhall.test".into(), &"guildhall.test".into()));
        let (_, others_account, others_challenge) = begin(&server, &token).await;
        assert_ne!(account, others_account);
        let right = Device::make(&options, ORIGIN).1;
        let phished = Device::make(&options, "http://guildhall.test.evil.example").1;
        let long = "n".repeat(61);
        for (what, account, challenge, answer, device, status) in [
            ("the challenge of another page", &others_account, &others_challenge, &right, "Phone", 422),
            ("another account", &others_account, &challenge, &right, "Phone", 403),
            ("no challenge of ours", &account, &"nonsense".to_owned(), &right, "Phone", 403),
            ("another site", &account, &challenge, &phished, "Phone", 422),
            ("no answer", &account, &challenge, &String::new(), "Phone", 422),
            ("no name", &account, &challenge, &right, "", 422),
            ("a long name", &account, &challenge, &right, &*long, 422),
        ] {
            let (refused, page) = post(with_answer(&token, account, challenge, answer, device)).await;
            assert_eq!(refused, status, "{what}: {page}");
            assert!(page.contains("role=\"alert\"") && page.contains("olga@acme.test"), "{what}: {page}");
        }
        assert_eq!(server.get("/readyz", None).await.0, StatusCode::SERVICE_UNAVAILABLE);

        let last = with_answer(&token, &account, &challenge, &right, "Phone");
        let (status, page) = post(last.clone()).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        assert!(page.contains("@acme@guildhall.test") && page.contains("<code>guildhall account password olga</code>"), "{page}");
        server.until("/readyz", None, StatusCode::OK).await;
        let again = post(last).await.0;
        assert!(again.is_client_error(), "{again}");
        let db = &place.database.as_ref().unwrap().db;
        let used = db.read(|conn| Ok(passkey_challenges::table.select(passkey_challenges::challenge).load::<Vec<u8>>(conn)?));
        let used = used.await.unwrap();
        assert_eq!(used.len(), 1);
        // It counts for nothing else either, and nobody else comes as the owner.
        let refused = db.write(move |tx| {
            let (owner, _) = accounts::find_by_username(tx.conn(), "olga")?.unwrap();
            assert_eq!((&owner.id.to_string(), &owner.password_hash), (&account, &None));
            let had = accounts::passkeys_of(tx.conn(), owner.id)?;
            assert_eq!((had.len(), had[0].name.as_str()), (1, "Phone"));
            let now = tx.now();
            let browser = accounts::browsers_of(tx.conn(), owner.id, now)?[0].id;
            let passkey = NewPasskey {
                account: owner.id,
                credential_id: vec![7; 16],
                public_key: vec![7],
                state: vec![0; 7],
                name: "Mine".to_owned(),
                challenge: used[0].as_slice().try_into().unwrap(),
            };
            let added = accounts::add_passkey(tx, browser, &passkey).unwrap_err().code();
            let site = Site { base_url: ORIGIN.to_owned(), domain: "guildhall.test".to_owned(), post_characters: 500, federates: true };
            let company = Company {
                name: "Other".to_owned(),
                handle: "other".to_owned(),
                owner: "eve".to_owned(),
                email: "eve@acme.test".to_owned(),
                way_in: WayIn::Passkey(passkey),
            };
            Ok((added, setup::establish(tx, &site, &company).unwrap_err().code()))
        });
        assert_eq!(refused.await.unwrap(), ("passkey.challenge_used", "setup.done"));
    }

    async fn the_link_of_the_first_run_sets_up_the_company_once(database: TestDatabase) {
        let place = Place::on(database);
        let mut server = place.serve();
        let link = link(&server);
        let token = link.split_once('=').unwrap().1.to_owned();
        assert_eq!(server.get("/healthz", None).await.0, StatusCode::OK);
        assert_eq!(server.get("/readyz", None).await.0, StatusCode::SERVICE_UNAVAILABLE);
        for wrong in ["/setup", "/setup?token=", "/setup?token=wrong"] {
            let (status, said) = server.get(wrong, None).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{wrong}");
            assert!(said.contains("the one that the server printed last"), "{said}");
        }
        let wrong = server.ask("POST", "/setup", None, Some(&form("wrong", PASSWORD))).await;
        assert_eq!(wrong.0, StatusCode::FORBIDDEN);

        let (status, page) = server.get(&link, None).await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains("@guildhall.test") && page.contains(&token), "{page}");
        assert!(page.contains("begin anew with another folder"), "a try-out says so first: {page}");
        let twice = form(&token, PASSWORD).replace("owner=olga", "owner=Acme");
        let (status, page) = server.ask("POST", "/setup", None, Some(&twice)).await;
        assert!(status == StatusCode::UNPROCESSABLE_ENTITY && page.contains("need different ones"), "{page}");
        // Everything that is wrong is said at once, each at its field, and what was typed stays.
        let wrong = format!("token={token}&name=&handle=no+no&owner=oh+no&email=nowhere&password=brief");
        let (status, page) = server.ask("POST", "/setup", None, Some(&wrong)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{page}");
        for field in ["name", "handle", "owner", "email", "password"] {
            assert!(page.contains(&format!("<p class=\"err\" id=\"{field}-fault\"")), "{field}: {page}");
            assert!(page.contains(&format!("aria-describedby=\"{field}-fault")), "{field}: {page}");
        }
        assert_eq!((page.matches("aria-invalid=\"true\"").count(), page.matches(" autofocus").count()), (5, 1), "{page}");
        assert!(page.contains("value=\"no no\"") && page.contains("value=\"nowhere\"") && !page.contains("brief"), "{page}");
        let (status, page) = server.ask("POST", "/setup", None, Some(&form(&token, "short"))).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("12 characters") && page.contains("olga@acme.test") && !page.contains("short"), "{page}");

        let (status, page) = server.ask("POST", "/setup", None, Some(&form(&token, PASSWORD))).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        assert!(page.contains("@acme@guildhall.test"), "{page}");
        assert_eq!(page.contains("href=\"/home/setup\""), guildhall::http::way_in().is_some(), "{page}");
        assert!(page.contains("does not talk with other servers") && !page.contains("Search for it"), "{page}");
        assert!(!page.contains("every other server of the open social web"), "nor does the footer promise it: {page}");
        server.until("/readyz", None, StatusCode::OK).await;
        assert_eq!(server.get(&link, None).await.0, StatusCode::SEE_OTHER, "to where one signs in");
        let again = server.ask("POST", "/setup", None, Some(&form(&token, PASSWORD))).await.0;
        assert!(again.is_client_error(), "{again}");
        assert!(place.run(&["account", "list"]).fine().out.contains("olga"));
        let (_, people) = server.get("/about", None).await;
        assert!(people.contains("@acme") && !people.contains("@olga"), "the box was not ticked: {people}");
        server.terminate();
        assert_eq!(server.ended(), Some(0));
        // The key of the form's company is the one that the server goes on with.
        place.serve().until("/readyz", None, StatusCode::OK).await;
    }

    async fn a_waiting_server_notices_that_the_command_line_set_up_the_company(database: TestDatabase) {
        let place = Place::on(database);
        let server = place.serve();
        let link = link(&server);
        place.set_up().fine();
        server.until("/readyz", None, StatusCode::OK).await;
        assert_eq!(server.get(&link, None).await.0, StatusCode::SEE_OTHER, "to where one signs in");
        let (status, answer) = server.get("/.well-known/webfinger?resource=acct:acme@guildhall.test", None).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
    }

    async fn a_waiting_server_stops_when_it_is_told_to(database: TestDatabase) {
        let place = Place::on(database);
        let mut server = place.serve();
        link(&server);
        server.terminate();
        assert_eq!(server.ended(), Some(0));
    }
}

#[derive(diesel::QueryableByName)]
struct Tables {
    #[diesel(sql_type = BigInt)]
    tables: i64,
}

/// SQLite would go on to plan by what it learned while hardly anything was there.
#[test]
fn sqlite_learns_nothing_from_an_almost_empty_database() {
    let place = Place::empty();
    place.set_up().fine();
    place.employee("ana");
    drop(place.serve());
    let file = place.data().join("guildhall.sqlite");
    let mut conn = SqliteConnection::establish(&file.display().to_string()).unwrap();
    let query = "SELECT count(*) AS tables FROM sqlite_master WHERE name LIKE 'sqlite_stat%'";
    let found: Tables = diesel::sql_query(query).get_result(&mut conn).unwrap();
    assert_eq!(found.tables, 0);
}
