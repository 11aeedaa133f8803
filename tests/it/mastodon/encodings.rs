//! Text in another encoding than UTF-8, at every door where forms are taken.

use axum::body::Body;
use http::{Request, StatusCode, header};
use serde_json::json;

use super::{House, Person, Reply};

const FORM: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data; boundary=x";

async fn send(house: &House, who: &Person, method: &str, path: &str, kind: &str, body: &[u8]) -> Reply {
    let request = Request::builder().method(method).uri(path);
    let request = request.header(header::AUTHORIZATION, format!("Bearer {}", who.token));
    house.send(request.header(header::CONTENT_TYPE, kind).body(Body::from(body.to_vec())).unwrap()).await
}

fn multipart(name: &str, value: &[u8]) -> Vec<u8> {
    let head = format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
    [head.as_bytes(), value, b"\r\n--x--\r\n"].concat()
}

on_both! {
    async fn text_that_is_not_utf_8_is_refused_and_not_published_as_something_else(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        let statuses = "/api/v1/statuses";
        let profile = "/api/v1/accounts/update_credentials";
        let (status, name) = (multipart("status", b"caf\xe9"), multipart("display_name", b"caf\xe9"));
        let doors: [(&str, &str, &str, &[u8]); 16] = [
            ("POST", statuses, FORM, b"status=caf%E9"),
            ("POST", statuses, FORM, b"status=caf\xe9"),
            ("POST", statuses, FORM, b"status=tea&spoiler_text=%c3"),
            ("POST", statuses, FORM, b"status=tea&%ff=1"),
            ("POST", "/api/v1/statuses?status=caf%E9", FORM, b""),
            ("POST", "/api/v1/statuses?media_ids[]=%ED%A0%80", FORM, b"status=tea"),
            ("POST", statuses, MULTIPART, &status),
            ("PATCH", profile, FORM, b"display_name=caf%E9"),
            ("PATCH", profile, MULTIPART, &name),
            ("PATCH", "/api/v1/accounts/update_credentials?note=%E9", MULTIPART, b"--x--\r\n"),
            ("POST", "/api/v2/filters", FORM, b"title=caf%E9&context[]=home"),
            ("POST", "/api/v1/apps", FORM, b"client_name=caf%E9&redirect_uris=urn:ietf:wg:oauth:2.0:oob"),
            ("POST", "/oauth/token", FORM, b"grant_type=caf%E9"),
            ("POST", "/api/guildhall/v1/teams", FORM, b"name=caf%E9"),
            ("POST", "/sign-in", FORM, b"name=caf%E9&password=x"),
            ("POST", "/interact", FORM, b"address=caf%E9"),
        ];
        for (method, path, kind, body) in doors {
            let reply = send(&house, &ana, method, path, kind, body).await;
            assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{method} {path}: {}", reply.body);
            assert!(reply.body.to_string().contains("not UTF-8"), "{method} {path}: {}", reply.body);
        }
        let reply = send(&house, &ana, "POST", statuses, "application/json", b"{\"status\": \"caf\xe9\"}").await;
        assert_eq!(reply.refusal(), (400, "The body is not valid JSON."));
        let said = format!("/api/v1/accounts/{}/statuses", ana.id());
        assert_eq!(house.get(&ana, &said).await.ok(), json!([]));
        // The controls: the same in UTF-8, in each form; and that character, when somebody means it.
        let status = multipart("status", "café".as_bytes());
        let doors: [(&str, &[u8]); 3] = [(FORM, b"status=caf%C3%A9"), (FORM, b"status=%EF%BF%BD"), (MULTIPART, &status)];
        for ((kind, body), shown) in doors.into_iter().zip(["café", "\u{fffd}", "café"]) {
            let reply = send(&house, &ana, "POST", statuses, kind, body).await.ok();
            assert_eq!(reply["content"], format!("<p>{shown}</p>"));
        }
        let name = multipart("display_name", "Anaïs".as_bytes());
        assert_eq!(send(&house, &ana, "PATCH", profile, MULTIPART, &name).await.ok()["display_name"], "Anaïs");
    }
}
