//! The classroom page: who may ask for what, by raw requests; the article's endpoints; runs, as children; what is told of them; and the
//! pages in a real browser.
#![allow(clippy::unwrap_used, reason = "a panic is a test's verdict")]

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use support::{User, folder, have, kernel_lacks, left_out, sockscope, text};

mod support;

/// A server of its own for each test; ended with everything that it started.
struct Server {
    child: Child,
    _out: BufReader<ChildStdout>,
    address: SocketAddr,
    link: String,
    token: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An answer.
#[derive(Debug)]
struct Got {
    status: u16,
    head: String,
    body: String,
}

impl Got {
    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

impl Server {
    fn start(args: &[&str]) -> Self {
        let mut all = vec!["--lang", "en", "serve", "--port", "0"];
        all.extend(args);
        let mut child = sockscope(User::Ordinary, &all)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut said = String::new();
        out.read_line(&mut said).unwrap();
        let link = said
            .split_whitespace()
            .find(|word| word.starts_with("http://"))
            .unwrap_or_else(|| panic!("no address in {said}"))
            .to_owned();
        let host = link.trim_start_matches("http://");
        let address = host[..host.find('/').unwrap()].parse().unwrap();
        let mut server = Self {
            child,
            _out: out,
            address,
            link,
            token: String::new(),
        };
        let got = server.ask("GET", "/api/token", &[], "");
        if got.status == 200 {
            got.body.trim().clone_into(&mut server.token);
        }
        server
    }

    /// Sends a request as it is, and reads until the server closes.
    fn raw(&self, request: &str) -> Got {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_mins(1)))
            .unwrap();
        // Who is refused before all was sent may be cut off while it still sends.
        let _ = stream.write_all(request.as_bytes());
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        let (head, body) = end.map_or((&bytes[..], &[][..]), |end| {
            (&bytes[..end], &bytes[end + 4..])
        });
        let head = text(head);
        let is_chunked = head
            .to_ascii_lowercase()
            .contains("transfer-encoding: chunked");
        let body = if is_chunked {
            joined(body)
        } else {
            body.to_vec()
        };
        let status = head.split(' ').nth(1).and_then(|word| word.parse().ok());
        Got {
            status: status.unwrap_or(0),
            head,
            body: text(&body),
        }
    }

    /// A request with these headers; `Host` is the server's unless it is among them.
    fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Got {
        let mut request = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        if !headers.iter().any(|(name, _)| *name == "Host") {
            let _ = write!(request, "Host: {}\r\n", self.address);
        }
        for (name, value) in headers {
            let _ = write!(request, "{name}: {value}\r\n");
        }
        if !body.is_empty() {
            let _ = write!(request, "Content-Length: {}\r\n", body.len());
        }
        self.raw(&format!("{request}\r\n{body}"))
    }

    /// As a form of our own pages is sent.
    fn post(&self, path: &str, body: &str) -> Got {
        let origin = format!("http://{}", self.address);
        let headers = [
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("Origin", &*origin),
            ("X-CSRF-Token", &*self.token),
            ("Sec-Fetch-Site", "same-origin"),
        ];
        self.ask("POST", path, &headers, body)
    }

    /// What a run told, to its end.
    fn events(&self, run: &str) -> String {
        let got = self.ask("GET", &format!("/runs/{run}/events"), &[], "");
        assert_eq!(got.status, 200, "{got:?}");
        got.body
    }

    /// Starts a run by its form, and gives its name.
    fn run(&self, verb: &str, filled: &str) -> String {
        let got = self.post(&format!("/run/{verb}"), filled);
        assert_eq!(got.status, 303, "{got:?}");
        let to = got.header("location").unwrap();
        let name = to.trim_start_matches("../runs/");
        name[..name.find('?').unwrap()].to_owned()
    }
}

/// A chunked body (RFC 9112 §7.1), as far as it came.
fn joined(mut chunks: &[u8]) -> Vec<u8> {
    let mut all = Vec::new();
    while let Some(end) = chunks.windows(2).position(|two| two == b"\r\n") {
        let length = usize::from_str_radix(text(&chunks[..end]).trim(), 16).unwrap_or(0);
        let rest = &chunks[end + 2..];
        if length == 0 || rest.len() < length {
            break;
        }
        all.extend_from_slice(&rest[..length]);
        chunks = rest.get(length + 2..).unwrap_or_default();
    }
    all
}

