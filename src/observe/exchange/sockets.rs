//! A host's sockets by their names in its script.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use socket2::Socket;

use crate::model::{Span, Time};
use crate::observe::source::now;
use crate::script::SocketKind;

/// An open socket. It is closed when the last user lets go of it, as a descriptor is that several threads use.
#[derive(Debug)]
pub(super) struct OpenSocket {
    /// Its number among the host's sockets, as its descriptor is shown: see [`ScriptSockets::next_number`].
    pub number: u32,
    /// Its name in the script.
    pub label: String,
    /// Which of the protocols it speaks.
    pub kind: SocketKind,
    /// The open socket itself.
    pub socket: Socket,
    state: Mutex<SocketState>,
}

#[derive(Debug, Default)]
struct SocketState {
    listens: bool,
    /// The source of the last datagram.
    last_from: Option<SocketAddr>,
    /// When the kernel was last asked about it after a call that moves data.
    asked: Time,
}

impl OpenSocket {
    fn state(&self) -> MutexGuard<'_, SocketState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn listens(&self) -> bool {
        self.state().listens
    }

    pub(super) fn set_listens(&self) {
        self.state().listens = true;
    }

    pub(super) fn last_from(&self) -> Option<SocketAddr> {
        self.state().last_from
    }

    pub(super) fn set_last_from(&self, from: Option<SocketAddr>) {
        self.state().last_from = from;
    }

    /// True once in a while: a loop of sends or receives does not ask after each.
    pub(super) fn may_ask_again(&self) -> bool {
        let mut state = self.state();
        let now = now();
        let due = now.since(state.asked) >= ASK_AGAIN;
        if due {
            state.asked = now;
        }
        due
    }

    /// Its own endpoint.
    pub(super) fn local(&self) -> Option<SocketAddr> {
        self.socket.local_addr().ok()?.as_socket()
    }

    /// Its peer's.
    pub(super) fn peer(&self) -> Option<SocketAddr> {
        self.socket.peer_addr().ok()?.as_socket()
    }
}

/// Between two questions to the kernel about one socket that only moves data.
const ASK_AGAIN: Span = Span::from_ms(1);

/// All of a host's sockets.
#[derive(Debug, Default)]
pub(super) struct ScriptSockets {
    entries: Mutex<Entries>,
}

#[derive(Debug, Default)]
struct Entries {
    made: u32,
    open: BTreeMap<u32, Arc<OpenSocket>>,
    /// Names, the empty one for the default socket.
    names: BTreeMap<String, u32>,
    /// The one that listened last.
    listener: Option<u32>,
}

impl ScriptSockets {
    /// The socket of that name.
    pub(super) fn get(&self, label: &str) -> Option<Arc<OpenSocket>> {
        let entries = self.entries();
        entries.open.get(entries.names.get(label)?).cloned()
    }

    /// The one that listened last, or the one of that name if it listens.
    pub(super) fn listener(&self, label: &str) -> Option<Arc<OpenSocket>> {
        let named = self.get(label).filter(|open| open.listens());
        named.or_else(|| {
            let entries = self.entries();
            entries.open.get(&entries.listener?).cloned()
        })
    }

    /// The number that the next descriptor gets: from 3, as in a program whose standard streams are 0 to 2. Unlike the
    /// kernel's, none is used twice, so that each names one socket in the whole run.
    pub(super) fn next_number(&self) -> u32 {
        let mut entries = self.entries();
        entries.made += 1;
        entries.made + 2
    }

    /// Adds a socket under a name, which is its from now on.
    pub(super) fn add(
        &self,
        number: u32,
        label: &str,
        kind: SocketKind,
        socket: Socket,
    ) -> Arc<OpenSocket> {
        let open = Arc::new(OpenSocket {
            number,
            label: label.to_owned(),
            kind,
            socket,
            state: Mutex::default(),
        });
        let mut entries = self.entries();
        entries.open.insert(number, Arc::clone(&open));
        entries.names.insert(label.to_owned(), number);
        open
    }

    /// This one listens.
    pub(super) fn listens(&self, open: &OpenSocket) {
        open.set_listens();
        self.entries().listener = Some(open.number);
    }

    /// Takes a socket out. The default name goes back to the listener.
    pub(super) fn remove(&self, number: u32) {
        let mut entries = self.entries();
        let removed = entries.open.remove(&number);
        entries.names.retain(|_, named| *named != number);
        if entries.listener == Some(number) {
            entries.listener = None;
        }
        if let Some(listener) = entries.listener {
            entries.names.entry(String::new()).or_insert(listener);
        }
        drop(entries);
        drop(removed);
    }

    /// Closes all of them, as the end of a program does.
    pub(super) fn close_all(&self) {
        let entries = std::mem::take(&mut *self.entries());
        self.entries().made = entries.made;
        drop(entries);
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
