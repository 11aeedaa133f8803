//! `/invitations/TOKEN`: whoever was invited makes an account.

use std::net::IpAddr;

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Deserialize;

use super::{
    faults::{Faults, NO_FAULTS},
    frame::Frame,
    head::Head,
    private::{self, Forms, private_page},
    refusals,
    sentences::Html,
    sign_in::{self, Proven, Sentence, hash_of_new, sentence},
    words::Moment,
};
use crate::{
    app::App,
    db::Conn,
    domain::{
        accounts::{self, Account, AccountKind, GrantRole, Right, Role},
        actors::{self, Actor},
        invitations::{self, Acceptance, Field, Invitation},
        org,
    },
    error::{Error, Kind, Result},
    http::{
        extract::{Form, Language, Visitor},
        observe::Address,
        problem,
    },
    secrets,
};

/// What somebody types.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    form_token: String,
    username: String,
    display_name: String,
    email: String,
    password: String,
    /// Something where the box is ticked.
    listed: String,
}

impl Typed {
    /// What is still there in another language.
    fn kept(&self) -> [(&'static str, &str); 4] {
        let Self { username, display_name, email, listed, .. } = self;
        [("username", username), ("display_name", display_name), ("email", email), ("listed", listed)]
    }
}

#[derive(Template)]
#[template(path = "invitation.html")]
struct InvitationPage<'a> {
    frame: &'a Frame,
    head: Head,
    place: &'static str,
    form_token: &'a str,
    token: &'a str,
    error: &'a str,
    faults: &'a Faults,
    form: &'a Typed,
    now: String,
    domain: &'a str,
    offer: Option<&'a Offer>,
    over: String,
    unknown: bool,
    /// Whether letters leave this server.
    sends: bool,
}

/// What an invitation gives, in words.
struct Offer {
    /// Who invites to what.
    invites: Html,
    /// Until when.
    until: Html,
    /// As what somebody comes.
    comes_as: Html,
    /// What they will be, and may.
    gives: Vec<Html>,
    /// What stays closed to who does not work here.
    closed: Option<Html>,
    /// Whether they will write for a brand, whose page names who does.
    named: bool,
    works_here: bool,
    email: String,
}

/// `GET /invitations/TOKEN`: looking uses nothing up, because programs look at links in letters as well. What was typed
/// before is there, where somebody chose another language.
pub(super) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Address(address): Address,
    Path(token): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    app.limits.invitation(address)?;
    let Typed { username, display_name, email, listed, .. } = typed;
    let typed = Typed { username, display_name, email, listed, ..Typed::default() };
    page(&app, &visitor, &token, &typed, &Refused::No).await
}

/// Why somebody does not come yet.
enum Refused {
    /// They have not tried.
    No,
    /// What they typed is wrong.
    Wrong(Faults),
    /// Something else.
    So(Sentence),
}

