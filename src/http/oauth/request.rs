//! What an app asks of a person, checked: nobody is sent anywhere that the app did not register.

use serde::Deserialize;

use super::metadata::issuer;
use crate::{
    app::App,
    domain::{
        Site,
        apps::{self, ClientApp, OUT_OF_BAND},
    },
    error::{Error, Result},
    http::web::LONGEST,
    secrets,
};

/// The parameters of an authorisation request, as they came. Our own pages carry them on. `lang` is taken and changes
/// nothing: the pages speak English.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    response_type: Option<String>,
    client_id: Option<String>,
    redirect_uri: Option<String>,
    scope: Option<String>,
    state: Option<String>,
    code_challenge: Option<String>,
    code_challenge_method: Option<String>,
}

impl Asked {
    /// The parameters that are there.
    pub(super) fn parameters(&self) -> Vec<(&'static str, &str)> {
        let all = [
            ("response_type", &self.response_type),
            ("client_id", &self.client_id),
            ("redirect_uri", &self.redirect_uri),
            ("scope", &self.scope),
            ("state", &self.state),
            ("code_challenge", &self.code_challenge),
            ("code_challenge_method", &self.code_challenge_method),
        ];
        all.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?))).collect()
    }

    /// The challenge of RFC 7636, if the app gave one.
    pub(super) fn challenge(&self) -> Option<String> {
        self.code_challenge.clone()
    }

    /// Where the same is asked again.
    pub(super) fn address(&self) -> String {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(self.parameters()).finish();
        format!("/oauth/authorize?{query}")
    }
}

/// A request that is sound.
#[derive(Debug, Clone)]
pub(super) struct Request {
    /// As it came.
    pub asked: Asked,
    /// The app.
    pub client: ClientApp,
    /// Where the person is sent back to; one of those that the app registered.
    pub redirect_uri: String,
    /// What it wants to be allowed.
    pub scopes: Vec<&'static str>,
}

impl Request {
    /// Checks what is asked. The person is told what is wrong with it, on a page of ours: anybody can register an app,
    /// and would otherwise have an address here that sends people wherever they like (RFC 9700, section 4.11.2).
    pub(super) async fn check(app: &App, asked: Asked) -> Result<Self> {
        let id = asked.client_id.clone().unwrap_or_default();
        let client = app.db.read(move |conn| apps::find_by_client_id(conn, &id)).await?;
        let client = client.ok_or_else(|| {
            let sentence =
                "This server does not know the app that sent you here. Go back to the app, and add your server again.";
            Error::malformed("oauth.invalid_client", sentence)
        })?;
        let redirect_uri = asked.redirect_uri.clone().filter(|address| client.returns_to(address)).ok_or_else(|| {
            let sentence = "The app wants to send you to an address that it did not register. Whoever made the app must mend this; nothing was allowed.";
            Error::malformed("oauth.invalid_redirect_uri", sentence)
        })?;
        let scopes = check_rest(&asked, &client)?;
        Ok(Self { asked, client, redirect_uri, scopes })
    }

    /// Where the person is sent after they said no.
    pub(super) fn denied(&self, site: &Site) -> Result<String> {
        if self.redirect_uri == OUT_OF_BAND {
            return Err(Error::forbidden("oauth.access_denied", "You did not let the app in. Close this page."));
        }
        let mut parameters = vec![("error", "access_denied"), ("error_description", "The person did not allow it.")];
        parameters.extend(self.asked.state.as_deref().map(|state| ("state", state)));
        let issuer = issuer(site);
        parameters.push(("iss", &issuer));
        Ok(with(&self.redirect_uri, &parameters))
    }

    /// Where the person is sent after they said yes. An app that speaks with several servers sees by `iss` which of them
    /// answered (RFC 9207).
    pub(super) fn allowed(&self, site: &Site, code: &str) -> String {
        let mut parameters = vec![("code", code)];
        if self.redirect_uri == OUT_OF_BAND {
            return with("/oauth/authorize/native", &parameters);
        }
        parameters.extend(self.asked.state.as_deref().map(|state| ("state", state)));
        let issuer = issuer(site);
        parameters.push(("iss", &issuer));
        with(&self.redirect_uri, &parameters)
    }
}

/// What an app wants to be allowed.
fn check_rest(asked: &Asked, client: &ClientApp) -> Result<Vec<&'static str>> {
    let refused = |why: &str| {
        let said = format!("The app asks for what cannot be done: {why} Whoever made the app must mend this.");
        Error::malformed("oauth.invalid_request", said)
    };
    if asked.response_type.as_deref() != Some("code") {
        return Err(refused("There is the response type code here."));
    }
    match (asked.code_challenge.as_deref(), asked.code_challenge_method.as_deref()) {
        (None, None) => {}
        (Some(challenge), Some("S256")) if secrets::is_token(challenge) => {}
        _ => return Err(refused("The code_challenge must be a SHA-256 in base64url, and its method S256.")),
    }
    if asked.address().len() > LONGEST {
        return Err(refused("It says too much."));
    }
    client.read_scopes(asked.scope.as_deref()).map_err(|error| refused(error.safe()))
}

/// An address with more parameters; what it had stays to the letter.
fn with(address: &str, parameters: &[(&str, &str)]) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    let joint = match (address.contains('?'), address.ends_with(['?', '&'])) {
        (_, true) => "",
        (true, false) => "&",
        (false, false) => "?",
    };
    format!("{address}{joint}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_added_behind_those_that_are_there() {
        let added = |address| with(address, &[("code", "a b")]);
        assert_eq!(added("https://app.example/cb"), "https://app.example/cb?code=a+b");
        assert_eq!(added("https://app.example/cb?x=1"), "https://app.example/cb?x=1&code=a+b");
        assert_eq!(added("app://?"), "app://?code=a+b");
    }
}
