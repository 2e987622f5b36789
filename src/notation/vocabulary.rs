//! The words of frame patterns: protocols, what is true of a frame, and the numbers that it has.

/// A protocol that a pattern can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "each is the protocol of its name; Icmp is ICMPv6 as well"
)]
pub enum Protocol {
    Tcp,
    Udp,
    Icmp,
    Arp,
    Ip,
}

/// Something that is true of a frame or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Property {
    /// `data`: it carries payload.
    Data,
    /// `resend`: any kind of retransmission.
    Resend,
    /// `dup-ack`: a duplicate acknowledgement.
    DupAck,
    /// `out-of-order`.
    OutOfOrder,
    /// `keep-alive`.
    KeepAlive,
    /// `zero-window`.
    ZeroWindow,
    /// `window-update`.
    WindowUpdate,
    /// `sack-permitted`: the option of a SYN.
    SackPermitted,
    /// `sack`: it carries SACK blocks.
    Sack,
    /// `d-sack`: its first block tells of a duplicate (RFC 2883 §4).
    DSack,
    /// `fast-open`: it carries the Fast Open option, with a cookie or asking for one.
    FastOpen,
    /// `mptcp`: it carries an operation of Multipath TCP (RFC 8684).
    Multipath,
    /// `md5`: it is signed (RFC 2385).
    Md5,
    /// `tcp-ao`: it carries the authentication option (RFC 5925).
    Authenticated,
    /// `accecn`: it carries counters of accurate ECN (RFC 9768).
    AccurateEcn,
    /// `ts`: it carries timestamps.
    Timestamps,
    /// `df`: don't fragment.
    DontFragment,
    /// `fragment`: a fragment of an IP packet.
    Fragment,
    /// `more`: a fragment that others follow.
    More,
    /// `request`: of ARP.
    Request,
    /// `reply`: of ARP.
    Reply,
    /// `echo-request`: of ICMP.
    EchoRequest,
    /// `echo-reply`: of ICMP.
    EchoReply,
    /// `port-unreachable`: of ICMP.
    PortUnreachable,
    /// `lost`: it ended on the wire.
    Lost,
    /// `bad-checksum`: its transport checksum does not fit.
    BadChecksum,
}

/// A number that a frame has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NumericField {
    /// `seq`: TCP's sequence number, or an echo's.
    Seq,
    /// `ack`: acknowledgement number.
    Ack,
    /// `len`: payload bytes of the segment, datagram or message.
    Len,
    /// `win`: window in bytes, scaled.
    Win,
    /// `rawseq`: sequence number as it stands in the header.
    RawSeq,
    /// `rawwin`: window as it stands in the header, not scaled.
    RawWin,
    /// `sack-from`: left edge of the first SACK block, relative.
    SackFrom,
    /// `sack-to`: right edge of the first SACK block (the number behind its last byte), relative.
    SackTo,
    /// `ecn`: the two ECN bits of the IP header: 0, or 1 and 2 (ECT), 3 (CE).
    Ecn,
    /// `mss`: the option in a SYN.
    Mss,
    /// `wscale`: the option in a SYN.
    Wscale,
    /// `urg`: urgent pointer.
    Urg,
    /// `sport`.
    Sport,
    /// `dport`.
    Dport,
    /// `ttl`: or hop limit.
    Ttl,
    /// `size`: bytes of the whole frame.
    Size,
    /// `offset`: of a fragment, in bytes.
    Offset,
    /// `type`: ICMP's.
    Type,
    /// `code`: ICMP's.
    Code,
    /// `id`: an echo's.
    Id,
    /// `mtu`: in "fragmentation needed" and "packet too big".
    Mtu,
    /// `dup`: which duplicate acknowledgement it is.
    Dup,
    /// `cwnd`: the sender's congestion window just after the frame had left, in segments, as its kernel reports.
    Cwnd,
    /// `ssthresh`: its slow-start threshold, in segments; a frame has none while the kernel has not set it.
    Ssthresh,
    /// `flight`: segments in flight, as the kernel counts: sent and not acknowledged, without those that were selectively
    /// acknowledged or are taken for lost, with those that were sent again.
    Flight,
    /// `reductions`: how often the kernel had begun to reduce the window by then (it entered CWR, Recovery or Loss).
    Reductions,
    /// `peak`: the congestion window in the kernel's last answer before the latest of these, in segments.
    Peak,
    /// `srtt`: smoothed round-trip time, in microseconds.
    Srtt,
    /// `rttvar`: its mean deviation as `tcpi_rttvar` has it, in microseconds.
    Rttvar,
    /// `rto`: the retransmission timeout in force, in microseconds.
    Rto,
}