/// Server-sent events: number, name, data.
fn parsed(events: &str) -> Vec<(u64, String, String)> {
    let mut all = Vec::new();
    for event in events
        .split("\n\n")
        .filter_map(|event| event.strip_prefix("id: "))
    {
        let (number, rest) = event.split_once('\n').unwrap();
        let field = |name: &str| {
            let line = rest.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap_or_default().to_owned()
        };
        all.push((
            number.trim().parse().unwrap(),
            field("event: "),
            field("data: "),
        ));
    }
    all
}

#[test]
fn only_hosts_that_are_ours_are_answered() {
    let server = Server::start(&[]);
    let port = server.address.port();
    for host in [
        format!("127.0.0.1:{port}"),
        "localhost".to_owned(),
        format!("[::1]:{port}"),
    ] {
        assert_eq!(
            server.ask("GET", "/", &[("Host", &host)], "").status,
            200,
            "{host}"
        );
    }
    // A name that was made to mean this machine (DNS rebinding) is not ours.
    for host in [
        "evil.example",
        "localhost.evil.example",
        "192.0.2.1",
        "",
        "127.0.0.1:8080:1",
    ] {
        for path in ["/", "/api/token", "/api/server", "/nothing"] {
            let got = server.ask("GET", path, &[("Host", host)], "");
            assert_eq!(got.status, 403, "{host} {path}");
            assert!(!got.body.contains(&server.token), "{host} {path}");
        }
    }
    assert_eq!(
        server
            .raw("GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
            .status,
        403
    );
    let twice = format!(
        "GET / HTTP/1.1\r\nConnection: close\r\nHost: {}\r\nHost: evil.example\r\n\r\n",
        server.address
    );
    assert!(matches!(server.raw(&twice).status, 400 | 403));
    let absolute = format!(
        "GET http://evil.example/ HTTP/1.1\r\nConnection: close\r\nHost: {}\r\n\r\n",
        server.address
    );
    assert_eq!(server.raw(&absolute).status, 403);
}

#[test]
fn what_changes_something_comes_from_our_own_pages() {
    let server = Server::start(&[]);
    let own = format!("http://{}", server.address);
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    let token = ("X-CSRF-Token", &*server.token);
    let asked =
        |headers: &[(&str, &str)], body: &str| server.ask("POST", "/api/stop", headers, body);
    let body = format!("csrf={}", server.token);
    assert_eq!(asked(&[form, ("Origin", &own)], &body).status, 200);
    assert_eq!(asked(&[token], "").status, 200, "without a browser");
    // A sandboxed frame says `null`.
    for origin in [
        "null",
        "http://evil.example",
        "http://127.0.0.1:1",
        "https://127.0.0.1",
        "",
    ] {
        assert_eq!(
            asked(&[form, token, ("Origin", origin)], &body).status,
            403,
            "{origin}"
        );
    }
    for site in ["cross-site", "same-site", "odd"] {
        let got = asked(&[form, token, ("Sec-Fetch-Site", site)], &body);
        assert_eq!(got.status, 403, "{site}");
    }
    for body in ["", "csrf=", "csrf=0123", "a=b"] {
        assert_eq!(asked(&[form, ("Origin", &own)], body).status, 403, "{body}");
    }
}

#[test]
fn gets_that_change_something_are_for_this_machine_alone() {
    let server = Server::start(&[]);
    for path in ["/api/server", "/api/client"] {
        for site in ["cross-site", "same-site"] {
            let got = server.ask("GET", path, &[("Sec-Fetch-Site", site)], "");
            assert_eq!(got.status, 403, "{path} {site}");
        }
        let got = server.ask("GET", path, &[("Origin", "http://evil.example")], "");
        assert_eq!(got.status, 403, "{path}");
        assert_eq!(server.ask("HEAD", path, &[], "").status, 405, "{path}");
    }
    let proxied = Server::start(&["--origin", "https://class.example"]);
    for host in ["class.example", "localhost"] {
        let got = proxied.ask("GET", "/api/server", &[("Host", host)], "");
        assert_eq!(got.status, 403, "{got:?}");
    }
}

#[test]
fn every_answer_says_what_browsers_must_not_do() {
    let server = Server::start(&[]);
    for path in ["/", "/article", "/run/tcp", "/nothing", "/page.js"] {
        let got = server.ask("GET", path, &[], "");
        let policy = got.header("content-security-policy").unwrap();
        for part in [
            "default-src 'none'",
            "script-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        ] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(got.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(got.header("x-frame-options"), Some("DENY"));
        assert_eq!(got.header("cache-control"), Some("no-store"));
        assert!(got.header("access-control-allow-origin").is_none());
        // Nothing is asked of anybody else, and a path in front of everything changes nothing.
        for part in got.body.split(['"', '\'']).filter(|_| path != "/page.js") {
            assert!(
                !part.starts_with("http://")
                    && !part.starts_with("https://")
                    && !part.starts_with('/'),
                "{path}: {part}"
            );
        }
    }
    let embedded = Server::start(&["--embed", "https://lms.example"]);
    let got = embedded.ask("GET", "/", &[], "");
    let policy = got.header("content-security-policy").unwrap();
    assert!(
        policy.contains("frame-ancestors https://lms.example"),
        "{policy}"
    );
    assert!(got.header("x-frame-options").is_none());
}

#[test]
fn bodies_are_of_their_kind_and_size() {
    let server = Server::start(&[]);
    let token = ("X-CSRF-Token", &*server.token);
    let sent = |path: &str, kind: &str, body: &str| {
        server
            .ask("POST", path, &[token, ("Content-Type", kind)], body)
            .status
    };
    assert_eq!(sent("/run/tcp", "application/json", "{}"), 415);
    assert_eq!(sent("/run/tcp", "text/plain", "a=b"), 415);
    assert_eq!(sent("/explain", "multipart/form-data", "x"), 415);
    let form = "application/x-www-form-urlencoded";
    assert_eq!(sent("/run/tcp", form, &"a=b&".repeat(20_000)), 413);
    assert_eq!(
        sent(
            "/explain",
            "application/octet-stream",
            &"x".repeat(17 << 20)
        ),
        413
    );
    // One that does not say how long it is gets no further.
    let chunked = format!(
        "POST /run/tcp HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nX-CSRF-Token: {}\r\nContent-Type: {form}\r\nTransfer-Encoding: chunked\r\n\r\n{}0\r\n\r\n",
        server.address,
        server.token,
        format!("2000\r\n{}\r\n", "a".repeat(0x2000)).repeat(10)
    );
    assert_eq!(server.raw(&chunked).status, 413);
    assert_eq!(sent("/explain", "application/octet-stream", ""), 422);
    for wrong in [
        "bytes=0",
        "delay=a+day",
        "close=five",
        "fault=loose+data+3",
        "bytes=1&message=a",
        "message=%00",
    ] {
        let got = server.post("/run/tcp", wrong);
        assert_eq!(got.status, 422, "{wrong}: {got:?}");
        assert!(got.body.contains("role=\"alert\""), "{wrong}");
    }
    let large = format!(
        "GET / HTTP/1.1\r\nHost: {}\r\nX: {}\r\n\r\n",
        server.address,
        "x".repeat(100_000)
    );
    assert!(matches!(server.raw(&large).status, 0 | 400 | 431));
}

#[test]
fn who_says_nothing_is_not_waited_for() {
    let server = Server::start(&[]);
    let begun = Instant::now();
    let half = format!("GET / HTTP/1.1\r\nHost: {}\r\n", server.address);
    let slow = format!(
        "POST /api/stop HTTP/1.1\r\nHost: {}\r\nX-CSRF-Token: {}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 10\r\nConnection: close\r\n\r\na",
        server.address, server.token
    );
    std::thread::scope(|scope| {
        let header = scope.spawn(|| server.raw(&half));
        let body = scope.spawn(|| server.raw(&slow));
        assert!(matches!(header.join().unwrap().status, 0 | 408));
        assert_eq!(body.join().unwrap().status, 408);
    });
    assert!(
        begun.elapsed() < Duration::from_secs(30),
        "{:?}",
        begun.elapsed()
    );
}

#[test]
fn elsewhere_nobody_does_anything_without_the_token() {
    let server = Server::start(&["--bind", "0.0.0.0"]);
    let token = server
        .link
        .split("#token=")
        .nth(1)
        .expect("the link has it")
        .to_owned();
    for (method, path) in [
        ("GET", "/article"),
        ("GET", "/run/tcp"),
        ("GET", "/api/token"),
        ("GET", "/openapi.json"),
        ("POST", "/run/tcp"),
        ("POST", "/explain"),
    ] {
        assert_eq!(
            server.ask(method, path, &[], "").status,
            403,
            "{method} {path}"
        );
    }
    let front = server.ask("GET", "/", &[], "");
    assert_eq!(front.status, 200);
    assert!(!front.body.contains(&token), "the token stands in the page");
    let form_token = front.body.split("data-token=\"").nth(1).unwrap()[..32].to_owned();
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    let enter = |given: &str| {
        let body = format!("csrf={form_token}&token={given}");
        server.ask("POST", "/api/session", &[form], &body)
    };
    for wrong in ["", "0", &token[1..], &"0".repeat(32)] {
        let got = enter(wrong);
        assert_eq!(got.status, 403, "{wrong}");
        assert!(got.header("set-cookie").is_none());
    }
    let got = enter(&token);
    assert_eq!(got.status, 204);
    let cookie = got.header("set-cookie").unwrap();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"),
        "{cookie}"
    );
    assert!(!cookie.contains(&token), "the cookie is not the token");
    let cookie = cookie.split(';').next().unwrap();
    assert_eq!(
        server
            .ask("GET", "/run/tcp", &[("Cookie", cookie)], "")
            .status,
        200
    );
    assert_eq!(
        server
            .ask("GET", "/run/tcp", &[("Cookie", "sockscope=0")], "")
            .status,
        403
    );
    // By GET nothing is changed there, with the cookie either.
    assert_eq!(
        server
            .ask("GET", "/api/server", &[("Cookie", cookie)], "")
            .status,
        403
    );
}

#[test]
fn routes_are_those_of_the_document() {
    let server = Server::start(&[]);
    let document: Value =
        serde_json::from_str(&server.ask("GET", "/openapi.json", &[], "").body).unwrap();
    let paths = document["paths"].as_object().unwrap();
    assert!(paths.len() > 15, "{paths:?}");
    for (path, operations) in paths {
        let real = path
            .replace("{verb}", "tcp")
            .replace("{id}", "none")
            .replace("{file}", "none")
            .replace("{name}", "none");
        for method in ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"] {
            let told = operations.get(method.to_ascii_lowercase());
            // One that would start something is asked for without what it needs.
            let headers: &[(&str, &str)] = if path.starts_with("/api") {
                &[("Sec-Fetch-Site", "cross-site")]
            } else {
                &[]
            };
            let got = server.ask(method, &real, headers, "");
            let there = got.status != 405 && !(got.status == 403 && told.is_none());
            assert_eq!(there, told.is_some(), "{method} {path}: {got:?}");
            let Some(told) = told else { continue };
            let statuses = told["responses"].as_object().unwrap();
            assert!(
                statuses.contains_key(&got.status.to_string()),
                "{method} {path}: {}",
                got.status
            );
            for status in ["403", "405"].into_iter().chain(
                if method == "POST" {
                    &["413", "415"][..]
                } else {
                    &[]
                }
                .iter()
                .copied(),
            ) {
                assert!(
                    statuses.contains_key(status),
                    "{method} {path} lacks {status}"
                );
            }
        }
    }
    // And nothing else is there.
    for path in [
        "/api",
        "/runs",
        "/lessons/x/y",
        "/../etc/passwd",
        "/runs/none/../../x",
        "/favicon.ico",
    ] {
        assert!(
            matches!(server.ask("GET", path, &[], "").status, 404 | 405),
            "{path}"
        );
    }
    let zh: Value =
        serde_json::from_str(&server.ask("GET", "/openapi.json?lang=zh", &[], "").body).unwrap();
    assert_ne!(zh["info"]["description"], document["info"]["description"]);
}

