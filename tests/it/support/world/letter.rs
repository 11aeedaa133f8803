//! What a stranger sends, rightly signed or not.

use std::net::SocketAddr;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use guildhall::{
    db::Timestamp,
    net::signatures::{Digested, cavage, rfc9421},
};
use http::{HeaderMap, HeaderValue};
use serde_json::Value;
use url::Url;

use super::{NOW, OURS, Stranger};

/// A request on its way to an inbox, to be changed by an attacker.
pub struct Letter {
    pub path: String,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    /// Where it comes from; nothing: over no network.
    pub peer: Option<SocketAddr>,
}

impl Letter {
    pub fn signed(by: &Stranger, activity: &Value) -> Self {
        Self::signed_at(by, activity, NOW)
    }

    pub fn signed_at(by: &Stranger, activity: &Value, now: Timestamp) -> Self {
        let mut letter = Self::unsigned(activity);
        let digest = Digested::of(&letter.body);
        letter.headers.insert("digest", HeaderValue::from_str(&digest.header()).unwrap());
        let url = Url::parse(&format!("{OURS}/ap/inbox")).unwrap();
        cavage::sign(&by.signer, "POST", &url, &mut letter.headers, Some(&digest), true, now).unwrap();
        letter
    }

    pub fn signed_9421(by: &Stranger, activity: &Value) -> Self {
        let mut letter = Self::unsigned(activity);
        let digest = Digested::of(&letter.body);
        let url = Url::parse(&format!("{OURS}/ap/inbox")).unwrap();
        rfc9421::sign(&by.signer, "POST", &url, &mut letter.headers, Some(&digest), NOW).unwrap();
        letter
    }

    pub fn unsigned(activity: &Value) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_static("company.example"));
        headers.insert("content-type", HeaderValue::from_static("application/activity+json"));
        Self { path: "/ap/inbox".to_owned(), headers, body: activity.to_string().into_bytes(), peer: None }
    }

    pub fn from(mut self, peer: SocketAddr) -> Self {
        self.peer = Some(peer);
        self
    }

    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(name, HeaderValue::from_str(value).unwrap());
        self
    }

    /// The letter with a `Digest` and a `Date`, ready to be signed in a way of the test's own.
    pub fn dated(activity: &Value) -> Self {
        let letter = Self::unsigned(activity);
        let digest = Digested::of(&letter.body);
        letter
            .with("digest", &digest.header())
            .with("content-digest", &digest.content_header())
            .with("date", &cavage::http_date(NOW))
    }

    /// Really signs these components by draft-cavage; `parameters` is what else the header says.
    pub fn covering(self, by: &Stranger, components: &[&str], parameters: &[(&str, &str)]) -> Self {
        let value_of = |name: &str| match name {
            "(request-target)" => format!("post {}", self.path),
            "(created)" | "(expires)" => {
                let name = name.trim_matches(['(', ')']);
                parameters.iter().find(|(known, _)| *known == name).unwrap().1.to_owned()
            }
            header => self.headers[header].to_str().unwrap().to_owned(),
        };
        let lines: Vec<String> = components.iter().map(|name| format!("{name}: {}", value_of(name))).collect();
        let signature = STANDARD.encode(by.signer.key.sign(lines.join("\n").as_bytes()).unwrap());
        let more: String = parameters
            .iter()
            .map(|(name, value)| match *name {
                "created" | "expires" => format!(",{name}={value}"),
                _ => format!(",{name}=\"{value}\""),
            })
            .collect();
        let covered = components.join(" ");
        let header = format!("keyId=\"{}\"{more},headers=\"{covered}\",signature=\"{signature}\"", by.signer.key_id);
        self.with("signature", &header)
    }

    /// Really signs these components by RFC 9421; `parameters` follow the list of them.
    pub fn covering_9421(self, by: &Stranger, components: &[(&str, &str)], parameters: &str) -> Self {
        let names: Vec<String> = components.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        let input = format!("({}){parameters};keyid=\"{}\"", names.join(" "), by.signer.key_id);
        let mut lines: Vec<String> = components
            .iter()
            .map(|(name, value)| match *value {
                "" => format!("\"{name}\": {}", self.headers[*name].to_str().unwrap()),
                value => format!("\"{name}\": {value}"),
            })
            .collect();
        lines.push(format!("\"@signature-params\": {input}"));
        let signature = STANDARD.encode(by.signer.key.sign(lines.join("\n").as_bytes()).unwrap());
        self.with("signature-input", &format!("sig1={input}")).with("signature", &format!("sig1=:{signature}:"))
    }

    /// The same with another body, digested and signed anew.
    pub fn with_body(by: &Stranger, body: Vec<u8>) -> Self {
        let mut letter = Self { body, ..Self::unsigned(&Value::Null) };
        let digest = Digested::of(&letter.body);
        letter.headers.insert("digest", HeaderValue::from_str(&digest.header()).unwrap());
        let url = Url::parse(&format!("{OURS}/ap/inbox")).unwrap();
        cavage::sign(&by.signer, "POST", &url, &mut letter.headers, Some(&digest), true, NOW).unwrap();
        letter
    }

    /// One header twice.
    pub fn twice(mut self, name: &'static str, second: &str) -> Self {
        self.headers.append(name, HeaderValue::from_str(second).unwrap());
        self
    }

    pub fn lacking(mut self, name: &'static str) -> Self {
        self.headers.remove(name);
        self
    }

    /// Changes a part of a header.
    pub fn edit(mut self, name: &'static str, from: &str, to: &str) -> Self {
        let value = self.headers[name].to_str().unwrap().replace(from, to);
        self.headers.insert(name, HeaderValue::from_str(&value).unwrap());
        self
    }
}
