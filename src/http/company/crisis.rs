//! `/api/guildhall/v1/crisis`: the switch for the bad day.

use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    once::once,
    openapi::{self, Operation},
};
use crate::{
    app::App,
    db::{Conn, Timestamp, Tx},
    domain::{
        AccountId, CrisisId, Once, PostId, Site,
        accounts::{self, Account},
        act_once,
        brands::{self, Crisis},
        crisis,
        org::{self, Statement},
    },
    error::{Error, Result},
    http::extract::{Form, Given, Json, Paths, Session},
};

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .at("/api/guildhall/v1/crisis", get(show).post(start).patch(change))
        .at("/api/guildhall/v1/crisis/end", post(ask).delete(withdraw))
        .at("/api/guildhall/v1/crisis/end/confirm", post(confirm))
}

/// What they are called, take and answer.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        openapi::get("/crisis", "showCrisis", "Tells whether crisis mode is on, for everybody who works here.")
            .refuses(&["crisis.employees"])
            .needs("read")
            .answers::<Shown>(),
        openapi::post("/crisis", "startCrisis", "Begins crisis mode: what brands have scheduled is held.")
            .refuses(&["crisis.already_on", "crisis.employees", "crisis.reason", "crisis.right", "crisis.statement"])
            .needs("admin:write")
            .once()
            .takes::<Wish>()
            .answers_with::<Shown>(StatusCode::CREATED, "It is on.")
            .answers_with::<Shown>(StatusCode::OK, "It was begun under this key before, and is over."),
        openapi::patch("/crisis", "changeStatement", "Puts another statement on the company's pages, or none.")
            .refuses(&["crisis.employees", "crisis.off", "crisis.right", "crisis.statement"])
            .needs("admin:write")
            .once()
            .takes::<Wish>()
            .answers::<Shown>(),
        openapi::post("/crisis/end", "askCrisisEnd", "Asks to end crisis mode.")
            .refuses(&["crisis.employees", "crisis.end_asked", "crisis.off", "crisis.reason", "crisis.right"])
            .needs("admin:write")
            .once()
            .takes::<Wish>()
            .answers_with::<Shown>(
                StatusCode::OK,
                "It is over: nobody else could have agreed, or it ended since this was asked.",
            )
            .answers_with::<Shown>(StatusCode::ACCEPTED, "A second person must agree."),
        openapi::delete("/crisis/end", "withdrawCrisisEnd", "Lets crisis mode go on: nobody asks to end it any more.")
            .refuses(&["crisis.employees", "crisis.not_asked", "crisis.off", "crisis.right"])
            .needs("admin:write")
            .answers::<Shown>(),
        openapi::post(
            "/crisis/end/confirm",
            "confirmCrisisEnd",
            "Agrees, as a second person, to the end of crisis mode.",
        )
        .refuses(&["crisis.asker", "crisis.employees", "crisis.not_asked", "crisis.off", "crisis.own", "crisis.right"])
        .needs("admin:write")
        .once()
        .answers::<Shown>(),
    ]
}

/// Whether crisis mode is on, for everybody who works here.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Crisis)]
struct Shown {
    active: bool,
    since: Option<String>,
    /// When it ended, of one that is over: of that which was ended, or begun under the key of this request.
    ended_at: Option<String>,
    /// Nobody, when it was the command line.
    started_by: Option<Somebody>,
    reason: Option<String>,
    /// How much was held when it began.
    held_drafts: i64,
    held_posts: i64,
    /// What stands on the company's pages, Markdown.
    statement: Option<String>,
    /// Or the post that does.
    statement_post: Option<PostId>,
    /// That somebody asks to end it.
    end: Option<End>,
    /// Whether whoever asks may begin it, and be one of the two who end it.
    may_handle: bool,
}

/// A person.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CrisisPerson)]
struct Somebody {
    account: AccountId,
    username: String,
}

/// That somebody asks to end it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CrisisEnd)]
struct End {
    /// Nobody, when it was the command line.
    asked_by: Option<Somebody>,
    asked_at: Option<String>,
    /// Until when somebody else may confirm it.
    until: String,
    reason: Option<String>,
}

