//! Drafts of a brand, when several people do something with one at the same moment.

use diesel::RunQueryDsl;
use guildhall::{
    db::Tx,
    domain::{
        ActorId, Audience, DraftId, PostId, TokenId,
        accounts::{self, Account, AccountKind, GrantRole, NewAccount},
        act_once,
        actors::{self, Actor, ActorKind, NewLocal},
        brands::{self, Changed, PolicyChange, ReplyLane},
        crisis,
        drafts::{self, Content, DraftState, Hand, Once, Outcome},
        scheduled::Wish,
    },
    error::Result,
};

use super::{ROUNDS, Race, person};
use crate::races;

/// A brand that asks for one approval, and who has to do with it.
#[derive(Clone)]
struct Desk {
    brand: ActorId,
    contributor: Hand,
    approver: Hand,
    publisher: Hand,
    manager: Hand,
}

fn hand((account, actor): &(Account, Actor)) -> Hand {
    Hand { account: account.id, own: actor.id, actor: actor.id }
}

fn asking_for(approvals: i32) -> PolicyChange {
    PolicyChange { min_approvals: Some(approvals), ..PolicyChange::default() }
}

fn content(text: &str) -> Content {
    let wish = Wish::note(Audience::Public, text);
    Content { wish, reply_owner: None }
}

impl Desk {
    async fn open(race: &Race) -> Self {
        let site = race.site.clone();
        let people: Vec<Hand> = race.ours.iter().map(hand).collect();
        race.write(move |tx| {
            let new = NewLocal {
                kind: ActorKind::Organization,
                username: "kettles".to_owned(),
                name: "Kettles".to_owned(),
                summary: String::new(),
                locked: false,
            };
            let brand = actors::create_local(tx, &site, &new)?.id;
            let roles = [GrantRole::Contributor, GrantRole::Approver, GrantRole::Publisher, GrantRole::Manager];
            for (hand, role) in people.iter().zip(roles) {
                accounts::grant(tx, hand.account, brand, role)?;
            }
            brands::change_policy(tx, people[3].account, brand, &asking_for(1), None, None)?;
            let [contributor, approver, publisher, manager] = [people[0], people[1], people[2], people[3]];
            Ok(Self { brand, contributor, approver, publisher, manager })
        })
        .await
    }

    /// A draft that the contributor handed in; an edit, where it is of a post.
    async fn handed_in(&self, race: &Race, text: &'static str, of_post: Option<PostId>) -> DraftId {
        let (desk, site) = (self.clone(), race.site.clone());
        race.write(move |tx| {
            let id = drafts::create(tx, &site, &desk.contributor, desk.brand, of_post, &content(text), None)?;
            drafts::submit(tx, &site, &desk.contributor, id, None)?;
            Ok(id)
        })
        .await
    }

    async fn approved(&self, race: &Race, text: &'static str, of_post: Option<PostId>) -> DraftId {
        let id = self.handed_in(race, text, of_post).await;
        race.write(agree(race, self.approver, id, None)).await;
        id
    }

