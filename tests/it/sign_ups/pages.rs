//! The page, the letter with a link, and who exists when.

use guildhall::domain::{
    accounts::{AccountKind, Role},
    org::Registrations,
};
use http::header;
use serde_json::{Value, json};

use super::{PASSWORD, account, allow, confirm, letters, link_in, owner_of, sign_up, sign_up_as};
use crate::{
    mastodon::{BASE, House, Person},
    oauth::{Browser, landing},
};

/// Everything by which the world could find somebody.
async fn is_found(house: &House, reader: &Person, name: &str) -> Vec<String> {
    let mut found = Vec::new();
    for path in [
        format!("/.well-known/webfinger?resource=acct:{name}@company.example"),
        format!("/@{name}"),
        format!("/@{name}/feed.atom"),
        format!("/api/v1/accounts/lookup?acct={name}"),
    ] {
        if house.get(None, &path).await.status == 200 {
            found.push(path);
        }
    }
    let search = house.get(reader, &format!("/api/v2/search?q={name}")).await.ok();
    if search["accounts"] != json!([]) {
        found.push("search".to_owned());
    }
    let post = house.post(reader, "/api/v1/statuses", json!({"status": format!("Hello @{name}")})).await.ok();
    if post["mentions"] != json!([]) {
        found.push("mention".to_owned());
    }
    found
}

