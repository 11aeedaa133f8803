//! Whatever is done in whatever order, nothing is published without the approvals that the brand asks for.
//!
//! Sequences grow as trees, so that many fit into a test: 10,240 on SQLite and 384 on PostgreSQL. Each begins with some
//! steps and parts in two at each of the next seven; a part is undone before the other begins, so each sequence is one
//! of fourteen steps and more that the same operations do in the same database. Who publishes goes on with a change of
//! what is out. People also lose roles, are certified and lose that by somebody's will or by the clock, wish and confirm
//! other rules, hang a picture on it, and try the doors of apps. In one tree of three they answer a customer, which under
//! some rules needs less.
//! Each step is done whole or not at all, and one in eight ends with a crash before it is kept; then it is tried again,
//! or somebody else goes on. What counts is worked out a second time here, from what was done and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use guildhall::{
    db::Tx,
    domain::{
        AccountId, ActorId, Audience, By, DraftId, MediaId, PostId, Site,
        accounts::{self, AccountKind, CertificateRole, GrantRole, NewCertificate, Right, Role},
        brands::{self, Changed, PolicyChange, ReplyLane},
        drafts::{self, Content, Draft, DraftState, Hand},
        posts,
        scheduled::Wish,
    },
    error::{Error, Result},
};

use serde_json::json;

use super::desk::Desk;
use crate::support::{
    database::TestDatabase,
    dice::Dice,
    trees::{self, Shape, unless_refused},
};

/// What may stand in a draft: a text, and whether the picture hangs on it.
const TEXTS: [(&str, bool); 4] = [("One", false), ("Two", false), ("Two", true), ("A third text", false)];
const SHAPE: Shape = Shape { before: 7, parting: 7 };
/// At least so many steps are left for a change of what was published.
const FOR_A_CHANGE: usize = 6;
/// One step in so many ends with a crash.
const CRASHES: usize = 8;

/// What was done so far with one draft, by the numbers of people and texts.
#[derive(Default, Clone)]
struct Memory {
    text: usize,
    writers: BTreeSet<usize>,
    /// Who said what last of each text.
    verdicts: BTreeMap<(usize, usize), bool>,
    /// Who holds which certificates that count.
    certificates: BTreeSet<(usize, CertificateRole)>,
}

/// The certificates that are given: the first lets one answer, the second one approve too.
const CERTIFICATES: [CertificateRole; 2] = [CertificateRole::Responder, CertificateRole::Approver];

impl Memory {
    fn approves(&self, who: usize) -> bool {
        self.certificates.contains(&(who, CertificateRole::Approver))
    }

    fn answers(&self, who: usize) -> bool {
        CERTIFICATES.iter().any(|role| self.certificates.contains(&(who, *role)))
    }
}

/// Where a sequence takes place.
struct Scene<'a> {
    site: &'a Site,
    brand: ActorId,
    people: &'a [Hand],
    names: &'a [&'static str],
    /// Who certifies.
    boss: AccountId,
    picture: MediaId,
    /// The post of a customer that is answered, where one is.
    answered: Option<PostId>,
}

impl Scene<'_> {
    /// What a draft says: a change of a post says nothing of what that answers.
    fn content(&self, text: usize, changes: bool) -> Content {
        let (text, picture) = TEXTS[text];
        let media = if picture { vec![self.picture] } else { Vec::new() };
        let wish = Wish { media, reply_to: self.answered.filter(|_| !changes), ..Wish::note(Audience::Public, text) };
        Content { wish, reply_owner: None }
    }

    fn certify(&self, tx: &mut Tx<'_>, who: usize, role: CertificateRole) -> Result<()> {
        let username = self.names[who].to_owned();
        let new = NewCertificate { username, role, note: None, valid_until: None };
        accounts::give_certificate(tx, self.boss, &new).map(drop)
    }

    /// Whether what these wrote, and this one sends, needs no approval, by the rules and by who is certified.
    fn is_free(&self, tx: &mut Tx<'_>, memory: &Memory, sender: usize) -> Result<bool> {
        let lane = brands::policy_of(tx.conn(), self.brand)?.reply_lane;
        let mut certified = true;
        for who in memory.writers.iter().chain([&sender]) {
            let role = self.role(tx, *who)?;
            certified &= memory.answers(*who) && role.is_some_and(|role| role.may(Right::ReplyWithoutApproval));
        }
        Ok(self.answered.is_some() && (lane == ReplyLane::Free || lane == ReplyLane::Certified && certified))
    }

    fn role(&self, tx: &mut Tx<'_>, who: usize) -> Result<Option<GrantRole>> {
        accounts::role_on(tx.conn(), self.people[who].account, self.brand)
    }
}

