//! Whatever is done in whatever order, nothing is published without the approvals that the brand asks for.
//!
//! Each sequence is one transaction, so that many fit into a test: 200 on SQLite and 20 on PostgreSQL, with 24 steps at
//! most each. What counts is worked out a second time here, from what was done and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use guildhall::{
    db::{Engine, Tx},
    domain::{
        ActorId, Audience, DraftId, Site,
        accounts::{self, GrantRole, Right},
        brands::{self, PolicyChange},
        drafts::{self, Content, DraftState, Hand},
        scheduled::Wish,
    },
    error::{Error, Kind, Result},
};

use super::desk::Desk;

const TEXTS: [&str; 3] = ["One", "Two", "Three"];
const STEPS: usize = 24;

/// Numbers that are the same in every run (SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % sides as u64) as usize
    }
}

/// What was done so far, by the numbers of people and texts.
#[derive(Default)]
struct Memory {
    text: usize,
    writers: BTreeSet<usize>,
    /// Who said what last of each text.
    verdicts: BTreeMap<(usize, usize), bool>,
}

fn content(text: usize) -> Content {
    let wish = Wish {
        text: TEXTS[text].to_owned(),
        markdown: true,
        summary: String::new(),
        sensitive: false,
        language: None,
        audience: Audience::Public,
        team: None,
        reply_to: None,
        poll: None,
        media: Vec::new(),
        quote: None,
        quoting: None,
    };
    Content { wish, reply_owner: None }
}

/// Whether something was done; what is refused changes nothing.
fn fine<T>(outcome: Result<T>) -> Result<bool> {
    match outcome {
        Ok(_) => Ok(true),
        Err(error) if matches!(error.kind(), Kind::Forbidden | Kind::Conflict | Kind::Invalid | Kind::NotFound) => {
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

/// One sequence; answers whether it ended with a post.
fn sequence(tx: &mut Tx<'_>, site: &Site, brand: ActorId, people: &[Hand], seed: u64) -> Result<bool> {
    let mut dice = Dice(seed);
    let needed = dice.roll(4);
    let change =
        PolicyChange { min_approvals: Some(needed as i32), self_approve: Some(false), ..PolicyChange::default() };
    // The last of them manages the brand and does nothing else.
    let (manager, people) = people.split_last().unwrap();
    assert!(brands::change_policy(tx, manager.account, brand, &change, None)?);
    let roles =
        [GrantRole::Contributor, GrantRole::Publisher, GrantRole::Approver, GrantRole::Approver, GrantRole::Owner];
    for (hand, role) in people.iter().zip(roles) {
        accounts::grant(tx, hand.account, brand, role)?;
    }
    let mut memory = Memory::default();
    memory.writers.insert(0);
    let id = drafts::create(tx, site, &people[0], brand, &content(0), None)?;
    for _ in 0..STEPS {
        let who = dice.roll(people.len());
        step(tx, site, &people[who], who, id, &mut dice, &mut memory)?;
        let draft = drafts::find(tx.conn(), id)?.unwrap();
        if draft.state != DraftState::Published {
            assert_eq!(draft.post_id, None);
            continue;
        }
        let mut agreed = 0;
        for (number, hand) in people.iter().enumerate() {
            let may = accounts::role_on(tx.conn(), hand.account, brand)?.is_some_and(|role| role.may(Right::Approve));
            match memory.verdicts.get(&(number, memory.text)).filter(|_| may) {
                Some(true) if !memory.writers.contains(&number) => agreed += 1,
                Some(false) => panic!("published against an objection: seed {seed}"),
                _ => {}
            }
        }
        assert!(agreed >= needed, "published with {agreed} of {needed}: seed {seed}");
        return Ok(true);
    }
    Ok(false)
}

fn step(
    tx: &mut Tx<'_>,
    site: &Site,
    hand: &Hand,
    who: usize,
    id: DraftId,
    dice: &mut Dice,
    memory: &mut Memory,
) -> Result<()> {
    let version = drafts::find(tx.conn(), id)?.unwrap().version;
    match dice.roll(16) {
        0 | 1 => {
            let text = dice.roll(TEXTS.len());
            if fine(drafts::save(tx, site, hand, id, version, &content(text)))? && text != memory.text {
                memory.text = text;
                memory.writers.insert(who);
            }
        }
        2..=4 => {
            fine(drafts::submit(tx, site, hand, id, None))?;
        }
        5..=9 => {
            if fine(drafts::approve(tx, hand, id, Some(version), None))? {
                memory.verdicts.insert((who, memory.text), true);
            }
        }
        10 => {
            if fine(drafts::request_changes(tx, hand, id, None, "No"))? {
                memory.verdicts.insert((who, memory.text), false);
            }
        }
        11 | 12 => {
            fine(drafts::publish(tx, site, hand, id, None))?;
        }
        13 => {
            let at = tx.now().plus(std::time::Duration::from_secs(3600));
            fine(drafts::schedule(tx, site, hand, id, None, at))?;
        }
        14 => {
            // Its time comes at once: the clock stands still within a transaction.
            diesel::RunQueryDsl::execute(
                diesel::sql_query(format!(
                    "UPDATE drafts SET scheduled_at = 1 WHERE id = {id} AND state = 'scheduled'"
                )),
                tx.conn(),
            )?;
            let brand = drafts::find(tx.conn(), id)?.unwrap().actor_id;
            while drafts::publish_next(tx, site, brand)? {}
        }
        _ => {
            let role = GrantRole::ALL[dice.roll(GrantRole::ALL.len())];
            let brand = drafts::find(tx.conn(), id)?.unwrap().actor_id;
            accounts::grant(tx, hand.account, brand, role)?;
        }
    }
    Ok(())
}

on_both! {
    async fn no_way_leads_past_the_approvals(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (site, brand) = (desk.house.app.site.clone(), desk.brand);
        let sequences = if desk.house.app.db.engine() == Engine::Sqlite { 200 } else { 20 };
        let mut hands = Vec::new();
        let fifth = desk.also("fifth", GrantRole::Owner).await;
        let second = desk.also("second", GrantRole::Approver).await;
        for person in [&desk.contributor, &desk.publisher, &desk.approver, &second, &fifth, &desk.manager] {
            hands.push(Hand { account: person.account, own: person.actor, actor: person.actor });
        }
        let mut published = 0;
        for seed in 0..sequences {
            let (site, hands) = (site.clone(), hands.clone());
            // Nothing of it stays, so that the last costs what the first costs.
            let done = desk.house.app.db.write(move |tx| {
                let ended = sequence(tx, &site, brand, &hands, seed)?;
                Err::<(), Error>(Error::conflict(if ended { "published" } else { "waits" }, ""))
            });
            let error = done.await.unwrap_err();
            assert!(error.kind() == Kind::Conflict, "seed {seed}: {error}");
            published += usize::from(error.code() == "published");
        }
        // The way there must be found and missed, or nothing was tried.
        assert!(published > 0 && published < sequences as usize, "{published} of {sequences}");
    }
}