on_both! {
    async fn nobody_signs_up_where_nobody_said_that_they_may(database: TestDatabase) {
        let house = House::open(database).await;
        let mut browser = Browser::default();
        let page = browser.get(&house, "/sign-up").await;
        assert_eq!(page.status, 403);
        assert!(page.text.contains("Nobody can sign up here now") && !page.text.contains("name=\"username\""), "{}", page.text);
        for path in ["/", "/sign-in"] {
            assert!(!browser.get(&house, path).await.text.contains("/sign-up"), "{path}");
        }
        let instance = house.get(None, "/api/v2/instance").await.ok();
        assert_eq!((&instance["registrations"]["enabled"], &instance["registrations"]["approval_required"]), (&json!(false), &json!(false)));
        assert_eq!(house.get(None, "/nodeinfo/2.1").await.ok()["openRegistrations"], false);
        // A form that somebody has open is refused as well.
        allow(&house, Registrations::Open).await;
        let fields = browser.get(&house, "/sign-up").await.hidden("/sign-up");
        allow(&house, Registrations::Closed).await;
        let mut all = fields;
        for (name, value) in [("username", "cora"), ("email", "cora@mail.example"), ("password", PASSWORD), ("agreement", "yes")] {
            all.push((name.to_owned(), value.to_owned()));
        }
        assert_eq!(browser.submit(&house, "/sign-up", &all).await.status, 403);
        assert_eq!(letters(&house).await, [""; 0]);
    }

    async fn whoever_confirms_their_address_is_a_customer(database: TestDatabase) {
        let house = House::open(database).await;
        let olga = house.person("olga", AccountKind::Employee, Role::Owner).await;
        allow(&house, Registrations::Open).await;
        let instance = house.get(None, "/api/v2/instance").await.ok();
        assert_eq!((&instance["registrations"]["enabled"], &instance["registrations"]["approval_required"]), (&json!(true), &json!(false)));
        assert_eq!(house.get(None, "/api/v1/instance").await.ok()["registrations"], true);
        assert_eq!(house.get(None, "/nodeinfo/2.1").await.ok()["openRegistrations"], true);
        let mut browser = Browser::default();
        for path in ["/", "/sign-in"] {
            assert!(browser.get(&house, path).await.text.contains("href=\"/sign-up\""), "{path}");
        }
        let page = browser.get(&house, "/sign-up").await;
        assert!(page.text.contains("href=\"/legal/rules\"") && !page.text.contains("name=\"reason\""), "{}", page.text);
        let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none';") && !policy.contains("script-src"), "{policy}");
        let page = sign_up(&mut browser, &house, &[("username", "@Cora"), ("display_name", "Cora \u{202e}Nord"), ("listed", "yes")]).await;
        assert_eq!(page.status, 200);
        assert!(page.text.contains("Look at your e-mail") && page.text.contains("cora@mail.example"), "{}", page.text);
        let sent = letters(&house).await;
        let [letter] = sent.as_slice() else { panic!("{sent:?}") };
        for said in ["To: cora@mail.example\r\n", "@Cora@company.example", "within 3 days", "background:#3d4b5c"] {
            assert!(letter.contains(said), "{said}: {letter}");
        }
        // Until then nobody finds her, and she does not sign in; only who knows her password hears why.
        assert_eq!(is_found(&house, &olga, "cora").await, [""; 0]);
        assert!(account(&house, "cora").await.is_none());
        let page = Browser::default().sign_in(&house, "cora", PASSWORD, "").await;
        assert_eq!(page.status, 403);
        assert!(page.text.contains("Confirm your e-mail address first"), "{}", page.text);
        // By an address that nobody confirmed nothing is told: it may be anybody's.
        let page = Browser::default().sign_in(&house, "cora@mail.example", PASSWORD, "").await;
        assert_eq!(page.status, 422);
        assert!(page.text.contains("do not belong together"), "{}", page.text);
        let page = Browser::default().sign_in(&house, "cora", "another sentence that is long", "").await;
        assert_eq!(page.status, 422);
        assert!(page.text.contains("do not belong together"), "{}", page.text);
        // A program that looks at the link confirms nothing.
        let link = link_in(letter);
        for _ in 0..3 {
            let page = Browser::default().get(&house, &link).await;
            assert!(page.status == 200 && page.text.contains("Confirm my address"), "{}", page.text);
            assert_eq!(page.headers[header::REFERRER_POLICY], "no-referrer");
        }
        assert!(account(&house, "cora").await.is_none());
        let page = confirm(&mut Browser::default(), &house, &link).await;
        assert!(page.status == 200 && page.text.contains("You have an account"), "{}", page.text);
        let cora = account(&house, "cora").await.unwrap();
        assert_eq!((cora.kind, cora.role, cora.email.as_deref()), (AccountKind::Customer, Role::Member, Some("cora@mail.example")));
        assert_eq!(Browser::default().sign_in(&house, "cora@mail.example", PASSWORD, "").await.location(), landing());
        let shown = house.get(None, "/api/v1/accounts/lookup?acct=cora").await.ok();
        assert_eq!((&shown["display_name"], &shown["discoverable"]), (&json!("Cora Nord"), &json!(true)));
        assert_eq!(is_found(&house, &olga, "cora").await.len(), 6);
        let told = house.get(&olga, "/api/v1/notifications?types[]=admin.sign_up").await.ok();
        assert_eq!(told[0]["account"]["username"], "Cora");
        // The link works once, and says what to do.
        let page = Browser::default().get(&house, &link).await;
        assert!(page.status == 410 && page.text.contains("href=\"/sign-in\""), "{}", page.text);
    }

    async fn a_taken_address_is_answered_as_a_free_one(database: TestDatabase) {
        let house = House::open(database).await;
        owner_of(&house, "ana").await;
        allow(&house, Registrations::Open).await;
        let mut pages = Vec::new();
        for (name, email) in [("carl", "Ana@Mail.Example"), ("cleo", "free@mail.example"), ("clio", "ana@mail.example"), ("curt", "free@mail.example")] {
            let page = sign_up(&mut Browser::default(), &house, &[("username", name), ("email", email)]).await;
            assert_eq!(page.status, 200, "{}", page.text);
            pages.push(page.text.replace(email, "ADDRESS").split("<form").next().unwrap().to_owned());
            // Nor is it told by what becomes of the name.
            let page = sign_up(&mut Browser::default(), &house, &[("username", name), ("email", "other@mail.example")]).await;
            assert_eq!(page.status, 409);
            assert!(page.text.contains("is taken"), "{}", page.text);
        }
        pages.dedup();
        assert_eq!(pages.len(), 1, "{pages:?}");
        let mut sent = letters(&house).await;
        sent.sort_by_key(|letter| letter.contains("You have one already"));
        assert_eq!(sent.len(), 4);
        for letter in &sent[2..] {
            assert!(letter.contains("To: ana@mail.example") && letter.contains("@ana@company.example") && !letter.contains("/sign-up/confirm"), "{letter}");
        }
        // Two gave one address: whoever has it confirms for one of them, and the other is nobody's.
        let links: Vec<String> = sent[..2].iter().map(|letter| link_in(letter)).collect();
        assert_eq!(confirm(&mut Browser::default(), &house, &links[1]).await.status, 200);
        assert_eq!(Browser::default().get(&house, &links[0]).await.status, 410);
        let [first, second] = [account(&house, "cleo").await, account(&house, "curt").await];
        assert!(first.is_some() != second.is_some());
    }

    async fn what_is_wrong_is_said_beside_its_field(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        house.brand_of(&ana).await;
        allow(&house, Registrations::Approval).await;
        for (name, value, said) in [
            ("username", "a b", "A username has 1 to 30 letters"),
            ("username", "Admin", "is reserved"),
            ("username", "adm1n", "company&#39;s own voice"),
            ("username", "c0mpany_", "company&#39;s own voice"),
            ("username", "ANA", "is taken"),
            ("email", "nobody", "not an e-mail address"),
            ("password", "short", "12 characters"),
            ("agreement", "", "agree to the rules"),
            ("reason", " ", "Say why you want to come"),
        ] {
            let value = if value == " " { "\u{20}" } else { value };
            let page = sign_up(&mut Browser::default(), &house, &[(name, value)]).await;
            // As the page of an invitation answers: somebody else has it, and nothing else is wrong.
            assert_eq!(page.status, if said == "is taken" { 409 } else { 422 }, "{name} {value}");
            assert!(page.text.contains(said) || page.text.replace("&#x27;", "&#39;").contains(said), "{said}: {}", page.text);
            assert!(page.text.contains("aria-invalid=\"true\""), "{name}");
            assert!(!page.text.contains(PASSWORD), "a password is not sent back");
        }
        assert_eq!(letters(&house).await, [""; 0]);
    }

    async fn another_letter_is_sent_a_few_times_and_to_another_address(database: TestDatabase) {
        let house = House::open(database).await;
        allow(&house, Registrations::Open).await;
        let mut browser = Browser::default();
        let mut page = sign_up(&mut browser, &house, &[("email", "wrong@mail.example")]).await;
        let first = link_in(&letters(&house).await[0]);
        let again = async |browser: &mut Browser, page: &crate::oauth::Page, email: &str| {
            let mut fields = page.hidden("/sign-up/again");
            fields.push(("email".to_owned(), email.to_owned()));
            browser.submit(&house, "/sign-up/again", &fields).await
        };
        page = again(&mut browser, &page, "right@mail.example").await;
        assert!(page.status == 200 && page.text.contains("right@mail.example"), "{}", page.text);
        let sent = letters(&house).await;
        let right = sent.iter().find(|letter| letter.contains("To: right@mail.example")).unwrap();
        // The link to the address before works no more.
        assert_eq!(Browser::default().get(&house, &first).await.status, 410);
        for _ in 0..8 {
            again(&mut browser, &page, "right@mail.example").await;
            house.work().await;
        }
        assert_eq!(letters(&house).await.len(), 5);
        assert_eq!(again(&mut browser, &page, "nobody").await.status, 422);
        assert_eq!(confirm(&mut Browser::default(), &house, &link_in(right)).await.status, 200);
        assert_eq!(account(&house, "cora").await.unwrap().email.as_deref(), Some("right@mail.example"));
        assert_eq!(again(&mut browser, &page, "late@mail.example").await.status, 410);
    }

    async fn who_does_not_confirm_is_forgotten(database: TestDatabase) {
        let house = House::open(database).await;
        allow(&house, Registrations::Open).await;
        let mut browser = Browser::default();
        sign_up_as(&mut browser, &house, "cora").await;
        let link = link_in(&letters(&house).await[0]);
        house.wait(3 * 24 * 3600);
        assert_eq!(browser.get(&house, &link).await.status, 410);
        assert_eq!(house.app.db.write(|tx| guildhall::domain::sign_ups::prune(tx, 10)).await.unwrap(), 1);
        // The name is free again.
        let page = sign_up_as(&mut browser, &house, "cora").await;
        assert_eq!(page.status, 200, "{}", page.text);
    }

    async fn a_customer_who_signed_up_is_outside_of_what_is_inside(database: TestDatabase) {
        let house = House::open(database).await;
        let ana = house.employee("ana").await;
        allow(&house, Registrations::Open).await;
        super::waits(&house, "cora").await;
        let cora = account(&house, "cora").await.unwrap();
        let (account, actor, hash) = (cora.id, cora.actor_id, guildhall::secrets::token_hash("cora-token"));
        let scopes = "read write follow admin:read admin:write guildhall:approve";
        house.app.db.write(move |tx| guildhall::domain::accounts::issue_token(tx, account, actor, scopes, "test", &hash)).await.unwrap();
        let cora = Person { actor, account, token: "cora-token".to_owned() };
        let inside = house.says(&ana, json!({"status": "Between us", "local_only": true})).await;
        assert_eq!(house.get(&cora, &format!("/api/v1/statuses/{inside}")).await.status, 404);
        assert_ne!(house.post(&cora, "/api/v1/statuses", json!({"status": "Inside", "local_only": true})).await.status, 200);
        for path in [super::API, "/api/guildhall/v1/registrations", "/api/guildhall/v1/invitations", "/api/guildhall/v1/audit", "/api/guildhall/v1/servers", "/api/guildhall/v1/announcements", "/api/v1/admin/reports"] {
            assert_eq!(house.get(&cora, path).await.status, 403, "{path}");
        }
        let me: Value = house.get(&cora, "/api/v1/accounts/verify_credentials").await.ok();
        assert_eq!(me["url"], format!("{BASE}/@cora"));
    }
}
