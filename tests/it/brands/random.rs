//! Whatever is done in whatever order, nothing is published without the approvals that the brand asks for.
//!
//! Each sequence is one transaction, so that many fit into a test: 200 on SQLite and 20 on PostgreSQL, with 24 steps at
//! most for a post and as many for a change of it. People also lose roles, wish and confirm other rules, hang a picture
//! on it, and try the doors of apps. What counts is worked out a second time here, from what was done and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use guildhall::{
    db::{Engine, Tx},
    domain::{
        ActorId, Audience, By, DraftId, MediaId, PostId, Site,
        accounts::{self, GrantRole, Right},
        brands::{self, Changed, PolicyChange},
        drafts::{self, Content, DraftState, Hand},
        posts,
        scheduled::Wish,
    },
    error::{Error, Kind, Result},
};

use super::desk::Desk;
use crate::support::dice::Dice;

/// What may stand in a draft: a text, and whether the picture hangs on it.
const TEXTS: [(&str, bool); 4] = [("One", false), ("Two", false), ("Two", true), ("A third text", false)];
const STEPS: usize = 24;

/// What was done so far with one draft, by the numbers of people and texts.
#[derive(Default)]
struct Memory {
    text: usize,
    writers: BTreeSet<usize>,
    /// Who said what last of each text.
    verdicts: BTreeMap<(usize, usize), bool>,
}

/// Where a sequence takes place.
struct Scene<'a> {
    site: &'a Site,
    brand: ActorId,
    people: &'a [Hand],
    picture: MediaId,
}

impl Scene<'_> {
    fn content(&self, text: usize) -> Content {
        let (text, picture) = TEXTS[text];
        let wish =
            Wish { media: if picture { vec![self.picture] } else { Vec::new() }, ..Wish::note(Audience::Public, text) };
        Content { wish, reply_owner: None }
    }

    fn role(&self, tx: &mut Tx<'_>, who: usize) -> Result<Option<GrantRole>> {
        accounts::role_on(tx.conn(), self.people[who].account, self.brand)
    }
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

/// One sequence: a post, and when it is out a change of it; answers how many of the two were published.
fn sequence(tx: &mut Tx<'_>, scene: &Scene<'_>, seed: u64) -> Result<usize> {
    let mut dice = Dice::new(seed);
    let asked = dice.roll(4) as i32;
    let change = PolicyChange { min_approvals: Some(asked), self_approve: Some(false), ..PolicyChange::default() };
    // The last two manage the brand at first: where the rules become weaker, both agree.
    let [.., one, two] = scene.people else { unreachable!() };
    if brands::change_policy(tx, one.account, scene.brand, &change, None, None)? == Changed::Proposed {
        let now = tx.now();
        let proposal = brands::find_proposal(tx.conn(), scene.brand, now)?.unwrap();
        brands::confirm_policy(tx, two.account, scene.brand, proposal.id)?;
    }
    let id = drafts::create(tx, scene.site, &scene.people[0], scene.brand, None, &scene.content(0), None)?;
    let memory = Memory { writers: BTreeSet::from([0]), ..Memory::default() };
    let Some(post) = walk(tx, scene, id, memory, &mut dice, seed)? else { return Ok(0) };
    let begins = dice.roll(2);
    let brand = scene.brand;
    // Whoever begins it may have lost the right to.
    let (hand, content) = (&scene.people[begins], scene.content(3));
    let Ok(id) = drafts::create(tx, scene.site, hand, brand, Some(post), &content, None) else { return Ok(1) };
    let memory = Memory { text: 3, writers: BTreeSet::from([begins]), ..Memory::default() };
    let before = posts::get(tx.conn(), post)?.content;
    let changed = walk(tx, scene, id, memory, &mut dice, seed)?.is_some();
    if !changed {
        assert_eq!(posts::get(tx.conn(), post)?.content, before, "changed without approval: seed {seed}");
    }
    Ok(1 + usize::from(changed))
}

