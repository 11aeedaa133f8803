//! Whatever is done in whatever order, the audience of a post never changes, and no copy is published without the consent
//! of everybody who is in it to the very text.
//!
//! Each sequence is one transaction, so that many fit into a test. Who agreed to which text is written down a second time
//! here, and looked at when something is out.

use std::collections::{BTreeMap, BTreeSet};

use guildhall::{
    db::{Engine, Tx},
    domain::{
        ActorId, Audience, PostId, PublishRequestId, Site,
        accounts::{self, GrantRole},
        copies::{self, CopyState, NewRequest, Outcome, Person, Words},
        drafts::{self, Content, Hand},
        posts,
        scheduled::Wish,
    },
    error::{Error, Kind, Result},
};

use crate::{
    brands::{brand, give},
    mastodon::House,
    support::dice::Dice,
};

const STEPS: usize = 20;
/// What a copy may say, and who of the original is named in it, by their numbers: the first one wrote it.
const TEXTS: [(&str, &[usize]); 4] =
    [("Plain", &[0]), ("With @ben", &[0, 1]), ("As Cleo says", &[0, 2]), ("Ben and @cleo", &[0, 1, 2])];

struct Scene<'a> {
    site: &'a Site,
    brand: ActorId,
    source: PostId,
    /// Who wrote it, two who are named in it, and one who is not.
    people: &'a [Person],
}

fn words(text: usize) -> Words {
    Words { text: Some(TEXTS[text].0.to_owned()), ..Words::default() }
}

