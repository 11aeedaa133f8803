//! Who of its people wrote a post of a brand, and how the post says so: in its last paragraph, because every server shows
//! that.

use diesel::prelude::*;

use super::{Audience, Draft};
use crate::{
    db::{
        Among, Conn, Tx,
        schema::{accounts as accounts_table, actors as actors_table, authorship, posts as posts_table},
    },
    domain::{
        AccountId, ActorId, By, PostId,
        accounts::{self, NamedAs},
        actors::{self, Actor},
        brands::{self, Signature},
        exposure::{self, Exposure},
        org,
    },
    error::Result,
    text,
};

/// How many characters of a name are shown.
const NAME: usize = 100;
/// The signatures that say a name.
const NAMED: [Signature; 3] = [Signature::Name, Signature::NameLink, Signature::Mention];
/// How many of a brand's posts are looked at for those who write there.
const LATELY: i64 = 100;

/// Who wrote a post of a brand.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = authorship)]
#[expect(missing_docs, reason = "the columns say what they are")]
pub struct Authorship {
    pub post_id: PostId,
    pub account_id: AccountId,
    /// How the post says so.
    pub shown_as: Signature,
    /// How many of its characters were changed without approval since it was approved.
    pub typos: i32,
    /// The department that stands after the name, as it was called then.
    pub department: Option<String>,
}

/// A post of a brand with the name of who wrote it.
pub(super) struct Signed {
    pub draft: Draft,
    person: AccountId,
    shown_as: Signature,
    department: Option<String>,
}

/// A brand's post as it is published: with the name of who wrote it, as far as the rules of the brand and the person
/// want that. Nothing for what a person publishes as themselves.
pub(super) fn sign(tx: &mut Tx<'_>, by: &By, brand: &Actor, draft: &Draft) -> Result<Option<Signed>> {
    let By::Local { account: Some(account), .. } = by else { return Ok(None) };
    if !brand.kind.has_speakers() {
        return Ok(None);
    }
    let person = draft.author.unwrap_or(*account);
    let login = accounts::get(tx.conn(), person)?;
    let policy = brands::policy_of(tx.conn(), brand.id)?;
    let reaches = reaches(tx.conn(), &[(policy.signature, brand.id)])?;
    let shown_as = allowed(as_far_as(policy.signature, brand.id, &reaches), login.named_as);
    let department = if policy.signature_department && NAMED.contains(&shown_as) {
        org::departments_of(tx.conn(), &[person])?.pop().map(|(_, department)| department.name)
    } else {
        None
    };
    let mut draft = draft.clone();
    add(tx.conn(), &mut draft, &login, shown_as, department.as_deref())?;
    Ok(Some(Signed { draft, person, shown_as, department }))
}

/// The new text of a post of a brand, with the name that the post had.
pub(super) fn sign_again(tx: &mut Tx<'_>, by: &By, id: PostId, draft: &Draft) -> Result<Option<Draft>> {
    if by.is_remote() {
        return Ok(None);
    }
    let Some(known) = find_authorship(tx.conn(), id)? else { return Ok(None) };
    let login = accounts::get(tx.conn(), known.account_id)?;
    let mut draft = draft.clone();
    add(tx.conn(), &mut draft, &login, known.shown_as, known.department.as_deref())?;
    Ok(Some(draft))
}

/// Something that somebody wrote for a brand and that is not published yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unsigned {
    /// For whom.
    pub brand: ActorId,
    /// Who wrote it.
    pub author: AccountId,
    /// How the rules of the brand name them.
    pub wished: Signature,
    /// Whether their department stands after the name.
    pub department: bool,
    /// The post that it changes, where it changes one: that keeps the name which it has.
    pub changes: Option<PostId>,
}

