//! Waiting until a socket is ready: the same question put by poll, by select and by epoll.

use std::os::fd::AsFd;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use nix::sys::select::{FdSet, select};
use nix::sys::time::{TimeVal, TimeValLike};

use super::arguments::word;
use super::interpreter::{Interpreter, StopReason};
use super::sockets::OpenSocket;
use crate::model::number::signed;
use crate::model::{Arg, CallName, Span};
use crate::script::Readiness;

impl Interpreter {
    /// Waits until the socket is readable, or writable, or the time is over.
    pub(super) fn ready(
        &self,
        label: &str,
        by: Readiness,
        out: bool,
        timeout: Option<Span>,
    ) -> Result<(), StopReason> {
        let open = self.open(label)?;
        let ms = timeout.map_or(-1, |time| {
            i32::try_from((time.ns() / 1_000_000).max(0)).unwrap_or(i32::MAX)
        });
        match by {
            Readiness::Poll => self.poll(&open, out, ms),
            Readiness::Select => self.select(&open, out, ms),
            Readiness::Epoll => self.epoll(&open, out, ms),
        }
    }

    fn poll(&self, open: &OpenSocket, out: bool, ms: i32) -> Result<(), StopReason> {
        let wanted = if out {
            PollFlags::POLLOUT
        } else {
            PollFlags::POLLIN
        };
        let limit = PollTimeout::try_from(ms).unwrap_or(PollTimeout::NONE);
        self.call_on(
            open,
            CallName::Poll,
            vec![word(names(wanted.iter_names())), Arg::Int(i64::from(ms))],
            || {
                let mut fds = [PollFd::new(open.socket.as_fd(), wanted)];
                let count = poll(&mut fds, limit)?;
                Ok((count, fds[0].revents().unwrap_or(PollFlags::empty())))
            },
            |(count, events)| {
                let out = (*count > 0).then(|| word(names(events.iter_names())));
                (i64::from(*count), out.into_iter().collect())
            },
        )
        .map(drop)
    }

    fn select(&self, open: &OpenSocket, out: bool, ms: i32) -> Result<(), StopReason> {
        let set = if out { "writefds" } else { "readfds" };
        self.call_on(
            open,
            CallName::Select,
            vec![word(set.to_owned()), Arg::Int(i64::from(ms))],
            || {
                let mut fds = FdSet::new();
                fds.insert(open.socket.as_fd());
                let mut limit = TimeVal::milliseconds(i64::from(ms.max(0)));
                let limit = (ms >= 0).then_some(&mut limit);
                let count = if out {
                    select(None, None, &mut fds, None, limit)?
                } else {
                    select(None, &mut fds, None, None, limit)?
                };
                Ok(count)
            },
            |count| (i64::from(*count), Vec::new()),
        )
        .map(drop)
    }

    fn epoll(&self, open: &OpenSocket, out: bool, ms: i32) -> Result<(), StopReason> {
        let wanted = if out {
            EpollFlags::EPOLLOUT
        } else {
            EpollFlags::EPOLLIN
        };
        let limit = EpollTimeout::try_from(ms).unwrap_or(EpollTimeout::NONE);
        let epoll = self.call_on(
            open,
            CallName::EpollCreate1,
            vec![Arg::Int(0)],
            || Ok(Epoll::new(EpollCreateFlags::empty())?),
            // Which number the kernel gave to our process is of no meaning in the story.
            |_| (i64::from(self.host().sockets.next_number()), Vec::new()),
        )?;
        self.call_on(
            open,
            CallName::EpollCtl,
            vec![
                word("EPOLL_CTL_ADD".to_owned()),
                word(names(wanted.iter_names())),
            ],
            || Ok(epoll.add(open.socket.as_fd(), EpollEvent::new(wanted, 0))?),
            |()| (0, Vec::new()),
        )?;
        self.call_on(
            open,
            CallName::EpollWait,
            vec![Arg::Int(i64::from(ms))],
            || {
                let mut events = [EpollEvent::empty()];
                let count = epoll.wait(&mut events, limit)?;
                Ok((count, events[0].events()))
            },
            |(count, events)| {
                let out = (*count > 0).then(|| word(names(events.iter_names())));
                (signed(*count), out.into_iter().collect())
            },
        )
        .map(drop)
    }
}

/// Flags by their C names.
fn names<F>(flags: impl Iterator<Item = (&'static str, F)>) -> String {
    let names: Vec<&str> = flags.map(|(name, _)| name).collect();
    names.join("|")
}
