//! Runs: each is a copy of this program with a lab of its own, which confines itself first (`session::confined`); what it prints is
//! passed on as it comes, and its files are kept for a while.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::guard::fresh_name;
use super::log::{HasLog, Log};
use super::reply::in_language;
use crate::session::confined;
use crate::text::{Lang, Message};
use crate::views::html::classroom::StoryKind;

/// So many labs at once.
const LABS: usize = 4;
/// So many lessons at once: they mostly wait for answers, with no lab.
const LESSONS: usize = 8;
/// A run may take so long …
pub const LIFE: Duration = Duration::from_secs(30);
/// … and a lesson, whose reader thinks.
pub const LESSON_LIFE: Duration = Duration::from_mins(10);
/// What is asked to end has so long.
const GRACE: Duration = Duration::from_millis(1_500);
/// So many runs that are over are kept.
const KEPT: usize = 12;
/// A line is no longer than this; what is longer is left out.
const LONGEST_LINE: usize = 4 << 20;
/// The files that a run leaves.
pub const FILES: [(&str, &str); 4] = [
    ("report.html", "text/html; charset=utf-8"),
    ("run.pcapng", "application/octet-stream"),
    ("story.json", "application/x-ndjson"),
    ("diagram.svg", "image/svg+xml"),
];
/// Where an upload lies.
pub const CAPTURE: &str = "capture.bin";

/// All runs.
#[derive(Debug)]
pub struct Runs {
    place: TempDir,
    kept: Mutex<VecDeque<Arc<ServedRun>>>,
    labs: Arc<Semaphore>,
    lessons: Arc<Semaphore>,
}

/// What is to be run.
#[derive(Debug)]
pub struct RunOrder {
    /// Its arguments; `{}` in one stands for its folder.
    pub arguments: Vec<String>,
    /// The command as a person would type it.
    pub command: String,
    /// Where its form is, filled in.
    pub form: Option<String>,
    /// What it shows.
    pub kind: StoryKind,
    /// In which language.
    pub lang: Lang,
    /// How long it may live; none: until it is told to end.
    pub life: Option<Duration>,
    /// It reads what somebody uploaded, and nothing else.
    pub confined: bool,
}

/// A folder for a run that is about to start, with its place among those at once.
#[derive(Debug)]
pub struct PreparedRun {
    /// Its name in addresses.
    pub id: String,
    /// Where its files are.
    pub folder: PathBuf,
    place: OwnedSemaphorePermit,
}

/// A run.
#[derive(Debug)]
pub struct ServedRun {
    /// Its name in addresses.
    pub id: String,
    /// The command as a person would type it.
    pub command: String,
    /// Where its form is, filled in.
    pub form: Option<String>,
    /// What it shows.
    pub kind: StoryKind,
    lang: Lang,
    folder: PathBuf,
    log: Log,
    process: Mutex<Option<u32>>,
    answers: tokio::sync::Mutex<Option<ChildStdin>>,
}

impl HasLog for ServedRun {
    fn log(&self) -> &Log {
        &self.log
    }
}

impl Drop for ServedRun {
    fn drop(&mut self) {
        // The folder of all of them goes at the end in any case.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Runs {
    /// None yet.
    ///
    /// # Errors
    /// When no folder can be made.
    pub fn new() -> io::Result<Self> {
        Ok(Self {
            place: tempfile::Builder::new()
                .prefix("sockscope-serve-")
                .tempdir()?,
            kept: Mutex::default(),
            labs: Arc::new(Semaphore::new(LABS)),
            lessons: Arc::new(Semaphore::new(LESSONS)),
        })
    }

    /// A place for one more; none where there are too many at once.
    ///
    /// # Errors
    /// When no folder can be made.
    pub fn prepare(&self, kind: StoryKind) -> io::Result<Option<PreparedRun>> {
        let room = if kind == StoryKind::Lesson {
            &self.lessons
        } else {
            &self.labs
        };
        let Ok(place) = Arc::clone(room).try_acquire_owned() else {
            return Ok(None);
        };
        let id = fresh_name()?;
        let folder = self.place.path().join(&id);
        fs::create_dir(&folder)?;
        Ok(Some(PreparedRun { id, folder, place }))
    }

    /// Starts it.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(&self, prepared: PreparedRun, order: RunOrder) -> io::Result<Arc<ServedRun>> {
        let PreparedRun { id, folder, place } = prepared;
        let mut command = child(
            &order.arguments,
            &folder,
            order.lang,
            order.life,
            order.confined,
        );
        let asks = order.kind == StoryKind::Lesson;
        command.stdin(if asks { Stdio::piped() } else { Stdio::null() });
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let run = Arc::new(ServedRun {
            id,
            command: order.command,
            form: order.form,
            kind: order.kind,
            lang: order.lang,
            folder,
            log: Log::new(),
            process: Mutex::new(child.id()),
            answers: tokio::sync::Mutex::new(child.stdin.take()),
        });
        self.keep(&run);
        let watched = Arc::clone(&run);
        tokio::spawn(async move {
            watch(&watched, child, order.life).await;
            drop(place);
        });
        Ok(run)
    }