/// The last paragraphs with which these would be published now, clean HTML, in their order. Four queries at most.
pub fn signatures(conn: &mut Conn, unsigned: &[Unsigned]) -> Result<Vec<Option<String>>> {
    let changed: Vec<PostId> = unsigned.iter().filter_map(|one| one.changes).collect();
    let known: Vec<Authorship> = if changed.is_empty() {
        Vec::new()
    } else {
        let of = authorship::table.filter(authorship::post_id.among(changed));
        of.select(Authorship::as_select()).load(conn)?
    };
    let wished: Vec<(Signature, ActorId)> = unsigned.iter().map(|one| (one.wished, one.brand)).collect();
    let reaches = reaches(conn, &wished)?;
    let named = |one: &Unsigned| match one.changes {
        None => Some((one.author, as_far_as(one.wished, one.brand, &reaches))),
        Some(post) => known.iter().find(|known| known.post_id == post).map(|known| (known.account_id, known.shown_as)),
    };
    let named: Vec<_> =
        unsigned.iter().map(|one| named(one).filter(|(_, shown_as)| *shown_as != Signature::Nobody)).collect();
    let mut people: Vec<AccountId> = named.iter().flatten().map(|(person, _)| *person).collect();
    people.sort();
    people.dedup();
    if people.is_empty() {
        return Ok(vec![None; unsigned.len()]);
    }
    let people: Vec<(AccountId, NamedAs, Actor)> = accounts_table::table
        .inner_join(actors_table::table.on(actors_table::id.eq(accounts_table::actor_id)))
        .filter(accounts_table::id.among(people))
        .select((accounts_table::id, accounts_table::named_as, Actor::as_select()))
        .load(conn)?;
    let asked: Vec<AccountId> = unsigned
        .iter()
        .zip(&named)
        .filter(|(one, _)| one.department && one.changes.is_none())
        .filter_map(|(_, named)| named.filter(|(_, shown_as)| NAMED.contains(shown_as)).map(|(person, _)| person))
        .collect();
    let departments = org::departments_of(conn, &asked)?;
    let signed = |(one, named): (&Unsigned, Option<(AccountId, Signature)>)| {
        let (person, shown_as) = named?;
        let (_, named_as, actor) = people.iter().find(|(account, ..)| *account == person)?;
        // What is published already was narrowed when it was.
        let shown_as = if one.changes.is_some() { shown_as } else { allowed(shown_as, *named_as) };
        // It also keeps the department which it has.
        let department = match one.changes {
            Some(post) => {
                known.iter().find(|known| known.post_id == post).and_then(|known| known.department.as_deref())
            }
            None if one.department => department_of(&departments, person),
            None => None,
        };
        line(actor, shown_as, department).filter(|_| actor.is_active())
    };
    Ok(unsigned.iter().zip(named).map(signed).collect())
}

fn department_of(departments: &[(AccountId, org::Team)], person: AccountId) -> Option<&str> {
    departments.iter().find(|(whose, _)| *whose == person).map(|(_, department)| department.name.as_str())
}

/// How far these brands reach, of those for which it matters.
fn reaches(conn: &mut Conn, wished: &[(Signature, ActorId)]) -> Result<Vec<(ActorId, Exposure)>> {
    let mention = wished.iter().filter(|(wished, _)| *wished == Signature::Mention);
    let mut brands: Vec<ActorId> = mention.map(|(_, brand)| *brand).collect();
    brands.sort();
    brands.dedup();
    if brands.is_empty() { Ok(Vec::new()) } else { exposure::reaches(conn, &brands) }
}

/// The name that a brand asks for, as far as its rung lets it: who only answers names nobody else, so a link to who wrote
/// it stands where a mention would.
fn as_far_as(wished: Signature, brand: ActorId, reaches: &[(ActorId, Exposure)]) -> Signature {
    let limited = reaches.iter().any(|(whose, level)| *whose == brand && *level < Exposure::Publish);
    if wished == Signature::Mention && limited { Signature::NameLink } else { wished }
}

/// The name that a brand asks for, as far as the person lets it.
const fn allowed(wished: Signature, person: NamedAs) -> Signature {
    match (wished, person) {
        (Signature::Nobody, _) | (_, NamedAs::Nobody) => Signature::Nobody,
        (_, NamedAs::Initials) => Signature::Initials,
        (wished, NamedAs::Name) => wished,
    }
}

/// Adds the paragraph, and the mention that belongs to it.
fn add(
    conn: &mut Conn,
    draft: &mut Draft,
    login: &accounts::Account,
    shown_as: Signature,
    department: Option<&str>,
) -> Result<()> {
    let Some(person) = actors::find(conn, login.actor_id)?.filter(Actor::is_active) else { return Ok(()) };
    let Some(line) = line(&person, shown_as, department) else { return Ok(()) };
    // Who edits HTML sends it back with what was there.
    if !draft.content.ends_with(&line) {
        draft.content.push_str(&line);
    }
    if shown_as == Signature::Mention && !draft.mentions.contains(&person.id) {
        draft.mentions.push(person.id);
        draft.mentions.sort();
    }
    Ok(())
}

