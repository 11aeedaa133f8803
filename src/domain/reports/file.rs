//! Filing a report, through either door.

use diesel::prelude::*;

use super::{A_DAY, Broken, COMMENT, Category, OF_A_SERVER, POSTS};
use crate::{
    db::{
        Key, Signal, Tx,
        schema::{actors as actors_table, report_posts, report_rules, reports},
    },
    domain::{
        ActorId, By, PostId, ReportId,
        actors::{self, Actor},
        exposure, notifications, org,
        posts::{self, Post, Viewer},
        work::Change,
    },
    error::{Error, Result},
};

/// What somebody reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReport {
    /// Whom.
    pub target: ActorId,
    /// Posts of theirs; what is not theirs, or cannot be seen by whoever reports, is left out.
    pub posts: Vec<PostId>,
    /// Plain text.
    pub comment: String,
    /// What it is about; where rules are named, that they were broken.
    pub category: Category,
    /// Which rules of the company were broken, by their numbers from 1 on.
    pub rules: Vec<String>,
    /// Tell the server of whoever is reported, too.
    pub forward: bool,
}

/// Reports somebody to the moderators, and to their own server where that is wished. Others are not told who reports.
pub fn file(tx: &mut Tx<'_>, by: &By, new: &NewReport) -> Result<ReportId> {
    let reporter = by.actor();
    tx.lock(Key("reports", &[reporter.0]))?;
    if new.target == reporter {
        return Err(Error::invalid("report.self", "You cannot report yourself."));
    }
    if new.comment.chars().count() > COMMENT {
        let told = format!("Validation failed: Comment is too long (maximum is {COMMENT} characters)");
        return Err(Error::invalid("report.comment", told));
    }
    if new.posts.len() > POSTS {
        return Err(Error::invalid("report.posts", format!("A report points at {POSTS} posts at most.")));
    }
    let target = actors::get(tx.conn(), new.target)?;
    if target.deleted_at.is_some() {
        return Err(Error::not_found("actor.not_found", "There is no such account."));
    }
    let yesterday = tx.now().minus(std::time::Duration::from_secs(24 * 3600));
    let lately = reports::table.filter(reports::reporter_id.eq(reporter)).filter(reports::created_at.gt(yesterday));
    if lately.count().get_result::<i64>(tx.conn())? >= A_DAY {
        return Err(Error::too_many("report.limit", "You have reported much today. Please go on tomorrow."));
    }
    let viewer = Viewer::local(tx.conn(), reporter)?;
    let seen = posts::keep_visible(tx.conn(), &viewer, &new.posts)?;
    let found = posts::get_many(tx.conn(), &seen)?;
    let theirs: Vec<Post> = found.into_iter().filter(|post| post.author_id == target.id).collect();
    let server = actors::instance_actor(tx.conn())?.filter(|_| new.forward && !target.is_local());
    let broken = broken(tx, &new.rules)?;
    let category = if broken.is_empty() { new.category } else { Category::Violation };
    let id = insert(tx, reporter, &target, (&new.comment, category), server.is_some(), (&theirs, &broken))?;
    if let Some(server) = server {
        exposure::tell(tx, server.id, Change::Reported { report: id })?;
    }
    Ok(id)
}

/// Keeps what another server reports of somebody here, unless much of that server waits for the moderators already.
/// Answers whether it was kept.
pub fn arrived(tx: &mut Tx<'_>, by: &By, target: &Actor, theirs: &[Post], comment: &str) -> Result<bool> {
    let reporter = actors::get(tx.conn(), by.actor())?;
    tx.lock(Key(&format!("reports.{}", reporter.host), &[]))?;
    let open: i64 = reports::table
        .inner_join(actors_table::table.on(actors_table::id.eq(reports::reporter_id)))
        .filter(actors_table::host.eq(&reporter.host))
        .filter(reports::resolved_at.is_null())
        .count()
        .get_result(tx.conn())?;
    if open >= OF_A_SERVER || !target.is_local() || target.deleted_at.is_some() {
        return Ok(false);
    }
    let theirs: Vec<Post> = theirs.iter().filter(|post| post.author_id == target.id).take(POSTS).cloned().collect();
    insert(tx, reporter.id, target, (comment, Category::Other), false, (&theirs, &[]))?;
    Ok(true)
}

/// The rules of these numbers, as they are now; each must be one.
fn broken(tx: &mut Tx<'_>, numbers: &[String]) -> Result<Vec<Broken>> {
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    let rules = org::rules(tx.conn())?;
    let unknown = || Error::invalid("report.rules", "Validation failed: Rules does not reference valid rules");
    if numbers.len() > rules.len() {
        return Err(unknown());
    }
    let rules = (1..).zip(rules).map(|(number, content)| Broken { number, content });
    let found: Vec<Broken> = rules.filter(|rule| numbers.contains(&rule.number.to_string())).collect();
    if found.len() == numbers.len() { Ok(found) } else { Err(unknown()) }
}

fn insert(
    tx: &mut Tx<'_>,
    reporter: ActorId,
    target: &Actor,
    (comment, category): (&str, Category),
    forwarded: bool,
    (theirs, broken): (&[Post], &[Broken]),
) -> Result<ReportId> {
    let (id, now) = (ReportId(tx.new_id()), tx.now());
    diesel::insert_into(reports::table)
        .values((
            reports::id.eq(id),
            reports::reporter_id.eq(reporter),
            reports::target_id.eq(target.id),
            reports::category.eq(category),
            reports::comment.eq(comment),
            reports::forwarded.eq(forwarded),
            reports::created_at.eq(now),
            reports::updated_at.eq(now),
        ))
        .execute(tx.conn())?;
    // As it is now: it may be edited or deleted before anybody looks.
    let rows: Vec<_> = theirs
        .iter()
        .map(|post| {
            (
                report_posts::report_id.eq(id),
                report_posts::post_id.eq(post.id),
                report_posts::uri.eq(&post.uri),
                report_posts::content.eq(post.shown_html()),
            )
        })
        .collect();
    for row in rows {
        diesel::insert_into(report_posts::table).values(row).execute(tx.conn())?;
    }
    for rule in broken {
        let row = (
            report_rules::report_id.eq(id),
            report_rules::number.eq(rule.number),
            report_rules::content.eq(&rule.content),
        );
        diesel::insert_into(report_rules::table).values(row).execute(tx.conn())?;
    }
    notifications::tell_of_report(tx, reporter, target.id, id)?;
    tx.signal(Signal { topic: "report", kind: "new", id: id.0 });
    Ok(id)
}

/// Forgets what somebody reported, and what was reported of them, when they go.
pub fn forget_all_of(tx: &mut Tx<'_>, actor: ActorId) -> Result<()> {
    let theirs = reports::table.filter(reports::reporter_id.eq(actor).or(reports::target_id.eq(actor)));
    diesel::delete(theirs).execute(tx.conn())?;
    Ok(())
}