    fn keep(&self, run: &Arc<ServedRun>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_back(Arc::clone(run));
        let over = kept.iter().filter(|run| run.log.is_over()).count();
        for _ in KEPT..over {
            if let Some(oldest) = kept.iter().position(|run| run.log.is_over()) {
                kept.remove(oldest);
            }
        }
    }

    /// The run of this name.
    pub fn find(&self, id: &str) -> Option<Arc<ServedRun>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|run| run.id == id).cloned()
    }

    /// Ends all of them. Whoever holds their children kills what does not end by itself.
    pub fn end_all(&self) {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().for_each(|run| run.ask_to_end());
    }

    /// The run's story as JSON, made now; none where there are too many at once.
    ///
    /// # Errors
    /// When it cannot be made.
    pub async fn story(&self, run: &ServedRun) -> io::Result<Option<Vec<u8>>> {
        let path = run.folder.join("story.json");
        if let Ok(made) = fs::read(&path) {
            return Ok(Some(made));
        }
        let Ok(_place) = self.labs.try_acquire() else {
            return Ok(None);
        };
        let recording = run.recording().ok_or(io::ErrorKind::NotFound)?;
        let arguments =
            ["explain", &format!("{{}}/{recording}"), "--format=json"].map(str::to_owned);
        let mut command = child(&arguments, &run.folder, run.lang, Some(LIFE), true);
        let output = fs::File::create(&path)?;
        command
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(Stdio::null());
        let ended = tokio::time::timeout(LIFE, command.status()).await;
        if ended.is_err() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        fs::read(&path).map(Some)
    }
}

impl ServedRun {
    /// What it told.
    pub const fn log(&self) -> &Log {
        &self.log
    }

    /// The recording that it left, or was made of.
    fn recording(&self) -> Option<&'static str> {
        ["run.pcapng", CAPTURE]
            .into_iter()
            .find(|name| is_there(&self.folder, name))
    }

    /// The files that it left, once it is over.
    pub fn files(&self) -> Vec<&'static str> {
        if !self.log.is_over() {
            return Vec::new();
        }
        self.left()
    }

    fn left(&self) -> Vec<&'static str> {
        let names = FILES.iter().map(|(name, _)| *name);
        names
            .filter(|name| match *name {
                "story.json" => self.recording().is_some(),
                name => is_there(&self.folder, name),
            })
            .collect()
    }

    /// One of them.
    pub fn file(&self, name: &str) -> Option<Vec<u8>> {
        fs::read(self.folder.join(name)).ok()
    }

    /// Its story ends, its files are closed.
    pub fn ask_to_end(&self) {
        if let Some(process) = *self.process.lock().unwrap_or_else(PoisonError::into_inner) {
            confined::ask_to_end(process);
        }
    }

    /// Answers what it asks; false where it asks nothing any more.
    pub async fn answer(&self, given: &str) -> bool {
        let mut answers = self.answers.lock().await;
        let Some(pipe) = answers.as_mut() else {
            return false;
        };
        let line: String = given
            .chars()
            .filter(|c| !c.is_control())
            .take(200)
            .collect();
        pipe.write_all(format!("{line}\n").as_bytes()).await.is_ok() && pipe.flush().await.is_ok()
    }

    fn say(&self, message: &Message) {
        let said = in_language(self.lang, |catalogue| catalogue.say(message));
        self.text(&format!("{said}\n"));
    }

    fn text(&self, text: &str) {
        self.log
            .tell("text", &serde_json::Value::from(text).to_string());
    }

    /// One line of standard output.
    fn line(&self, line: &str) {
        let name = if line.starts_with("{\"diagram\":") || line.starts_with("{\"summary\":") {
            "picture"
        } else if line.starts_with('{') {
            "row"
        } else {
            return self.text(&format!("{line}\n"));
        };
        self.log.tell(name, line);
    }
}

