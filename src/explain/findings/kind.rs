//! What can be found, with its names and its lesson.

macro_rules! kinds {
    ($($kind:ident, $name:literal, $short:literal, $seen:literal, $cure:literal, $lesson:literal;)*) => {
        /// What was found.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[expect(missing_docs, reason = "the table of the module above says what each is")]
        pub enum FindingKind {
            $($kind,)*
        }

        impl FindingKind {
            /// All of them: what is looked for.
            pub const ALL: &[Self] = &[$(Self::$kind),*];

            /// Its name, and the catalogue's keys of its short name, of what was seen, and of its cure.
            #[must_use]
            pub const fn keys(self) -> [&'static str; 4] {
                match self {
                    $(Self::$kind => [$name, $short, $seen, $cure],)*
                }
            }

            /// The lesson about it.
            #[must_use]
            pub const fn lesson(self) -> &'static str {
                match self {
                    $(Self::$kind => $lesson,)*
                }
            }
        }
    };
}

kinds! {
    NeverClosed, "never-closed", "finding-name-never-closed", "finding-never-closed", "finding-cure-never-closed", "forgotten-close";
    ClosedUnread, "closed-unread", "finding-name-closed-unread", "finding-closed-unread", "finding-cure-closed-unread", "reset";
    SentIntoClosed, "sent-into-closed", "finding-name-sent-into-closed", "finding-sent-into-closed", "finding-cure-sent-into-closed", "reset";
    ShortWrite, "short-write", "finding-name-short-write", "finding-short-write", "finding-cure-short-write", "zero-window";
    NoReuseAddr, "no-reuseaddr", "finding-name-no-reuseaddr", "finding-no-reuseaddr", "finding-cure-no-reuseaddr", "time-wait";
    BoundToLoopback, "bound-to-loopback", "finding-name-bound-to-loopback", "finding-bound-to-loopback", "finding-cure-bound-to-loopback", "refused";
    SwappedPort, "swapped-port", "finding-name-swapped-port", "finding-swapped-port", "finding-cure-swapped-port", "refused";
    ListenMissing, "listen-missing", "finding-name-listen-missing", "finding-listen-missing", "finding-cure-listen-missing", "refused";
    NobodyListens, "nobody-listens", "finding-name-nobody-listens", "finding-nobody-listens", "finding-cure-nobody-listens", "refused";
    ListenLate, "listen-late", "finding-name-listen-late", "finding-listen-late", "finding-cure-listen-late", "refused";
    Spins, "spins", "finding-name-spins", "finding-spins", "finding-cure-spins", "blocking";
    IgnoresEnd, "ignores-end", "finding-name-ignores-end", "finding-ignores-end", "finding-cure-ignores-end", "forgotten-close";
    BothWait, "both-wait", "finding-name-both-wait", "finding-both-wait", "finding-cure-both-wait", "blocking";
    DatagramCut, "datagram-cut", "finding-name-datagram-cut", "finding-datagram-cut", "finding-cure-datagram-cut", "stream-or-datagram";
    PartTaken, "part-taken", "finding-name-part-taken", "finding-part-taken", "finding-cure-part-taken", "stream-or-datagram";
    TwoMessages, "two-messages", "finding-name-two-messages", "finding-two-messages", "finding-cure-two-messages", "stream-or-datagram";
    HalfCloseUnanswered, "half-close-unanswered", "finding-name-half-close-unanswered", "finding-half-close-unanswered", "finding-cure-half-close-unanswered", "half-close";
    WaitsForEver, "waits-for-ever", "finding-name-waits-for-ever", "finding-waits-for-ever", "finding-cure-waits-for-ever", "blocking";
    UnboundReceive, "unbound-receive", "finding-name-unbound-receive", "finding-unbound-receive", "finding-cure-unbound-receive", "datagram";
    BacklogFull, "backlog-full", "finding-name-backlog-full", "finding-backlog-full", "finding-cure-backlog-full", "two-queues";
    NagleDelay, "nagle-delay", "finding-name-nagle-delay", "finding-nagle-delay", "finding-cure-nagle-delay", "nagle";
    ConnectionPerMessage, "connection-per-message", "finding-name-connection-per-message", "finding-connection-per-message", "finding-cure-connection-per-message", "handshake";
    LeftOpen, "left-open", "finding-name-left-open", "finding-left-open", "finding-cure-left-open", "forgotten-close";
}
