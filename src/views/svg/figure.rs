//! RFC 9293, Figure 5: where its states stand, and its changes with their words.

use TcpState as S;

use crate::model::TcpState;

use super::place::Anchor;

/// A change of state in the figure.
pub(super) struct FigureEdge {
    pub from: TcpState,
    pub to: TcpState,
    /// Where it begins, where it bends (for a straight one its middle), where it ends.
    pub points: [(f64, f64); 3],
    /// The event and the action, as the RFC spells them.
    pub says: &'static str,
    /// Where that stands.
    pub place: (f64, f64),
    pub anchor: Anchor,
    /// Not in the figure itself, but in its note 2: drawn only where somebody walked it.
    pub only_walked: bool,
}

const fn edge(
    (from, to): (TcpState, TcpState),
    points: [(f64, f64); 3],
    says: &'static str,
    place: (f64, f64),
    anchor: Anchor,
) -> FigureEdge {
    let only_walked = matches!((from, to), (TcpState::FinWait1, TcpState::TimeWait));
    FigureEdge {
        from,
        to,
        points,
        says,
        place,
        anchor,
        only_walked,
    }
}

const fn straight(from: (f64, f64), to: (f64, f64)) -> [(f64, f64); 3] {
    [
        from,
        (f64::midpoint(from.0, to.0), f64::midpoint(from.1, to.1)),
        to,
    ]
}

/// Where a state stands; CLOSED has a second place at the end.
pub(super) const fn place(state: TcpState) -> (f64, f64) {
    match state {
        TcpState::Closed => (500.0, 40.0),
        TcpState::Listen => (500.0, 160.0),
        TcpState::SynReceived => (170.0, 262.0),
        TcpState::SynSent => (830.0, 262.0),
        TcpState::Established => (500.0, 380.0),
        TcpState::FinWait1 => (170.0, 490.0),
        TcpState::CloseWait => (830.0, 490.0),
        TcpState::FinWait2 => (170.0, 620.0),
        TcpState::Closing => (450.0, 620.0),
        TcpState::LastAck => (830.0, 620.0),
        TcpState::TimeWait => (450.0, 744.0),
    }
}

pub(super) const END: (f64, f64) = (830.0, 744.0);

/// RFC 9293, Figure 5, and its note 2.
pub(super) const FIGURE: [FigureEdge; 21] = [
    edge(
        (S::Closed, S::Listen),
        straight((480.0, 61.0), (480.0, 139.0)),
        "passive OPEN / create TCB",
        (464.0, 104.0),
        Anchor::End,
    ),
    edge(
        (S::Listen, S::Closed),
        straight((520.0, 139.0), (520.0, 61.0)),
        "CLOSE / delete TCB",
        (530.0, 104.0),
        Anchor::Start,
    ),
    edge(
        (S::Closed, S::SynSent),
        [(566.0, 34.0), (870.0, 34.0), (866.0, 241.0)],
        "active OPEN / create TCB, snd SYN",
        (720.0, 26.0),
        Anchor::Start,
    ),
    edge(
        (S::SynSent, S::Closed),
        [(826.0, 241.0), (816.0, 76.0), (566.0, 52.0)],
        "CLOSE / delete TCB",
        (764.0, 132.0),
        Anchor::End,
    ),
    edge(
        (S::Listen, S::SynReceived),
        straight((434.0, 168.0), (222.0, 241.0)),
        "rcv SYN / snd SYN,ACK",
        (314.0, 196.0),
        Anchor::End,
    ),
    edge(
        (S::Listen, S::SynSent),
        straight((566.0, 168.0), (778.0, 241.0)),
        "SEND / snd SYN",
        (640.0, 184.0),
        Anchor::Start,
    ),
    edge(
        (S::SynSent, S::SynReceived),
        straight((764.0, 262.0), (236.0, 262.0)),
        "rcv SYN / snd SYN,ACK",
        (500.0, 254.0),
        Anchor::Middle,
    ),
    edge(
        (S::SynReceived, S::Established),
        straight((222.0, 283.0), (434.0, 368.0)),
        "rcv ACK of SYN",
        (352.0, 322.0),
        Anchor::Start,
    ),
    edge(
        (S::SynSent, S::Established),
        straight((778.0, 283.0), (566.0, 368.0)),
        "rcv SYN,ACK / snd ACK",
        (710.0, 334.0),
        Anchor::Start,
    ),
    edge(
        (S::SynReceived, S::FinWait1),
        straight((140.0, 283.0), (140.0, 469.0)),
        "CLOSE / snd FIN",
        (150.0, 386.0),
        Anchor::Start,
    ),
    edge(
        (S::SynReceived, S::Listen),
        [(140.0, 241.0), (140.0, 150.0), (434.0, 154.0)],
        "rcv RST",
        (200.0, 156.0),
        Anchor::End,
    ),
    edge(
        (S::Established, S::FinWait1),
        straight((434.0, 392.0), (222.0, 469.0)),
        "CLOSE / snd FIN",
        (356.0, 446.0),
        Anchor::Start,
    ),
    edge(
        (S::Established, S::CloseWait),
        straight((566.0, 392.0), (778.0, 469.0)),
        "rcv FIN / snd ACK",
        (688.0, 424.0),
        Anchor::Start,
    ),
    edge(
        (S::FinWait1, S::FinWait2),
        straight((170.0, 511.0), (170.0, 599.0)),
        "rcv ACK of FIN",
        (154.0, 559.0),
        Anchor::End,
    ),
    edge(
        (S::FinWait1, S::Closing),
        straight((222.0, 511.0), (404.0, 599.0)),
        "rcv FIN / snd ACK",
        (334.0, 552.0),
        Anchor::Start,
    ),
    edge(
        (S::FinWait2, S::TimeWait),
        [(170.0, 641.0), (172.0, 744.0), (384.0, 744.0)],
        "rcv FIN / snd ACK",
        (262.0, 716.0),
        Anchor::Start,
    ),
    edge(
        (S::Closing, S::TimeWait),
        straight((450.0, 641.0), (450.0, 723.0)),
        "rcv ACK of FIN",
        (460.0, 686.0),
        Anchor::Start,
    ),
    edge(
        (S::CloseWait, S::LastAck),
        straight((830.0, 511.0), (830.0, 599.0)),
        "CLOSE / snd FIN",
        (846.0, 559.0),
        Anchor::Start,
    ),
    edge(
        (S::LastAck, S::Closed),
        straight((830.0, 641.0), (830.0, 723.0)),
        "rcv ACK of FIN",
        (846.0, 686.0),
        Anchor::Start,
    ),
    edge(
        (S::TimeWait, S::Closed),
        straight((516.0, 744.0), (764.0, 744.0)),
        "Timeout=2MSL / delete TCB",
        (640.0, 736.0),
        Anchor::Middle,
    ),
    edge(
        (S::FinWait1, S::TimeWait),
        [(104.0, 496.0), (16.0, 762.0), (384.0, 756.0)],
        "rcv FIN and ACK of FIN / snd ACK",
        (66.0, 778.0),
        Anchor::Start,
    ),
];