/// The last paragraph. Names are what people call themselves, and departments what admins call them: nothing in one is
/// more than text.
fn line(person: &Actor, shown_as: Signature, department: Option<&str>) -> Option<String> {
    let name = text::clean_name(person.display_name(), NAME);
    let name = if name.is_empty() { person.username.clone() } else { name };
    let department = department.map(|department| text::typed_name(department, NAME)).unwrap_or_default();
    let said = if department.is_empty() { name.clone() } else { format!("{name}, {department}") };
    let (page, shown) = (text::escape(person.page()), text::escape(&said));
    Some(match shown_as {
        Signature::Nobody => return None,
        Signature::Initials => format!("<p>— {}</p>", text::escape(&initials(&name))),
        Signature::Name => format!("<p>— {shown}</p>"),
        Signature::NameLink => format!("<p>— <a href=\"{page}\">{shown}</a></p>"),
        Signature::Mention => {
            let handle = text::escape(&person.username);
            format!(
                "<p>— {shown} <span class=\"h-card\"><a href=\"{page}\" class=\"u-url mention\">@<span>{handle}</span></a></span></p>"
            )
        }
    })
}

/// The first letters of the first and the last word.
fn initials(name: &str) -> String {
    let letters: Vec<char> =
        name.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphanumeric())).collect();
    let told: Vec<String> = match letters.as_slice() {
        [] => return "…".to_owned(),
        [one] => vec![one.to_uppercase().collect()],
        [first, .., last] => vec![first.to_uppercase().collect(), last.to_uppercase().collect()],
    };
    told.into_iter().map(|letter| format!("{letter}.")).collect::<Vec<_>>().join(" ")
}

/// Keeps who wrote a post.
pub(super) fn keep(tx: &mut Tx<'_>, post: PostId, signed: &Signed) -> Result<()> {
    diesel::insert_into(authorship::table)
        .values((
            authorship::post_id.eq(post),
            authorship::account_id.eq(signed.person),
            authorship::shown_as.eq(signed.shown_as),
            authorship::department.eq(&signed.department),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Counts characters of a post that were changed without approval; with `None` all of it was approved anew.
pub(super) fn count_typos(tx: &mut Tx<'_>, post: PostId, changed: Option<usize>) -> Result<()> {
    let row = authorship::table.find(post);
    match changed.and_then(|changed| i32::try_from(changed).ok()) {
        Some(changed) => {
            diesel::update(row).set(authorship::typos.eq(authorship::typos + changed)).execute(tx.conn())?
        }
        None => diesel::update(row).set(authorship::typos.eq(0)).execute(tx.conn())?,
    };
    Ok(())
}

/// Who wrote a post of a brand.
pub fn find_authorship(conn: &mut Conn, post: PostId) -> Result<Option<Authorship>> {
    Ok(authorship::table.find(post).select(Authorship::as_select()).first(conn).optional()?)
}

/// The people whom the last posts of a brand name that are for everybody.
pub fn lately_named(conn: &mut Conn, brand: ActorId) -> Result<Vec<AccountId>> {
    let last: Vec<PostId> = posts_table::table
        .filter(posts_table::author_id.eq(brand))
        .filter(posts_table::audience.among([Audience::Public, Audience::Unlisted]))
        .order(posts_table::id.desc())
        .limit(LATELY)
        .select(posts_table::id)
        .load(conn)?;
    if last.is_empty() {
        return Ok(Vec::new());
    }
    Ok(authorship::table
        .filter(authorship::post_id.among(last))
        .filter(authorship::shown_as.among(NAMED))
        .select(authorship::account_id)
        .distinct()
        .load(conn)?)
}

/// The people whom these posts of brands name, for everybody to read.
pub fn named_authors(conn: &mut Conn, posts: &[PostId]) -> Result<Vec<(PostId, Actor)>> {
    if posts.is_empty() {
        return Ok(Vec::new());
    }
    Ok(authorship::table
        .inner_join(accounts_table::table.on(accounts_table::id.eq(authorship::account_id)))
        .inner_join(actors_table::table.on(actors_table::id.eq(accounts_table::actor_id)))
        .filter(authorship::post_id.among(posts.to_vec()))
        .filter(authorship::shown_as.among(NAMED))
        .filter(actors_table::suspended_at.is_null())
        .filter(actors_table::deleted_at.is_null())
        .select((authorship::post_id, Actor::as_select()))
        .load(conn)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_of_the_first_and_the_last_word() {
        for (name, expected) in [
            ("Ana", "A."),
            ("ana maria lima", "A. L."),
            ("Ångström (he)", "Å. H."),
            ("<b>", "B."),
            ("🎈", "…"),
            ("- -", "…"),
        ] {
            assert_eq!(initials(name), expected, "{name}");
        }
    }

    #[test]
    fn a_person_is_named_no_further_than_they_want() {
        for wished in Signature::ALL {
            assert_eq!(allowed(*wished, NamedAs::Nobody), Signature::Nobody);
            assert_eq!(allowed(*wished, NamedAs::Name), *wished);
            let initials = if *wished == Signature::Nobody { Signature::Nobody } else { Signature::Initials };
            assert_eq!(allowed(*wished, NamedAs::Initials), initials);
        }
    }
}