fn somebody(conn: &mut Conn, account: Option<AccountId>) -> Result<Option<Somebody>> {
    let Some(account) = account else { return Ok(None) };
    let known = accounts::names_of(conn, &[account])?.pop();
    Ok(known.map(|(account, username, _)| Somebody { account, username }))
}

fn shown(conn: &mut Conn, site: &Site, person: AccountId, (crisis, now): (Option<Crisis>, Timestamp)) -> Result<Shown> {
    let may_handle = accounts::crisis_handlers(conn)?.contains(&person);
    let Some(crisis) = crisis else {
        return Ok(Shown {
            active: false,
            since: None,
            ended_at: None,
            started_by: None,
            reason: None,
            held_drafts: 0,
            held_posts: 0,
            statement: None,
            statement_post: None,
            end: None,
            may_handle,
        });
    };
    let active = crisis.ended_at.is_none();
    let (statement, statement_post) = match org::company(conn, &site.domain)?.statement.filter(|_| active) {
        Some(Statement::Text(text)) => (Some(text), None),
        Some(Statement::Post(post)) => (None, Some(post)),
        None => (None, None),
    };
    let end = match crisis::end_waits(&crisis, now).filter(|_| active) {
        None => None,
        Some(until) => Some(End {
            asked_by: somebody(conn, crisis.end_asked_by)?,
            asked_at: crisis.end_asked_at.map(Timestamp::rfc3339),
            until: until.rfc3339(),
            reason: crisis.end_reason.clone(),
        }),
    };
    Ok(Shown {
        active,
        since: Some(crisis.started_at.rfc3339()),
        ended_at: crisis.ended_at.map(Timestamp::rfc3339),
        started_by: somebody(conn, crisis.started_by)?,
        reason: Some(crisis.reason),
        held_drafts: crisis.held_drafts,
        held_posts: crisis.held_posts,
        statement,
        statement_post,
        end,
        may_handle,
    })
}

/// Refuses whoever does not work here.
fn staff_only(person: &Account) -> Result<()> {
    if crisis::may_hear(person) {
        return Ok(());
    }
    Err(Error::forbidden("crisis.employees", "This is for people who work here."))
}

/// `GET /api/guildhall/v1/crisis`
async fn show(State(app): State<App>, me: Session) -> Result<Json<Shown>> {
    me.need("read")?;
    staff_only(&me.account)?;
    let (site, person, now) = (app.site.clone(), me.account.id, app.db.now());
    let read = app.db.read(move |conn| {
        let crisis = brands::crisis(conn)?;
        shown(conn, &site, person, (crisis, now))
    });
    read.await.map(Json)
}

/// One request to do something with the switch.
struct Asked<'a> {
    app: &'a App,
    me: &'a Session,
    once: Option<Once>,
}

