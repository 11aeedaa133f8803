//! People, teams, keys, profiles, and the slots of processes.

use std::collections::BTreeSet;

use guildhall::{
    db::{Db, Tx},
    domain::{
        AccountId, Once, TokenId,
        accounts::{self, Role},
        actors::{self, SealedKey},
        audit, drafts,
        invitations::{self, Acceptance, NewInvitation},
        notifications,
        org::{self, Registrations, TeamKind},
        setup,
        sign_ups::{self, NewSignUp},
    },
};

use super::{EIGHT, ROUNDS, Race, company, fine, one_of_eight, person, site, stranger};
use crate::{races, support::database::TestDatabase};

races! {
    async fn a_name_is_taken_once(race: Race) {
        for round in 0..ROUNDS {
            let place = race.site.clone();
            let outcomes = race.eight(move |number, tx| {
                let name = if number % 2 == 0 { format!("twin{round}") } else { format!("TWIN{round}") };
                accounts::create(tx, &place, &person(&name, None))
            });
            one_of_eight(outcomes.await);
        }
        assert_eq!(race.count("actors", "username_key LIKE 'twin%'").await, ROUNDS as i64);
    }

    async fn an_e_mail_address_is_taken_once(race: Race) {
        for round in 0..ROUNDS {
            let place = race.site.clone();
            let outcomes = race.eight(move |number, tx| {
                accounts::create(tx, &place, &person(&format!("mail{round}x{number}"), Some(&format!("One{round}@acme.test"))))
            });
            one_of_eight(outcomes.await);
        }
        assert_eq!(race.count("accounts", "email_key LIKE 'one%'").await, ROUNDS as i64);
    }

    async fn one_comes_by_an_invitation_for_one(race: Race) {
        for round in 0..ROUNDS {
            let (link, by) = ([u8::try_from(round).unwrap(); 32], inviter(&race).await);
            let wish = invitation(by, accounts::AccountKind::Employee, 1);
            race.write(move |tx| invitations::make(tx, &wish, &link, None)).await;
            let place = race.site.clone();
            let outcomes = race.eight(move |number, tx| invitations::accept(tx, &place, &link, &comes(&format!("new{round}x{number}")))).await;
            let refused: Vec<&str> = outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).map(guildhall::error::Error::code).collect();
            assert_eq!(refused, ["invitation.used"; EIGHT - 1]);
        }
        assert_eq!(race.count("actors", "username_key LIKE 'new%'").await, ROUNDS as i64);
        assert_eq!(race.count("accounts", "invitation_id IS NOT NULL").await, ROUNDS as i64);
        assert_eq!(race.count("invitations", "accepted = 1").await, ROUNDS as i64);
    }

    async fn no_more_come_by_a_link_for_several_than_it_is_for(race: Race) {
        let (link, by) = ([9; 32], inviter(&race).await);
        let wish = invitation(by, accounts::AccountKind::Customer, 5);
        race.write(move |tx| invitations::make(tx, &wish, &link, None)).await;
        let place = race.site.clone();
        let outcomes = race.eight(move |number, tx| invitations::accept(tx, &place, &link, &comes(&format!("new{number}")))).await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 5);
        assert_eq!(race.count("accounts", "kind = 'customer'").await, 5);
        assert_eq!(race.count("invitations", "accepted = 5").await, 1);
    }

    async fn whoever_comes_while_their_team_is_deleted_comes_into_none(race: Race) {
        let (link, by) = ([9; 32], inviter(&race).await);
        let team = race.write(move |tx| org::create_team(tx, "Welders", TeamKind::Team)).await;
        let wish = NewInvitation { team: Some(team), ..invitation(by, accounts::AccountKind::Employee, 1) };
        race.write(move |tx| invitations::make(tx, &wish, &link, None)).await;
        let place = race.site.clone();
        let (gone, came) = race.held(move |tx| drafts::delete_team(tx, team), move |tx| invitations::accept(tx, &place, &link, &comes("late"))).await;
        gone.unwrap();
        came.unwrap();
        assert_eq!(race.count("teams", "name = 'Welders'").await, 0);
        assert_eq!(race.count("accounts", "invitation_id IS NOT NULL").await, 1);
        // The other way round the team is deleted with whoever came into it.
        let link = [8; 32];
        let team = race.write(move |tx| org::create_team(tx, "Welders", TeamKind::Team)).await;
        let wish = NewInvitation { team: Some(team), ..invitation(by, accounts::AccountKind::Employee, 1) };
        race.write(move |tx| invitations::make(tx, &wish, &link, None)).await;
        let place = race.site.clone();
        let (came, gone) = race.held(move |tx| invitations::accept(tx, &place, &link, &comes("early")), move |tx| drafts::delete_team(tx, team)).await;
        came.unwrap();
        gone.unwrap();
        assert_eq!(race.count("team_members", &format!("team_id = {team}")).await, 0);
    }

    async fn nobody_is_invited_into_a_team_that_is_deleted_meanwhile(race: Race) {
        let by = inviter(&race).await;
        let team = race.write(move |tx| org::create_team(tx, "Welders", TeamKind::Team)).await;
        let wish = NewInvitation { team: Some(team), ..invitation(by, accounts::AccountKind::Employee, 1) };
        let (gone, made) = race.held(move |tx| drafts::delete_team(tx, team), move |tx| invitations::make(tx, &wish, &[9; 32], None)).await;
        gone.unwrap();
        assert_eq!(made.unwrap_err().code(), "team.not_found");
        let team = race.write(move |tx| org::create_team(tx, "Welders", TeamKind::Team)).await;
        let wish = NewInvitation { team: Some(team), ..invitation(by, accounts::AccountKind::Employee, 1) };
        let (made, gone) = race.held(move |tx| invitations::make(tx, &wish, &[8; 32], None), move |tx| drafts::delete_team(tx, team)).await;
        made.unwrap();
        gone.unwrap();
        assert_eq!(race.count("invitations", "team_id IS NULL").await, 1);
    }

    async fn whoever_comes_while_it_is_taken_back_is_in_or_out(race: Race) {
        let (link, by) = ([9; 32], inviter(&race).await);
        let wish = invitation(by, accounts::AccountKind::Customer, 1);
        let id = race.write(move |tx| invitations::make(tx, &wish, &link, None)).await;
        let place = race.site.clone();
        let (back, came) = race.held(move |tx| invitations::revoke(tx, Some(by), id), move |tx| invitations::accept(tx, &place, &link, &comes("late"))).await;
        back.unwrap();
        assert_eq!(came.unwrap_err().code(), "invitation.revoked");
        assert_eq!(race.count("accounts", "kind = 'customer'").await, 0);
    }

    async fn what_is_asked_twice_at_once_under_one_key_is_one_invitation(race: Race) {
        let by = inviter(&race).await;
        for round in 0..ROUNDS {
            let wish = invitation(by, accounts::AccountKind::Customer, 1);
            let once = Once { token: TokenId(1), key: format!("key{round}"), request: "same".to_owned() };
            let outcomes = race.eight(move |number, tx| {
                let mut link = [u8::try_from(number).unwrap(); 32];
                link[0] = u8::try_from(round).unwrap();
                invitations::make(tx, &wish, &link, Some(&once))
            });
            let made: BTreeSet<_> = outcomes.await.into_iter().map(Result::unwrap).collect();
            assert_eq!(made.len(), 1);
        }
        assert_eq!(race.count("invitations", "TRUE").await, ROUNDS as i64);
    }

    async fn a_name_is_signed_up_for_once(race: Race) {
        race.write(|tx| org::set_registrations(tx, None, Registrations::Open)).await;
        for round in 0..ROUNDS {
            let outcomes = race.eight(move |number, tx| {
                let name = if number % 2 == 0 { format!("twin{round}") } else { format!("TWIN{round}") };
                sign_ups::ask(tx, &wants(&name, &format!("{number}x{round}")), "none", &secret(round, number))
            });
            one_of_eight(outcomes.await);
        }
        assert_eq!(race.count("sign_ups", "TRUE").await, ROUNDS as i64);
    }

    async fn an_address_is_confirmed_once_and_a_link_twice_is_once(race: Race) {
        race.write(|tx| org::set_registrations(tx, None, Registrations::Open)).await;
        for round in 0..ROUNDS {
            // Four want the same address, and each opens their link twice.
            for number in 0..4 {
                let link = secret(round, number);
                race.write(move |tx| {
                    let id = sign_ups::ask(tx, &wants(&format!("one{round}x{number}"), &format!("same{round}")), "none", &link)?;
                    sign_ups::open_link(tx, id, &link)
                }).await;
            }
            let place = race.site.clone();
            let outcomes = race.eight(move |number, tx| sign_ups::confirm(tx, &place, &secret(round, number / 2))).await;
            let refused: Vec<&str> = outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).map(guildhall::error::Error::code).collect();
            assert_eq!(refused, ["sign_up.ended"; EIGHT - 1]);
        }
        assert_eq!(race.count("accounts", "email_key LIKE 'same%'").await, ROUNDS as i64);
        // The others stay as they are until their time is over: that tells nobody anything.
        assert_eq!(race.count("sign_ups", "confirmed_at IS NULL").await, 3 * ROUNDS as i64);
    }

    async fn of_those_who_answer_at_once_one_decides(race: Race) {
        race.write(|tx| org::set_registrations(tx, None, Registrations::Approval)).await;
        for round in 0..ROUNDS {
            let (link, place) = (secret(round, 0), race.site.clone());
            let id = race.write(move |tx| {
                let id = sign_ups::ask(tx, &wants(&format!("new{round}"), &format!("new{round}")), "none", &link)?;
                sign_ups::open_link(tx, id, &link)?;
                sign_ups::confirm(tx, &place, &link)?;
                Ok(id)
            }).await;
            let (by, place) = (inviter(&race).await, race.site.clone());
            let outcomes = race.eight(move |number, tx| match number % 2 {
                0 => sign_ups::approve(tx, &place, Some(by), id).map(drop),
                _ => sign_ups::refuse(tx, Some(by), id, ""),
            });
            let outcomes = outcomes.await;
            let refused: Vec<&str> = outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).map(guildhall::error::Error::code).collect();
            assert_eq!(refused, ["sign_up.not_found"; EIGHT - 1]);
            let decided = race.count("accounts", &format!("email_key = 'new{round}@mail.example'")).await
                + race.count("sign_up_refusals", &format!("email = 'new{round}@mail.example'")).await;
            assert_eq!(decided, 1);
        }
        assert_eq!(race.count("sign_ups", "TRUE").await, 0);
    }

    async fn a_team_is_made_once(race: Race) {
        for round in 0..ROUNDS {
            one_of_eight(race.eight(move |_, tx| org::create_team(tx, &format!("Team {round}"), TeamKind::Team)).await);
        }
        assert_eq!(race.count("teams", "TRUE").await, ROUNDS as i64);
    }

    async fn what_eight_do_at_once_is_written_down_one_after_the_other(race: Race) {
        let people: Vec<_> = race.ours.iter().map(|ours| ours.0.id).collect();
        for _ in 0..ROUNDS {
            let people = people.clone();
            let promote = move |number: usize, tx: &mut Tx<'_>| {
                accounts::set_role(tx, people[number], accounts::AccountKind::Employee, Role::Moderator)
            };
            for outcome in race.eight(promote).await {
                outcome.unwrap();
            }
        }
        let checked = {
            let seal = race.database.db.seal().unwrap();
            race.database.db.read(move |conn| audit::check(conn, &seal, &audit::Head::beginning(), 1_000)).await.unwrap()
        };
        let audit::Checked::Sound(head) = checked else { panic!("{checked:?}") };
        // The first one is the grant of who set the company up.
        assert_eq!(head.seq, 1 + (ROUNDS * EIGHT) as i64);
    }

    async fn one_owner_stays_whoever_leaves(race: Race) {
        race.write(|tx| {
            use diesel::RunQueryDsl;
            diesel::sql_query("UPDATE accounts SET role = 'owner' WHERE id <> (SELECT MIN(id) FROM accounts)").execute(tx.conn())?;
            diesel::sql_query("UPDATE accounts SET role = 'member' WHERE id = (SELECT MIN(id) FROM accounts)").execute(tx.conn())?;
            Ok(())
        }).await;
        let owners: Vec<_> = race.ours.iter().map(|ours| ours.0.id).collect();
        for _ in 0..ROUNDS {
            let leaving = owners.clone();
            let outcomes = race.eight(move |number, tx| accounts::set_suspended(tx, leaving[number], true)).await;
            assert_eq!(outcomes.iter().filter(|outcome| outcome.is_err()).count(), 1);
            for outcome in outcomes {
                fine(outcome);
            }
            assert_eq!(race.count("accounts", "role = 'owner' AND suspended_at IS NULL AND deleted_at IS NULL").await, 1);
            let back = owners.clone();
            race.write(move |tx| back.iter().try_for_each(|owner| accounts::set_suspended(tx, *owner, false))).await;
        }
        let (one, two) = (owners[0], owners[1]);
        let others = owners[2..].to_vec();
        race.write(move |tx| others.iter().try_for_each(|owner| accounts::set_suspended(tx, *owner, true))).await;
        let (first, second) = race.held(move |tx| accounts::delete(tx, one), move |tx| accounts::set_suspended(tx, two, true)).await;
        first.unwrap();
        assert_eq!(second.unwrap_err().code(), "account.last_owner");
        assert_eq!(Role::Owner.as_str(), "owner");
    }

    async fn one_owner_stays_of_two_who_step_down_or_take_it_from_each_other(race: Race) {
        for round in 0..ROUNDS {
            race.write(|tx| {
                use diesel::RunQueryDsl;
                let set = "UPDATE accounts SET password_hash = 'a hash', role = CASE \
                     WHEN id IN (SELECT id FROM accounts WHERE kind = 'employee' ORDER BY id DESC LIMIT 2) THEN 'owner' ELSE 'member' END";
                diesel::sql_query(set).execute(tx.conn())?;
                Ok(())
            }).await;
            let mut two: Vec<_> = race.ours.iter().map(|(account, actor)| (account.id, actor.username.clone())).collect();
            two.sort();
            let two = two.split_off(EIGHT - 2);
            let outcomes = race.eight(move |number, tx| {
                let (by, other) = (&two[number % 2], &two[(number + round) % 2]);
                notifications::give_house_role(tx, by.0, &other.1, Role::Member)
            });
            for outcome in outcomes.await {
                fine(outcome.map(drop));
            }
            assert_eq!(race.count("accounts", "role = 'owner'").await, 1);
        }
    }

    async fn a_spare_key_is_given_to_one(race: Race) {
        for round in 0..ROUNDS {
            race.write(move |tx| {
                for number in 0..4 {
                    let bytes = vec![u8::try_from(round).unwrap(), number];
                    actors::add_spare_key(tx, &SealedKey { algorithm: "rsa".to_owned(), public_key: bytes.clone(), private_key: bytes })?;
                }
                Ok(())
            }).await;
            let mut given = BTreeSet::new();
            let mut count = 0;
            for outcome in race.eight(|_, tx| actors::take_spare_key(tx)).await {
                if let Some(key) = outcome.unwrap() {
                    count += 1;
                    given.insert(key.public_key);
                }
            }
            assert_eq!(given.len(), count, "nobody shares a key");
            assert!(count >= 1);
            while race.write(actors::take_spare_key).await.is_some() {}
        }
    }

    async fn an_actor_that_is_met_eight_times_at_once_is_one(race: Race) {
        for round in 0..ROUNDS {
            let mut remote = stranger(&format!("new{round}"));
            let key = guildhall::net::SigningKey::generate("ed25519").unwrap().public_key().unwrap();
            remote.keys.push(actors::RemoteKey { uri: format!("{}#key", remote.uri), algorithm: "ed25519".to_owned(), public_key: key.to_bytes() });
            let uri = remote.uri.clone();
            let mut ids = BTreeSet::new();
            for outcome in race.eight(move |_, tx| actors::upsert_remote(tx, &remote)).await {
                ids.insert(outcome.unwrap().actor.id);
            }
            assert_eq!(ids.len(), 1);
            assert_eq!(race.count("actors", &format!("uri = '{uri}'")).await, 1);
            assert_eq!(race.count("actor_keys", &format!("key_uri = '{uri}#key'")).await, 1);
        }
    }

    async fn a_new_password_ends_tokens_that_are_being_issued(race: Race) {
        for round in 0..ROUNDS {
            let (account, actor) = (race.ours[round % EIGHT].0.id, race.ours[round % EIGHT].1.id);
            let issue = move |tx: &mut Tx<'_>| accounts::issue_token(tx, account, actor, "read", "test", &[u8::try_from(round).unwrap(); 32]);
            let (issued, changed) = race.held(issue, move |tx| accounts::set_password(tx, account, "hash")).await;
            issued.unwrap();
            changed.unwrap();
            assert_eq!(race.count("tokens", "revoked_at IS NULL").await, 0, "round {round}");
        }
    }
}

