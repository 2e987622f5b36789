//! The lab behind the article's two endpoints: a server that listens until it is stopped or nobody has used it for a while, and a client
//! that calls it each time it is asked to. Both are programs in the hosts of a lab of their own (`observe::endpoints`); they are told
//! what to do through pipes with names, and what happens is told as any run is.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::net::unix as pipes;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::Classroom;
use super::reply::{Reply, in_language};
use super::runs::{RunOrder, ServedRun};
use crate::session::confined;
use crate::text::{Lang, Message};
use crate::views::html::classroom::StoryKind;

/// So long a program may take to do what it was told.
const PATIENCE: Duration = Duration::from_secs(15);
/// So often the client may be run before the server has to be stopped: each connection stays in its hands, as the article's do.
const MOST_CALLS: u32 = 100;

/// The lab, where there is one.
#[derive(Debug)]
pub struct Article {
    idle: Duration,
    lab: Mutex<Option<ArticleLab>>,
}

#[derive(Debug)]
struct ArticleLab {
    run: Arc<ServedRun>,
    server: Obeying,
    client: Obeying,
    used: Instant,
    calls: u32,
}

/// A program that does as it is told.
#[derive(Debug)]
struct Obeying {
    told: pipes::pipe::Sender,
    says: Lines<BufReader<pipes::pipe::Receiver>>,
}

/// What became of what a program was told.
enum Became {
    Done,
    Failed(String),
}

impl Obeying {
    fn new(folder: &Path, name: &str) -> io::Result<Self> {
        let [told, says] = ["told", "says"].map(|way| folder.join(format!("{name}.{way}")));
        confined::named_pipe(&told)?;
        confined::named_pipe(&says)?;
        // Opened for both, neither waits for the other's end.
        let mut both = pipes::pipe::OpenOptions::new();
        both.read_write(true);
        Ok(Self {
            told: both.open_sender(&told)?,
            says: BufReader::new(both.open_receiver(&says)?).lines(),
        })
    }

    async fn tell(&mut self, what: &str, run: &ServedRun) -> io::Result<Became> {
        self.told.write_all(format!("{what}\n").as_bytes()).await?;
        let said = tokio::select! {
            said = tokio::time::timeout(PATIENCE, self.says.next_line()) => said,
            () = run.log().until_over() => return Err(io::ErrorKind::BrokenPipe.into()),
        };
        let said = said
            .map_err(|_| io::ErrorKind::TimedOut)??
            .unwrap_or_default();
        Ok(match said.strip_prefix("failed ") {
            Some(errno) => Became::Failed(errno.to_owned()),
            None => Became::Done,
        })
    }
}

impl Article {
    /// No lab yet.
    pub fn new(idle: Duration) -> Self {
        Self {
            idle,
            lab: Mutex::new(None),
        }
    }

    /// The run of the lab, where there is one.
    pub async fn run(&self) -> Option<String> {
        let lab = self.lab.lock().await;
        let lab = lab.as_ref().filter(|lab| !lab.run.log().is_over());
        lab.map(|lab| lab.run.id.clone())
    }

    /// Starts the listening server, as `GET /api/server` of the article does; a second one finds the port taken.
    pub async fn server(shared: &Arc<Classroom>, lang: Lang) -> Reply {
        let mut lab = shared.article.lab.lock().await;
        let lab = match ready(&mut lab, shared, lang) {
            Ok(lab) => lab,
            Err(answer) => return answer,
        };
        let became = lab.server.tell("listen", &lab.run).await;
        answer(
            lab,
            became,
            "serve-listening",
            ("serve-server-failed", "serve-server-in-use"),
            lang,
        )
    }

    /// Runs the client, as `GET /api/client` of the article does; without a server it is refused.
    pub async fn client(shared: &Arc<Classroom>, lang: Lang) -> Reply {
        let mut lab = shared.article.lab.lock().await;
        let lab = match ready(&mut lab, shared, lang) {
            Ok(lab) => lab,
            Err(answer) => return answer,
        };
        if lab.calls >= MOST_CALLS {
            return Reply::refusal(
                lang,
                StatusCode::TOO_MANY_REQUESTS,
                &Message::new("serve-too-often"),
            );
        }
        lab.calls += 1;
        let became = lab.client.tell("connect", &lab.run).await;
        answer(
            lab,
            became,
            "serve-success",
            ("serve-client-failed", "serve-client-refused"),
            lang,
        )
    }

    /// Ends the lab, and with it its story.
    pub async fn stop(&self, lang: Lang) -> Reply {
        let mut lab = self.lab.lock().await;
        let Some(mut ended) = lab.take().filter(|lab| !lab.run.log().is_over()) else {
            return Reply::refusal(lang, StatusCode::OK, &Message::new("serve-not-there"));
        };
        end(&mut ended).await;
        text(lang, "serve-stopped").with("x-run", ended.run.id.clone())
    }
}

