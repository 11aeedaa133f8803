//! A server that has no company yet.

use diesel::{Connection, RunQueryDsl, SqliteConnection, sql_types::BigInt};
use http::StatusCode;

use super::{PASSWORD, Place, Running, patiently};

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

on_both! {
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
        let (status, page) = server.ask("POST", "/setup", None, Some(&form(&token, "short"))).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("12 characters") && page.contains("olga@acme.test") && !page.contains("short"), "{page}");

        let (status, page) = server.ask("POST", "/setup", None, Some(&form(&token, PASSWORD))).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        assert!(page.contains("@acme@guildhall.test"), "{page}");
        assert_eq!(page.contains("href=\"/home/setup\""), guildhall::http::way_in().is_some(), "{page}");
        assert!(page.contains("does not talk with other servers") && !page.contains("Search for it"), "{page}");
        server.until("/readyz", None, StatusCode::OK).await;
        assert_eq!(server.get(&link, None).await.0, StatusCode::SEE_OTHER, "to the front page");
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
        assert_eq!(server.get(&link, None).await.0, StatusCode::SEE_OTHER, "to the front page");
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