/// Whether something was done; what is refused changes nothing.
fn fine<T>(outcome: Result<T>) -> Result<bool> {
    Ok(unless_refused(outcome)?.is_some())
}

/// Does something as a request does: whole or not at all. Where the process dies before it is kept, nobody was answered:
/// they ask again, or they do not. Answers whether it was done.
fn done<T>(tx: &mut Tx<'_>, dice: &mut Dice, deed: impl Fn(&mut Tx<'_>) -> Result<T>) -> Result<bool> {
    if dice.roll(CRASHES) == 0 {
        fine(crashed(tx, &deed))?;
        if dice.roll(2) == 0 {
            return Ok(false);
        }
    }
    fine(tx.attempt(deed))
}

/// Does all of it, and loses it before it is kept.
fn crashed<T>(tx: &mut Tx<'_>, deed: impl Fn(&mut Tx<'_>) -> Result<T>) -> Result<T> {
    tx.attempt(|tx| {
        deed(tx)?;
        Err(Error::conflict("test.crash", ""))
    })
}

/// A tree of sequences, and how they ended: with nothing, with a post, with a change of it too.
struct Tree<'a> {
    scene: &'a Scene<'a>,
    seed: u64,
    dice: Dice,
    ended: [usize; 3],
}

/// What is written now: a post, or a change of one that is out, with what that says until it is changed.
#[derive(Clone)]
struct Now {
    draft: DraftId,
    memory: Memory,
    changes: Option<(PostId, String)>,
}

impl Tree<'_> {
    /// Lets it grow.
    fn grow(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        let scene = self.scene;
        let asked = self.dice.roll(4) as i32;
        let change = PolicyChange {
            min_approvals: Some(asked),
            self_approve: Some(false),
            reply_lane: Some(ReplyLane::ALL[self.dice.roll(ReplyLane::ALL.len())]),
            certified_approvers: Some(self.dice.roll(2) == 0),
            ..PolicyChange::default()
        };
        // The last two manage the brand at first: where the rules become weaker, both agree.
        let [.., one, two] = scene.people else { unreachable!() };
        if brands::change_policy(tx, one.account, scene.brand, &change, None, None)? == Changed::Proposed {
            let now = tx.now();
            let proposal = brands::find_proposal(tx.conn(), scene.brand, now)?.unwrap();
            brands::confirm_policy(tx, two.account, scene.brand, proposal.id)?;
        }
        let draft =
            drafts::create(tx, scene.site, &scene.people[0], scene.brand, None, &scene.content(0, false), None)?;
        let mut memory = Memory { writers: BTreeSet::from([0]), ..Memory::default() };
        for who in 0..scene.people.len() {
            let role = CERTIFICATES[self.dice.roll(CERTIFICATES.len())];
            if self.dice.roll(4) > 0 {
                scene.certify(tx, who, role)?;
                memory.certificates.insert((who, role));
            }
        }
        self.part(tx, &Now { draft, memory, changes: None }, SHAPE.steps())
    }

    /// So many steps more.
    fn part(&mut self, tx: &mut Tx<'_>, now: &Now, left: usize) -> Result<()> {
        if left == 0 {
            if let Some((post, before)) = &now.changes {
                assert_eq!(
                    &posts::get(tx.conn(), *post)?.content,
                    before,
                    "changed without approval: seed {}",
                    self.seed
                );
            }
            self.ended[usize::from(now.changes.is_some())] += 1;
            return Ok(());
        }
        SHAPE.part(tx, left, |tx| self.goes_on(tx, now.clone(), left - 1))
    }

    /// One step, and what follows.
    fn goes_on(&mut self, tx: &mut Tx<'_>, mut now: Now, left: usize) -> Result<()> {
        let (scene, seed) = (self.scene, self.seed);
        let draft = drafts::find(tx.conn(), now.draft)?.unwrap();
        let who = self.dice.roll(scene.people.len());
        step(tx, scene, who, &draft, &mut self.dice, &mut now.memory)?;
        let draft = drafts::find(tx.conn(), now.draft)?.unwrap();
        if draft.state != DraftState::Published {
            assert_eq!(draft.post_id, None);
            return self.part(tx, &now, left);
        }
        let post = judge(tx, scene, &draft, &now.memory, seed)?;
        if now.changes.is_some() {
            self.ended[2] += 1;
            return Ok(());
        }
        // Whoever begins a change of it may have lost the right to.
        let begins = self.dice.roll(2);
        let hand = &scene.people[begins];
        let begun = tx
            .attempt(|tx| drafts::create(tx, scene.site, hand, scene.brand, Some(post), &scene.content(3, true), None));
        let Ok(draft) = begun else {
            self.ended[1] += 1;
            return Ok(());
        };
        let certificates = now.memory.certificates;
        let memory = Memory { text: 3, writers: BTreeSet::from([begins]), certificates, ..Memory::default() };
        let before = posts::get(tx.conn(), post)?.content;
        self.part(tx, &Now { draft, memory, changes: Some((post, before)) }, left.max(FOR_A_CHANGE))
    }
}