async fn end(lab: &mut ArticleLab) {
    // The client's end is the run's; should it not hear, the process is asked.
    let _ = lab.client.told.write_all(b"end\n").await;
    if tokio::time::timeout(PATIENCE, lab.run.log().until_over())
        .await
        .is_err()
    {
        lab.run.ask_to_end();
    }
}

fn text(lang: Lang, key: &'static str) -> Reply {
    Reply::text(in_language(lang, |catalogue| catalogue.word(key)) + "\n")
}

/// What the endpoint says; on failure which host's call failed, with what, and what that means.
fn answer(
    lab: &mut ArticleLab,
    became: io::Result<Became>,
    done: &'static str,
    (failed, usual): (&'static str, &'static str),
    lang: Lang,
) -> Reply {
    lab.used = Instant::now();
    let id = lab.run.id.clone();
    let answer = match became {
        Ok(Became::Done) => text(lang, done),
        Ok(Became::Failed(errno)) => {
            let key = if matches!(errno.as_str(), "EADDRINUSE" | "ECONNREFUSED") {
                usual
            } else {
                failed
            };
            Reply::refusal(
                lang,
                StatusCode::CONFLICT,
                &Message::new(key).text("errno", errno),
            )
        }
        Err(error) => {
            let what = Message::new("serve-lab-broken").text("error", error.to_string());
            Reply::refusal(lang, StatusCode::INTERNAL_SERVER_ERROR, &what)
        }
    };
    answer.with("x-run", id)
}

/// The lab that there is, or a new one.
fn ready<'l>(
    lab: &'l mut Option<ArticleLab>,
    shared: &Arc<Classroom>,
    lang: Lang,
) -> Result<&'l mut ArticleLab, Reply> {
    if lab.as_ref().is_some_and(|lab| lab.run.log().is_over()) {
        *lab = None;
    }
    match lab {
        Some(lab) => Ok(lab),
        None => Ok(lab.insert(start(shared, lang)?)),
    }
}

fn start(shared: &Arc<Classroom>, lang: Lang) -> Result<ArticleLab, Reply> {
    let broken = |error: io::Error| {
        let what = Message::new("serve-lab-broken").text("error", error.to_string());
        Reply::refusal(lang, StatusCode::INTERNAL_SERVER_ERROR, &what)
    };
    let prepared = shared.runs.prepare(StoryKind::Rows).map_err(broken)?;
    let Some(prepared) = prepared else {
        return Err(Reply::refusal(
            lang,
            StatusCode::TOO_MANY_REQUESTS,
            &Message::new("serve-too-many"),
        ));
    };
    let folder = prepared.folder.clone();
    let server = Obeying::new(&folder, "server").map_err(broken)?;
    let client = Obeying::new(&folder, "client").map_err(broken)?;
    let own = std::env::current_exe()
        .and_then(fs::canonicalize)
        .map_err(broken)?;
    let program = |which: &str| {
        let [own, folder] = [&own, &folder].map(|path| quoted(&path.to_string_lossy()));
        format!(
            "--{which}=exec {own} --lang {} endpoint {which} --control {folder}",
            lang.tag()
        )
    };
    let order = RunOrder {
        arguments: [
            "lab",
            "-4",
            &program("server"),
            &program("client"),
            "--format=rows",
        ]
        .into_iter()
        .chain([
            "--save={}/run.pcapng",
            "--html={}/report.html",
            "--svg={}/diagram.svg",
        ])
        .map(str::to_owned)
        .collect(),
        command: "sockscope lab -4 --server SERVER --client CLIENT".to_owned(),
        form: None,
        kind: StoryKind::Rows,
        lang,
        life: None,
        confined: false,
    };
    let run = shared.runs.start(prepared, order).map_err(broken)?;
    tokio::spawn(forget(Arc::clone(shared), Arc::clone(&run)));
    Ok(ArticleLab {
        run,
        server,
        client,
        used: Instant::now(),
        calls: 0,
    })
}

/// Ends the lab when nobody has used it for so long.
async fn forget(shared: Arc<Classroom>, run: Arc<ServedRun>) {
    let mut until = Instant::now() + shared.article.idle;
    loop {
        tokio::select! {
            () = tokio::time::sleep_until(until) => {}
            () = run.log().until_over() => return,
        }
        let mut lab = shared.article.lab.lock().await;
        let Some(own) = lab.as_mut().filter(|lab| lab.run.id == run.id) else {
            return;
        };
        until = own.used + shared.article.idle;
        if until <= Instant::now() {
            end(own).await;
            *lab = None;
            return;
        }
    }
}

/// For the shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}
