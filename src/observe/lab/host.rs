//! A host: a thread pinned in a network namespace of its own. What runs there belongs to that host: a
//! socket that it makes, a thread that it starts, a program that it executes.

use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::JoinHandle;

use super::enter::enter_net_namespace;
use super::error::LabError;

type Job = Box<dyn FnOnce() + Send>;

/// A thread in a namespace that does one job after the other.
#[derive(Debug)]
pub struct HostThread {
    name: String,
    jobs: Option<Sender<Job>>,
    /// Jobs handed over and not finished.
    open: Arc<AtomicUsize>,
    thread: Option<JoinHandle<()>>,
}

/// Which namespace a host's thread enters.
#[derive(Debug)]
pub(super) enum Namespace {
    /// A new one of its own.
    New,
    /// One that exists, by its descriptor.
    Join(OwnedFd),
    /// The one that the process is in.
    Same,
}

/// The namespace that a thread is about to enter, held open; none where it is the process's own.
pub(super) type PendingNamespace = PendingJob<Result<Option<OwnedFd>, LabError>>;

/// The result of a job that may still run.
#[derive(Debug)]
pub struct PendingJob<R> {
    name: String,
    result: Receiver<R>,
}

impl<R> PendingJob<R> {
    /// Waits for the job's end.
    ///
    /// # Errors
    /// [`LabError::ThreadGone`] when the job panicked.
    pub fn wait(self) -> Result<R, LabError> {
        self.result
            .recv()
            .map_err(|_| LabError::ThreadGone(self.name))
    }
}

impl HostThread {
    /// Starts the thread, named like the host, and lets it enter its namespace.
    pub(super) fn start(
        name: &str,
        namespace: Namespace,
    ) -> Result<(Self, PendingNamespace), LabError> {
        let (jobs, todo) = mpsc::channel::<Job>();
        let open = Arc::new(AtomicUsize::new(0));
        let finished = Arc::clone(&open);
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                for job in todo {
                    job();
                    finished.fetch_sub(1, Ordering::Release);
                }
            })
            .map_err(LabError::step("pthread_create", name))?;
        let host = Self {
            name: name.to_owned(),
            jobs: Some(jobs),
            open,
            thread: Some(thread),
        };
        let entered = host.run(move || namespace.enter());
        Ok((host, entered))
    }

    /// Runs a job in the host's namespace, after those that were handed over before it.
    pub fn run<R: Send + 'static>(
        &self,
        job: impl FnOnce() -> R + Send + 'static,
    ) -> PendingJob<R> {
        let (done, result) = mpsc::channel();
        if let Some(jobs) = &self.jobs {
            self.open.fetch_add(1, Ordering::Relaxed);
            // A thread that is gone drops the job and with it `done`, which `PendingJob::wait` reports.
            let _ = jobs.send(Box::new(move || {
                // Nobody need wait for the result.
                let _ = done.send(job());
            }));
        }
        PendingJob {
            name: self.name.clone(),
            result,
        }
    }

    /// Begins a job in the host's namespace after those that were handed over before it, on a thread of its own: those
    /// that come after it do not wait for it.
    pub(super) fn beside<R: Send + 'static>(
        &self,
        name: &str,
        job: impl FnOnce() -> R + Send + 'static,
    ) -> PendingJob<R> {
        let (done, result) = mpsc::channel();
        let thread = std::thread::Builder::new().name(name.to_owned());
        // A new thread is in the namespace of the one that starts it. One that cannot be started drops `done`, as above.
        self.run(move || {
            thread.spawn(move || {
                let _ = done.send(job());
            })
        });
        PendingJob {
            name: name.to_owned(),
            result,
        }
    }

    /// Runs a job there and waits for its result.
    ///
    /// # Errors
    /// [`LabError::ThreadGone`] when the job panicked.
    pub fn call<R: Send + 'static>(
        &self,
        job: impl FnOnce() -> R + Send + 'static,
    ) -> Result<R, LabError> {
        self.run(job).wait()
    }
}

impl Drop for HostThread {
    /// Ends the thread when it has nothing to do. One that is stuck in a call is left behind: it ends with
    /// the process, and waiting for it could take for ever.
    fn drop(&mut self) {
        drop(self.jobs.take());
        if self.open.load(Ordering::Acquire) == 0
            && let Some(thread) = self.thread.take()
        {
            // A panic there has been reported by `PendingJob::wait`.
            let _ = thread.join();
        }
    }
}

impl Namespace {
    fn enter(self) -> Result<Option<OwnedFd>, LabError> {
        match self {
            Self::New => {
                enter_net_namespace()?;
                let path = "/proc/thread-self/ns/net";
                let file = std::fs::File::open(path).map_err(LabError::step("open", path))?;
                Ok(Some(file.into()))
            }
            Self::Join(namespace) => {
                nix::sched::setns(&namespace, nix::sched::CloneFlags::CLONE_NEWNET)
                    .map_err(LabError::step("setns", "the other host's namespace"))?;
                Ok(Some(namespace))
            }
            Self::Same => Ok(None),
        }
    }
}
