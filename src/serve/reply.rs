//! What is given back, and in which language.

use std::rc::Rc;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::Response;

use crate::text::{Catalogue, Lang, Message};

thread_local! {
    /// One for each language: the server has one thread.
    static CATALOGUES: [Rc<Catalogue>; 2] = Lang::ALL.map(|lang| Rc::new(Catalogue::new(lang)));
}

/// Says something in a language.
pub fn in_language<T>(lang: Lang, say: impl FnOnce(&Catalogue) -> T) -> T {
    CATALOGUES.with(|all| {
        let found = all.iter().find(|catalogue| catalogue.lang() == lang);
        say(found.unwrap_or(&all[0]))
    })
}

/// The language that is wanted: by the address, by the browser, else this one.
pub fn language(uri: &Uri, headers: &HeaderMap, otherwise: Lang) -> Lang {
    let asked = query(uri).into_iter().find(|(name, _)| name == "lang");
    let asked = asked.and_then(|(_, value)| Lang::of(&value));
    let accepts = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    let accepted = || {
        accepts?
            .split(',')
            .find_map(|part| Lang::of(part.split(';').next()?.trim()))
    };
    asked.or_else(accepted).unwrap_or(otherwise)
}

/// What stands behind the question mark.
pub fn query(uri: &Uri) -> Vec<(String, String)> {
    form_urlencoded::parse(uri.query().unwrap_or("").as_bytes())
        .into_owned()
        .collect()
}

/// An answer of ours.
#[derive(Debug)]
pub struct Reply {
    status: StatusCode,
    kind: &'static str,
    body: Body,
    headers: Vec<(&'static str, String)>,
}

impl Reply {
    /// A page.
    pub fn page(page: String) -> Self {
        Self::of("text/html; charset=utf-8", page)
    }

    /// Text.
    pub fn text(text: String) -> Self {
        Self::of("text/plain; charset=utf-8", text)
    }

    /// Anything of this kind.
    pub fn of(kind: &'static str, body: impl Into<Body>) -> Self {
        Self {
            status: StatusCode::OK,
            kind,
            body: body.into(),
            headers: Vec::new(),
        }
    }

    /// Why something is not done.
    pub fn refusal(lang: Lang, status: StatusCode, why: &Message) -> Self {
        Self::text(in_language(lang, |catalogue| catalogue.say(why)) + "\n").with_status(status)
    }

    /// Somewhere else, by a relative address: what was done is looked at there.
    pub fn elsewhere(to: String) -> Self {
        Self::text(String::new())
            .with_status(StatusCode::SEE_OTHER)
            .with("location", to)
    }

    /// With another status.
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// With a header.
    pub fn with(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    /// As it is sent.
    pub fn into_response(self) -> Response {
        let mut response = Response::new(self.body);
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.kind));
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(name, value);
            }
        }
        response
    }
}

impl axum::response::IntoResponse for Reply {
    fn into_response(self) -> Response {
        Self::into_response(self)
    }
}