/// What was published had the approvals that it needed, and says what was approved; answers as which post.
fn judge(tx: &mut Tx<'_>, scene: &Scene<'_>, draft: &Draft, memory: &Memory, seed: u64) -> Result<PostId> {
    let policy = brands::policy_of(tx.conn(), scene.brand)?;
    let sender = scene.people.iter().position(|person| Some(person.account) == draft.published_by).unwrap();
    let needed = if scene.is_free(tx, memory, sender)? { 0 } else { policy.min_approvals as usize };
    let mut agreed = 0;
    for number in 0..scene.people.len() {
        let may = scene.role(tx, number)?.is_some_and(|role| role.may(Right::Approve));
        match memory.verdicts.get(&(number, memory.text)) {
            Some(true) if policy.certified_approvers && !memory.approves(number) => {}
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
        (shown.content, shown.attachments.0.len(), shown.reply_to_id),
        (format!("<p>{text}</p>"), usize::from(picture), scene.answered),
        "seed {seed}"
    );
    Ok(post)
}

fn step(
    tx: &mut Tx<'_>,
    scene: &Scene<'_>,
    who: usize,
    draft: &Draft,
    dice: &mut Dice,
    memory: &mut Memory,
) -> Result<()> {
    let (hand, site, brand) = (&scene.people[who], scene.site, scene.brand);
    let (id, version) = (draft.id, draft.version);
    match dice.roll(24) {
        0 | 1 => {
            let text = dice.roll(TEXTS.len());
            let content = scene.content(text, draft.of_post.is_some());
            if done(tx, dice, |tx| drafts::save(tx, site, hand, id, version, &content))? && text != memory.text {
                memory.text = text;
                memory.writers.insert(who);
            }
        }
        2..=4 => {
            done(tx, dice, |tx| drafts::submit(tx, site, hand, id, None))?;
        }
        5..=10 => {
            if done(tx, dice, |tx| drafts::approve(tx, site, hand, id, Some(version), None))? {
                memory.verdicts.insert((who, memory.text), true);
            }
        }
        11 => {
            if done(tx, dice, |tx| drafts::request_changes(tx, hand, id, None, "No"))? {
                memory.verdicts.insert((who, memory.text), false);
            }
        }
        12..=14 => {
            done(tx, dice, |tx| drafts::publish(tx, site, hand, id, None))?;
        }
        15 => {
            let at = tx.now().plus(std::time::Duration::from_secs(3600));
            done(tx, dice, |tx| drafts::schedule(tx, site, hand, id, None, at))?;
        }
        16 => {
            // Its time comes at once: the clock stands still within a transaction.
            let sooner = format!("UPDATE drafts SET scheduled_at = 1 WHERE id = {id} AND state = 'scheduled'");
            diesel::RunQueryDsl::execute(diesel::sql_query(sooner), tx.conn())?;
            // What is owed is done again until it is kept.
            while let Some(next) = drafts::next_due(tx, brand)? {
                if dice.roll(2) == 0 {
                    fine(crashed(tx, |tx| drafts::publish_due(tx, site, next)))?;
                }
                tx.attempt(|tx| drafts::publish_due(tx, site, next))?;
            }
        }
        17 => {
            let role = GrantRole::ALL[dice.roll(GrantRole::ALL.len())];
            done(tx, dice, |tx| accounts::grant(tx, hand.account, brand, role))?;
        }
        18 => other_rules(tx, scene, who, dice)?,
        19 => agree_to_rules(tx, scene, who)?,
        20..=22 => certificates(tx, scene, who, dice, memory)?,
        _ => other_doors(tx, scene, who, draft, memory)?,
    }
    Ok(())
}

/// Somebody is certified, loses a certificate, or its time is over: with some days of grace, or without.
fn certificates(tx: &mut Tx<'_>, scene: &Scene<'_>, who: usize, dice: &mut Dice, memory: &mut Memory) -> Result<()> {
    let (role, person, now) = (CERTIFICATES[dice.roll(CERTIFICATES.len())], scene.people[who].account, tx.now());
    let over = |days: u64| now.minus(std::time::Duration::from_secs(days * 24 * 3600)).0;
    let ends = |tx: &mut Tx<'_>, at: i64| {
        let end = format!(
            "UPDATE certificates SET valid_until = {at}
             WHERE account_id = {person} AND role = '{role}' AND revoked_at IS NULL"
        );
        diesel::RunQueryDsl::execute(diesel::sql_query(end), tx.conn())
    };
    match dice.roll(5) {
        0 | 1 => {
            if done(tx, dice, |tx| scene.certify(tx, who, role))? {
                memory.certificates.insert((who, role));
            }
        }
        2 => {
            let held = accounts::list_certificates(tx.conn(), Some(person), now)?;
            let Some(one) = held.iter().find(|one| one.role == role) else { return Ok(()) };
            if done(tx, dice, |tx| accounts::revoke_certificate(tx, scene.boss, one.id))? {
                memory.certificates.remove(&(who, role));
            }
        }
        // What counts no longer does not begin to count again.
        3 if memory.certificates.contains(&(who, role)) => {
            ends(tx, over(13))?;
        }
        3 => {}
        _ => {
            ends(tx, over(14))?;
            memory.certificates.remove(&(who, role));
        }
    }
    Ok(())
}