/// Does something with the switch, once for each key, and shows how it stands then with the crisis of which it was: under
/// a key that was used with that of then, whatever began since.
async fn act(
    asked: Asked<'_>,
    operation: impl Fn(&mut Tx<'_>, AccountId) -> Result<CrisisId> + Send + 'static,
) -> Result<Json<Shown>> {
    let Asked { app, me, once } = asked;
    me.need("admin:write")?;
    staff_only(&me.account)?;
    let (site, person) = (app.site.clone(), me.account.id);
    let done = app.db.write(move |tx| {
        tx.behalf_of(person.0);
        accounts::need_crisis_handler(tx.conn(), person)?;
        let crisis = act_once(tx, once.as_ref(), |tx| Ok(operation(tx, person)?.0))?;
        let now = tx.now();
        // What was kept under a key by a server before this one tells of no crisis.
        let crisis = match brands::find_crisis(tx.conn(), CrisisId(crisis))? {
            None => brands::crisis(tx.conn())?,
            found => found,
        };
        shown(tx.conn(), &site, person, (crisis, now))
    });
    done.await.map(Json)
}

/// What to begin with, or to say from now on.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = CrisisWish)]
struct Wish {
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    reason: Given,
    /// Markdown; empty takes it away.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    statement: Given,
    /// The number of a public post of a brand, in place of a text.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    statement_post: Given,
}

impl Wish {
    /// The statement, where there is one.
    fn statement(&self) -> Result<Option<Statement>> {
        let said = |given: &Given| given.0.clone().filter(|said| !said.trim().is_empty());
        match (said(&self.statement), said(&self.statement_post)) {
            (None, None) => Ok(None),
            (Some(text), None) => Ok(Some(Statement::Text(text))),
            (None, Some(post)) => {
                let told = "The statement is a public post of a brand, by its number here. There is no such post.";
                let post = post.trim().parse().map_err(|_| Error::invalid("crisis.statement", told))?;
                Ok(Some(Statement::Post(post)))
            }
            (Some(_), Some(_)) => {
                let told = "Give a text in `statement` or a post in `statement_post`, not both.";
                Err(Error::invalid("crisis.statement", told))
            }
        }
    }
}

/// `POST /api/guildhall/v1/crisis`: begins it. Asked again under the same key it is that crisis as it is now: 200 where it
/// is over.
async fn start(State(app): State<App>, me: Session, headers: HeaderMap, Form(wish): Form<Wish>) -> Result<Response> {
    me.need("admin:write")?;
    let once = once(&me, &headers, &("crisis", &wish.reason.0, &wish.statement.0, &wish.statement_post.0))?;
    let (reason, statement) = (wish.reason.0.clone().unwrap_or_default(), wish.statement()?);
    let begin = move |tx: &mut Tx<'_>, person: AccountId| crisis::start(tx, Some(person), &reason, statement.as_ref());
    let shown = act(Asked { app: &app, me: &me, once }, begin).await?;
    let status = if shown.0.active { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, shown).into_response())
}

/// `PATCH /api/guildhall/v1/crisis`: another statement, or none.
async fn change(
    State(app): State<App>,
    me: Session,
    headers: HeaderMap,
    Form(wish): Form<Wish>,
) -> Result<Json<Shown>> {
    me.need("admin:write")?;
    if wish.statement.0.is_none() && wish.statement_post.0.is_none() {
        let told = "Say what stands on the company's pages in `statement` or `statement_post`; empty takes it away.";
        return Err(Error::invalid("crisis.statement", told));
    }
    let once = once(&me, &headers, &("crisis.statement", &wish.statement.0, &wish.statement_post.0))?;
    let statement = wish.statement()?;
    let say = move |tx: &mut Tx<'_>, person: AccountId| crisis::change_statement(tx, Some(person), statement.as_ref());
    act(Asked { app: &app, me: &me, once }, say).await
}

/// `POST /api/guildhall/v1/crisis/end`: asks to end it; 202, while a second person must agree.
async fn ask(State(app): State<App>, me: Session, headers: HeaderMap, Form(wish): Form<Wish>) -> Result<Response> {
    let once = once(&me, &headers, &("crisis.end", &wish.reason.0))?;
    let reason = wish.reason.0.clone();
    let ask = move |tx: &mut Tx<'_>, person: AccountId| Ok(crisis::ask_end(tx, Some(person), reason.as_deref())?.0);
    let shown = act(Asked { app: &app, me: &me, once }, ask).await?;
    let status = if shown.0.active { StatusCode::ACCEPTED } else { StatusCode::OK };
    Ok((status, shown).into_response())
}

/// `POST /api/guildhall/v1/crisis/end/confirm`: a second person agrees.
async fn confirm(State(app): State<App>, me: Session, headers: HeaderMap) -> Result<Json<Shown>> {
    let once = once(&me, &headers, &("crisis.end.confirm",))?;
    act(Asked { app: &app, me: &me, once }, |tx, person| crisis::confirm_end(tx, Some(person))).await
}

/// `DELETE /api/guildhall/v1/crisis/end`: it goes on.
async fn withdraw(State(app): State<App>, me: Session) -> Result<Json<Shown>> {
    act(Asked { app: &app, me: &me, once: None }, |tx, person| crisis::drop_end(tx, Some(person))).await
}
