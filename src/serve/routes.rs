//! The one table of all routes, and what each does.

use std::fs;
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodFilter, on};

use super::article::Article;
use super::openapi::{PageRoute, Takes};
use super::reply::{Reply, in_language, language, query};
use super::runs::{CAPTURE, FILES, LESSON_LIFE, LIFE, PreparedRun, RunOrder, ServedRun};
use super::{Classroom, guard, log, openapi, request};
use crate::cli::form::VERBS;
use crate::lesson::{Shelf, read};
use crate::text::{Catalogue, Lang, Message};
use crate::views::html::classroom::{self, PageFrame, StoryKind, StoryPage};
use crate::views::visible;

const PAGE: &str = "text/html";
const TEXT: &str = "text/plain";

macro_rules! route {
    ($method:literal $path:literal $about:literal $takes:ident $gives:expr, $answers:expr, $handler:expr) => {
        PageRoute {
            method: $method,
            path: $path,
            about: $about,
            takes: Takes::$takes,
            gives: $gives,
            answers: &$answers,
            handler: |method| on(method, $handler),
        }
    };
}

/// All of them.
pub const ROUTES: &[PageRoute] = &[
    route!("GET" "/" "serve-api-home" Nothing PAGE, [200], home),
    route!("GET" "/style.css" "serve-api-file" Nothing "text/css", [200], style),
    route!("GET" "/page.js" "serve-api-file" Nothing "text/javascript", [200], script),
    route!("GET" "/openapi.json" "serve-api-openapi" Nothing "application/json", [200], document),
    route!("GET" "/api/token" "serve-api-token" Nothing TEXT, [200], token),
    route!("POST" "/api/session" "serve-api-session" Form TEXT, [204], session),
    route!("GET" "/article" "serve-api-article" Nothing PAGE, [200], article),
    route!("GET" "/api/server" "serve-api-server" Nothing TEXT, [200, 409, 429, 500], get_server),
    route!("POST" "/api/server" "serve-api-server" Form TEXT, [200, 409, 429, 500], post_server),
    route!("GET" "/api/client" "serve-api-client" Nothing TEXT, [200, 409, 429, 500], get_client),
    route!("POST" "/api/client" "serve-api-client" Form TEXT, [200, 409, 429, 500], post_client),
    route!("POST" "/api/stop" "serve-api-stop" Form TEXT, [200], stop_server),
    route!("GET" "/run/{verb}" "serve-api-form" Nothing PAGE, [200, 404], form),
    route!("POST" "/run/{verb}" "serve-api-run" Form TEXT, [303, 404, 422, 429, 500], run),
    route!("GET" "/runs/{id}" "serve-api-story" Nothing PAGE, [200, 404], story),
    route!("GET" "/runs/{id}/events" "serve-api-events" Nothing "text/event-stream", [200, 204, 404], events),
    route!("GET" "/runs/{id}/{file}" "serve-api-download" Nothing "application/octet-stream", [200, 404, 429, 500], file),
    route!("POST" "/runs/{id}/stop" "serve-api-end" Form TEXT, [303, 404], stop),
    route!("POST" "/runs/{id}/answer" "serve-api-answer" Form TEXT, [200, 404, 409], answer),
    route!("GET" "/lessons" "serve-api-lessons" Nothing PAGE, [200], lessons),
    route!("POST" "/lessons/{name}" "serve-api-lesson" Form TEXT, [303, 404, 429, 500], lesson),
    route!("GET" "/explain" "serve-api-upload" Nothing PAGE, [200], upload),
    route!("POST" "/explain" "serve-api-explain" Bytes "application/json", [202, 422, 429, 500], explain),
];

/// Them, behind the guard.
pub fn router(shared: &Arc<Classroom>) -> Router {
    let mut router = Router::new();
    for route in ROUTES {
        let method = if route.method == "POST" {
            MethodFilter::POST
        } else {
            MethodFilter::GET
        };
        router = router.route(route.path, (route.handler)(method));
    }
    router
        .fallback(nothing_here)
        .layer(from_fn_with_state(Arc::clone(shared), guard::guard))
        .with_state(Arc::clone(shared))
}