fn is_there(folder: &Path, name: &str) -> bool {
    fs::metadata(folder.join(name)).is_ok_and(|meta| meta.len() > 0)
}

/// A copy of this program that is killed when nobody waits for it any more.
fn child(
    arguments: &[String],
    folder: &Path,
    lang: Lang,
    life: Option<Duration>,
    is_confined: bool,
) -> Command {
    // By this name it is this very program, whatever stands at its path by now.
    let mut command = Command::new("/proc/self/exe");
    let place = folder.to_string_lossy();
    let life = life.map(|life| life + GRACE + Duration::from_secs(3));
    command
        .arg0("sockscope")
        .args(["--lang", lang.tag(), "--color", "never"])
        .args(
            arguments
                .iter()
                .map(|argument| OsString::from(argument.replace("{}", &place))),
        )
        .env(
            confined::VARIABLE,
            confined::value(life, is_confined.then_some(folder)),
        )
        // What a learner here has done is nothing that the server's user has learned.
        .env("XDG_DATA_HOME", folder)
        .current_dir(folder)
        .process_group(0)
        .kill_on_drop(true);
    command
}

/// Passes on what it says until it ends, and sees to it that it does.
async fn watch(run: &Arc<ServedRun>, mut child: Child, life: Option<Duration>) {
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let reading = async {
        let out = async {
            match (out, run.kind) {
                (Some(out), StoryKind::Rows) => lines(out, |line| run.line(line)).await,
                (Some(out), _) => pieces(out, |text| run.text(text)).await,
                (None, _) => {}
            }
        };
        let err = async {
            if let Some(err) = err {
                lines(err, |line| run.text(&format!("{line}\n"))).await;
            }
        };
        futures_util::future::join(out, err).await;
    };
    let over = tokio::time::sleep(life.unwrap_or(Duration::from_hours(24)));
    tokio::pin!(reading);
    tokio::select! {
        () = &mut reading => {}
        () = over => {
            run.say(&Message::new("serve-too-long").int("s", life.unwrap_or_default().as_secs()));
            run.ask_to_end();
            // What it still tells when it is asked to end is told.
            let _ = tokio::time::timeout(GRACE, &mut reading).await;
        }
    }
    if tokio::time::timeout(GRACE, child.wait()).await.is_err() {
        // One that has ended meanwhile cannot be killed, and need not be.
        let _ = child.kill().await;
    }
    *run.process.lock().unwrap_or_else(PoisonError::into_inner) = None;
    run.answers.lock().await.take();
    run.log
        .end("over", &serde_json::Value::from(run.left()).to_string());
}

/// Line by line; what is longer than a line may be is left out.
async fn lines(mut from: impl AsyncRead + Unpin, mut each: impl FnMut(&str)) {
    let (mut held, mut skips) = (Vec::new(), false);
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        for piece in buffer[..read].split_inclusive(|byte| *byte == b'\n') {
            let ends = piece.ends_with(b"\n");
            if held.len() + piece.len() > LONGEST_LINE {
                skips = true;
                held.clear();
            }
            if !skips {
                held.extend_from_slice(piece);
            }
            if ends {
                if !skips {
                    each(String::from_utf8_lossy(&held).trim_end_matches('\n'));
                }
                held.clear();
                skips = false;
            }
        }
    }
    if !held.is_empty() {
        each(&String::from_utf8_lossy(&held));
    }
}

/// As it comes: a question ends without the end of a line. No character is cut in two.
async fn pieces(mut from: impl AsyncRead + Unpin, mut each: impl FnMut(&str)) {
    let mut held: Vec<u8> = Vec::new();
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        held.extend_from_slice(&buffer[..read]);
        let whole = match std::str::from_utf8(&held) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => held.len(),
        };
        let rest = held.split_off(whole);
        if !held.is_empty() {
            each(&String::from_utf8_lossy(&held));
        }
        held = rest;
    }
}
