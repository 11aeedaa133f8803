//! RFC 9421, HTTP Message Signatures, as Mastodon (4.5 and later), Fedify and NodeBB use it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, header};
use sfv::{BareItem, Dictionary, InnerList, ListEntry, Parser};
use url::Url;

use super::{
    Candidate, Digested, Expectations, RequestParts, Scheme, Signer, bad, cavage::set, digest, key_id, malformed,
    single, window,
};
use crate::{db::Timestamp, error::Result, net::keys::Algorithm};

/// How many signatures of one request are looked at.
const SIGNATURES: usize = 4;

/// Judges everything but the keys. Signatures that we cannot use are passed over while another remains.
pub(super) fn parse(
    request: &RequestParts<'_>,
    expect: &Expectations<'_>,
    input: &str,
    header: &str,
) -> Result<Vec<Candidate>> {
    let inputs: Dictionary =
        Parser::new(input).parse().map_err(|_| malformed("The Signature-Input header cannot be read."))?;
    let signatures: Dictionary =
        Parser::new(header).parse().map_err(|_| malformed("The Signature header cannot be read."))?;
    let (mut candidates, mut fault) = (Vec::new(), malformed("There is no signature for the Signature-Input."));
    for (label, entry) in inputs.iter().take(SIGNATURES) {
        let ListEntry::InnerList(covered) = entry else {
            return Err(malformed("The Signature-Input header cannot be read."));
        };
        let signature = match signatures.get(label.as_str()) {
            Some(ListEntry::Item(item)) => item.bare_item.as_byte_sequence(),
            _ => None,
        };
        let Some(signature) = signature else { continue };
        match judge(request, expect, covered, signature) {
            Ok(candidate) => candidates.push(candidate),
            Err(reason) => fault = reason,
        }
    }
    if candidates.is_empty() { Err(fault) } else { Ok(candidates) }
}

fn judge(
    request: &RequestParts<'_>,
    expect: &Expectations<'_>,
    covered: &InnerList,
    signature: &[u8],
) -> Result<Candidate> {
    let mut names = Vec::with_capacity(covered.items.len());
    for item in &covered.items {
        let name =
            item.bare_item.as_string().ok_or_else(|| malformed("A covered component is not a string."))?.as_str();
        if !item.params.is_empty() {
            return Err(bad("Component parameters are not supported."));
        }
        if names.contains(&name) || names.len() >= 32 {
            return Err(malformed("The list of covered components is not sound."));
        }
        names.push(name);
    }
    let covers = |name: &str| names.contains(&name);
    if !covers("@method") {
        return Err(bad("@method must be covered."));
    }
    let target = covers("@target-uri")
        || (covers("@authority")
            && (covers("@request-target")
                || (covers("@path") && (covers("@query") || !request.path_and_query.contains('?')))));
    if !target {
        return Err(bad("@target-uri, or @authority with @path, must be covered."));
    }
    let (text, parameters) = parameters(covered)?;
    window::check_created(parameters.created.ok_or_else(|| bad("created is missing."))?, expect.now)?;
    if let Some(expires) = parameters.expires {
        window::check_expires(expires, expect.now)?;
    }
    let key_id = key_id(parameters.key_id.as_deref().ok_or_else(|| bad("keyid is missing."))?)?;
    if request.method != "GET" {
        if !covers("content-digest") {
            return Err(bad("content-digest must be covered."));
        }
        digest::check_content_digest(request.headers, request.body)?;
    }
    let mut lines = Vec::with_capacity(names.len() + 1);
    for name in &names {
        lines.push(format!("\"{name}\": {}", component(request, expect, name)?));
    }
    lines.push(format!("\"@signature-params\": {text}"));
    Ok(Candidate {
        key_id,
        scheme: Scheme::Rfc9421,
        algorithm: parameters.algorithm,
        messages: vec![lines.join("\n").into_bytes()],
        signature: signature.to_vec(),
    })
}

#[derive(Default)]
struct Parameters {
    created: Option<Timestamp>,
    expires: Option<Timestamp>,
    key_id: Option<String>,
    algorithm: Option<Algorithm>,
}

