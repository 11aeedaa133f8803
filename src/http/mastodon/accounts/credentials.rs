//! Oneself.

use axum::extract::State;

use crate::{
    app::App,
    error::Result,
    http::{
        extract::{Json, Session},
        mastodon::{entities::CredentialAccount, look::look},
    },
};

/// `GET /api/v1/accounts/verify_credentials`
pub(super) async fn verify(State(app): State<App>, me: Session) -> Result<Json<CredentialAccount>> {
    if !me.may("profile") {
        me.need("read:accounts")?;
    }
    look(&app, Some(me.actor.id), move |look| look.credentials(&me)).await.map(Json)
}
