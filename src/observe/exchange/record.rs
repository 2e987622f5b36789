//! A call with its facts: begun, returned, and what the kernel says of the connection then.

use std::io;
use std::net::SocketAddr;

use super::arguments::errno;
use super::interpreter::{Interpreter, StopReason};
use super::sockets::OpenSocket;
use crate::model::{
    Arg, Call, CallId, CallName, CallResult, Endpoint, Fact, Returned, Span, Trigger,
};
use crate::script::SocketKind;

/// Which socket a call is about: its number and its name.
#[derive(Clone, Debug)]
pub(super) struct CallSocket {
    number: u32,
    label: String,
}

impl CallSocket {
    /// A socket that is there.
    pub(super) fn open(open: &OpenSocket) -> Self {
        Self {
            number: open.number,
            label: open.label.clone(),
        }
    }

    /// One that is held elsewhere.
    pub(super) fn numbered(number: u32, label: &str) -> Self {
        Self {
            number,
            label: label.to_owned(),
        }
    }

    /// No socket yet: the call is to make it, under this name.
    pub(super) fn nothing(label: &str) -> Self {
        Self {
            number: 0,
            label: label.to_owned(),
        }
    }
}

/// Between two looks whether there is room again.
const ROOM_LOOK: Span = Span::from_ms(2);

/// What a call gave back, for its fact.
pub(super) type CallReturn = (i64, Vec<Arg>);

impl Interpreter {
    /// Makes a call and tells it. `gave` says what of the result is recorded.
    pub(super) fn call<T>(
        &self,
        about: &CallSocket,
        name: CallName,
        args: Vec<Arg>,
        make: impl FnOnce() -> io::Result<T>,
        gave: impl FnOnce(&T) -> CallReturn,
    ) -> Result<(T, CallId), StopReason> {
        let host = self.host();
        self.wait_for_room();
        if host.coordinator.is_ending() {
            return Err(StopReason::Ending);
        }
        let id = host.coordinator.next_call();
        let kept_waiting = self.kept_waiting();
        host.source.tell(|at| {
            Fact::Call(Call {
                at,
                id,
                host: host.id,
                socket: about.number,
                label: about.label.as_str().into(),
                name,
                args,
                kept_waiting,
                site: None,
            })
        });
        let result = make();
        if host.coordinator.is_ending() && interrupted(&result) {
            return Err(StopReason::Ending);
        }
        let told = match &result {
            Ok(value) => {
                let (value, out) = gave(value);
                CallResult::Ok { value, out }
            }
            Err(error) => CallResult::Err(errno(error).into()),
        };
        let kept_waiting = self.kept_waiting();
        host.source.tell(|at| {
            Fact::Returned(Returned {
                at,
                id,
                result: told,
                kept_waiting,
                seen: None,
            })
        });
        match result {
            Ok(value) => Ok((value, id)),
            Err(error) => Err(StopReason::Errno(errno(&error), Some(id))),
        }
    }

    /// While what was told before takes too much room, nothing further is done: whoever is told decides how fast a
    /// script goes. Until the run ends, at most.
    fn wait_for_room(&self) {
        let host = self.host();
        while host.source.room().is_short() {
            host.source.room().waits();
            if !host.coordinator.pause(ROOM_LOOK) {
                return;
            }
        }
    }

    /// A call on an open socket, after which its kernel is asked about it.
    pub(super) fn call_on<T>(
        &self,
        open: &OpenSocket,
        name: CallName,
        args: Vec<Arg>,
        make: impl FnOnce() -> io::Result<T>,
        gave: impl FnOnce(&T) -> CallReturn,
    ) -> Result<T, StopReason> {
        match self.call(&CallSocket::open(open), name, args, make, gave) {
            Ok((value, id)) => {
                self.ask(open, id);
                Ok(value)
            }
            Err(stop) => {
                if let StopReason::Errno(_, Some(id)) = stop {
                    self.ask(open, id);
                }
                Err(stop)
            }
        }
    }

    /// A call that moves data on an open socket: the kernel is asked once in a while, and when an end was reached.
    pub(super) fn call_data<T>(
        &self,
        open: &OpenSocket,
        name: CallName,
        args: Vec<Arg>,
        make: impl FnOnce() -> io::Result<T>,
        gave: impl FnOnce(&T) -> CallReturn,
    ) -> Result<T, StopReason> {
        let mut moved = 0;
        let called = self.call(&CallSocket::open(open), name, args, make, |value| {
            let gave = gave(value);
            moved = gave.0;
            gave
        });
        match called {
            Ok((value, id)) => {
                if moved == 0 || open.may_ask_again() {
                    self.ask(open, id);
                }
                Ok(value)
            }
            Err(stop) => {
                if let StopReason::Errno(_, Some(id)) = stop {
                    self.ask(open, id);
                }
                Err(stop)
            }
        }
    }

    /// Asks the kernel about a TCP socket after a call, and tells the answer.
    pub(super) fn ask(&self, open: &OpenSocket, id: CallId) {
        if open.kind == SocketKind::Tcp {
            let peer = if open.listens() { None } else { open.peer() };
            self.ask_about(open.local(), peer, open.listens(), id);
        }
    }

    /// The same for a socket that is closed by now.
    pub(super) fn ask_about(
        &self,
        local: Option<SocketAddr>,
        peer: Option<SocketAddr>,
        listens: bool,
        id: CallId,
    ) {
        let host = self.host();
        let trigger = Trigger::Returned(id);
        let Some(local) = local.map(Endpoint::from) else {
            return;
        };
        match peer {
            Some(peer) => {
                host.asker.tell(&host.source, local, peer.into(), trigger);
            }
            None if listens => {
                host.asker.tell_listener(&host.source, local, trigger);
            }
            None => {}
        }
    }
}

fn interrupted<T>(result: &io::Result<T>) -> bool {
    result
        .as_ref()
        .is_err_and(|error| error.kind() == io::ErrorKind::Interrupted)
}