    fn publish(&self, race: &Race, id: DraftId) -> impl Fn(&mut Tx<'_>) -> Result<Outcome> + Clone + Send + 'static {
        let (publisher, site) = (self.publisher, race.site.clone());
        move |tx| drafts::publish(tx, &site, &publisher, id, None)
    }

    fn schedule(&self, race: &Race, id: DraftId) -> impl Fn(&mut Tx<'_>) -> Result<Outcome> + Clone + Send + 'static {
        let (publisher, site) = (self.publisher, race.site.clone());
        move |tx| {
            let at = tx.now().plus(std::time::Duration::from_secs(3600));
            drafts::schedule(tx, &site, &publisher, id, None, at)
        }
    }

    fn save(&self, race: &Race, id: DraftId) -> impl Fn(&mut Tx<'_>) -> Result<Outcome> + Clone + Send + 'static {
        let (contributor, site) = (self.contributor, race.site.clone());
        move |tx| drafts::save(tx, &site, &contributor, id, 1, &content("Another text"))
    }
}

/// Somebody approves a draft, as they saw it.
fn agree(
    race: &Race,
    who: Hand,
    id: DraftId,
    seen: Option<i64>,
) -> impl Fn(&mut Tx<'_>) -> Result<Outcome> + Clone + Send + 'static {
    let site = race.site.clone();
    move |tx| drafts::approve(tx, &site, &who, id, seen, None)
}

async fn state(race: &Race, id: DraftId) -> DraftState {
    race.read(move |conn| Ok(drafts::find(conn, id)?.unwrap().state)).await
}

fn code<T>(outcome: Result<T>) -> &'static str {
    outcome.map_or_else(|error| error.code(), |_| "done")
}

races! {
    async fn a_draft_that_eight_publish_is_one_post(race: Race) {
        let desk = Desk::open(&race).await;
        for _ in 0..ROUNDS {
            let id = desk.approved(&race, "Once", None).await;
            let publish = desk.publish(&race, id);
            for outcome in race.eight(move |_, tx| publish(tx)).await {
                assert_eq!(outcome.unwrap(), Outcome::Done(id));
            }
        }
        assert_eq!(race.count("posts", &format!("author_id = {}", desk.brand)).await, ROUNDS as i64);
        race.assert_sound().await;
    }

    async fn an_approval_is_of_the_text_that_is_there_when_it_counts(race: Race) {
        let desk = Desk::open(&race).await;
        let id = desk.handed_in(&race, "One", None).await;
        let (saved, approved) = race.held(desk.save(&race, id), agree(&race, desk.approver, id, Some(1))).await;
        assert_eq!((saved.unwrap(), approved.unwrap()), (Outcome::Done(id), Outcome::Stale(id)));
        assert_eq!(code(race.database.db.write(desk.publish(&race, id)).await), "draft.approvals_missing");
        let id = desk.handed_in(&race, "One", None).await;
        let (approved, saved) = race.held(agree(&race, desk.approver, id, Some(1)), desk.save(&race, id)).await;
        assert_eq!((approved.unwrap(), saved.unwrap()), (Outcome::Done(id), Outcome::Done(id)));
        assert_eq!(code(race.database.db.write(desk.publish(&race, id)).await), "draft.approvals_missing");
        assert_eq!(state(&race, id).await, DraftState::Draft);
    }

    async fn what_is_published_is_what_was_approved_whoever_saves_meanwhile(race: Race) {
        let desk = Desk::open(&race).await;
        let id = desk.approved(&race, "One", None).await;
        let (published, saved) = race.held(desk.publish(&race, id), desk.save(&race, id)).await;
        assert_eq!((code(published), code(saved)), ("done", "draft.state"));
        let id = desk.approved(&race, "One", None).await;
        let (saved, published) = race.held(desk.save(&race, id), desk.publish(&race, id)).await;
        assert_eq!((code(saved), code(published)), ("done", "draft.approvals_missing"));
        assert_eq!(race.count("posts", &format!("author_id = {} AND content <> '<p>One</p>'", desk.brand)).await, 0);
    }

    async fn what_is_thrown_away_does_not_wait_for_its_time(race: Race) {
        let desk = Desk::open(&race).await;
        let publisher = desk.publisher;
        for throw_away_first in [false, true] {
            let id = desk.approved(&race, "Later", None).await;
            let discard = move |tx: &mut Tx<'_>| drafts::discard(tx, &publisher, id, None);
            if throw_away_first {
                let (discarded, scheduled) = race.held(discard, desk.schedule(&race, id)).await;
                assert_eq!((code(discarded), code(scheduled)), ("done", "draft.state"));
            } else {
                let (scheduled, discarded) = race.held(desk.schedule(&race, id), discard).await;
                assert_eq!((code(scheduled), code(discarded)), ("done", "done"));
            }
            assert_eq!(state(&race, id).await, DraftState::Discarded);
        }
        assert_eq!(race.count("drafts", "scheduled_at IS NOT NULL").await, 0);
    }

    async fn a_time_that_is_taken_back_and_a_draft_that_is_due_never_both_win(race: Race) {
        let desk = Desk::open(&race).await;
        let (publisher, site) = (desk.publisher, race.site.clone());
        let waiting = async || {
            let id = desk.approved(&race, "Due", None).await;
            race.write(desk.schedule(&race, id)).await;
            race.write(move |tx| Ok(diesel::sql_query(format!("UPDATE drafts SET scheduled_at = 1 WHERE id = {id}")).execute(tx.conn())?)).await;
            id
        };
        for taken_back_first in [false, true] {
            let id = waiting().await;
            let place = site.clone();
            let due = move |tx: &mut Tx<'_>| drafts::publish_due(tx, &place, id);
            let take_back = move |tx: &mut Tx<'_>| drafts::unschedule(tx, &publisher, id, None).map(drop);
            let (first, second) = if taken_back_first { race.held(take_back, due).await } else { race.held(due, take_back).await };
            assert_eq!(code(first), "done");
            assert_eq!(code(second), if taken_back_first { "done" } else { "draft.state" });
            assert_eq!(state(&race, id).await, if taken_back_first { DraftState::Approved } else { DraftState::Published });
        }
        for _ in 0..ROUNDS {
            let id = waiting().await;
            let place = site.clone();
            let outcomes = race.eight(move |number, tx| match number % 2 {
                0 => drafts::unschedule(tx, &publisher, id, None).map(drop),
                _ => drafts::publish_due(tx, &place, id),
            });
            let codes: Vec<&str> = outcomes.await.into_iter().map(code).collect();
            let is_out = state(&race, id).await == DraftState::Published;
            let (taken, late): (Vec<&str>, Vec<&str>) = codes.into_iter().step_by(2).partition(|code| *code == "done");
            assert!(if is_out { taken.is_empty() && late.iter().all(|code| *code == "draft.state") } else { late.is_empty() }, "{taken:?} {late:?}");
        }
        let published = race.count("drafts", "state = 'published'").await;
        assert_eq!(published, race.count("posts", &format!("author_id = {}", desk.brand)).await);
        assert_eq!(race.count("drafts", "state = 'scheduled' OR scheduled_at IS NOT NULL").await, 0);
    }

    async fn stronger_rules_count_for_what_is_published_after_them(race: Race) {
        let desk = Desk::open(&race).await;
        let (brand, manager) = (desk.brand, desk.manager.account);
        let stronger = move |approvals: i32| move |tx: &mut Tx<'_>| brands::change_policy(tx, manager, brand, &asking_for(approvals), None, None);
        let id = desk.approved(&race, "One", None).await;
        let (published, changed) = race.held(desk.publish(&race, id), stronger(2)).await;
        assert_eq!((code(published), changed.unwrap()), ("done", Changed::Done));
        let id = desk.approved(&race, "Two", None).await;
        race.write(agree(&race, desk.manager, id, None)).await;
        let (changed, published) = race.held(stronger(3), desk.publish(&race, id)).await;
        assert_eq!((changed.unwrap(), code(published)), (Changed::Done, "draft.approvals_missing"));
    }

    async fn who_may_send_an_answer_is_judged_by_the_rules_under_which_it_goes(race: Race) {
        let desk = Desk::open(&race).await;
        let (brand, manager, responder, site) = (desk.brand, desk.manager.account, hand(&race.ours[4]), race.site.clone());
        let (_, carl) = race.write(move |tx| accounts::create(tx, &site, &NewAccount { kind: AccountKind::Customer, ..person("carl", None) })).await;
        let question = race.post(&carl, None).await;
        let site = race.site.clone();
        let id = race
            .write(move |tx| {
                accounts::grant(tx, responder.account, brand, GrantRole::Responder)?;
                let wish = Wish { reply_to: Some(question), ..Wish::note(Audience::Public, "Yes") };
                drafts::create(tx, &site, &responder, brand, None, &Content { wish, reply_owner: None }, None)
            })
            .await;
        let change = PolicyChange { reply_lane: Some(ReplyLane::Approval), ..PolicyChange::default() };
        let stricter = move |tx: &mut Tx<'_>| brands::change_policy(tx, manager, brand, &change, None, None);
        let site = race.site.clone();
        let (changed, sent) = race.held(stricter, move |tx| drafts::publish(tx, &site, &responder, id, None)).await;
        assert_eq!(changed.unwrap(), Changed::Done);
        assert_eq!(code(sent), "role.right");
        assert_eq!(state(&race, id).await, DraftState::Draft);
    }

    async fn what_is_due_when_crisis_mode_begins_went_before_or_is_held(race: Race) {
        let desk = Desk::open(&race).await;
        let (manager, site) = (desk.manager.account, race.site.clone());
        let begin = move |tx: &mut Tx<'_>| crisis::start(tx, Some(manager), "The factory is on fire.", None).map(drop);
        for switch_first in [false, true] {
            let id = desk.approved(&race, "Due", None).await;
            race.write(desk.schedule(&race, id)).await;
            race.write(move |tx| Ok(diesel::sql_query(format!("UPDATE drafts SET scheduled_at = 1 WHERE id = {id}")).execute(tx.conn())?)).await;
            let place = site.clone();
            let due = move |tx: &mut Tx<'_>| drafts::publish_due(tx, &place, id);
            let (one, other) = if switch_first { race.held(begin, due).await } else { race.held(due, begin).await };
            assert_eq!((code(one), code(other)), ("done", "done"));
            let expected = if switch_first { DraftState::Held } else { DraftState::Published };
            assert_eq!(state(&race, id).await, expected);
            race.write(|tx| Ok(diesel::sql_query("UPDATE crises SET ended_at = 1").execute(tx.conn())?)).await;
        }
        // All at once: publishing by hand, the job, and the switch, eight times over.
        for _ in 0..ROUNDS {
            let id = desk.approved(&race, "Due", None).await;
            race.write(desk.schedule(&race, id)).await;
            race.write(move |tx| Ok(diesel::sql_query(format!("UPDATE drafts SET scheduled_at = 1 WHERE id = {id}")).execute(tx.conn())?)).await;
            let (place, publish) = (site.clone(), desk.publish(&race, id));
            let outcomes = race.eight(move |number, tx| match number {
                0 => crisis::start(tx, Some(manager), "The factory is on fire.", None).map(drop),
                1..4 => publish(tx).map(drop),
                _ => drafts::publish_due(tx, &place, id),
            });
            assert_eq!(code(outcomes.await.swap_remove(0)), "done");
            assert!([DraftState::Held, DraftState::Published].contains(&state(&race, id).await));
            race.write(|tx| Ok(diesel::sql_query("UPDATE crises SET ended_at = 1").execute(tx.conn())?)).await;
        }
        assert_eq!(race.count("drafts", "state = 'scheduled'").await, 0);
        let (published, posts) = (race.count("drafts", "state = 'published'").await, race.count("posts", &format!("author_id = {}", desk.brand)).await);
        assert_eq!(published, posts, "each post went once or is held");
    }

    async fn crisis_mode_begins_once_and_ends_once(race: Race) {
        let desk = Desk::open(&race).await;
        let manager = desk.manager.account;
        for _ in 0..ROUNDS {
            let began = race.eight(move |_, tx| crisis::start(tx, Some(manager), "The factory is on fire.", None)).await;
            assert_eq!(began.into_iter().filter(Result::is_ok).count(), 1);
            race.write(move |tx| crisis::ask_end(tx, Some(manager), None)).await;
            let ended = race.eight(|_, tx| crisis::confirm_end(tx, None)).await;
            assert_eq!(ended.into_iter().filter(Result::is_ok).count(), 1);
        }
        assert_eq!(race.count("crises", "ended_at IS NULL").await, 0);
        assert_eq!(race.count("crises", "TRUE").await, ROUNDS as i64);
    }

    async fn of_two_edits_that_were_approved_of_one_text_one_is_published(race: Race) {
        let desk = Desk::open(&race).await;
        let first = desk.approved(&race, "One", None).await;
        race.write(desk.publish(&race, first)).await;
        let post = race.read(move |conn| Ok(drafts::find(conn, first)?.unwrap().post_id)).await;
        let (two, three) = (desk.approved(&race, "Two", post).await, desk.approved(&race, "Three", post).await);
        let (one, other) = race.held(desk.publish(&race, two), desk.publish(&race, three)).await;
        assert_eq!((code(one), code(other)), ("done", "draft.approvals_missing"));
        assert_eq!(race.count("posts", "content = '<p>Two</p>'").await, 1);
    }

    async fn what_eight_ask_under_one_key_is_done_once(race: Race) {
        let desk = Desk::open(&race).await;
        for round in 0..ROUNDS {
            let id = desk.approved(&race, "Once", None).await;
            let (publish, key) = (desk.publish(&race, id), format!("round {round}"));
            let outcomes = race.eight(move |_, tx| {
                let once = Once { token: TokenId(1), key: key.clone(), request: "publish".to_owned() };
                act_once(tx, Some(&once), &publish)
            });
            for outcome in outcomes.await {
                assert_eq!(outcome.unwrap(), Outcome::Done(id));
            }
        }
        assert_eq!(race.count("acts_once", "TRUE").await, ROUNDS as i64);
    }
}
