//! Bodies of requests: of the kind that is taken, no larger and no slower than may be, and from a page of ours.

use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};

use super::Classroom;
use super::guard::TOKEN_HEADER;
use super::reply::{Reply, language, query};
use crate::text::{Lang, Message};

/// A form is no larger than this, in bytes.
const LARGEST_FORM: usize = 64 * 1024;
/// So long a form may take.
const FORM: Duration = Duration::from_secs(10);
/// An upload is no larger than this, in megabytes.
pub const LARGEST_UPLOAD: u64 = 16;
/// So long an upload may take.
const UPLOAD: Duration = Duration::from_mins(1);

/// A form that a page of ours sent.
#[derive(Debug)]
pub struct Form {
    /// Names and values, in order.
    pub pairs: Vec<(String, String)>,
    /// Its language.
    pub lang: Lang,
}

impl Form {
    /// The first value of this name; empty where there is none.
    pub fn get(&self, name: &str) -> &str {
        let found = self.pairs.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value)
    }
}

/// Reads a form. One without a body needs no kind, if the header has the token.
///
/// # Errors
/// The answer that says what is wrong: 403, 408, 413, 415.
pub async fn form(shared: &Classroom, request: Request) -> Result<Form, Reply> {
    let mut lang = language(request.uri(), request.headers(), shared.lang);
    let (head, body) = request.into_parts();
    let by_header = has_token(shared, &head.headers);
    let is_form = is_kind(&head.headers, "application/x-www-form-urlencoded");
    if !is_form && head.headers.contains_key(header::CONTENT_TYPE) {
        return Err(wrong_kind(lang));
    }
    let bytes = read(body, &head.headers, LARGEST_FORM, FORM, lang).await?;
    if !is_form && !bytes.is_empty() {
        return Err(wrong_kind(lang));
    }
    let pairs: Vec<(String, String)> = form_urlencoded::parse(&bytes).into_owned().collect();
    let of = |name: &str| {
        pairs
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    };
    if !query(&head.uri).iter().any(|(name, _)| name == "lang") {
        lang = of("lang").and_then(Lang::of).unwrap_or(lang);
    }
    if !by_header && !of("csrf").is_some_and(|token| shared.guard.knows(token)) {
        return Err(no_token(lang));
    }
    Ok(Form { pairs, lang })
}

/// Reads what is uploaded.
///
/// # Errors
/// As [`form`].
pub async fn upload(shared: &Classroom, request: Request) -> Result<(Bytes, Lang), Reply> {
    let lang = language(request.uri(), request.headers(), shared.lang);
    let (head, body) = request.into_parts();
    if !is_kind(&head.headers, "application/octet-stream") {
        return Err(wrong_kind(lang));
    }
    if !has_token(shared, &head.headers) {
        return Err(no_token(lang));
    }
    let most = usize::try_from(LARGEST_UPLOAD << 20).unwrap_or(usize::MAX);
    let bytes = read(body, &head.headers, most, UPLOAD, lang).await?;
    Ok((bytes, lang))
}

fn has_token(shared: &Classroom, headers: &HeaderMap) -> bool {
    let token = headers
        .get(TOKEN_HEADER)
        .and_then(|value| value.to_str().ok());
    token.is_some_and(|token| shared.guard.knows(token))
}

fn is_kind(headers: &HeaderMap, kind: &str) -> bool {
    let said = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    said.is_some_and(|said| {
        said.split(';')
            .next()
            .unwrap_or("")
            .trim()
            .eq_ignore_ascii_case(kind)
    })
}

fn wrong_kind(lang: Lang) -> Reply {
    Reply::refusal(
        lang,
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        &Message::new("serve-refused-kind"),
    )
}

fn no_token(lang: Lang) -> Reply {
    Reply::refusal(
        lang,
        StatusCode::FORBIDDEN,
        &Message::new("serve-refused-form"),
    )
}

async fn read(
    body: Body,
    headers: &HeaderMap,
    most: usize,
    within: Duration,
    lang: Lang,
) -> Result<Bytes, Reply> {
    let too_large = || {
        Reply::refusal(
            lang,
            StatusCode::PAYLOAD_TOO_LARGE,
            &Message::new("serve-too-large"),
        )
    };
    let length = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok());
    let length: Option<u64> = length.and_then(|length| length.parse().ok());
    if length.is_some_and(|length| usize::try_from(length).is_ok_and(|length| length > most)) {
        return Err(too_large());
    }
    match tokio::time::timeout(within, to_bytes(body, most)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        // Broken off, or longer than it said: who breaks off hears nothing of this.
        Ok(Err(_)) => Err(too_large()),
        Err(_) => Err(Reply::refusal(
            lang,
            StatusCode::REQUEST_TIMEOUT,
            &Message::new("serve-too-slow"),
        )),
    }
}