/// Somebody who wants an account.
fn wants(name: &str, mailbox: &str) -> NewSignUp {
    NewSignUp {
        username: name.to_owned(),
        email: format!("{mailbox}@mail.example"),
        reason: "I weld, too.".to_owned(),
        agrees: true,
        ..NewSignUp::default()
    }
}

fn secret(round: usize, number: usize) -> [u8; 32] {
    let mut secret = [0; 32];
    (secret[0], secret[1]) = (u8::try_from(round).unwrap(), u8::try_from(number).unwrap());
    secret
}

/// Somebody who may invite everybody.
async fn inviter(race: &Race) -> AccountId {
    let owner = race.database.db.read(|conn| accounts::find_by_username(conn, "owner")).await.unwrap().unwrap();
    owner.0.id
}

fn invitation(by: AccountId, kind: accounts::AccountKind, most: i64) -> NewInvitation {
    NewInvitation {
        by: Some(by),
        kind,
        role: Role::Member,
        grants: Vec::new(),
        team: None,
        email: None,
        lasts: invitations::USUAL,
        most,
    }
}

fn comes(name: &str) -> Acceptance {
    Acceptance {
        username: name.to_owned(),
        display_name: String::new(),
        email: format!("{name}@mail.example"),
        password_hash: "none".to_owned(),
        listed: true,
    }
}

