//! The built-in lessons, embedded. `tests/lessons.rs` compares this table with the folder.

/// One lesson: its folder's name, and its files by name.
type Folder = (&'static str, &'static [(&'static str, &'static str)]);

macro_rules! lesson {
    ($folder:literal) => {
        (
            $folder,
            &[
                (
                    "lesson.toml",
                    include_str!(concat!("../../lessons/", $folder, "/lesson.toml")),
                ),
                (
                    "en.md",
                    include_str!(concat!("../../lessons/", $folder, "/en.md")),
                ),
                (
                    "zh.md",
                    include_str!(concat!("../../lessons/", $folder, "/zh.md")),
                ),
            ],
        )
    };
}

/// The course's chapters, with what comes before what.
pub(super) const COURSE: &str = include_str!("../../lessons/course.toml");

/// All, in the order of their numbers.
pub(super) const BUILT_IN: &[Folder] = &[
    lesson!("00-sockets"),
    lesson!("01-endpoints"),
    lesson!("02-datagram"),
    lesson!("03-handshake"),
    lesson!("04-states"),
    lesson!("05-refused"),
    lesson!("06-sequence-numbers"),
    lesson!("07-syn-options"),
    lesson!("08-data"),
    lesson!("09-byte-stream"),
    lesson!("10-stream-or-datagram"),
    lesson!("11-framing"),
    lesson!("12-blocking"),
    lesson!("13-four-way-close"),
    lesson!("14-three-segment-close"),
    lesson!("15-half-close"),
    lesson!("16-time-wait"),
    lesson!("17-forgotten-close"),
    lesson!("18-reset"),
    lesson!("19-simultaneous-close"),
    lesson!("20-simultaneous-open"),
    lesson!("21-lost-syn"),
    lesson!("22-lost-data"),
    lesson!("23-fast-retransmit"),
    lesson!("24-zero-window"),
    lesson!("25-window-scale"),
    lesson!("26-segmentation"),
    lesson!("27-fragmentation"),
    lesson!("28-delayed-ack"),
    lesson!("29-nagle"),
    lesson!("30-slow-start"),
    lesson!("31-same-fate"),
    lesson!("32-arp"),
    lesson!("33-backlog"),
    lesson!("34-keep-alive"),
    lesson!("35-fast-open"),
    lesson!("36-raw"),
    lesson!("37-ecn"),
    lesson!("38-urgent"),
    lesson!("39-capstone"),
    lesson!("40-article"),
    lesson!("41-mangled"),
    lesson!("42-path-mtu"),
    lesson!("43-services"),
    lesson!("44-why-three"),
    lesson!("45-one-to-one"),
    lesson!("46-article-web"),
    lesson!("47-two-queues"),
    lesson!("48-asynchronous"),
    lesson!("49-sliding-window"),
    lesson!("50-congestion-avoidance"),
];
