//! Who may ask for what. Every request passes here before anything is done:
//!
//! - the Host must be ours: a name of the loopback, the address that was reached, or one that `--origin` named. A page of somebody's
//!   whose name has come to mean this machine (DNS rebinding) says another one;
//! - what changes something must come from a page of ours: by its Origin, by `Sec-Fetch-Site`, and by a token that only our pages know;
//! - where the server is open to others, all but the front page needs a cookie, which the token of the teacher's link is exchanged for.

use std::fs::File;
use std::io::{self, Read as _};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::Response;

use super::reply::{Reply, language};
use super::{Classroom, ServeOptions, Visitor};
use crate::text::Message;

/// The cookie's name.
const COOKIE: &str = "sockscope";
/// What our own forms and scripts send along.
pub const TOKEN_HEADER: &str = "x-csrf-token";
/// What may be asked for without the cookie.
const FRONT: [&str; 4] = ["/", "/style.css", "/page.js", "/api/session"];

/// What the server checks, and with what.
#[derive(Debug)]
pub struct Guard {
    /// Hosts that `--origin` named, as a Host header spells them, and those origins.
    hosts: Vec<String>,
    origins: Vec<String>,
    embed: Vec<String>,
    /// In every form of ours.
    form_token: String,
    /// Who has it may do anything; none where only this machine's users come.
    invitation: Option<String>,
    /// The value of the cookie that it is exchanged for.
    cookie: String,
}

impl Guard {
    /// As the options say, with fresh secrets.
    ///
    /// # Errors
    /// When there are no random numbers.
    pub fn new(options: &ServeOptions, here: SocketAddr) -> io::Result<Self> {
        let host = |origin: &String| origin.split_once("://").map(|(_, host)| host.to_owned());
        let is_open = !here.ip().is_loopback() || !options.origins.is_empty();
        Ok(Self {
            hosts: options.origins.iter().filter_map(host).collect(),
            origins: options.origins.clone(),
            embed: options.embed.clone(),
            form_token: secret()?,
            invitation: is_open.then(secret).transpose()?,
            cookie: secret()?,
        })
    }

    /// The token of the teacher's link, where one is needed.
    pub fn invitation(&self) -> Option<&str> {
        self.invitation.as_deref()
    }

    /// What every form of ours carries.
    pub fn form_token(&self) -> &str {
        &self.form_token
    }

    /// A form brought it back.
    pub fn knows(&self, token: &str) -> bool {
        same(token, &self.form_token)
    }

    /// The cookie for who brings the invitation.
    pub fn admit(&self, token: &str) -> Option<String> {
        let invitation = self.invitation.as_deref()?;
        same(token, invitation).then(|| {
            format!(
                "{COOKIE}={}; HttpOnly; SameSite=Strict; Path=/",
                self.cookie
            )
        })
    }

    /// This request has been admitted, or nobody needs to be.
    pub fn is_admitted(&self, headers: &HeaderMap) -> bool {
        let Some(_) = self.invitation else {
            return true;
        };
        let cookies = headers.get_all(header::COOKIE);
        let cookies = cookies.iter().filter_map(|value| value.to_str().ok());
        let mut pairs = cookies
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='));
        pairs.any(|(name, value)| name == COOKIE && same(value, &self.cookie))
    }

    fn knows_host(&self, host: &str, visitor: Visitor) -> bool {
        let host = host.to_ascii_lowercase();
        if self.hosts.contains(&host) {
            return true;
        }
        let (name, port) = split(&host);
        if port.is_some_and(|port| port.parse::<u16>().is_err()) {
            return false;
        }
        let address = name
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse::<IpAddr>();
        match address {
            Ok(address) => address.is_loopback() || address == visitor.here.ip().to_canonical(),
            Err(_) => name == "localhost",
        }
    }

    /// A page of ours, at the host that was asked.
    fn knows_origin(&self, origin: &str, host: &str) -> bool {
        let origin = origin.to_ascii_lowercase();
        self.origins.contains(&origin) || origin == format!("http://{}", host.to_ascii_lowercase())
    }

    /// What is wrong with this request, if anything is.
    fn refuses(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        visitor: Visitor,
    ) -> Option<&'static str> {
        let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or(""));
        let mut hosts = headers.get_all(header::HOST).iter();
        let (Some(host), None) = (hosts.next(), hosts.next()) else {
            return Some("serve-refused-host");
        };
        let host = host.to_str().unwrap_or("");
        let named = uri
            .authority()
            .is_none_or(|authority| self.knows_host(authority.as_str(), visitor));
        if !named || !self.knows_host(host, visitor) {
            return Some("serve-refused-host");
        }
        let site = headers
            .get("sec-fetch-site")
            .map(|value| value.to_str().unwrap_or(""));
        let is_read = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
        if is_read && !changes(uri.path()) {
            return None;
        }
        if site.is_some_and(|site| !matches!(site, "same-origin" | "none")) {
            return Some("serve-refused-site");
        }
        if text(header::ORIGIN).is_some_and(|origin| !self.knows_origin(origin, host)) {
            return Some("serve-refused-origin");
        }
        // A GET that changes something is for the person at this machine, nobody else.
        if is_read && (!visitor.peer.ip().to_canonical().is_loopback() || self.invitation.is_some())
        {
            return Some("serve-refused-get");
        }
        None
    }

    fn frame_ancestors(&self) -> String {
        if self.embed.is_empty() {
            return "'none'".to_owned();
        }
        self.embed.join(" ")
    }
}