async fn page(app: &App, visitor: &Visitor, token: &str, typed: &Typed, refused: &Refused) -> Result<Response> {
    let (site, hash, now) = (app.site.clone(), link_hash(token), app.db.now());
    let reader = if hash.is_ok() {
        visitor.reader().or_begins_at(&format!("/invitations/{token}"), &typed.kept())
    } else {
        visitor.reader().clone()
    };
    let say = visitor.language();
    let read = app.db.read(move |conn| {
        let frame = Frame::load(conn, &site, &reader)?;
        let found = match hash.and_then(|hash| invitations::find_usable(conn, &hash, now)) {
            Ok(invitation) => Ok(offer(conn, &frame, invitation)?),
            Err(over) if leads_nowhere(&over) => Err(over),
            Err(error) => return Err(error),
        };
        Ok((frame, found))
    });
    let (frame, found) = read.await?;
    // The address in the head is without the secret.
    let mut head = Head::new(&frame, "/invitations", say.come_to(&frame.company.name), say.for_the_invited());
    head.hidden = true;
    let over = found.as_ref().err();
    let template = InvitationPage {
        head,
        place: "invitation",
        form_token: &visitor.form_token(),
        token,
        error: if let Refused::So(refused) = refused { &refused.words } else { "" },
        faults: if let Refused::Wrong(faults) = refused { faults } else { &NO_FAULTS },
        form: typed,
        now: visitor.signed_in().map(|person| person.actor.handle(&app.site)).unwrap_or_default(),
        domain: &app.site.domain,
        offer: found.as_ref().ok(),
        over: over.map(|over| refusals::words(say, over)).unwrap_or_default(),
        unknown: over.is_some_and(|over| over.kind() == Kind::NotFound),
        sends: app.mailer.sends(),
        frame: &frame,
    };
    let status = match (over, refused) {
        (Some(over), _) => problem::status(over.kind()),
        (None, Refused::So(refused)) => refused.status,
        (None, Refused::Wrong(faults)) => faults.status(),
        (None, Refused::No) => StatusCode::OK,
    };
    let mut response = private_page(&frame, status, &template, Forms::StayHere)?;
    // The address of the page is a secret: nobody is told it, not even our own other pages.
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if let Refused::So(refused) = refused {
        refused.say_when(&mut response);
    }
    visitor.keep(&mut response, &app.site);
    Ok(response)
}

/// The hash of the secret in a link; what cannot be one is not looked up.
fn link_hash(token: &str) -> Result<[u8; 32]> {
    if secrets::is_token(token) {
        return Ok(secrets::token_hash(token));
    }
    Err(invitations::unknown())
}

/// Whether nobody comes by a link, now or ever: the page says what to do instead.
fn leads_nowhere(error: &Error) -> bool {
    error.kind() == Kind::Gone || error.code() == "invitation.not_found"
}

fn offer(conn: &mut Conn, frame: &Frame, invitation: Invitation) -> Result<Offer> {
    let by: Vec<_> = invitation.invited_by.into_iter().collect();
    let by = accounts::names_of(conn, &by)?.pop();
    let brands: Vec<_> = invitation.grants.0.iter().map(|offered| offered.actor).collect();
    let brands: Vec<Actor> = actors::get_many(conn, &brands)?;
    let say = frame.say;
    let named = invitation.grants.0.iter().filter_map(|offered| {
        let brand = brands.iter().find(|brand| brand.id == offered.actor)?;
        let (role, may) = role_of_brand(say, offered.role);
        Some(say.will_be_of_brand(role, &brand.username, may))
    });
    let team = invitation.team_id.map(|team| org::find_team(conn, team)).transpose()?.flatten();
    let team = team.map(|team| say.will_be_in_team(team.name));
    let (by, company) =
        (by.map(|(_, username, name)| if name.is_empty() { username } else { name }), &frame.company.name);
    let works_here = invitation.kind == AccountKind::Employee;
    let until = Moment::of(invitation.expires_at, say);
    let house = if works_here { role_here(say, invitation.role) } else { None };
    let guest = (!works_here).then(|| say.guests_may());
    Ok(Offer {
        invites: by.map_or_else(|| say.you_are_invited(), |by| say.invited_by(by)),
        until: say.come_until(&until.exact, &until.full),
        comes_as: match invitation.kind {
            AccountKind::Employee => say.comes_as_employee(company),
            AccountKind::Customer => say.comes_as_customer(company),
            AccountKind::Partner => say.comes_as_partner(company),
            AccountKind::Press => say.comes_as_press(company),
        },
        closed: (!works_here).then(|| say.guests_may_not(company)),
        gives: guest.into_iter().chain(house).chain(named).chain(team).collect(),
        named: invitation.grants.0.iter().any(|offered| offered.role.may(Right::WriteDraft)),
        works_here,
        email: invitation.email.unwrap_or_default(),
    })
}

/// What somebody will be on this server, where it is more than others.
fn role_here(say: Language, role: Role) -> Option<Html> {
    match role {
        Role::Owner => Some(say.will_be_owner()),
        Role::Admin => Some(say.will_be_admin()),
        Role::Moderator => Some(say.will_be_moderator()),
        Role::Member => None,
    }
}

