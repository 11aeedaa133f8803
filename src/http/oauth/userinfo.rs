//! `/oauth/userinfo`: who somebody is, for apps that only want to know that.

use axum::extract::State;
use serde_json::{Value, json};

use super::metadata::issuer;
use crate::{
    app::App,
    error::Result,
    http::extract::{Json, Session},
};

/// `GET /oauth/userinfo`, and `POST`, as OpenID Connect has it
pub(super) async fn userinfo(State(app): State<App>, me: Session) -> Result<Json<Value>> {
    me.need("profile")?;
    let actor = &me.actor;
    let mut told = json!({
        "iss": issuer(&app.site),
        "sub": actor.uri,
        "name": actor.display_name(),
        "preferred_username": actor.username,
        "profile": actor.page(),
    });
    if let (Some(told), Some(picture)) = (told.as_object_mut(), &actor.icon) {
        told.insert("picture".to_owned(), json!(picture));
    }
    Ok(Json(told))
}