/// Steps with one draft until it is published; answers as which post.
fn walk(
    tx: &mut Tx<'_>,
    scene: &Scene<'_>,
    id: DraftId,
    mut memory: Memory,
    dice: &mut Dice,
    seed: u64,
) -> Result<Option<PostId>> {
    for _ in 0..STEPS {
        let who = dice.roll(scene.people.len());
        step(tx, scene, who, id, dice, &mut memory)?;
        let draft = drafts::find(tx.conn(), id)?.unwrap();
        if draft.state != DraftState::Published {
            assert_eq!(draft.post_id, None);
            continue;
        }
        let needed = brands::policy_of(tx.conn(), scene.brand)?.min_approvals as usize;
        let mut agreed = 0;
        for number in 0..scene.people.len() {
            let may = scene.role(tx, number)?.is_some_and(|role| role.may(Right::Approve));
            match memory.verdicts.get(&(number, memory.text)) {
                Some(true) if may && !memory.writers.contains(&number) => agreed += 1,
                Some(false) => panic!("published against an objection: seed {seed}"),
                _ => {}
            }
        }
        assert!(agreed >= needed, "published with {agreed} of {needed}: seed {seed}");
        let post = draft.post_id.or(draft.of_post).unwrap();
        let shown = posts::get(tx.conn(), post)?;
        let (text, picture) = TEXTS[memory.text];
        assert_eq!(
            (shown.content, shown.attachments.0.len()),
            (format!("<p>{text}</p>"), usize::from(picture)),
            "seed {seed}"
        );
        return Ok(Some(post));
    }
    Ok(None)
}

fn step(
    tx: &mut Tx<'_>,
    scene: &Scene<'_>,
    who: usize,
    id: DraftId,
    dice: &mut Dice,
    memory: &mut Memory,
) -> Result<()> {
    let (hand, site, brand) = (&scene.people[who], scene.site, scene.brand);
    let version = drafts::find(tx.conn(), id)?.unwrap().version;
    match dice.roll(21) {
        0 | 1 => {
            let text = dice.roll(TEXTS.len());
            if fine(drafts::save(tx, site, hand, id, version, &scene.content(text)))? && text != memory.text {
                memory.text = text;
                memory.writers.insert(who);
            }
        }
        2..=4 => {
            fine(drafts::submit(tx, site, hand, id, None))?;
        }
        5..=10 => {
            if fine(drafts::approve(tx, site, hand, id, Some(version), None))? {
                memory.verdicts.insert((who, memory.text), true);
            }
        }
        11 => {
            if fine(drafts::request_changes(tx, hand, id, None, "No"))? {
                memory.verdicts.insert((who, memory.text), false);
            }
        }
        12..=14 => {
            fine(drafts::publish(tx, site, hand, id, None))?;
        }
        15 => {
            let at = tx.now().plus(std::time::Duration::from_secs(3600));
            fine(drafts::schedule(tx, site, hand, id, None, at))?;
        }
        16 => {
            // Its time comes at once: the clock stands still within a transaction.
            let sooner = format!("UPDATE drafts SET scheduled_at = 1 WHERE id = {id} AND state = 'scheduled'");
            diesel::RunQueryDsl::execute(diesel::sql_query(sooner), tx.conn())?;
            while let Some(next) = drafts::next_due(tx, brand)? {
                drafts::publish_due(tx, site, next)?;
            }
        }
        17 => {
            let role = GrantRole::ALL[dice.roll(GrantRole::ALL.len())];
            accounts::grant(tx, hand.account, brand, role)?;
        }
        18 => other_rules(tx, scene, who, dice)?,
        19 => agree_to_rules(tx, scene, who)?,
        _ => other_doors(tx, scene, who, id)?,
    }
    Ok(())
}