/// Somebody wishes other rules: weaker ones do not count while another could agree.
fn other_rules(tx: &mut Tx<'_>, scene: &Scene<'_>, who: usize, dice: &mut Dice) -> Result<()> {
    let before = brands::policy_of(tx.conn(), scene.brand)?;
    let change = match dice.roll(4) {
        0 => PolicyChange { certified_approvers: Some(dice.roll(2) == 0), ..PolicyChange::default() },
        1 => {
            let lane = ReplyLane::ALL[dice.roll(ReplyLane::ALL.len())];
            PolicyChange { reply_lane: Some(lane), ..PolicyChange::default() }
        }
        _ => PolicyChange { min_approvals: Some(dice.roll(4) as i32), ..PolicyChange::default() },
    };
    let person = scene.people[who].account;
    let reason = Some("The test asks for it.");
    done(tx, dice, |tx| brands::change_policy(tx, person, scene.brand, &change, reason, None))?;
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
    if fine(tx.attempt(|tx| brands::confirm_policy(tx, person, scene.brand, proposal.id)))? {
        assert_ne!(proposal.account_id, person);
    }
    Ok(())
}

/// Somebody who may act as the brand in an app writes there, and changes there what is published.
fn other_doors(tx: &mut Tx<'_>, scene: &Scene<'_>, who: usize, draft: &Draft, memory: &Memory) -> Result<()> {
    if !scene.role(tx, who)?.is_some_and(|role| role.may(Right::Publish)) {
        return Ok(());
    }
    let by = By::Local { actor: scene.brand, account: Some(scene.people[who].account) };
    let free = brands::policy_of(tx.conn(), scene.brand)?.min_approvals == 0;
    let mut new = posts::Draft::note(Audience::Public, "<p>Past the draft</p>".to_owned());
    assert_eq!(fine(tx.attempt(|tx| posts::create(tx, scene.site, &by, &new)))?, free);
    let Some(post) = draft.of_post else { return Ok(()) };
    // They write all of it anew.
    let alone = Memory { writers: BTreeSet::from([who]), ..memory.clone() };
    if !free && !scene.is_free(tx, &alone, who)? {
        new.content = "<p>Past the drafts</p>".to_owned();
        assert!(!fine(tx.attempt(|tx| posts::edit(tx, &by, post, &new)))?);
    }
    Ok(())
}

