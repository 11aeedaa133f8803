//! What each command takes, answers and refuses.

use std::process::Stdio;

use guildhall::{
    domain::{
        Page, accounts,
        notifications::{self, Grouping, NotificationKind, Which},
    },
    secrets::verify_password,
};

use super::{PASSWORD, Place, said};

/// How many people the company has.
async fn people(place: &Place) -> usize {
    place.database.as_ref().unwrap().db.read(accounts::list).await.unwrap().len()
}

async fn password_of(place: &Place, name: &'static str) -> String {
    let db = &place.database.as_ref().unwrap().db;
    let (account, _) = db.read(move |conn| accounts::find_by_username(conn, name)).await.unwrap().unwrap();
    account.password_hash.unwrap()
}

on_both! {
    async fn setup_where_nobody_can_be_asked_names_every_missing_flag(database: TestDatabase) {
        let place = Place::on(database);
        place.run(&["setup", "--name", "Acme"]).refused(&["--handle", "--owner", "--email", "--password"]);
        place.run(&["setup", "--name", "Acme", "--handle", "acme", "--owner", "olga", "--email", "o@acme.test"])
            .refused(&["Give --password,"]);
        assert_eq!(people(&place).await, 0);
        assert_eq!(place.files(), [""; 0], "nothing was made");
    }

    async fn setup_creates_the_company_once(database: TestDatabase) {
        let place = Place::on(database);
        let answer = place.set_up().fine();
        let way_in = guildhall::http::way_in().unwrap_or("/sign-in");
        assert!(answer.out.contains(&format!("sign in at http://guildhall.test{way_in}\n")), "{answer:?}");
        assert!(answer.out.contains("@acme@guildhall.test") && answer.out.contains("@olga@guildhall.test"), "{answer:?}");
        place.set_up().refused(&["set up already"]);
        assert_eq!(people(&place).await, 1);
        assert!(place.run(&["account", "list"]).fine().out.contains("olga"));
    }

    async fn moderators_are_told_who_has_an_account_now(database: TestDatabase) {
        let place = Place::on(database);
        place.set_up().fine();
        for name in ["ana", "ben"] {
            place.run(&["account", "create", name, "--role", "employee"]).fine();
        }
        let told = place.database.as_ref().unwrap().db.read(|conn| {
            let olga = accounts::find_by_username(conn, "olga")?.unwrap().0.actor_id;
            notifications::list_groups(conn, olga, &Which::default(), &Grouping::default(), &Page { limit: 10, ..Page::default() })
        });
        let told = told.await.unwrap();
        assert_eq!((told.len(), told[0].shown.kind, told[0].people.len()), (1, NotificationKind::AdminSignUp, 2), "{told:?}");
    }

    async fn the_domain_of_handles_is_checked_and_kept(database: TestDatabase) {
        let place = Place::on(database);
        let arguments = ["setup", "--name", "Acme", "--handle", "acme", "--owner", "olga", "--email", "olga@acme.test",
            "--password", PASSWORD, "--domain"];
        place.run(&[&arguments[..], &["not a domain"]].concat()).refused(&["domain", "not a domain", "--domain", "company.com"]);
        assert_eq!(people(&place).await, 0);
        let place = place.with("GUILDHALL_DOMAIN", "other.test");
        let answer = place.run(&[&arguments[..], &["ACME.test"]].concat()).fine();
        assert!(answer.out.contains("@acme@acme.test"), "the flag wins over the variable: {answer:?}");
        place.run(&["account", "list"]).refused(&["acme.test", "other.test", "GUILDHALL_DOMAIN"]);
        let place = place.without("GUILDHALL_DOMAIN");
        let answer = place.run(&["account", "create", "ana", "--role", "employee"]).fine();
        assert!(answer.out.contains("@ana@acme.test"), "{answer:?}");
    }

    async fn who_lost_the_second_step_is_let_in_again(database: TestDatabase) {
        let place = Place::on(database);
        place.set_up().fine();
        let db = &place.database.as_ref().unwrap().db;
        let olga = db.read(|conn| accounts::find_by_username(conn, "olga")).await.unwrap().unwrap().0.id;
        let on = db.write(move |tx| {
            accounts::begin_second_step(tx, olga, b"sealed")?;
            accounts::confirm_second_step(tx, olga, 1, &[[7; 32]])
        });
        assert!(on.await.unwrap());
        assert!(place.run(&["account", "totp-off", "olga"]).fine().out.contains("is off"));
        assert!(!db.read(move |conn| accounts::has_second_step(conn, olga)).await.unwrap());
        assert_eq!(db.read(move |conn| accounts::count_recovery_codes(conn, olga)).await.unwrap(), 0);
        assert!(place.run(&["account", "totp-off", "olga"]).fine().out.contains("was not on"));
        place.run(&["account", "totp-off", "nobody"]).refused(&["nobody"]);
    }

    async fn brands_are_made_and_listed(database: TestDatabase) {
        let place = Place::on(database);
        place.set_up().fine();
        place.run(&["account", "create", "carl", "--role", "customer"]).fine();
        let make = |username: &str, name: &str, manager: &str| {
            place.run(&["brand", "create", username, "--display-name", name, "--manager", manager])
        };
        make("shop", "Acme Shop", "nobody").refused(&["nobody"]);
        make("shop", "Acme Shop", "carl").refused(&["employees"]);
        make("shop", " ", "olga").refused(&["1 to 100 characters"]);
        make("admin", "Acme Shop", "olga").refused(&["reserved"]);
        make("acme", "Acme Shop", "olga").refused(&["acme", "taken"]);
        assert_eq!(place.run(&["brand", "list", "--json"]).fine().json().as_array().unwrap().len(), 1, "what is refused makes nothing");
        let made = make("@shop", "Acme Shop", "@olga").fine();
        assert!(made.out.contains("@shop@guildhall.test") && made.out.contains("@olga manages it"), "{made:?}");
        make("SHOP", "Acme Shop", "olga").refused(&["taken"]);
        let listed = place.run(&["brand", "list"]).fine();
        let lines: Vec<&str> = listed.out.lines().collect();
        assert_eq!(lines, ["@acme@guildhall.test  Acme  1 person", "@shop@guildhall.test  Acme Shop  1 person"]);
        let told = place.run(&["brand", "list", "--json"]).fine().json();
        assert_eq!(told[1]["username"], "shop");
        assert_eq!(told[1]["display_name"], "Acme Shop");
        assert_eq!(told[1]["people"], 1);
        place.run(&["account", "create", "ana", "--role", "employee"]).fine();
        place.run(&["grant", "shop", "ana", "publisher"]).fine();
        place.run(&["account", "suspend", "ana"]).fine();
        make("press", "Acme Press", "ana").refused(&["able to sign in"]);
        place.run(&["audit", "verify"]).fine();
    }

    async fn account_create_answers_scripts_with_four_keys_and_nothing_else(database: TestDatabase) {
        let place = Place::on(database);
        place.set_up().fine();
        let create = |name: &str, more: &[&str]| {
            place.run(&[&["account", "create", name, "--role", "customer", "--json"][..], more].concat()).fine().json()
        };
        let ana = create("ana", &[]);
        let mut keys: Vec<&String> = ana.as_object().unwrap().keys().collect();
        keys.sort();
        assert_eq!(keys, ["acct", "id", "token", "uri"]);
        assert_eq!(ana["acct"], "ana");
        assert_eq!(ana["token"], serde_json::Value::Null);
        let uri = format!("http://guildhall.test/ap/actors/{}", ana["id"].as_str().unwrap());
        assert_eq!(ana["uri"], uri);
        let ben = create("ben", &["--token", "read write follow push admin:read admin:write", "--email", "b@acme.test"]);
        assert_eq!(ben.as_object().unwrap().len(), 4);
        assert_eq!(ben["token"].as_str().unwrap().len(), 43);
    }

    async fn what_account_create_refuses_creates_nobody(database: TestDatabase) {
        let place = Place::on(database);
        place.set_up().fine();
        let create = ["account", "create", "ana", "--role", "employee"];
        let with = |more: &[&str]| place.run(&[&create[..], more].concat());
        with(&["--token", "read rule-the-world", "--json"]).refused(&["rule-the-world", "admin:write"]);
        with(&["--password", "short"]).refused(&["12 characters"]);
        with(&["--email", "nobody"]).refused(&["e-mail"]);
        assert_eq!(people(&place).await, 1);
        with(&[]).fine();
        with(&[]).refused(&["ana", "taken"]);
    }

    async fn passwords_come_from_the_standard_input_where_they_are_a_dash(database: TestDatabase) {
        let place = Place::on(database);
        let arguments = ["setup", "--name", "Acme", "--handle", "acme", "--owner", "olga", "--email", "olga@acme.test"];
        let arguments = [&arguments[..], &["--password", "-"]].concat();
        place.run_with_input(&arguments, "too short\n").refused(&["12 characters"]);
        place.run_with_input(&arguments, &format!("{PASSWORD}\r\nanother line\n")).fine();
        assert!(verify_password(PASSWORD, &password_of(&place, "olga").await));

        let create = ["account", "create", "ana", "--role", "employee", "--password", "-"];
        place.run_with_input(&create, "the first password of ana").fine();
        assert!(verify_password("the first password of ana", &password_of(&place, "ana").await));
        place.run_with_input(&["account", "password", "ana", "--password", "-"], "the second password of ana\n").fine();
        assert!(verify_password("the second password of ana", &password_of(&place, "ana").await));
        let made = place.run(&["account", "password", "ana"]).fine().out;
        assert!(verify_password(made.split_whitespace().last().unwrap(), &password_of(&place, "ana").await), "{made}");
    }

    async fn only_brands_are_spoken_for_by_others(database: TestDatabase) {
        let place = Place::on(database);
        place.set_up().fine();
        place.employee("ana");
        place.employee("ben");
        place.run(&["grant", "ben", "ana", "publisher"]).refused(&["ben", "no brand"]);
        place.run(&["grant", "guildhall.test", "ana", "publisher"]).refused(&["no brand"]);
        place.run(&["grant", "nobody", "ana", "publisher"]).refused(&["nobody"]);
        place.run(&["grant", "acme", "ana", "emperor"]).refused(&["emperor", "publisher", "none takes the role away"]);
        place.run(&["grant", "nobody", "ana", "none"]).refused(&["There is: @acme."]);
        let token = |actor: &str| place.run(&["token", "create", "ana", "--as", actor, "--scopes", "read"]);
        for actor in ["ben", "guildhall.test", "acme"] {
            token(actor).refused(&["may not act"]);
        }
        token("ana").fine();
        place.run(&["grant", "acme", "ana", "publisher"]).fine();
        token("acme").fine();
    }

    async fn commands_say_when_nothing_was_there(database: TestDatabase) {
        let place = Place::on(database);
        place.set_up().fine();
        place.employee("ana");
        place.run(&["token", "revoke", "42"]).refused(&["no token 42"]);
        assert!(place.run(&["grant", "acme", "ana", "none"]).fine().out.contains("had no role"));
        assert!(place.run(&["server", "allow", "never.test"]).fine().out.contains("was not blocked"));
        place.run(&["server", "block", "never.test"]).fine();
        assert!(place.run(&["server", "allow", "a.never.test"]).fine().out.contains("still refused"));
        assert!(place.run(&["server", "allow", "never.test"]).fine().out.contains("is allowed."));
        place.run(&["account", "suspend", "nobody"]).refused(&["nobody", "account list"]);
        place.run(&["server", "retry", "unheard-of.test"]).refused(&["unheard-of.test"]);
        for post in ["12345", "http://guildhall.test/@acme/12345", "http://guildhall.test/ap/objects/12345"] {
            place.run(&["deliveries", post]).refused(&["no post of ours", post]);
            place.run(&["deliveries", post, "--retry"]).refused(&["no post of ours", post]);
        }
        assert!(place.run(&["jobs", "parked"]).fine().out.contains("No job"));
        assert!(place.run(&["jobs", "deliveries", "--host", "unheard-of.test"]).fine().out.contains("No delivery is like this"));
        assert!(place.run(&["jobs", "deliveries"]).fine().out.contains("Nothing is owed to other servers"));
        assert!(place.run(&["jobs", "deliveries", "--by-host"]).fine().out.contains("Nothing is owed to other servers"));
    }

    async fn nobody_blocks_themselves_or_half_the_world_by_accident(database: TestDatabase) {
        let place = Place::on(database).with("GUILDHALL_BASE_URL", "http://social.guildhall.test").with("GUILDHALL_DOMAIN", "guildhall.test");
        place.set_up().fine();
        for own in ["guildhall.test", "social.guildhall.test", "https://SOCIAL.guildhall.test/"] {
            place.run(&["server", "block", own]).refused(&["this server"]);
        }
        place.run(&["server", "block", "test", "--all-below"]).refused(&["this server"]);
        place.run(&["server", "block", "zone"]).refused(&["every server", ".zone", "--all-below"]);
        assert!(place.run(&["server", "list"]).fine().out.contains("met no other server yet"), "nothing was blocked");
        place.run(&["server", "block", "zone", "--all-below"]).fine();
        place.run(&["server", "block", "a.guildhall.test"]).fine();
        assert_eq!(place.run(&["server", "list"]).fine().out.matches("blocked").count(), 2);
    }

    async fn a_role_can_be_changed_and_is_listed(database: TestDatabase) {
        let place = Place::on(database);
        place.set_up().fine();
        place.employee("ana");
        let listed = place.run(&["account", "list"]).fine().out;
        let words: Vec<Vec<&str>> = listed.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(words, [["USERNAME", "ROLE", "NOTES"].as_slice(), &["olga", "owner", "owner", "of", "@acme"], &["ana", "employee"]], "{listed}");
        place.run(&["account", "role", "olga", "employee"]).refused(&["last owner", "account role"]);
        place.run(&["account", "role", "ana", "owner"]).fine();
        place.run(&["account", "role", "olga", "moderator"]).fine();
        place.run(&["grant", "acme", "ana", "publisher"]).fine();
        let listed = place.run(&["account", "list", "--json"]).fine().json();
        let of = |name: &str| listed.as_array().unwrap().iter().find(|row| row["acct"] == name).unwrap().clone();
        assert_eq!((of("ana")["role"].clone(), of("olga")["role"].clone()), ("owner".into(), "moderator".into()));
        assert_eq!(of("ana")["speaks_for"], serde_json::json!([{ "acct": "acme", "role": "publisher" }]));
        assert!(place.run(&["account", "list"]).fine().out.contains("publisher of @acme"));

        let ownerless = place.run(&["grant", "acme", "olga", "none"]).fine().out;
        assert!(!ownerless.contains("Nobody may publish") && ownerless.contains("guildhall grant acme NAME owner"), "{ownerless}");
        assert!(place.run(&["grant", "acme", "ana", "none"]).fine().out.contains("Nobody may publish as @acme"));
        place.run(&["grant", "acme", "ana", "publisher"]).fine();
        place.run(&["account", "role", "olga", "owner"]).fine();
        place.run(&["token", "create", "ana", "--as", "acme", "--scopes", "read"]).fine();
        let listed = place.run(&["token", "list", "ana"]).fine().out;
        assert!(listed.contains(" as @acme: read (") && listed.contains(" as @ana: "), "{listed}");
        let tokens = || place.run(&["token", "list", "ana"]).fine().out.lines().count();
        assert_eq!(tokens(), 2, "her own, and that of the brand");
        place.run(&["account", "role", "ana", "customer"]).fine();
        assert_eq!(tokens(), 1, "the brand's does not come back with another role");
        let listed = place.run(&["account", "list", "--json"]).fine().json();
        let ana = listed.as_array().unwrap().iter().find(|row| row["acct"] == "ana").unwrap().clone();
        assert_eq!((ana["kind"].clone(), ana["speaks_for"].clone()), ("customer".into(), serde_json::json!([])));
        place.run(&["token", "create", "ana", "--as", "acme", "--scopes", "read"]).refused(&["may not act"]);
    }

    async fn people_are_invited_listed_and_kept_out_again(database: TestDatabase) {
        let place = Place::on(database);
        place.set_up().fine();
        let made = place.run(&["invite", "--role", "employee", "--grant", "acme=publisher", "--days", "2", "--json"]).fine().json();
        let link = made["link"].as_str().unwrap();
        let secret = link.strip_prefix("http://guildhall.test/invitations/").unwrap();
        assert_eq!(secret.len(), 43);
        let out = place.run(&["invite", "--role", "customer", "--people", "3"]).fine().out;
        assert!(out.contains("http://guildhall.test/invitations/") && out.contains("guildhall invitation revoke"), "{out}");
        place.run(&["invite", "--role", "customer", "--email", "carl@acme.test"]).fine();
        for (more, said) in [
            (["--role", "employee", "--grant", "nobody=publisher"], "“nobody” here. There is: @acme."),
            (["--role", "employee", "--team", "Welders"], "Welders"),
            (["--role", "customer", "--grant", "acme=publisher"], "speaks for no brand"),
            (["--role", "customer", "--days", "31"], "30 days"),
            (["--role", "employee", "--people", "2"], "one person"),
            (["--role", "employee", "--email", "olga@acme.test"], "e-mail address already"),
        ] {
            place.run(&[&["invite"][..], &more].concat()).refused(&[said]);
        }
        let hash = guildhall::secrets::token_hash(secret);
        let site = guildhall::domain::Site { base_url: "http://guildhall.test".to_owned(), domain: "guildhall.test".to_owned(), post_characters: 500, federates: true };
        let came = place.database.as_ref().unwrap().db.write(move |tx| {
            let new = guildhall::domain::invitations::Acceptance {
                username: "ana".to_owned(),
                display_name: String::new(),
                email: "ana@acme.test".to_owned(),
                password_hash: "none".to_owned(),
                listed: true,
            };
            guildhall::domain::invitations::accept(tx, &site, &hash, &new)
        });
        came.await.unwrap();
        let listed = place.run(&["invitation", "list", "--json"]).fine().json();
        let states: Vec<(&str, &str)> = listed.as_array().unwrap().iter().map(|row| (row["kind"].as_str().unwrap(), row["state"].as_str().unwrap())).collect();
        assert_eq!(states, [("customer", "open"), ("customer", "open"), ("employee", "used")]);
        assert_eq!((&listed[0]["email"], &listed[1]["people"], &listed[2]["accepted_by"]), (&serde_json::json!("carl@acme.test"), &serde_json::json!(3), &serde_json::json!(["ana"])));
        let people = place.run(&["account", "list", "--json"]).fine().json();
        assert_eq!((&people[1]["acct"], &people[1]["invitation"], &people[1]["invited_by"]), (&serde_json::json!("ana"), &made["id"], &serde_json::Value::Null));
        assert_eq!(people[1]["speaks_for"], serde_json::json!([{ "acct": "acme", "role": "publisher" }]));
        assert_eq!(people[0]["invitation"], serde_json::Value::Null);
        place.run(&["invitation", "revoke", listed[1]["id"].as_str().unwrap()]).fine();
        place.run(&["invitation", "revoke", listed[2]["id"].as_str().unwrap()]).refused(&["suspend the account"]);
        place.run(&["invitation", "revoke", "999"]).refused(&["no such invitation"]);
        let out = place.run(&["invitation", "list"]).fine().out;
        let lines: Vec<&str> = out.lines().collect();
        assert!(lines[0].contains("open as customer until") && lines[0].contains("for carl@acme.test"), "{out}");
        assert!(lines[1].contains("revoked as customer") && lines[2].contains("used as employee") && lines[2].contains("came: @ana"), "{out}");
    }

    async fn who_signed_up_is_listed_and_answered(database: TestDatabase) {
        let place = Place::on(database);
        place.set_up().fine();
        assert!(place.run(&["company", "show"]).fine().out.contains("registrations closed"));
        let out = place.run(&["company", "set", "--registrations", "approval"]).fine().out;
        assert!(out.contains("http://guildhall.test/sign-up") && out.contains("warning: mail.smtp_url"), "{out}");
        assert!(place.run(&["company", "show"]).fine().out.contains("registrations approval"));
        assert_eq!(place.run(&["company", "set", "--registrations", "sometimes"]).status, Some(2));
        assert!(place.run(&["account", "waiting"]).fine().out.contains("Nobody waits"));
        let site = guildhall::domain::Site { base_url: "http://guildhall.test".to_owned(), domain: "guildhall.test".to_owned(), post_characters: 500, federates: true };
        let waiting = place.database.as_ref().unwrap().db.write(move |tx| {
            use guildhall::domain::sign_ups::{NewSignUp, ask, confirm, open_link};
            for (number, name) in [(1, "cora"), (2, "carl")] {
                let new = NewSignUp {
                    username: name.to_owned(),
                    email: format!("{name}@acme.test"),
                    reason: "I weld.\nFor years.".to_owned(),
                    agrees: true,
                    ..NewSignUp::default()
                };
                let id = ask(tx, &new, "none", &[number; 32])?;
                open_link(tx, id, &[number; 32])?;
                confirm(tx, &site, &[number; 32])?;
            }
            Ok(())
        });
        waiting.await.unwrap();
        let out = place.run(&["account", "waiting"]).fine().out;
        assert!(out.contains("cora@acme.test") && out.contains("    I weld.\n    For years."), "{out}");
        let listed = place.run(&["account", "waiting", "--json"]).fine().json();
        assert_eq!((&listed[0]["username"], &listed[1]["email"]), (&serde_json::json!("carl"), &serde_json::json!("cora@acme.test")));
        assert!(place.run(&["account", "approve", "@Cora"]).fine().out.contains("has an account now"));
        place.run(&["account", "approve", "cora"]).refused(&["Nobody waits"]);
        place.run(&["account", "reject", "carl", "--reason", "Please write to us first."]).fine();
        place.run(&["account", "reject", "carl"]).refused(&["Nobody waits"]);
        let people = place.run(&["account", "list", "--json"]).fine().json();
        assert_eq!((people.as_array().unwrap().len(), &people[1]["acct"], &people[1]["kind"]), (2, &serde_json::json!("cora"), &serde_json::json!("customer")));
        place.run(&["audit", "verify"]).fine();
    }

    async fn who_stops_reading_ends_no_command_in_a_panic(database: TestDatabase) {
        let place = Place::on(database);
        place.set_up().fine();
        let mut child = place.command(&["account", "list"]).stdout(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let answer = said(child).fine();
        assert_eq!(answer.err, "");
    }

    async fn what_the_company_says_of_itself_is_set_and_shown(database: TestDatabase) {
        let place = Place::on(database);
        place.set_up().fine();
        let file = |name: &str, content: &[u8]| {
            let path = place.folder.path().join(name);
            std::fs::write(&path, content).unwrap();
            path.to_str().unwrap().to_owned()
        };
        assert!(place.run(&["company", "show"]).fine().out.contains("imprint      (none)"));
        let imprint = file("imprint.md", format!("# Who we are\n\n{}", "long ".repeat(30)).as_bytes());
        place.run(&["company", "set", "--headline", "Ask us.", "--colour", "#f2572b", "--imprint", &imprint]).fine();
        let shown = place.run(&["company", "show"]).fine().out;
        for line in ["headline     Ask us.", "colour       #f2572b", "imprint      Who we are…", "rules        (none)"] {
            assert!(shown.contains(line), "{line}: {shown}");
        }
        // What is no text or no picture changes nothing, and an empty value goes back to the default.
        let broken = file("broken.md", &[0xff, 0xfe]);
        place.run(&["company", "set", "--name", "Other", "--rules", &broken]).refused(&["broken.md", "UTF-8"]);
        place.run(&["company", "set", "--name", "Other", "--logo", &broken]).refused(&[]);
        place.run(&["company", "set", "--rules", "/nowhere/rules.md"]).refused(&["/nowhere/rules.md"]);
        place.run(&["company", "set", "--headline", ""]).fine();
        let shown = place.run(&["company", "show"]).fine().out;
        assert!(!shown.contains("Other") && shown.contains("headline     (default)"), "{shown}");
    }

    async fn announcements_are_made_listed_and_taken_back(database: TestDatabase) {
        let place = Place::on(database);
        place.set_up().fine();
        let made = place.run(&["announcement", "add", "We are *closed*", "--until", "2099-01-01T00:00:00Z"]).fine().out;
        let id = made.split(' ').nth(1).unwrap().to_owned();
        let listed = place.run(&["announcement", "list"]).fine().out;
        assert_eq!(listed, format!("{id}  We are closed  (until 2099-01-01T00:00:00.000Z)\n"));
        place.run(&["announcement", "change", &id, "--text", "We are *open*", "--forever"]).fine();
        assert_eq!(place.run(&["announcement", "list"]).fine().out, format!("{id}  We are open\n"));
        place.run(&["announcement", "change", &id, "--text", " "]).refused(&["1 to 5000"]);
        assert_eq!(place.run(&["announcement", "change", &id, "--until", "2099-01-01T00:00:00Z", "--forever"]).status, Some(2));
        place.run(&["announcement", "add", " "]).refused(&["1 to 5000"]);
        place.run(&["announcement", "add", "Late", "--until", "2001-01-01T00:00:00Z"]).refused(&["over before"]);
        assert_eq!(place.run(&["announcement", "add", "x", "--until", "soon"]).status, Some(2));
        place.run(&["announcement", "remove", &id]).fine();
        place.run(&["announcement", "remove", &id]).refused(&["no such announcement"]);
        assert_eq!(place.run(&["announcement", "list"]).fine().out, "");
    }

    async fn emojis_are_added_listed_and_taken_away(database: TestDatabase) {
        let place = Place::on(database);
        place.set_up().fine();
        let file = place.file("tea.png");
        std::fs::write(&file, crate::mastodon::media::picture(16, 16, image::ImageFormat::Png)).unwrap();
        let file = file.to_str().unwrap();
        assert!(place.run(&["emoji", "add", ":tea:", file, "--category", "Drinks"]).fine().out.contains("/emojis/"));
        place.run(&["emoji", "add", "tea", file]).refused(&[":tea:"]);
        place.run(&["emoji", "add", "t", file]).refused(&["2 to 50"]);
        place.run(&["emoji", "add", "cup", "nowhere.png"]).refused(&["nowhere.png"]);
        let listed = place.run(&["emoji", "list"]).fine().out;
        assert!(listed.contains(":tea:") && listed.contains("Drinks") && listed.lines().count() == 1, "{listed}");
        assert_eq!(place.run(&["emoji", "remove", "tea"]).fine().out, ":tea: is gone.\n");
        place.run(&["emoji", "remove", "tea"]).refused(&[":tea:"]);
        assert!(place.run(&["emoji", "list"]).fine().out.contains("none yet"));
    }
}

#[test]
fn what_cannot_be_parsed_ends_with_two() {
    let place = Place::empty();
    for arguments in [
        &["fly"][..],
        &["account", "create"],
        &["account", "create", "ana", "--role", "emperor"],
        &["serve", "--no-such-flag"],
        &["token", "revoke", "not-a-number"],
        &[],
    ] {
        assert_eq!(place.run(arguments).status, Some(2), "{arguments:?}");
    }
    let version = place.run(&["--version"]).fine().out;
    assert_eq!(version.trim(), concat!("guildhall ", env!("CARGO_PKG_VERSION")));
}

#[test]
fn a_folder_that_cannot_be_entered_is_not_an_empty_one() {
    let place = Place::empty();
    place.set_up().fine();
    // Root may read everything, so a file stands where the folder is looked for.
    let file = place.data().join("guildhall.sqlite");
    let below = file.join("guildhall.sqlite");
    let place = place.with("GUILDHALL_DATABASE_URL", &format!("sqlite:{}", below.display()));
    let answer = place.run(&["account", "list"]).refused(&["cannot open", "as the user of the service"]);
    assert!(!answer.err.contains("guildhall setup"), "{answer:?}");
}

#[test]
fn no_command_but_setup_serve_and_migrate_makes_a_database() {
    let place = Place::empty();
    for arguments in [
        &["account", "list"][..],
        &["account", "create", "ana", "--role", "owner"],
        &["grant", "acme", "ana", "owner"],
        &["token", "list", "ana"],
        &["server", "list"],
        &["jobs", "parked"],
        &["backup", "copy"],
    ] {
        place.run(arguments).refused(&["guildhall setup", "data_dir"]);
        assert!(!place.data().exists(), "{arguments:?}");
    }
}