/// What a role on a brand is called, and what it lets somebody do.
const fn role_of_brand(say: Language, role: GrantRole) -> (&'static str, &'static str) {
    match role {
        GrantRole::Owner => (say.role_owner(), say.may_as_owner()),
        GrantRole::Manager => (say.role_manager(), say.may_as_manager()),
        GrantRole::Approver => (say.role_approver(), say.may_as_approver()),
        GrantRole::Publisher => (say.role_publisher(), say.may_as_publisher()),
        GrantRole::Contributor => (say.role_contributor(), say.may_as_contributor()),
        GrantRole::Responder => (say.role_responder(), say.may_as_responder()),
        GrantRole::Analyst => (say.role_analyst(), say.may_as_analyst()),
        GrantRole::Auditor => (say.role_auditor(), say.may_as_auditor()),
    }
}

/// `POST /invitations/TOKEN`: whoever comes has an account and is signed in.
pub(super) async fn accept(
    State(app): State<App>,
    visitor: Visitor,
    Address(address): Address,
    Path(token): Path<String>,
    headers: HeaderMap,
    Form(typed): Form<Typed>,
) -> Result<Response> {
    visitor.check(&typed.form_token)?;
    app.limits.invitation(address)?;
    let refused = match come(&app, address, &token, &typed, visitor.language()).await {
        Ok(Ok(account)) => {
            let proven = Proven { account: account.id, password_hash: account.password_hash };
            return sign_in::open(&app, &visitor, &headers, proven, private::beginning()).await;
        }
        Ok(Err(faults)) => Refused::Wrong(Faults::of(visitor.language(), faults)),
        // An invitation that ended meanwhile is told of there.
        Err(over) if leads_nowhere(&over) => Refused::No,
        // Somebody else has the name or the address.
        Err(taken) if taken.code().starts_with("username.") => {
            Refused::Wrong(Faults::of(visitor.language(), [("username", taken)]))
        }
        Err(taken) if taken.code() == "account.email_taken" => {
            Refused::Wrong(Faults::of(visitor.language(), [("email", taken)]))
        }
        Err(refused) => Refused::So(sentence(refused, visitor.language())?),
    };
    page(&app, &visitor, &token, &typed, &refused).await
}

/// What is wrong, by the names of the fields.
type Wrong = Vec<(&'static str, Error)>;

async fn come(
    app: &App,
    address: Option<IpAddr>,
    token: &str,
    typed: &Typed,
    language: Language,
) -> Result<Result<Account, Wrong>> {
    let (link, now) = (link_hash(token)?, app.db.now());
    app.limits.coming(link, address)?;
    let new = Acceptance {
        username: typed.username.clone(),
        display_name: typed.display_name.clone(),
        email: typed.email.clone(),
        listed: !typed.listed.is_empty(),
        password_hash: String::new(),
    };
    let checked = new.clone();
    // Nobody makes us hash passwords without a link that works, nor for a name that nobody can have.
    let read = app.db.read(move |conn| {
        invitations::find_usable(conn, &link, now)?;
        checked.faults(conn)
    });
    let mut faults: Wrong = read.await?.into_iter().map(|(field, error)| (name_of(field), error)).collect();
    faults.extend(secrets::check_password(&typed.password).err().map(|error| ("password", error)));
    if !faults.is_empty() {
        return Ok(Err(faults));
    }
    let new = Acceptance { password_hash: hash_of_new(app, typed.password.clone()).await?, ..new };
    let site = app.site.clone();
    let came = app.db.write(move |tx| {
        let account = invitations::accept(tx, &site, &link, &new)?;
        accounts::set_letter_language(tx, account.id, language)?;
        Ok(account)
    });
    came.await.map(Ok)
}

/// What a field is called in the form.
const fn name_of(field: Field) -> &'static str {
    match field {
        Field::Username => "username",
        Field::DisplayName => "display-name",
        Field::Email => "email",
    }
}