impl Protocol {
    /// All, as words.
    pub const ALL: [(&'static str, Self); 5] = [
        ("TCP", Self::Tcp),
        ("UDP", Self::Udp),
        ("ICMP", Self::Icmp),
        ("ARP", Self::Arp),
        ("IP", Self::Ip),
    ];

    /// By its word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(name, _)| *name == word)
            .map(|(_, p)| *p)
    }
}

impl Property {
    /// All, as words.
    pub const ALL: [(&'static str, Self); 26] = [
        ("data", Self::Data),
        ("resend", Self::Resend),
        ("dup-ack", Self::DupAck),
        ("out-of-order", Self::OutOfOrder),
        ("keep-alive", Self::KeepAlive),
        ("zero-window", Self::ZeroWindow),
        ("window-update", Self::WindowUpdate),
        ("sack-permitted", Self::SackPermitted),
        ("sack", Self::Sack),
        ("d-sack", Self::DSack),
        ("fast-open", Self::FastOpen),
        ("mptcp", Self::Multipath),
        ("md5", Self::Md5),
        ("tcp-ao", Self::Authenticated),
        ("accecn", Self::AccurateEcn),
        ("ts", Self::Timestamps),
        ("df", Self::DontFragment),
        ("fragment", Self::Fragment),
        ("more", Self::More),
        ("request", Self::Request),
        ("reply", Self::Reply),
        ("echo-request", Self::EchoRequest),
        ("echo-reply", Self::EchoReply),
        ("port-unreachable", Self::PortUnreachable),
        ("lost", Self::Lost),
        ("bad-checksum", Self::BadChecksum),
    ];

    /// By its word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(name, _)| *name == word)
            .map(|(_, t)| *t)
    }
}

impl NumericField {
    /// All, as words.
    pub const ALL: [(&'static str, Self); 30] = [
        ("seq", Self::Seq),
        ("ack", Self::Ack),
        ("len", Self::Len),
        ("win", Self::Win),
        ("rawseq", Self::RawSeq),
        ("rawwin", Self::RawWin),
        ("sack-from", Self::SackFrom),
        ("sack-to", Self::SackTo),
        ("ecn", Self::Ecn),
        ("mss", Self::Mss),
        ("wscale", Self::Wscale),
        ("urg", Self::Urg),
        ("sport", Self::Sport),
        ("dport", Self::Dport),
        ("ttl", Self::Ttl),
        ("size", Self::Size),
        ("offset", Self::Offset),
        ("type", Self::Type),
        ("code", Self::Code),
        ("id", Self::Id),
        ("mtu", Self::Mtu),
        ("dup", Self::Dup),
        ("cwnd", Self::Cwnd),
        ("ssthresh", Self::Ssthresh),
        ("flight", Self::Flight),
        ("reductions", Self::Reductions),
        ("peak", Self::Peak),
        ("srtt", Self::Srtt),
        ("rttvar", Self::Rttvar),
        ("rto", Self::Rto),
    ];

    /// The number of this name, where it is one that a sender's kernel reports: only these may stand in sums as well.
    #[must_use]
    pub fn of_kernel(word: &str) -> Option<Self> {
        let (_, key) = Self::ALL.iter().find(|(name, _)| *name == word)?;
        matches!(
            key,
            Self::Cwnd
                | Self::Ssthresh
                | Self::Flight
                | Self::Reductions
                | Self::Peak
                | Self::Srtt
                | Self::Rttvar
                | Self::Rto
        )
        .then_some(*key)
    }
}
