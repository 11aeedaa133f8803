//! Apps.

use serde::Serialize;

/// An app as anybody who holds a token of it may see it.
#[derive(Debug, Serialize)]
pub struct Application {
    /// Its number, as text.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Where it is described.
    pub website: Option<String>,
    /// What it may ask for.
    pub scopes: Vec<String>,
    /// Where people may be sent back to.
    pub redirect_uris: Vec<String>,
    /// The same, one on each line.
    pub redirect_uri: String,
    /// The company's public key for push services.
    pub vapid_key: String,
}

impl Application {
    /// An app with its scopes and addresses.
    pub fn new(
        id: String,
        name: &str,
        website: Option<String>,
        scopes: &str,
        redirect_uris: &[String],
        vapid_key: String,
    ) -> Self {
        Self {
            id,
            name: name.to_owned(),
            website,
            scopes: scopes.split_whitespace().map(str::to_owned).collect(),
            redirect_uri: redirect_uris.join("\n"),
            redirect_uris: redirect_uris.to_vec(),
            vapid_key,
        }
    }
}

/// An app with its secret, told once.
#[derive(Debug, Serialize)]
pub struct CredentialApplication {
    /// The app.
    #[serde(flatten)]
    pub application: Application,
    /// Its public name.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// Never.
    pub client_secret_expires_at: i64,
}