/// Eight databases opened by eight processes at once.
async fn opened_at_once(database: &TestDatabase) -> Vec<Db> {
    let url = database.url.clone();
    let start = std::sync::Arc::new(std::sync::Barrier::new(EIGHT));
    let opening: Vec<_> = (0..EIGHT)
        .map(|_| {
            let (url, start) = (url.clone(), start.clone());
            tokio::task::spawn_blocking(move || {
                let db = Db::open(&guildhall::db::Options { url, pool: 1 }).unwrap();
                start.wait();
                db.lease_slot().unwrap();
                db
            })
        })
        .collect();
    let mut opened = Vec::new();
    for one in opening {
        opened.push(one.await.unwrap());
    }
    opened
}

/// The part of an id that says which process made it.
fn slot(id: i64) -> i64 {
    (id >> 10) & 0x3f
}

mod eight_processes_that_start_at_once_have_eight_slots {
    use super::{BTreeSet, EIGHT, ROUNDS, TestDatabase, opened_at_once, slot};

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn postgres() {
        let database = TestDatabase::postgres();
        for _ in 0..ROUNDS {
            let opened = opened_at_once(&database).await;
            let mut slots = BTreeSet::new();
            for db in &opened {
                slots.insert(slot(db.write(|tx| Ok(tx.new_id())).await.unwrap()));
            }
            assert_eq!(slots.len(), EIGHT);
        }
    }
}

mod a_company_is_established_once {
    use super::{ROUNDS, Race, TestDatabase, company, one_of_eight, setup, site};
    use crate::races::EIGHT;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn postgres() {
        for _ in 0..ROUNDS / 5 {
            let database = TestDatabase::postgres();
            let processes = (0..EIGHT).map(|_| database.another()).collect();
            let race = Race { processes, site: site(), ours: Vec::new(), theirs: Vec::new(), database };
            let place = site();
            one_of_eight(race.eight(move |_, tx| setup::establish(tx, &place, &company())).await);
            assert_eq!(race.count("accounts", "TRUE").await, 1);
            assert_eq!(race.count("actors", "TRUE").await, 3);
        }
    }
}