/// What is refused changes nothing.
fn fine<T>(tx: &mut Tx<'_>, act: impl FnOnce(&mut Tx<'_>) -> Result<T>) -> Result<Option<T>> {
    match tx.attempt(act) {
        Ok(done) => Ok(Some(done)),
        Err(error) if matches!(error.kind(), Kind::Forbidden | Kind::Conflict | Kind::Invalid | Kind::NotFound) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// One sequence; answers whether a copy was published.
fn sequence(tx: &mut Tx<'_>, scene: &Scene<'_>, seed: u64) -> Result<bool> {
    let mut dice = Dice::new(seed);
    let (asker, first) = (dice.roll(4), dice.roll(4));
    let as_brand = dice.roll(2) == 0;
    let person = scene.people[asker];
    let actor = if as_brand { scene.brand } else { person.own };
    let new = NewRequest { source: scene.source, actor, words: words(first) };
    let asked = fine(tx, |tx| drafts::ask_for_copy(tx, scene.site, &person, &new, None))?;
    let Some(id) = asked else { return Ok(false) };
    // Who agreed to which text; whoever asks agrees to each of theirs.
    let mut agreed: BTreeMap<usize, BTreeSet<usize>> =
        (0..TEXTS.len()).map(|text| (text, BTreeSet::from([asker]))).collect();
    let mut suspended: BTreeSet<usize> = BTreeSet::new();
    let mut text = first;
    for _ in 0..STEPS {
        step(tx, scene, (id, asker), &mut dice, (&mut text, &mut agreed, &mut suspended))?;
        let source = posts::get(tx.conn(), scene.source)?;
        assert_eq!((source.audience, source.uri), (Audience::Company, None), "seed {seed}");
        let request = copies::find(tx.conn(), id)?.unwrap();
        if request.state != CopyState::Published {
            assert_eq!(request.post_id, None, "seed {seed}");
            continue;
        }
        let (said, named) = TEXTS[text];
        let post = posts::get(tx.conn(), request.post_id.unwrap())?;
        assert_eq!(
            (post.source.as_deref(), post.audience, post.author_id),
            (Some(said), Audience::Public, actor),
            "seed {seed}"
        );
        assert_eq!((post.reply_to_id, post.details.0.quote), (None, None), "seed {seed}");
        for one in named {
            assert!(agreed[&text].contains(one), "published without {one}: seed {seed}");
            assert!(!suspended.contains(one), "published although {one} is locked out: seed {seed}");
        }
        return Ok(true);
    }
    Ok(false)
}

type Memory<'a> = (&'a mut usize, &'a mut BTreeMap<usize, BTreeSet<usize>>, &'a mut BTreeSet<usize>);

fn step(
    tx: &mut Tx<'_>,
    scene: &Scene<'_>,
    (id, asker): (PublishRequestId, usize),
    dice: &mut Dice,
    (text, agreed, suspended): Memory<'_>,
) -> Result<()> {
    let who = dice.roll(scene.people.len());
    let (person, site) = (scene.people[who], scene.site);
    let request = copies::find(tx.conn(), id)?.unwrap();
    let seen = request.version - i64::from(dice.roll(5) == 0);
    let hand = Hand { account: person.account, own: person.own, actor: person.own };
    match dice.roll(16) {
        0..=5 => {
            let done = fine(tx, |tx| drafts::consent_to_copy(tx, site, &person, id, seen))?;
            if matches!(done, Some(Outcome::Done(_))) && seen == request.version {
                agreed.get_mut(text).unwrap().insert(who);
            }
        }
        6 | 7 => {
            let next = dice.roll(TEXTS.len());
            let done = fine(tx, |tx| drafts::rewrite_copy(tx, site, &person, (id, seen), &words(next)))?;
            if matches!(done, Some(Outcome::Done(_))) {
                if next != *text {
                    // An agreement counts for the text as it is now, and not for one that was there before.
                    agreed.insert(next, BTreeSet::from([asker]));
                }
                *text = next;
            }
        }
        8 if dice.roll(4) == 0 => {
            fine(tx, |tx| drafts::decline_copy(tx, &person, id))?;
        }
        9 if dice.roll(4) == 0 => {
            fine(tx, |tx| drafts::withdraw_copy(tx, &person, id))?;
        }
        10 if dice.roll(3) == 0 => {
            let out = !suspended.contains(&who);
            accounts::set_suspended(tx, person.account, out)?;
            if out {
                suspended.insert(who)
            } else {
                suspended.remove(&who)
            };
        }
        11 => {
            // Whatever edits find, they leave whom it is for.
            let by =
                guildhall::domain::By::Local { actor: scene.people[0].own, account: Some(scene.people[0].account) };
            let mut draft = posts::Draft::note(Audience::Public, "<p>Ben and Cleo, anew</p>".to_owned());
            draft.mentions = vec![scene.people[1].own];
            fine(tx, |tx| posts::edit(tx, &by, scene.source, &draft))?;
        }
        _ => {
            let Some(draft) = request.draft_id else { return Ok(()) };
            match dice.roll(4) {
                0 => {
                    let wish = Wish::note(Audience::Public, "Something else");
                    let version = drafts::find(tx.conn(), draft)?.unwrap().version;
                    let content = Content { wish, reply_owner: None };
                    fine(tx, |tx| drafts::save(tx, site, &hand, draft, version, &content))?;
                }
                1 => {
                    fine(tx, |tx| drafts::submit(tx, site, &hand, draft, None))?;
                }
                _ => {
                    fine(tx, |tx| drafts::publish(tx, site, &hand, draft, None))?;
                }
            }
        }
    }
    Ok(())
}

on_both! {
    async fn no_sequence_publishes_a_copy_without_the_consent_of_all(database: TestDatabase) {
        let sequences: u64 = match database.db.engine() {
            Engine::Sqlite => 400,
            Engine::Postgres => 40,
        };
        let house = House::open(database).await;
        let (ana, ben, cleo, fred) =
            (house.employee("ana").await, house.employee("ben").await, house.employee("cleo").await, house.employee("fred").await);
        let acme = brand(&house, "acme").await;
        for who in [&ana, &ben, &cleo, &fred] {
            give(&house, who, acme, GrantRole::Publisher).await.unwrap();
        }
        let source: PostId = house.says(&ana, serde_json::json!({"status": "Among us: @ben and Cleo", "local_only": true})).await.parse().unwrap();
        let people: Vec<Person> =
            [&ana, &ben, &cleo, &fred].map(|one| Person { account: one.account, own: one.actor }).to_vec();
        let mut published = 0;
        for seed in 0..sequences {
            let (site, people) = (house.app.site.clone(), people.clone());
            let counted = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
            let seen = counted.clone();
            let undone: Result<()> = house.app.db.write(move |tx| {
                let scene = Scene { site: &site, brand: acme, source, people: &people };
                seen.store(sequence(tx, &scene, seed)?, std::sync::atomic::Ordering::SeqCst);
                // What was tried is taken back, so that each begins with the same.
                Err(Error::conflict("test.over", "This was only tried."))
            }).await;
            let error = undone.unwrap_err();
            assert_eq!(error.code(), "test.over", "seed {seed}: {error:?}");
            published += usize::from(counted.load(std::sync::atomic::Ordering::SeqCst));
        }
        // Both happen, so that something was tried.
        let all = usize::try_from(sequences).unwrap();
        assert!(published > all / 20 && published < all, "{published} of {all}");
    }
}
