//! `/api/guildhall/v1/certificates`: who showed what they can do, as rules of brands may ask for it.

use axum::{
    Router,
    extract::State,
    routing::{delete, get},
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
    db::{Conn, Timestamp},
    domain::{
        AccountId, CertificateId,
        accounts::{self, Certificate, CertificateRole, HouseRight, NewCertificate},
        act_once,
    },
    error::{Error, Result},
    http::extract::{Form, Given, Id, Json, Paths, Session},
};

/// The routes of this module.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .at("/api/guildhall/v1/certificates", get(list).post(give))
        .at("/api/guildhall/v1/certificates/{id}", delete(revoke))
}

/// What they are called, take and answer.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        openapi::get("/certificates", "listCertificates", "Lists the certificates that count now.")
            .tells("Everybody's for owners and admins whose token has `admin:read`, else one's own.")
            .needs("read")
            .answers_list::<Shown>(),
        openapi::post("/certificates", "giveCertificate", "Certifies somebody else.")
            .tells("It takes the place of the one for the same role that they held.")
            .refuses(&[
                "certificate.account",
                "certificate.employees",
                "certificate.note",
                "certificate.own",
                "certificate.role",
                "certificate.valid_until",
                "role.house_right",
            ])
            .needs("admin:write")
            .once()
            .takes::<Wish>()
            .answers_with::<Shown>(StatusCode::CREATED, "The certificate."),
        openapi::delete("/certificates/{id}", "revokeCertificate", "Takes a certificate back.")
            .refuses(&["certificate.not_found", "certificate.own", "role.house_right"])
            .needs("admin:write")
            .answers_nothing(),
    ]
}

/// A certificate.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Certificate)]
struct Shown {
    id: CertificateId,
    /// Whose it is.
    account: Person,
    role: CertificateRole,
    /// What they passed.
    note: Option<String>,
    /// Who gave it.
    given_by: Option<Person>,
    given_at: String,
    valid_until: String,
    /// Whether that time is over and it counts for some days more.
    grace: bool,
}

/// A person.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CertificatePerson)]
struct Person {
    id: AccountId,
    username: String,
    display_name: String,
}

/// Certificates with the people that belong to them: one query, however many there are.
fn shown(conn: &mut Conn, found: Vec<Certificate>, now: Timestamp) -> Result<Vec<Shown>> {
    let mut people: Vec<AccountId> =
        found.iter().flat_map(|one| [Some(one.account_id), one.given_by]).flatten().collect();
    people.sort();
    people.dedup();
    let names = accounts::names_of(conn, &people)?;
    let person = |id: AccountId| {
        let known = names.iter().find(|(account, ..)| *account == id);
        let (username, name) = known.map(|(_, username, name)| (username.clone(), name.clone())).unwrap_or_default();
        let display_name = if name.is_empty() { username.clone() } else { name };
        Person { id, username, display_name }
    };
    let one = |one: Certificate| Shown {
        id: one.id,
        account: person(one.account_id),
        role: one.role,
        given_by: one.given_by.map(person),
        given_at: one.given_at.rfc3339(),
        valid_until: one.valid_until.rfc3339(),
        grace: one.is_in_grace(now),
        note: one.note,
    };
    Ok(found.into_iter().map(one).collect())
}

/// `GET /api/guildhall/v1/certificates`: those that count, of everybody for who may give them, and else one's own.
async fn list(State(app): State<App>, me: Session) -> Result<Json<Vec<Shown>>> {
    me.need("read")?;
    let everybody = me.account.may(HouseRight::GiveCertificates) && me.may("admin:read");
    let (of, now) = ((!everybody).then_some(me.account.id), app.db.now());
    let found = app.db.read(move |conn| {
        let found = accounts::list_certificates(conn, of, now)?;
        shown(conn, found, now)
    });
    found.await.map(Json)
}

/// Whom to certify, and for what.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = CertificateWish)]
struct Wish {
    /// A username.
    #[schema(required)]
    #[serde(default)]
    account: String,
    #[schema(required, value_type = CertificateRole)]
    #[serde(default)]
    role: String,
    /// What they passed.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    note: Given,
    /// A moment as in RFC 3339; twelve months from now, where nobody says.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    valid_until: Given,
}

impl Wish {
    fn read(self) -> Result<NewCertificate> {
        let wrong =
            || Error::invalid("certificate.valid_until", "valid_until is no moment such as 2027-11-27T18:00:00Z.");
        let until = self.valid_until.0.as_deref().map(str::trim).filter(|text| !text.is_empty());
        Ok(NewCertificate {
            username: self.account,
            role: self
                .role
                .parse()
                .map_err(|told: String| Error::invalid("certificate.role", format!("role: {told}")))?,
            note: self.note.0,
            valid_until: until.map(|text| Timestamp::parse_rfc3339(text).ok_or_else(wrong)).transpose()?,
        })
    }
}

/// `POST /api/guildhall/v1/certificates`: in place of the one for the same role that they held.
async fn give(
    State(app): State<App>,
    me: Session,
    headers: HeaderMap,
    Form(wish): Form<Wish>,
) -> Result<(StatusCode, Json<Shown>)> {
    me.need("admin:write")?;
    // Who may not do it is told so, whatever they ask for.
    me.account.need(HouseRight::GiveCertificates)?;
    let (by, new) = (me.account.id, wish.read()?);
    let said = ("certificate", &new.username, new.role, &new.note, new.valid_until.map(Timestamp::rfc3339));
    let once = once(&me, &headers, &said)?;
    let given = app.db.write(move |tx| {
        tx.behalf_of(by.0);
        let given = act_once(tx, once.as_ref(), |tx| Ok(accounts::give_certificate(tx, by, &new)?.0))?;
        let (one, now) = (accounts::get_certificate(tx.conn(), CertificateId(given))?, tx.now());
        shown(tx.conn(), vec![one], now)?.pop().ok_or_else(|| Error::internal("a certificate is not shown"))
    });
    Ok((StatusCode::CREATED, Json(given.await?)))
}

/// `DELETE /api/guildhall/v1/certificates/{id}`: it counts no longer.
async fn revoke(State(app): State<App>, me: Session, Id(id): Id<CertificateId>) -> Result<StatusCode> {
    me.need("admin:write")?;
    let by = me.account.id;
    let revoked = app.db.write(move |tx| {
        tx.behalf_of(by.0);
        accounts::revoke_certificate(tx, by, id)
    });
    revoked.await.map(|()| StatusCode::NO_CONTENT)
}