/// The article's endpoints change something by GET, as the article's do.
fn changes(path: &str) -> bool {
    matches!(path, "/api/server" | "/api/client")
}

/// A host's name and its port.
fn split(host: &str) -> (&str, Option<&str>) {
    let behind = host.rfind(']').unwrap_or(0);
    match host[behind..].find(':') {
        Some(at) => (&host[..behind + at], Some(&host[behind + at + 1..])),
        None => (host, None),
    }
}

/// 128 random bits.
fn secret() -> io::Result<String> {
    let mut bytes = [0; 16];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Equal, found out in a time that says nothing about where they differ.
fn same(one: &str, other: &str) -> bool {
    let differ = one
        .bytes()
        .zip(other.bytes())
        .fold(0, |differ, (a, b)| differ | (a ^ b));
    one.len() == other.len() && differ == 0
}

/// A fresh name that nobody guesses.
///
/// # Errors
/// When there are no random numbers.
pub fn fresh_name() -> io::Result<String> {
    secret()
}

/// Lets a request pass, or says why not; and says what every answer says of itself.
pub async fn guard(
    State(shared): State<Arc<Classroom>>,
    Extension(visitor): Extension<Visitor>,
    request: Request<Body>,
    next: Next,
) -> Response {
    let guard = &shared.guard;
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let lang = language(&uri, request.headers(), shared.lang);
    let refused = guard
        .refuses(&method, &uri, request.headers(), visitor)
        .or_else(|| {
            (!FRONT.contains(&uri.path()) && !guard.is_admitted(request.headers()))
                .then_some("serve-refused-token")
        });
    let mut response = if let Some(key) = refused {
        Reply::refusal(lang, StatusCode::FORBIDDEN, &Message::new(key)).into_response()
    } else if method == Method::HEAD && changes(uri.path()) {
        let mut response = Reply::refusal(
            lang,
            StatusCode::METHOD_NOT_ALLOWED,
            &Message::new("serve-refused-method"),
        )
        .into_response();
        response
            .headers_mut()
            .insert(header::ALLOW, HeaderValue::from_static("GET, POST"));
        response
    } else {
        next.run(request).await
    };
    mark(&mut response, guard);
    response
}

/// What every answer says of itself.
fn mark(response: &mut Response, guard: &Guard) {
    let headers = response.headers_mut();
    let policy = format!(
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' blob: data:; form-action 'self'; base-uri 'none'; frame-ancestors {}",
        guard.frame_ancestors()
    );
    let mut set = |name: HeaderName, value: &str| {
        if let (false, Ok(value)) = (headers.contains_key(&name), HeaderValue::from_str(value)) {
            headers.insert(name, value);
        }
    };
    set(header::CONTENT_SECURITY_POLICY, &policy);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::CACHE_CONTROL, "no-store");
    // Not `no-referrer`: with that a browser says `Origin: null` of our own forms.
    set(header::REFERRER_POLICY, "same-origin");
    set(
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    );
    set(
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    );
    if guard.embed.is_empty() {
        set(header::X_FRAME_OPTIONS, "DENY");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Span;

    fn guard_of(origins: &[&str]) -> Guard {
        let options = ServeOptions {
            address: IpAddr::from([127, 0, 0, 1]),
            port: 8080,
            origins: origins.iter().map(|&origin| origin.to_owned()).collect(),
            embed: Vec::new(),
            idle: Span::from_ms(1_000),
        };
        Guard::new(&options, "127.0.0.1:8080".parse().expect("an address")).expect("random numbers")
    }

    fn visitor(here: &str) -> Visitor {
        Visitor {
            peer: "127.0.0.1:4".parse().expect("an address"),
            here: here.parse().expect("an address"),
        }
    }

    #[test]
    fn hosts_are_the_loopbacks_and_those_that_were_reached() {
        let guard = guard_of(&["https://class.example"]);
        let visitor = visitor("192.0.2.7:8080");
        for host in [
            "localhost",
            "LOCALHOST:8080",
            "127.0.0.1:9",
            "[::1]:8080",
            "192.0.2.7:8080",
            "class.example",
        ] {
            assert!(guard.knows_host(host, visitor), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "localhost.evil.example",
            "192.0.2.8",
            "127.0.0.1.evil.example",
            "class.example:1",
            "localhost:x",
        ] {
            assert!(!guard.knows_host(host, visitor), "{host}");
        }
    }

    #[test]
    fn an_origin_is_ours_by_scheme_host_and_port() {
        let guard = guard_of(&["https://class.example"]);
        assert!(guard.knows_origin("http://127.0.0.1:8080", "127.0.0.1:8080"));
        assert!(guard.knows_origin("https://class.example", "class.example"));
        for origin in [
            "null",
            "",
            "http://127.0.0.1:8081",
            "https://127.0.0.1:8080",
            "http://class.example.evil",
        ] {
            assert!(!guard.knows_origin(origin, "127.0.0.1:8080"), "{origin}");
        }
    }

    #[test]
    fn secrets_are_compared_whole() {
        assert!(same("abc", "abc"));
        for other in ["", "ab", "abx", "abcd"] {
            assert!(!same("abc", other), "{other}");
        }
    }
}
