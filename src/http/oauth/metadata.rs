//! What apps may learn about our OAuth before they begin (RFC 8414).

use serde_json::{Value, json};

use crate::domain::{Site, accounts};

/// Who we are to OAuth; with a slash, as Mastodon writes it.
pub(super) fn issuer(site: &Site) -> String {
    format!("{}/", site.base_url)
}

/// The document of `/.well-known/oauth-authorization-server`.
pub(in crate::http) fn metadata(site: &Site) -> Value {
    let at = |path: &str| format!("{}{path}", site.base_url);
    json!({
        "issuer": issuer(site),
        "authorization_endpoint": at("/oauth/authorize"),
        "token_endpoint": at("/oauth/token"),
        "revocation_endpoint": at("/oauth/revoke"),
        "introspection_endpoint": at("/oauth/introspect"),
        "userinfo_endpoint": at("/oauth/userinfo"),
        "app_registration_endpoint": at("/api/v1/apps"),
        "scopes_supported": accounts::SCOPES,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "client_credentials"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "introspection_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "revocation_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    })
}