#[test]
fn the_articles_endpoints_are_real() {
    let server = Server::start(&[]);
    // Nobody listens yet.
    let refused = server.ask("GET", "/api/client", &[], "");
    assert_eq!(refused.status, 409);
    assert!(
        refused.body.contains("ECONNREFUSED") && refused.body.contains("host client"),
        "{}",
        refused.body
    );
    let listening = server.ask("GET", "/api/server?lang=zh", &[], "");
    assert_eq!(
        (listening.status, listening.body.trim()),
        (200, "开启监听,接收客户端数据中")
    );
    let taken = server.ask("GET", "/api/server", &[], "");
    assert_eq!(taken.status, 409);
    assert!(
        taken.body.contains("EADDRINUSE") && taken.body.contains("host server"),
        "{}",
        taken.body
    );
    for (lang, said) in [("zh", "成功"), ("en", "success")] {
        let got = server.ask("GET", "/api/client", &[("Accept-Language", lang)], "");
        assert_eq!((got.status, got.body.trim()), (200, said));
    }
    assert_eq!(server.post("/api/client", "").body.trim(), "success");
    let run = listening.header("x-run").unwrap().to_owned();
    assert_eq!(server.post("/api/stop", "").status, 200);
    let events = parsed(&server.events(&run));
    let all: String = events.iter().map(|(_, _, data)| data.as_str()).collect();
    for said in [
        "listen(",
        "ECONNREFUSED",
        "EADDRINUSE",
        "accept",
        "1024",
        "SHUT_RDWR",
        "I am: 10.0.0.1",
    ] {
        assert!(all.contains(said), "{said} in {all}");
    }
    assert_eq!(events.last().unwrap().1, "over");
    // Stopped: the next client is alone again.
    assert_eq!(server.ask("GET", "/api/client", &[], "").status, 409);
}

