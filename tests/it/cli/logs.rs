//! What a log never holds, however much is logged.

use http::StatusCode;

use super::Place;

on_both! {
    async fn no_token_address_password_or_text_is_in_the_log_at_its_most_talkative(database: TestDatabase) {
        let place = Place::on(database).with("GUILDHALL_LOG__FILTER", "trace").with("GUILDHALL_LIMITS__ENABLED", "false");
        let server = place.serve();
        let link = super::patiently("the link", || {
            server.out().split_whitespace().find_map(|word| word.split_once("token=").map(|(_, token)| token.to_owned()))
        });
        let form = format!(
            "token={link}&name=Acme&handle=acme&owner=olga&email=canary-olga%40acme.test&password=canary-password-of-olga"
        );
        assert_eq!(server.ask("POST", "/setup", None, Some(&form)).await.0, StatusCode::OK);
        server.until("/readyz", None, StatusCode::OK).await;
        let created = place.run(&["account", "create", "ana", "--role", "employee", "--json", "--email",
            "canary-ana@acme.test", "--password", "canary-password-of-ana", "--token", "read write follow"]);
        let token = created.fine().json()["token"].as_str().unwrap().to_owned();
        server.until("/api/v1/accounts/verify_credentials", Some(&token), StatusCode::OK).await;
        server.until(&format!("/api/v1/accounts/verify_credentials?access_token={token}"), None, StatusCode::OK).await;
        let wrong = "canary-wrong-token";
        server.until("/api/v1/accounts/verify_credentials", Some(wrong), StatusCode::UNAUTHORIZED).await;
        for body in [
            "status=canary-public&visibility=public",
            "{\"status\": \"canary-direct @olga\", \"visibility\": \"direct\", \"spoiler_text\": \"canary-warning\"}",
            "{\"status\": \"canary-company\", \"local_only\": true}",
        ] {
            let (status, answer) = server.ask("POST", "/api/v1/statuses", Some(&token), Some(body)).await;
            assert_eq!(status, StatusCode::OK, "{answer}");
        }
        server.ask("POST", "/api/v1/statuses", Some(&token), Some("{\"status\": \"canary-broken")).await;
        server.ask("POST", "/ap/inbox", None, Some("{\"type\": \"Create\", \"content\": \"canary-inbox\"}")).await;
        server.get("/api/v2/search?q=canary-search", Some(&token)).await;
        server.get("/nowhere?q=canary-nowhere", None).await;
        place.run(&["account", "delete", "ana"]).fine();
        server.until("/api/v1/accounts/verify_credentials", Some(&token), StatusCode::UNAUTHORIZED).await;
        let log = server.log();
        assert!(log.contains("\"level\":\"DEBUG\"") || log.contains("\"level\":\"TRACE\""), "the log says much: {log}");
        for secret in ["canary", &token, &link] {
            let leaks: Vec<&str> = log.lines().filter(|line| line.contains(secret)).collect();
            assert!(leaks.is_empty(), "{secret} is in the log: {leaks:#?}");
        }
    }
}
