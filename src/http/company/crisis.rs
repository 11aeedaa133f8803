//! `/api/guildhall/v1/crisis`: the switch for the bad day.

use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::openapi::{self, Operation};
use crate::{
    app::App,
    db::{Conn, Timestamp, Tx},
    domain::{
        AccountId, PostId, Site,
        accounts::{self, Account},
        brands,
        crisis::{self, Asked},
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
            .refuses(&["409 crisis.on", "crisis.employees", "crisis.reason", "crisis.right", "crisis.statement"])
            .needs("admin:write")
            .takes::<Wish>()
            .answers_with::<Shown>(StatusCode::CREATED, "It is on."),
        openapi::patch("/crisis", "changeStatement", "Puts another statement on the company's pages, or none.")
            .refuses(&["crisis.employees", "crisis.off", "crisis.right", "crisis.statement"])
            .needs("admin:write")
            .takes::<Wish>()
            .answers::<Shown>(),
        openapi::post("/crisis/end", "askCrisisEnd", "Asks to end crisis mode.")
            .refuses(&["crisis.employees", "crisis.end_asked", "crisis.off", "crisis.reason", "crisis.right"])
            .needs("admin:write")
            .takes::<Wish>()
            .answers_with::<Shown>(StatusCode::OK, "It is over: nobody else could have agreed.")
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
        .answers::<Shown>(),
    ]
}

/// Whether crisis mode is on, for everybody who works here.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Crisis)]
struct Shown {
    active: bool,
    since: Option<String>,
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

fn shown(conn: &mut Conn, site: &Site, person: AccountId, now: Timestamp) -> Result<Shown> {
    let may_handle = accounts::crisis_handlers(conn)?.contains(&person);
    let Some(crisis) = brands::crisis(conn)? else {
        return Ok(Shown {
            active: false,
            since: None,
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
    let (statement, statement_post) = match org::company(conn, &site.domain)?.statement {
        Some(Statement::Text(text)) => (Some(text), None),
        Some(Statement::Post(post)) => (None, Some(post)),
        None => (None, None),
    };
    let end = match crisis::end_waits(&crisis, now) {
        None => None,
        Some(until) => Some(End {
            asked_by: somebody(conn, crisis.end_asked_by)?,
            asked_at: crisis.end_asked_at.map(Timestamp::rfc3339),
            until: until.rfc3339(),
            reason: crisis.end_reason.clone(),
        }),
    };
    Ok(Shown {
        active: true,
        since: Some(crisis.started_at.rfc3339()),
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
    app.db.read(move |conn| shown(conn, &site, person, now)).await.map(Json)
}

/// Does something with the switch, and shows how it stands then.
async fn act<T: Send + 'static>(
    app: &App,
    me: &Session,
    operation: impl Fn(&mut Tx<'_>, AccountId) -> Result<T> + Send + 'static,
) -> Result<(T, Json<Shown>)> {
    me.need("admin:write")?;
    staff_only(&me.account)?;
    let (site, person) = (app.site.clone(), me.account.id);
    let done = app.db.write(move |tx| {
        tx.behalf_of(person.0);
        let done = operation(tx, person)?;
        let now = tx.now();
        Ok((done, shown(tx.conn(), &site, person, now)?))
    });
    let (done, shown) = done.await?;
    Ok((done, Json(shown)))
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

/// `POST /api/guildhall/v1/crisis`: begins it.
async fn start(State(app): State<App>, me: Session, Form(wish): Form<Wish>) -> Result<Response> {
    me.need("admin:write")?;
    let (reason, statement) = (wish.reason.0.clone().unwrap_or_default(), wish.statement()?);
    let begin = move |tx: &mut Tx<'_>, person| crisis::start(tx, Some(person), &reason, statement.as_ref());
    let (_, shown) = act(&app, &me, begin).await?;
    Ok((StatusCode::CREATED, shown).into_response())
}

/// `PATCH /api/guildhall/v1/crisis`: another statement, or none.
async fn change(State(app): State<App>, me: Session, Form(wish): Form<Wish>) -> Result<Json<Shown>> {
    me.need("admin:write")?;
    if wish.statement.0.is_none() && wish.statement_post.0.is_none() {
        let told = "Say what stands on the company's pages in `statement` or `statement_post`; empty takes it away.";
        return Err(Error::invalid("crisis.statement", told));
    }
    let statement = wish.statement()?;
    let say = move |tx: &mut Tx<'_>, person| crisis::change_statement(tx, Some(person), statement.as_ref());
    act(&app, &me, say).await.map(|(_, shown)| shown)
}

/// `POST /api/guildhall/v1/crisis/end`: asks to end it; 202, while a second person must agree.
async fn ask(State(app): State<App>, me: Session, Form(wish): Form<Wish>) -> Result<Response> {
    let reason = wish.reason.0.clone();
    let ask = move |tx: &mut Tx<'_>, person| crisis::ask_end(tx, Some(person), reason.as_deref());
    let (asked, shown) = act(&app, &me, ask).await?;
    let status = match asked {
        Asked::Waits => StatusCode::ACCEPTED,
        Asked::Over => StatusCode::OK,
    };
    Ok((status, shown).into_response())
}

/// `POST /api/guildhall/v1/crisis/end/confirm`: a second person agrees.
async fn confirm(State(app): State<App>, me: Session) -> Result<Json<Shown>> {
    act(&app, &me, |tx, person| crisis::confirm_end(tx, Some(person))).await.map(|(_, shown)| shown)
}

/// `DELETE /api/guildhall/v1/crisis/end`: it goes on.
async fn withdraw(State(app): State<App>, me: Session) -> Result<Json<Shown>> {
    act(&app, &me, |tx, person| crisis::drop_end(tx, Some(person))).await.map(|(_, shown)| shown)
}