/// The parameters as they are signed, and what they say.
fn parameters(covered: &InnerList) -> Result<(String, Parameters)> {
    let names: Vec<String> = covered
        .items
        .iter()
        .filter_map(|item| item.bare_item.as_string())
        .map(|name| format!("\"{}\"", name.as_str()))
        .collect();
    let mut text = format!("({})", names.join(" "));
    let mut found = Parameters::default();
    for (name, value) in &covered.params {
        text.push_str(&format!(";{}={}", name.as_str(), serialise(value)?));
        let number = || value.as_integer().map(|number| window::seconds(i64::from(number)));
        match name.as_str() {
            "created" => found.created = Some(number().ok_or_else(|| malformed("created is not a number."))?),
            "expires" => found.expires = Some(number().ok_or_else(|| malformed("expires is not a number."))?),
            "keyid" => found.key_id = value.as_string().map(|text| text.as_str().to_owned()),
            "alg" => {
                found.algorithm = Some(match value.as_string().map(sfv::StringRef::as_str) {
                    Some("rsa-v1_5-sha256") => Algorithm::RsaSha256,
                    Some("rsa-v1_5-sha512") => Algorithm::RsaSha512,
                    Some("ed25519") => Algorithm::Ed25519,
                    _ => return Err(bad("This signature algorithm is not supported. Use rsa-v1_5-sha256 or ed25519.")),
                });
            }
            _ => {}
        }
    }
    Ok((text, found))
}

fn serialise(value: &BareItem) -> Result<String> {
    match value {
        BareItem::Integer(number) => Ok(number.to_string()),
        BareItem::String(text) => Ok(format!("\"{}\"", text.as_str().replace('\\', "\\\\").replace('"', "\\\""))),
        BareItem::Token(token) => Ok(token.as_str().to_owned()),
        BareItem::Boolean(flag) => Ok(if *flag { "?1" } else { "?0" }.to_owned()),
        BareItem::ByteSequence(bytes) => Ok(format!(":{}:", STANDARD.encode(bytes))),
        BareItem::Decimal(_) | BareItem::Date(_) | BareItem::DisplayString(_) => {
            Err(bad("A signature parameter is of a kind that is not supported."))
        }
    }
}

fn component(request: &RequestParts<'_>, expect: &Expectations<'_>, name: &str) -> Result<String> {
    let host = || -> Result<String> {
        let host =
            single(request.headers, "host")?.ok_or_else(|| bad("There is no Host header."))?.to_ascii_lowercase();
        let default_port = if expect.scheme == "https" { ":443" } else { ":80" };
        Ok(host.strip_suffix(default_port).map(ToOwned::to_owned).unwrap_or(host))
    };
    let (path, query) = request
        .path_and_query
        .split_once('?')
        .map_or((request.path_and_query, None), |(path, query)| (path, Some(query)));
    Ok(match name {
        "@method" => request.method.to_owned(),
        "@target-uri" => format!("{}://{}{}", expect.scheme, host()?, request.path_and_query),
        "@authority" => host()?,
        "@scheme" => expect.scheme.to_owned(),
        "@request-target" => request.path_and_query.to_owned(),
        "@path" => path.to_owned(),
        "@query" => format!("?{}", query.unwrap_or_default()),
        derived if derived.starts_with('@') => return Err(bad("A covered component is not supported.")),
        header => single(request.headers, header)?
            .ok_or_else(|| bad("A covered header is missing from the request."))?
            .trim()
            .to_owned(),
    })
}

/// Signs a request of ours: `@method @target-uri`, with a body also `content-digest`.
pub fn sign(
    signer: &Signer,
    method: &str,
    url: &Url,
    headers: &mut HeaderMap,
    body: Option<&Digested>,
    now: Timestamp,
) -> Result<()> {
    let mut target = url.clone();
    target.set_fragment(None);
    let mut lines = vec![format!("\"@method\": {method}"), format!("\"@target-uri\": {target}")];
    let mut covered = "(\"@method\" \"@target-uri\"".to_owned();
    if let Some(body) = body {
        set(headers, header::HeaderName::from_static("content-digest"), &body.content_header())?;
        lines.push(format!("\"content-digest\": {}", body.content_header()));
        covered.push_str(" \"content-digest\"");
    }
    let label = if signer.key.is_rsa() { "rsa-v1_5-sha256" } else { "ed25519" };
    let parameters = format!("{covered});created={};keyid=\"{}\";alg=\"{label}\"", now.0 / 1_000_000, signer.key_id);
    lines.push(format!("\"@signature-params\": {parameters}"));
    let signature = STANDARD.encode(signer.key.sign(lines.join("\n").as_bytes())?);
    set(headers, header::HOST, &crate::net::host_of(url))?;
    set(headers, header::DATE, &super::cavage::http_date(now))?;
    set(headers, header::HeaderName::from_static("signature-input"), &format!("sig1={parameters}"))?;
    set(headers, header::HeaderName::from_static("signature"), &format!("sig1=:{signature}:"))
}
