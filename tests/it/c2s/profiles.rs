//! One's own profile, as an ActivityPub client changes it.

use serde_json::json;

use super::Desk;

on_both! {
    async fn a_profile_is_changed_in_parts_and_told(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let ana = desk.writer("writer", "read write").await;
        let bob = desk.world.followed("https://there.example/users/bob", 0).await;
        assert_eq!(desk.world.receive(&bob, &bob.does("Follow", "1", &ana.actor.uri)).await, 202);
        let profile = async || desk.get(None, &format!("/api/v1/accounts/{}", ana.actor.id)).await.ok();
        let before = profile().await;
        let id = &ana.actor.uri;
        let fields = json!([
            {"type": "PropertyValue", "name": "Site", "value": "<a href=\"https://tea.example/\">Tea</a><script>x</script>"},
            {"type": "PropertyValue", "name": "", "value": ""},
        ]);
        let said = desk.say(&ana, json!({"type": "Update", "object": {"id": id, "type": "Person", "name": "Ana <b>Tea</b>",
            "summary": "<p>I like <em>tea</em></p><script>alert(1)</script>", "attachment": fields}})).await;
        let now = profile().await;
        assert_eq!(now["display_name"], "Ana <b>Tea</b>");
        assert!(now["note"].as_str().unwrap().contains("I like") && !now["note"].as_str().unwrap().contains("script"), "{now}");
        assert_eq!((now["fields"].as_array().unwrap().len(), &now["fields"][0]["name"]), (1, &json!("Site")));
        let value = now["fields"][0]["value"].as_str().unwrap();
        assert!(value.contains("href=\"https://tea.example/\"") && value.contains("me") && !value.contains("script"), "{value}");
        assert_eq!((&now["locked"], &now["avatar"]), (&before["locked"], &before["avatar"]));
        let told = desk.get(Some(&ana), &said).await.ok();
        assert_eq!((&told["type"], &told["object"]["name"]), (&json!("Update"), &json!("Ana <b>Tea</b>")));
        let sent = desk.last_sent().await;
        assert_eq!((sent.kind.as_str(), &sent.body["id"], sent.inboxes.len()), ("Update", &json!(said), 1));
        // What is left out stays, and null takes away.
        desk.say(&ana, json!({"type": "Update", "object": {"id": id, "summary": null, "icon": null, "manuallyApprovesFollowers": true}})).await;
        let later = profile().await;
        assert_eq!((&later["note"], &later["display_name"], &later["fields"], &later["locked"]), (&json!(""), &now["display_name"], &now["fields"], &json!(true)));
        assert_eq!(desk.get(Some(&ana), &said).await.status, 200, "it was sent");
        // Tags are no characters, but bytes.
        let tags = "<b></b>".repeat(3_000);
        for long in [json!({"id": id, "summary": format!("{tags}x")}), json!({"id": id, "attachment": [{"type": "PropertyValue", "name": "a", "value": format!("{tags}x")}]})] {
            assert_eq!(desk.submit(&ana, json!({"type": "Update", "object": long})).await.refusal(), (422, "profile.too_long"));
        }
        assert_eq!(profile().await["fields"], later["fields"]);
        let narrow = desk.writer("narrow", "read write:statuses").await;
        let refused = desk.submit(&narrow, json!({"type": "Update", "object": {"id": narrow.actor.uri, "name": "x"}})).await;
        assert_eq!(refused.refusal(), (403, "token.scope"));
    }
}
