//! `sockscope lesson watch`: a folder is checked again whenever one of its texts is saved.

use std::os::fd::AsFd as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify};

use super::{Console, Ending, Failure, Message, OwnLessonsArgs, check, folder, shown};

/// `sockscope lesson watch`.
#[derive(Clone, Debug, Args)]
#[command(about = "help-lesson-watch", after_help = "help-lesson-watch-examples")]
pub struct WatchArgs {
    /// The lesson's folder.
    #[arg(value_name = "PATH", help = "help-lesson-watched")]
    pub path: PathBuf,
}

/// An editor saves in several steps: so long nothing more may happen before the check begins.
const SETTLES: Duration = Duration::from_millis(150);

/// Checks now, and at every save until it is interrupted or nobody reads any more.
pub fn run(path: &Path, console: &Console) -> Result<Ending, Failure> {
    // A folder that is none is an error at once, as with `lesson check`.
    folder::source(path)?;
    let own = super::own_folder(&OwnLessonsArgs::default(), console)?;
    let of_errno = |errno: nix::errno::Errno| {
        let what = Message::new("error-watch").text("path", shown(path));
        Failure::of_io(what, &errno.into())
    };
    let saves = Inotify::init(InitFlags::IN_CLOEXEC | InitFlags::IN_NONBLOCK).map_err(of_errno)?;
    let events = AddWatchFlags::IN_CLOSE_WRITE
        | AddWatchFlags::IN_MOVED_TO
        | AddWatchFlags::IN_CREATE
        | AddWatchFlags::IN_DELETE;
    saves.add_watch(path, events).map_err(of_errno)?;
    // `./x`, so that a folder is not taken for the short name of a lesson.
    let folder = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = folder.to_string_lossy();
    loop {
        check::apart(&folder, own.as_deref(), console)?;
        console.print(&format!("{}\n", console.catalogue.word("lesson-watching")))?;
        if console.is_closed() {
            return Ok(Ending::Done);
        }
        wait(&saves).map_err(of_errno)?;
    }
}

/// Until something was saved, and a moment longer.
fn wait(saves: &Inotify) -> nix::Result<()> {
    let mut last = None;
    loop {
        let timeout = match last {
            None => PollTimeout::NONE,
            Some(at) => match SETTLES.checked_sub(Instant::elapsed(&at)) {
                Some(left) => PollTimeout::try_from(left).unwrap_or(PollTimeout::ZERO),
                None => return Ok(()),
            },
        };
        poll(
            &mut [PollFd::new(saves.as_fd(), PollFlags::POLLIN)],
            timeout,
        )?;
        match saves.read_events() {
            Ok(_) => last = Some(Instant::now()),
            Err(nix::errno::Errno::EAGAIN) => {}
            Err(errno) => return Err(errno),
        }
    }
}
