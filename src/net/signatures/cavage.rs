//! draft-cavage-http-signatures-12, the scheme that nearly every peer sends first.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderValue, header};
use url::Url;

use super::{
    Candidate, Digested, Expectations, RequestParts, Scheme, Signer, bad, digest, key_id, malformed, single, window,
};
use crate::{
    db::Timestamp,
    error::{Error, Result},
    net::keys::Algorithm,
};

/// The parameters of a `Signature` header.
#[derive(Debug, Default)]
struct Parameters {
    key_id: Option<String>,
    algorithm: Option<String>,
    headers: Option<String>,
    signature: Option<String>,
    created: Option<String>,
    expires: Option<String>,
}

/// Reads `name="value",name=number`, aware of quotes; a parameter given twice is refused.
fn parameters(text: &str) -> Result<Parameters> {
    let unreadable = || malformed("The Signature header cannot be read.");
    let mut found = Parameters::default();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (name, after) = rest.split_once('=').ok_or_else(unreadable)?;
        let after = after.trim_start();
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').ok_or_else(unreadable)?,
            None => after.split_at(after.find(',').unwrap_or(after.len())),
        };
        let after = after.trim_start();
        rest = match after.strip_prefix(',') {
            Some(next) => next.trim_start(),
            None if after.is_empty() => "",
            None => return Err(unreadable()),
        };
        let place = match name.trim().to_ascii_lowercase().as_str() {
            "keyid" => &mut found.key_id,
            "algorithm" => &mut found.algorithm,
            "headers" => &mut found.headers,
            "signature" => &mut found.signature,
            "created" => &mut found.created,
            "expires" => &mut found.expires,
            _ => continue,
        };
        if place.replace(value.trim().to_owned()).is_some() {
            return Err(malformed("The Signature header has a parameter twice."));
        }
    }
    Ok(found)
}

/// Judges everything but the key.
pub(super) fn parse(request: &RequestParts<'_>, expect: &Expectations<'_>, text: &str) -> Result<Candidate> {
    let found = parameters(text)?;
    let key_id = key_id(found.key_id.as_deref().ok_or_else(|| malformed("The Signature header has no keyId."))?)?;
    let signature = found.signature.as_deref().filter(|signature| !signature.is_empty());
    let signature = signature.ok_or_else(|| malformed("The Signature header has no signature."))?;
    let signature = STANDARD.decode(signature).map_err(|_| malformed("The signature is not base64."))?;
    let label = found.algorithm.as_deref().unwrap_or("hs2019").to_ascii_lowercase();
    let algorithm = match label.as_str() {
        "hs2019" => None,
        "rsa-sha256" => Some(Algorithm::RsaSha256),
        "rsa-sha512" => Some(Algorithm::RsaSha512),
        "ed25519" => Some(Algorithm::Ed25519),
        _ => return Err(bad("This signature algorithm is not supported. Use rsa-sha256.")),
    };
    let covered =
        found.headers.unwrap_or_else(|| if label == "hs2019" { "(created)".to_owned() } else { "date".to_owned() });
    let covered: Vec<String> = covered.split_whitespace().map(str::to_ascii_lowercase).collect();
    let covers = |name: &str| covered.iter().any(|component| component == name);
    if covered.len() > 32
        || covered.iter().enumerate().any(|(at, name)| covered.iter().skip(at + 1).any(|other| other == name))
    {
        return Err(malformed("The list of signed headers is not sound."));
    }
    if !covers("(request-target)") || !covers("host") {
        return Err(bad("(request-target) and host must be signed."));
    }
    freshness(request, expect, &label, &covered, found.created.as_deref(), found.expires.as_deref())?;
    if request.method != "GET" {
        if !covers("digest") {
            return Err(bad("digest must be signed."));
        }
        digest::check_digest(request.headers, request.body)?;
    }
    let message = |path: &str| -> Result<Vec<u8>> {
        let mut lines = Vec::with_capacity(covered.len());
        for name in &covered {
            lines.push(match name.as_str() {
                "(request-target)" => format!("(request-target): {} {path}", request.method.to_ascii_lowercase()),
                "(created)" => format!("(created): {}", found.created.as_deref().unwrap_or_default()),
                "(expires)" => format!("(expires): {}", found.expires.as_deref().unwrap_or_default()),
                name => {
                    let value = single(request.headers, name)?
                        .ok_or_else(|| bad("A signed header is missing from the request."))?;
                    format!("{name}: {}", value.trim())
                }
            });
        }
        Ok(lines.join("\n").into_bytes())
    };
    let mut messages = vec![message(request.path_and_query)?];
    // Misskey and older Mastodon sign the path alone.
    if let Some((path, _)) = request.path_and_query.split_once('?') {
        messages.push(message(path)?);
    }
    Ok(Candidate { key_id, scheme: Scheme::Cavage, algorithm, messages, signature })
}