#[test]
fn a_server_that_nobody_uses_is_stopped() {
    let server = Server::start(&["--idle", "500ms"]);
    let got = server.ask("GET", "/api/server", &[], "");
    assert_eq!(got.status, 200, "{got:?}");
    // Its story ends by itself, and with it this answer.
    let events = parsed(&server.events(got.header("x-run").unwrap()));
    assert_eq!(events.last().unwrap().1, "over");
}

#[test]
fn a_run_is_told_live_and_leaves_its_files() {
    let server = Server::start(&[]);
    let run = server.run("tcp", "bytes=4000&fault=lose+data+2+from+client&delay=5ms");
    let events = parsed(&server.events(&run));
    let numbers: Vec<u64> = events.iter().map(|(number, ..)| *number).collect();
    assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>());
    let rows = events.iter().filter(|(_, name, _)| name == "row").count();
    assert!(rows > 20, "{rows} rows");
    let picture = events
        .iter()
        .find(|(_, name, _)| name == "picture")
        .expect("a picture");
    assert!(picture.2.contains("<svg"));
    let files: Vec<String> = serde_json::from_str(&events.last().unwrap().2).unwrap();
    assert_eq!(
        files,
        ["report.html", "run.pcapng", "story.json", "diagram.svg"]
    );
    // Who comes back has neither a gap nor anything twice.
    let middle = numbers.len() as u64 / 2;
    let rest = server.ask(
        "GET",
        &format!("/runs/{run}/events"),
        &[("Last-Event-ID", &middle.to_string())],
        "",
    );
    let rest = parsed(&rest.body);
    assert_eq!(rest, events[usize::try_from(middle).unwrap()..]);
    let none = server.ask(
        "GET",
        &format!("/runs/{run}/events"),
        &[("Last-Event-ID", &numbers.len().to_string())],
        "",
    );
    assert_eq!(none.status, 204, "a browser does not ask again");
    let page = server.ask("GET", &format!("/runs/{run}"), &[], "").body;
    assert!(page.contains("sockscope tcp --bytes 4000"), "{page}");
    assert!(page.contains("run/tcp?bytes=4000&amp;fault="), "{page}");
    let report = server.ask("GET", &format!("/runs/{run}/report.html"), &[], "");
    let policy = report.header("content-security-policy").unwrap();
    assert!(
        policy.starts_with("sandbox ") && !policy.contains("allow-same-origin"),
        "{policy}"
    );
    assert!(report.body.contains("<svg"));
    let story = server.ask("GET", &format!("/runs/{run}/story.json"), &[], "");
    assert!(
        story.body.contains("\"moment\":\"summary\""),
        "{}",
        story.body
    );
    let svg = server.ask("GET", &format!("/runs/{run}/diagram.svg"), &[], "");
    assert_eq!(
        svg.header("content-disposition"),
        Some("attachment; filename=\"diagram.svg\"")
    );
    for name in ["capture.bin", "..", "%2e%2e%2fx", "progress"] {
        assert_eq!(
            server
                .ask("GET", &format!("/runs/{run}/{name}"), &[], "")
                .status,
            404,
            "{name}"
        );
    }
}