/// Somebody wishes other rules: weaker ones do not count while another could agree.
fn other_rules(tx: &mut Tx<'_>, scene: &Scene<'_>, who: usize, dice: &mut Dice) -> Result<()> {
    let before = brands::policy_of(tx.conn(), scene.brand)?;
    let change = PolicyChange { min_approvals: Some(dice.roll(4) as i32), ..PolicyChange::default() };
    let person = scene.people[who].account;
    let reason = Some("The test asks for it.");
    fine(brands::change_policy(tx, person, scene.brand, &change, reason, None))?;
    if brands::policy_of(tx.conn(), scene.brand)?.is_weaker_than(&before) {
        let managers = accounts::people_with(tx.conn(), &[scene.brand], Right::ChangePolicy)?;
        assert_eq!(managers, [(scene.brand, person)], "somebody else could have agreed");
    }
    Ok(())
}

/// Somebody agrees to weaker rules: never to their own wish.
fn agree_to_rules(tx: &mut Tx<'_>, scene: &Scene<'_>, who: usize) -> Result<()> {
    let now = tx.now();
    let Some(proposal) = brands::find_proposal(tx.conn(), scene.brand, now)? else { return Ok(()) };
    let person = scene.people[who].account;
    if fine(brands::confirm_policy(tx, person, scene.brand, proposal.id))? {
        assert_ne!(proposal.account_id, person);
    }
    Ok(())
}

/// Somebody who may act as the brand in an app writes there, and changes there what is published.
fn other_doors(tx: &mut Tx<'_>, scene: &Scene<'_>, who: usize, id: DraftId) -> Result<()> {
    if !scene.role(tx, who)?.is_some_and(|role| role.may(Right::Publish)) {
        return Ok(());
    }
    let by = By::Local { actor: scene.brand, account: Some(scene.people[who].account) };
    let free = brands::policy_of(tx.conn(), scene.brand)?.min_approvals == 0;
    let mut new = posts::Draft::note(Audience::Public, "<p>Past the draft</p>".to_owned());
    assert_eq!(fine(posts::create(tx, scene.site, &by, &new))?, free);
    let Some(post) = drafts::find(tx.conn(), id)?.and_then(|draft| draft.of_post) else { return Ok(()) };
    if !free {
        new.content = "<p>Past the drafts</p>".to_owned();
        assert!(!fine(posts::edit(tx, &by, post, &new))?);
    }
    Ok(())
}

on_both! {
    async fn no_way_leads_past_the_approvals(database: TestDatabase) {
        let desk = Desk::open(database).await;
        let (site, brand) = (desk.house.app.site.clone(), desk.brand);
        let sequences = if desk.house.app.db.engine() == Engine::Sqlite { 200 } else { 20 };
        let picture: MediaId = desk.house.uploaded(&desk.contributor).await["id"].as_str().unwrap().parse().unwrap();
        let mut people = Vec::new();
        let fifth = desk.also("fifth", GrantRole::Owner).await;
        let second = desk.also("second", GrantRole::Approver).await;
        for person in [&desk.contributor, &desk.publisher, &desk.approver, &second, &desk.manager, &fifth] {
            people.push(Hand { account: person.account, own: person.actor, actor: person.actor });
        }
        let mut ended = [0; 3];
        for seed in 0..sequences {
            let (site, people) = (site.clone(), people.clone());
            // Nothing of it stays, so that the last costs what the first costs.
            let done = desk.house.app.db.write(move |tx| {
                let scene = Scene { site: &site, brand, people: &people, picture };
                let published = sequence(tx, &scene, seed)?;
                Err::<(), Error>(Error::conflict(["nothing", "post", "edit"][published], ""))
            });
            let error = done.await.unwrap_err();
            assert!(error.kind() == Kind::Conflict, "seed {seed}: {error}");
            ended[["nothing", "post", "edit"].iter().position(|code| *code == error.code()).unwrap()] += 1;
        }
        // The way there must be found and missed, or nothing was tried.
        assert!(ended[0] > 0 && ended[1] > 0, "{ended:?}");
        assert!(ended[2] > 0 || desk.house.app.db.engine() == Engine::Postgres, "{ended:?}");
    }
}