/// Grows these trees in a database; answers how many sequences ended with nothing, a post, and a change of it too.
async fn trees(database: TestDatabase, seeds: std::ops::Range<u64>) -> [usize; 3] {
    let desk = Desk::open(database).await;
    let (site, brand) = (desk.house.app.site.clone(), desk.brand);
    let picture: MediaId = desk.house.uploaded(&desk.contributor).await["id"].as_str().unwrap().parse().unwrap();
    let boss = desk.house.person("olga", AccountKind::Employee, Role::Owner).await.account;
    let carl = desk.house.customer("carl").await;
    let question: PostId = desk.house.says(&carl, json!({"status": "Is it waterproof?"})).await.parse().unwrap();
    let names = ["the_contributor", "the_publisher", "the_approver", "second", "the_manager", "fifth"];
    let mut people = Vec::new();
    let fifth = desk.also("fifth", GrantRole::Owner).await;
    let second = desk.also("second", GrantRole::Approver).await;
    for person in [&desk.contributor, &desk.publisher, &desk.approver, &second, &desk.manager, &fifth] {
        people.push(Hand { account: person.account, own: person.actor, actor: person.actor });
    }
    let mut ended = [0; 3];
    for seed in seeds {
        let (site, people) = (site.clone(), people.clone());
        let grown = trees::grow(&desk.house.app.db, seed, move |tx| {
            let answered = seed.is_multiple_of(3).then_some(question);
            let scene = Scene { site: &site, brand, people: &people, names: &names, boss, picture, answered };
            let mut tree = Tree { scene: &scene, seed, dice: Dice::new(seed), ended: [0; 3] };
            tree.grow(tx)?;
            Ok(tree.ended)
        })
        .await;
        ended = [0, 1, 2].map(|end| ended[end] + grown[end]);
    }
    ended
}

on_both! {
    async fn no_way_leads_past_the_approvals(database: TestDatabase) {
        let postgres = database.url.starts_with("postgres");
        let [nothing, post, edit] = if postgres {
            trees(database, 0..3).await
        } else {
            // Two at a time: a database has one writer.
            let (one, other) = tokio::join!(trees(database, 0..40), trees(TestDatabase::sqlite(), 40..80));
            [0, 1, 2].map(|end| one[end] + other[end])
        };
        eprintln!("{nothing} sequences published nothing, {post} a post, {edit} a change of it too");
        assert!(nothing + post + edit >= if postgres { 300 } else { 10_000 }, "{nothing} {post} {edit}");
        // The way there must be found and missed, or nothing was tried.
        assert!(nothing > 20 && post > 20 && (edit > 0 || postgres), "{nothing} {post} {edit}");
    }
}
