//! Which descriptor of which process is which socket. Sound, because every call that changes it stops.

use std::collections::BTreeMap;

use super::busy::BusyMeter;
use crate::model::SocketEnds;

/// A table of descriptors: threads share one, a process that is forked gets a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TableId(u32);

#[derive(Debug, Default)]
struct DescriptorTable {
    sockets: BTreeMap<i32, u32>,
    /// Processes that use it.
    users: usize,
}

/// A socket of an Internet family.
#[derive(Debug, Default)]
pub(super) struct TracedSocket {
    /// Descriptors that stand for it, in all tables.
    pub holders: usize,
    /// It carries datagrams.
    pub datagram: bool,
    /// It listens.
    pub listens: bool,
    /// Others come to it: it was bound to a port of its program's choice, listens, or was accepted.
    pub serves: bool,
    /// Its ends, as far as they were asked.
    pub ends: Option<SocketEnds>,
    /// The kernel's number of it; 0: not known.
    pub cookie: u64,
    /// When its kernel was asked about it last.
    pub asked: Option<std::time::Instant>,
    pub busy: BusyMeter,
}

/// All tables and sockets of a host's program.
#[derive(Debug, Default)]
pub(super) struct Descriptors {
    tables: BTreeMap<TableId, DescriptorTable>,
    sockets: BTreeMap<u32, TracedSocket>,
    tables_made: u32,
    sockets_made: u32,
}

impl Descriptors {
    /// A table without any socket, for a first user.
    pub(super) fn new_table(&mut self) -> TableId {
        self.add(DescriptorTable {
            users: 1,
            ..DescriptorTable::default()
        })
    }

    /// A copy of that table, for a first user.
    pub(super) fn copy(&mut self, table: TableId) -> TableId {
        let copied = self
            .tables
            .get(&table)
            .map(|table| table.sockets.clone())
            .unwrap_or_default();
        for number in copied.values() {
            if let Some(socket) = self.sockets.get_mut(number) {
                socket.holders += 1;
            }
        }
        self.add(DescriptorTable {
            sockets: copied,
            users: 1,
        })
    }

    fn add(&mut self, table: DescriptorTable) -> TableId {
        let id = TableId(self.tables_made);
        self.tables_made += 1;
        self.tables.insert(id, table);
        id
    }

    /// One more uses that table.
    pub(super) fn share(&mut self, table: TableId) {
        if let Some(table) = self.tables.get_mut(&table) {
            table.users += 1;
        }
    }

    /// One uses it no more; sockets go with its last user.
    pub(super) fn leave(&mut self, table: TableId) {
        let Some(found) = self.tables.get_mut(&table) else {
            return;
        };
        found.users = found.users.saturating_sub(1);
        if found.users > 0 {
            return;
        }
        let fds: Vec<i32> = found.sockets.keys().copied().collect();
        for fd in fds {
            self.remove(table, fd);
        }
        self.tables.remove(&table);
    }

    /// The socket that this descriptor is.
    pub(super) fn number(&self, table: TableId, fd: i32) -> Option<u32> {
        self.tables.get(&table)?.sockets.get(&fd).copied()
    }

    /// Others come to this socket.
    pub(super) fn serves(&self, number: u32) -> bool {
        self.sockets
            .get(&number)
            .is_some_and(|socket| socket.serves)
    }

    /// What is known of a socket.
    pub(super) fn socket(&mut self, number: u32) -> Option<&mut TracedSocket> {
        self.sockets.get_mut(&number)
    }

    /// All sockets of that table, by descriptor.
    pub(super) fn all(&self, table: TableId) -> impl Iterator<Item = (i32, u32)> {
        let table = self.tables.get(&table);
        table
            .into_iter()
            .flat_map(|table| table.sockets.iter().map(|(fd, number)| (*fd, *number)))
    }

    /// A descriptor has become a new socket: its number.
    pub(super) fn made(&mut self, table: TableId, fd: i32, socket: TracedSocket) -> u32 {
        self.sockets_made += 1;
        let number = self.sockets_made;
        self.sockets.insert(number, socket);
        self.stands_for(table, fd, number);
        number
    }

    /// A descriptor stands for that socket from now on.
    pub(super) fn stands_for(&mut self, table: TableId, fd: i32, number: u32) {
        if let Some(table) = self.tables.get_mut(&table) {
            let before = table.sockets.insert(fd, number);
            if let Some(socket) = self.sockets.get_mut(&number) {
                socket.holders += 1;
            }
            self.one_less(before);
        }
    }

    /// A descriptor stands for no socket any more: the one that it stood for. Where that was its last, the socket is
    /// known until [`Self::forget_closed`].
    pub(super) fn remove(&mut self, table: TableId, fd: i32) -> Option<u32> {
        let number = self.tables.get_mut(&table)?.sockets.remove(&fd)?;
        self.one_less(Some(number));
        Some(number)
    }

    fn one_less(&mut self, number: Option<u32>) {
        if let Some(socket) = number.and_then(|number| self.sockets.get_mut(&number)) {
            socket.holders = socket.holders.saturating_sub(1);
        }
    }

    /// The socket with this cookie.
    pub(super) fn with_cookie(&self, cookie: u64) -> Option<u32> {
        let mut all = self.sockets.iter();
        all.find(|(_, socket)| cookie != 0 && socket.cookie == cookie && socket.holders > 0)
            .map(|(number, _)| *number)
    }

    /// Forgets a socket that no descriptor stands for.
    pub(super) fn forget_closed(&mut self, number: u32) {
        if self
            .sockets
            .get(&number)
            .is_some_and(|socket| socket.holders == 0)
        {
            self.sockets.remove(&number);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_lives_as_long_as_a_descriptor_stands_for_it() {
        let mut all = Descriptors::default();
        let parent = all.new_table();
        let number = all.made(parent, 3, TracedSocket::default());
        all.stands_for(parent, 5, number);
        let child = all.copy(parent);
        assert_eq!(all.number(child, 5), Some(number));
        assert_eq!(all.socket(number).map(|socket| socket.holders), Some(4));
        assert_eq!(all.remove(parent, 3), Some(number));
        assert_eq!(all.remove(parent, 5), Some(number));
        all.forget_closed(number);
        assert!(all.socket(number).is_some(), "the child has it still");
        all.leave(child);
        all.forget_closed(number);
        assert!(all.socket(number).is_none());
    }

    #[test]
    fn a_descriptor_that_is_made_anew_lets_go_of_what_it_was() {
        let mut all = Descriptors::default();
        let table = all.new_table();
        let first = all.made(table, 3, TracedSocket::default());
        let second = all.made(table, 4, TracedSocket::default());
        all.stands_for(table, 3, second);
        assert_eq!(all.socket(first).map(|socket| socket.holders), Some(0));
        assert_eq!(
            all.all(table).collect::<Vec<_>>(),
            [(3, second), (4, second)]
        );
    }
}