/// Everything that handlers are given.
type Sharing = State<Arc<Classroom>>;

/// A page in the language that is wanted. `root` leads from it to the beginning.
fn page(
    shared: &Classroom,
    head: (&Uri, &HeaderMap),
    root: &str,
    make: impl FnOnce(PageFrame<'_>) -> String,
) -> Reply {
    let (uri, headers) = head;
    let lang = language(uri, headers, shared.lang);
    page_in(shared, lang, uri, root, make)
}

fn page_in(
    shared: &Classroom,
    lang: Lang,
    uri: &Uri,
    root: &str,
    make: impl FnOnce(PageFrame<'_>) -> String,
) -> Reply {
    let name = uri.path().rsplit('/').next().unwrap_or("");
    let rest: Vec<(String, String)> = query(uri)
        .into_iter()
        .filter(|(name, _)| name != "lang")
        .collect();
    let rest = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(rest)
        .finish();
    let here = match (name, rest.as_str()) {
        ("", "") => "./".to_owned(),
        (name, "") => name.to_owned(),
        (name, rest) => format!("{name}?{rest}"),
    };
    Reply::page(in_language(lang, |catalogue: &Catalogue| {
        make(PageFrame {
            catalogue,
            root,
            here: &here,
            token: shared.guard.form_token(),
        })
    }))
}

async fn nothing_here(State(shared): Sharing, uri: Uri, headers: HeaderMap) -> Reply {
    not_found(language(&uri, &headers, shared.lang))
}

fn not_found(lang: Lang) -> Reply {
    Reply::refusal(
        lang,
        StatusCode::NOT_FOUND,
        &Message::new("serve-not-found"),
    )
}

fn too_many(lang: Lang) -> Reply {
    Reply::refusal(
        lang,
        StatusCode::TOO_MANY_REQUESTS,
        &Message::new("serve-too-many"),
    )
    .with("retry-after", "5".to_owned())
}

fn broken(lang: Lang, error: &std::io::Error) -> Reply {
    let what = Message::new("serve-lab-broken").text("error", error.to_string());
    Reply::refusal(lang, StatusCode::INTERNAL_SERVER_ERROR, &what)
}

async fn home(State(shared): Sharing, uri: Uri, headers: HeaderMap) -> Reply {
    let admitted = shared.guard.is_admitted(&headers);
    page(&shared, (&uri, &headers), "", |frame| {
        if admitted {
            classroom::home(frame)
        } else {
            classroom::join(frame)
        }
    })
}

async fn style() -> Reply {
    Reply::of("text/css; charset=utf-8", classroom::STYLE.concat())
}

async fn script() -> Reply {
    Reply::of("text/javascript; charset=utf-8", classroom::SCRIPT)
}

async fn document(State(shared): Sharing, uri: Uri, headers: HeaderMap) -> Reply {
    let lang = language(&uri, &headers, shared.lang);
    Reply::of(
        "application/json",
        in_language(lang, |catalogue| {
            openapi::document(shared.routes, catalogue)
        })
        .to_string(),
    )
}

async fn token(State(shared): Sharing) -> Reply {
    Reply::text(format!("{}\n", shared.guard.form_token()))
}

async fn session(State(shared): Sharing, request: Request) -> Result<Reply, Reply> {
    let form = request::form(&shared, request).await?;
    let cookie = shared.guard.admit(form.get("token").trim());
    let refused = || {
        Reply::refusal(
            form.lang,
            StatusCode::FORBIDDEN,
            &Message::new("serve-refused-token"),
        )
    };
    let cookie = cookie.ok_or_else(refused)?;
    Ok(Reply::text(String::new())
        .with_status(StatusCode::NO_CONTENT)
        .with("set-cookie", cookie))
}

async fn article(State(shared): Sharing, uri: Uri, headers: HeaderMap) -> Reply {
    let live = shared.article.run().await;
    page(&shared, (&uri, &headers), "", |frame| {
        classroom::article(frame, live.as_deref())
    })
}

async fn get_server(State(shared): Sharing, uri: Uri, headers: HeaderMap) -> Reply {
    Article::server(&shared, language(&uri, &headers, shared.lang)).await
}

async fn post_server(State(shared): Sharing, request: Request) -> Result<Reply, Reply> {
    let form = request::form(&shared, request).await?;
    Ok(Article::server(&shared, form.lang).await)
}

async fn get_client(State(shared): Sharing, uri: Uri, headers: HeaderMap) -> Reply {
    Article::client(&shared, language(&uri, &headers, shared.lang)).await
}

async fn post_client(State(shared): Sharing, request: Request) -> Result<Reply, Reply> {
    let form = request::form(&shared, request).await?;
    Ok(Article::client(&shared, form.lang).await)
}

async fn stop_server(State(shared): Sharing, request: Request) -> Result<Reply, Reply> {
    let form = request::form(&shared, request).await?;
    Ok(shared.article.stop(form.lang).await)
}

async fn form(
    State(shared): Sharing,
    Path(verb): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Reply {
    let lang = language(&uri, &headers, shared.lang);
    if !VERBS.contains(&verb.as_str()) {
        return not_found(lang);
    }
    let filled = query(&uri);
    page(&shared, (&uri, &headers), "../", |frame| {
        let fields = shared.forms.fields(&verb, &filled, frame.catalogue);
        classroom::form(frame, &verb, &fields, None)
    })
}

async fn run(
    State(shared): Sharing,
    Path(verb): Path<String>,
    uri: Uri,
    request: Request,
) -> Result<Reply, Reply> {
    let form = request::form(&shared, request).await?;
    let lang = form.lang;
    if !VERBS.contains(&verb.as_str()) {
        return Err(not_found(lang));
    }
    let asked = in_language(lang, |catalogue| {
        shared.forms.arguments_of(&verb, &form.pairs, catalogue)
    });
    let asked = match asked {
        Ok(asked) => asked,
        Err(failure) => {
            let refused = page_in(&shared, lang, &uri, "../", |frame| {
                let fields = shared.forms.fields(&verb, &form.pairs, frame.catalogue);
                let said = visible::lines(&failure.render(frame.catalogue));
                classroom::form(frame, &verb, &fields, Some(&said))
            });
            return Err(refused.with_status(StatusCode::UNPROCESSABLE_ENTITY));
        }
    };
    let kind = if verb == "compare" {
        StoryKind::Text
    } else {
        StoryKind::Rows
    };
    let prepared = prepared(&shared, kind, lang)?;
    let filled: Vec<&(String, String)> = form
        .pairs
        .iter()
        .filter(|(name, value)| name != "csrf" && name != "lang" && !value.is_empty())
        .collect();
    let filled = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(filled.into_iter().map(|(name, value)| (name, value)))
        .finish();
    let command = command(&asked);
    let mut arguments = asked;
    arguments.extend(["--html={}/report.html", "--svg={}/diagram.svg"].map(str::to_owned));
    match kind {
        StoryKind::Rows => {
            arguments.extend(["--format=rows", "--save={}/run.pcapng"].map(str::to_owned));
        }
        _ => arguments.push("--width=100".to_owned()),
    }
    let order = RunOrder {
        arguments,
        command,
        form: Some(format!("run/{verb}?{filled}")),
        kind,
        lang,
        life: Some(LIFE),
        confined: false,
    };
    let run = shared
        .runs
        .start(prepared, order)
        .map_err(|error| broken(lang, &error))?;
    Ok(Reply::elsewhere(format!(
        "../runs/{}?lang={}",
        run.id,
        lang.tag()
    )))
}

fn prepared(shared: &Classroom, kind: StoryKind, lang: Lang) -> Result<PreparedRun, Reply> {
    let prepared = shared
        .runs
        .prepare(kind)
        .map_err(|error| broken(lang, &error))?;
    prepared.ok_or_else(|| too_many(lang))
}

/// A command as a person would type it.
fn command(arguments: &[String]) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.,:=/%+".contains(c);
    let quoted = |text: &str| {
        if !text.is_empty() && text.chars().all(plain) {
            text.to_owned()
        } else {
            format!("'{}'", visible::text(text).replace('\'', "'\\''"))
        }
    };
    let word = |argument: &String| match argument.split_once('=') {
        Some((flag, value)) if flag.starts_with("--") => format!("{flag} {}", quoted(value)),
        _ => quoted(argument),
    };
    let words: Vec<String> = arguments.iter().map(word).collect();
    format!("sockscope {}", words.join(" "))
}

async fn story(
    State(shared): Sharing,
    Path(id): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Reply {
    let Some(run) = shared.runs.find(&id) else {
        return not_found(language(&uri, &headers, shared.lang));
    };
    page(&shared, (&uri, &headers), "../", |frame| {
        let title = frame.catalogue.word("serve-run");
        classroom::story(frame, &story_page(&run, &title, &run.files()))
    })
}

fn story_page<'a>(run: &'a ServedRun, title: &'a str, files: &'a [&'a str]) -> StoryPage<'a> {
    StoryPage {
        title,
        command: &run.command,
        form: run.form.as_deref(),
        id: &run.id,
        kind: run.kind,
        over: run.log().is_over(),
        files,
    }
}

async fn events(
    State(shared): Sharing,
    Path(id): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Reply {
    let Some(run) = shared.runs.find(&id) else {
        return not_found(language(&uri, &headers, shared.lang));
    };
    let last = headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok());
    let from = last
        .and_then(|last| last.parse::<u64>().ok())
        .map_or(1, |last| last.saturating_add(1));
    let tail = run.log().from(from, 1);
    if tail.over && tail.events.is_empty() {
        // A browser does not ask again then.
        return Reply::text(String::new()).with_status(StatusCode::NO_CONTENT);
    }
    Reply::of(
        "text/event-stream",
        Body::from_stream(log::events(run, from)),
    )
}

async fn file(
    State(shared): Sharing,
    Path((id, name)): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
) -> Reply {
    let lang = language(&uri, &headers, shared.lang);
    let kind = FILES.iter().find(|(known, _)| *known == name);
    let (Some(run), Some((name, kind))) = (shared.runs.find(&id), kind) else {
        return not_found(lang);
    };
    if !run.files().contains(name) {
        return not_found(lang);
    }
    let bytes = if *name == "story.json" {
        match shared.runs.story(&run).await {
            Ok(Some(story)) => Some(story),
            Ok(None) => return too_many(lang),
            Err(error) => return broken(lang, &error),
        }
    } else {
        run.file(name)
    };
    let Some(bytes) = bytes else {
        return not_found(lang);
    };
    let answer = Reply::of(kind, bytes);
    if *name == "report.html" {
        // It has a policy of its own in it; here it is no page of ours, whatever stands in it.
        return answer.with(
            "content-security-policy",
            "sandbox allow-scripts allow-downloads; frame-ancestors 'none'".to_owned(),
        );
    }
    answer.with(
        "content-disposition",
        format!("attachment; filename=\"{name}\""),
    )
}

async fn stop(
    State(shared): Sharing,
    Path(id): Path<String>,
    request: Request,
) -> Result<Reply, Reply> {
    let form = request::form(&shared, request).await?;
    let run = shared.runs.find(&id).ok_or_else(|| not_found(form.lang))?;
    run.ask_to_end();
    Ok(Reply::elsewhere(format!(
        "../{id}?lang={}",
        form.lang.tag()
    )))
}

async fn answer(
    State(shared): Sharing,
    Path(id): Path<String>,
    request: Request,
) -> Result<Reply, Reply> {
    let form = request::form(&shared, request).await?;
    let run = shared.runs.find(&id).ok_or_else(|| not_found(form.lang))?;
    if run.answer(form.get("given")).await {
        return Ok(Reply::text(String::new()));
    }
    Err(Reply::refusal(
        form.lang,
        StatusCode::CONFLICT,
        &Message::new("serve-asks-nothing"),
    ))
}

/// Short names and titles of the built-in lessons; read once.
fn all_lessons(lang: Lang) -> Vec<(String, String)> {
    static ALL: OnceLock<Vec<(String, [String; 2])>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        let shelf = Shelf::built_in();
        let lessons = shelf.sources().filter_map(|source| read(source).ok());
        let titled = lessons.map(|lesson| {
            let titles = Lang::ALL.map(|lang| visible::untrusted(lesson.title(lang)));
            (visible::untrusted(&lesson.name), titles)
        });
        titled.collect()
    });
    let place = Lang::ALL.iter().position(|each| *each == lang).unwrap_or(0);
    all.iter()
        .map(|(name, titles)| (name.clone(), titles[place].clone()))
        .collect()
}

async fn lessons(State(shared): Sharing, uri: Uri, headers: HeaderMap) -> Reply {
    let all = all_lessons(language(&uri, &headers, shared.lang));
    page(&shared, (&uri, &headers), "", |frame| {
        classroom::lessons(frame, &all)
    })
}

async fn lesson(
    State(shared): Sharing,
    Path(name): Path<String>,
    request: Request,
) -> Result<Reply, Reply> {
    let form = request::form(&shared, request).await?;
    let lang = form.lang;
    if !all_lessons(lang).iter().any(|(known, _)| *known == name) {
        return Err(not_found(lang));
    }
    let prepared = prepared(&shared, StoryKind::Lesson, lang)?;
    let order = RunOrder {
        arguments: vec![
            "lesson".to_owned(),
            name.clone(),
            "--width=90".to_owned(),
            "--html={}/report.html".to_owned(),
        ],
        command: format!("sockscope lesson {name}"),
        form: None,
        kind: StoryKind::Lesson,
        lang,
        life: Some(LESSON_LIFE),
        confined: false,
    };
    let run = shared
        .runs
        .start(prepared, order)
        .map_err(|error| broken(lang, &error))?;
    Ok(Reply::elsewhere(format!(
        "../runs/{}?lang={}",
        run.id,
        lang.tag()
    )))
}

async fn upload(State(shared): Sharing, uri: Uri, headers: HeaderMap) -> Reply {
    page(&shared, (&uri, &headers), "", |frame| {
        classroom::upload(frame, request::LARGEST_UPLOAD)
    })
}

async fn explain(State(shared): Sharing, request: Request) -> Result<Reply, Reply> {
    let (bytes, lang) = request::upload(&shared, request).await?;
    if bytes.is_empty() {
        return Err(Reply::refusal(
            lang,
            StatusCode::UNPROCESSABLE_ENTITY,
            &Message::new("serve-empty-upload"),
        ));
    }
    let prepared = prepared(&shared, StoryKind::Rows, lang)?;
    fs::write(prepared.folder.join(CAPTURE), &bytes).map_err(|error| broken(lang, &error))?;
    let arguments = [
        &format!("{{}}/{CAPTURE}"),
        "--format=rows",
        "--html={}/report.html",
        "--svg={}/diagram.svg",
    ];
    let order = RunOrder {
        arguments: std::iter::once("explain")
            .chain(arguments.map(|argument| argument))
            .map(str::to_owned)
            .collect(),
        command: "sockscope explain FILE".to_owned(),
        form: None,
        kind: StoryKind::Rows,
        lang,
        life: Some(LIFE),
        confined: true,
    };
    let run = shared
        .runs
        .start(prepared, order)
        .map_err(|error| broken(lang, &error))?;
    let object = serde_json::json!({"run": format!("runs/{}", run.id)});
    Ok(Reply::of("application/json", object.to_string()).with_status(StatusCode::ACCEPTED))
}