#[test]
fn only_so_many_labs_run_at_once_and_each_can_be_stopped() {
    let server = Server::start(&[]);
    // Each takes seconds on its slow wire.
    let long = "bytes=2000000&rate=1mbit&queue=100";
    let runs: Vec<String> = (0..4).map(|_| server.run("tcp", long)).collect();
    let fifth = server.post("/run/tcp", long);
    assert_eq!(fifth.status, 429);
    assert!(fifth.header("retry-after").is_some());
    let begun = Instant::now();
    for run in &runs {
        assert_eq!(server.post(&format!("/runs/{run}/stop"), "").status, 303);
    }
    for run in &runs {
        assert_eq!(parsed(&server.events(run)).last().unwrap().1, "over");
    }
    assert!(
        begun.elapsed() < Duration::from_secs(15),
        "{:?}",
        begun.elapsed()
    );
    server.run("udp", "message=hello");
}

#[test]
fn a_capture_is_explained_by_who_reaches_nothing_else() {
    let server = Server::start(&[]);
    let capture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures/four.pcap");
    let origin = format!("http://{}", server.address);
    let send = |bytes: &[u8]| {
        let mut stream = TcpStream::connect(server.address).unwrap();
        let head = format!(
            "POST /explain HTTP/1.1\r\nHost: {}\r\nOrigin: {origin}\r\nConnection: close\r\nX-CSRF-Token: {}\r\nContent-Type: application/octet-stream\r\nContent-Length: {}\r\n\r\n",
            server.address,
            server.token,
            bytes.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(bytes).unwrap();
        let mut got = String::new();
        stream.read_to_string(&mut got).unwrap();
        assert!(got.starts_with("HTTP/1.1 202"), "{got}");
        let body = got.split_once("\r\n\r\n").unwrap().1;
        let object: Value = serde_json::from_str(body).unwrap();
        object["run"]
            .as_str()
            .unwrap()
            .trim_start_matches("runs/")
            .to_owned()
    };
    let events = parsed(&server.events(&send(&std::fs::read(capture).unwrap())));
    assert!(
        events.iter().any(|(_, name, _)| name == "row"),
        "{events:?}"
    );
    assert!(
        events.last().unwrap().2.contains("report.html"),
        "{events:?}"
    );
    // What is no capture is said to be none, and the server lives.
    for wrong in [
        &b"no capture at all"[..],
        &[0xff; 4096],
        &[0x0a, 0x0d, 0x0d, 0x0a],
        &[0x1f, 0x8b, 0x08, 0],
    ] {
        let events = parsed(&server.events(&send(wrong)));
        assert!(
            events
                .iter()
                .any(|(_, name, data)| name == "text" && data.contains("error:")),
            "{events:?}"
        );
        assert_eq!(events.last().unwrap().1, "over");
    }
}

#[test]
fn a_confined_process_reads_nothing_else() {
    let place = folder();
    let inside = place.path().join("inside");
    std::fs::create_dir(&inside).unwrap();
    let capture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures/four.pcap");
    let (within, outside) = (inside.join("four.pcap"), place.path().join("four.pcap"));
    for to in [&within, &outside] {
        std::fs::copy(&capture, to).unwrap();
    }
    let explained = |path: &Path| {
        sockscope(User::Ordinary, &["explain", path.to_str().unwrap()])
            .env(
                "SOCKSCOPE_CONFINED",
                format!("20,{}:{}", std::process::id(), inside.display()),
            )
            .output()
            .unwrap()
    };
    let got = explained(&within);
    assert!(got.status.success(), "{}", text(&got.stderr));
    if !Path::new("/sys/kernel/security/landlock").exists() && !landlock_is_there() {
        kernel_lacks("that a confined process reads nothing else: this kernel has no Landlock");
        return;
    }
    let got = explained(&outside);
    assert_eq!(got.status.code(), Some(2), "{}", text(&got.stdout));
}

fn landlock_is_there() -> bool {
    let modules = std::fs::read_to_string("/sys/kernel/security/lsm").unwrap_or_default();
    modules.contains("landlock")
}

#[test]
fn the_server_never_unshares_and_leaves_nothing() {
    let server = Server::start(&[]);
    let process = server.child.id();
    let own = std::fs::read_link("/proc/self/ns/user").unwrap();
    assert_eq!(server.ask("GET", "/api/server", &[], "").status, 200);
    server.run("tcp", "bytes=2000000&rate=1mbit&queue=100");
    assert_eq!(
        std::fs::read_link(format!("/proc/{process}/ns/user")).unwrap(),
        own
    );
    assert_eq!(
        std::fs::read_dir(format!("/proc/{process}/task"))
            .unwrap()
            .count(),
        1,
        "it has one thread"
    );
    assert_all_end(process, "-INT");
}

#[test]
fn a_killed_server_leaves_nothing() {
    let server = Server::start(&[]);
    assert_eq!(server.ask("GET", "/api/server", &[], "").status, 200);
    server.run("tcp", "bytes=2000000&rate=1mbit&queue=100");
    assert_all_end(server.child.id(), "-KILL");
}

/// A server that gets this signal while it has runs ends, and so does all that it started.
fn assert_all_end(process: u32, signal: &str) {
    let group = descendants(process);
    assert!(group.len() > 3, "{group:?}");
    let begun = Instant::now();
    let status = Command::new("kill")
        .args([signal, &process.to_string()])
        .status()
        .unwrap();
    assert!(status.success());
    while group.iter().any(|process| is_alive(*process)) {
        assert!(begun.elapsed() < Duration::from_secs(5), "left: {group:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Alive, and more than a name that nobody has asked about yet.
fn is_alive(process: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    stat.rsplit(')')
        .next()
        .is_some_and(|rest| !rest.trim_start().starts_with(['Z', 'X']) && !rest.is_empty())
}

fn descendants(of: u32) -> Vec<u32> {
    let mut all = vec![of];
    let parents: Vec<(u32, u32)> = std::fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter_map(|entry| {
            let process: u32 = entry.file_name().to_str()?.parse().ok()?;
            let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
            let parent = stat
                .rsplit(')')
                .next()?
                .split_whitespace()
                .nth(1)?
                .parse()
                .ok()?;
            Some((process, parent))
        })
        .collect();
    let mut at = 0;
    while at < all.len() {
        let parent = all[at];
        all.extend(
            parents
                .iter()
                .filter(|(_, of)| *of == parent)
                .map(|(process, _)| *process),
        );
        at += 1;
    }
    all
}

#[test]
fn a_lesson_asks_before_it_shows() {
    let server = Server::start(&[]);
    let got = server.post("/lessons/handshake", "");
    assert_eq!(got.status, 303, "{got:?}");
    assert_eq!(server.post("/lessons/no-such-lesson", "").status, 404);
    let to = got
        .header("location")
        .unwrap()
        .trim_start_matches("../runs/")
        .to_owned();
    let run = to[..to.find('?').unwrap()].to_owned();
    let stream = TcpStream::connect(server.address).unwrap();
    let mut asking = stream.try_clone().unwrap();
    asking
        .write_all(
            format!(
                "GET /runs/{run}/events HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
                server.address
            )
            .as_bytes(),
        )
        .unwrap();
    let mut said = String::new();
    let mut lines = BufReader::new(stream).lines();
    let mut answered = 0;
    while let Some(Ok(line)) = lines.next() {
        said.push_str(&line);
        said.push('\n');
        if line.starts_with("data: ") && line.ends_with(" > \"") {
            answered += 1;
            // Nothing skips: what is no answer would be asked again.
            let given = if answered == 1 { "given=2" } else { "given=" };
            let got = server.post(&format!("/runs/{run}/answer"), given);
            assert_eq!(got.status, 200);
        }
    }
    assert!(answered >= 3, "{said}");
    assert!(said.contains("event: over"), "{said}");
    assert_eq!(
        server
            .post(&format!("/runs/{run}/answer"), "given=2")
            .status,
        409
    );
}

/// Where scripts/test puts what drives the browser.
fn modules() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/npm/node_modules");
    if folder.join("playwright-core").is_dir() && folder.join("axe-core").is_dir() {
        return Some(folder);
    }
    left_out(
        "the classroom page in a browser: playwright-core and axe-core (scripts/test installs them)",
    );
    None
}

#[test]
fn the_pages_are_used_in_a_browser() {
    let (Some(modules), true, true) = (modules(), have("chromium"), have("node")) else {
        return;
    };
    let server = Server::start(&[]);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/serve/check.mjs");
    let captures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures");
    let got = Command::new("node")
        .arg(script)
        .arg(modules)
        .arg("/usr/bin/chromium")
        .arg(&server.link)
        .arg(captures)
        .output()
        .expect("node runs");
    let said = format!("{}{}", text(&got.stdout), text(&got.stderr));
    assert!(got.status.success(), "{said}");
}