fn freshness(
    request: &RequestParts<'_>,
    expect: &Expectations<'_>,
    label: &str,
    covered: &[String],
    created: Option<&str>,
    expires: Option<&str>,
) -> Result<()> {
    let covers = |name: &str| covered.iter().any(|component| component == name);
    let number = |text: &str| {
        text.parse::<i64>().map(window::seconds).map_err(|_| malformed("created and expires are whole seconds."))
    };
    if (covers("(created)") || covers("(expires)")) && label != "hs2019" && label != "ed25519" {
        return Err(bad("(created) and (expires) cannot be used with this algorithm."));
    }
    let mut dated = false;
    if covers("(created)") {
        let created = created.ok_or_else(|| malformed("(created) is signed, but not given."))?;
        window::check_created(number(created)?, expect.now)?;
        dated = true;
    }
    if covers("(expires)") {
        let expires = expires.ok_or_else(|| malformed("(expires) is signed, but not given."))?;
        window::check_expires(number(expires)?, expect.now)?;
    }
    if covers("date") {
        let date = single(request.headers, "date")?.ok_or_else(|| bad("There is no Date header."))?;
        let date = httpdate::parse_http_date(date).map_err(|_| bad("The Date header is not an HTTP date."))?;
        let since =
            date.duration_since(std::time::UNIX_EPOCH).map_err(|_| bad("The Date header is not an HTTP date."))?;
        window::check_created(Timestamp(i64::try_from(since.as_micros()).unwrap_or(i64::MAX)), expect.now)?;
        dated = true;
    }
    if dated { Ok(()) } else { Err(bad("date or (created) must be signed.")) }
}

/// The moment as an HTTP date.
pub fn http_date(now: Timestamp) -> String {
    let seconds = u64::try_from(now.0 / 1_000_000).unwrap_or(0);
    httpdate::fmt_http_date(std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds))
}

/// Signs a request of ours: `(request-target) host date`, with a body also `digest` and `content-type`, which must
/// be among the headers already.
pub fn sign(
    signer: &Signer,
    method: &str,
    url: &Url,
    headers: &mut HeaderMap,
    body: Option<&Digested>,
    with_query: bool,
    now: Timestamp,
) -> Result<()> {
    let host = crate::net::host_of(url);
    let date = http_date(now);
    let target = match url.query().filter(|_| with_query) {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    let mut message = format!("(request-target): {} {target}\nhost: {host}\ndate: {date}", method.to_ascii_lowercase());
    let mut covered = "(request-target) host date".to_owned();
    set(headers, header::HOST, &host)?;
    set(headers, header::DATE, &date)?;
    if let Some(body) = body {
        let kind =
            headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        message.push_str(&format!("\ndigest: {}\ncontent-type: {kind}", body.header()));
        covered.push_str(" digest content-type");
        set(headers, header::HeaderName::from_static("digest"), &body.header())?;
    }
    let label = if signer.key.is_rsa() { "rsa-sha256" } else { "hs2019" };
    let signature = STANDARD.encode(signer.key.sign(message.as_bytes())?);
    let value =
        format!("keyId=\"{}\",algorithm=\"{label}\",headers=\"{covered}\",signature=\"{signature}\"", signer.key_id);
    set(headers, header::HeaderName::from_static("signature"), &value)
}

pub(super) fn set(headers: &mut HeaderMap, name: header::HeaderName, value: &str) -> Result<()> {
    headers.insert(name, HeaderValue::from_str(value).map_err(Error::internal)?);
    Ok(())
}
