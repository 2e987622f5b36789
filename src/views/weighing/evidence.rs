//! Evidence and objections in words.

use crate::model::Span;
use crate::protocol::follow::{
    Anomaly, CauseClaim, Earlier, Held, HopChanges, Idle, Objection, Overtaken, Recovery,
};
use crate::text::Message;
use crate::views::wording::duration;

/// The key of a candidate's name.
pub(super) fn name(name: &'static str) -> &'static str {
    match name {
        "copied" | "twin" => "why-copied",
        "late" | "late-original" => "why-late",
        "needless" => "why-needless",
        "other-numbers" => "why-other-numbers",
        "syn-retry" => "why-syn-retry",
        "passed" => "why-passed",
        "after-timeout" => "why-after-timeout",
        "prompted" => "why-prompted",
        "tail-loss-probe" => "why-tail-loss-probe",
        "timeout" => "why-timeout",
        "sack" | "sack-within" => "why-sack",
        "fast-retransmit" => "why-fast-retransmit",
        "partial-ack" => "why-partial-ack",
        "some-timeout" => "why-some-timeout",
        "window-probe" => "why-window-probe",
        "keep-alive" => "why-keep-alive",
        unworded => unworded,
    }
}

/// What speaks for a cause.
pub(super) fn claim(claim: CauseClaim) -> Message {
    match claim {
        CauseClaim::Recovery(recovery) => of_recovery(recovery),
        CauseClaim::Anomaly(anomaly) => of_anomaly(anomaly),
    }
}

fn ago(key: &'static str, earlier: Earlier) -> Message {
    at(key, earlier.frame).text("ago", duration(earlier.ago.max(Span::ZERO)))
}

fn at(key: &'static str, frame: u32) -> Message {
    Message::new(key).int("frame", frame)
}

fn of_recovery(recovery: Recovery) -> Message {
    match recovery {
        Recovery::Timeout { tries, silence } => ago("why-for-timeout", silence).int("tries", tries),
        Recovery::AfterTimeout { timer, .. } => at("why-for-after-timeout", timer),
        Recovery::SynRetry { tries, silence } => {
            ago("why-for-syn-retry", silence).int("tries", tries)
        }
        Recovery::FastRetransmit(asked) => {
            at("why-for-fast-retransmit", asked.of).int("count", asked.count)
        }
        Recovery::Sack(block) => at("why-for-sack", block.frame),
        Recovery::SackWithin(block) => at("why-for-sack-within", block.frame),
        Recovery::PartialAck { ack } => ago("why-for-partial-ack", ack),
        Recovery::Prompted { by } => ago("why-for-prompted", by),
        Recovery::TailLossProbe { silence } => ago("why-for-tail-loss-probe", silence),
        Recovery::WindowProbe { closed } => at("why-for-window-probe", closed),
        Recovery::KeepAlive(Idle::Acknowledged(frame)) => at("why-for-keep-alive-byte", frame),
        Recovery::KeepAlive(Idle::Empty(frame)) => at("why-for-keep-alive", frame),
    }
}

fn of_anomaly(anomaly: Anomaly) -> Message {
    match anomaly {
        Anomaly::Duplicated { of, hop } if hop.is_empty() => ago("why-for-copied", of),
        Anomaly::Duplicated { of, hop } => {
            ago("why-for-copied-but", of).text("differs", hop_names(hop))
        }
        Anomaly::Twin { of } => ago("why-for-twin", of),
        Anomaly::OtherNumbers { apart } => {
            Message::new("why-for-other-numbers").int("apart", apart)
        }
        Anomaly::Reordered(Overtaken::Stamp(frame)) => at("why-for-late-stamp", frame),
        Anomaly::Reordered(Overtaken::Acknowledgement(frame)) => at("why-for-late-ack", frame),
        Anomaly::Reordered(Overtaken::TooSoon(behind)) => ago("why-for-late-soon", behind),
        Anomaly::Reordered(Overtaken::Resend(frame)) => at("why-for-late-original", frame),
        Anomaly::Spurious(Held::Acknowledged(frame)) => at("why-for-needless-acked", frame),
        Anomaly::Spurious(Held::Selectively(frame)) => at("why-for-needless-sacked", frame),
        Anomaly::Spurious(Held::Seen(frame)) => at("why-for-needless-seen", frame),
        Anomaly::Spurious(Held::SynAnswered(frame)) => at("why-for-needless-syn", frame),
    }
}

/// In what a packet and its copy differ, by the names of header fields.
pub(in crate::views) fn hop_names(hop: HopChanges) -> String {
    const NAMES: [(HopChanges, &str); 5] = [
        (HopChanges::TTL, "TTL"),
        (HopChanges::TRAFFIC_CLASS, "DSCP/ECN"),
        (HopChanges::VLAN, "VLAN"),
        (HopChanges::STATIONS, "MAC"),
        (HopChanges::MSS, "MSS"),
    ];
    let named = NAMES
        .into_iter()
        .filter(|(change, _)| hop.contains(*change));
    named.map(|(_, name)| name).collect::<Vec<_>>().join(", ")
}

/// The key of what rules a cause out.
pub(super) const fn objection(objection: Objection) -> &'static str {
    match objection {
        Objection::NoTwin => "why-not-no-twin",
        Objection::NotOvertaken => "why-not-overtaken",
        Objection::NotHeld => "why-not-held",
        Objection::OnTheWay => "why-not-on-the-way",
        Objection::OtherKind => "why-not-other-kind",
        Objection::NothingShowsALoss => "why-not-shown-lost",
        Objection::TooSoon => "why-not-too-soon",
        Objection::TooLate => "why-not-too-late",
        Objection::NotBegun => "why-not-begun",
        Objection::AnotherSegment => "why-not-another-segment",
        Objection::NothingSacked => "why-not-sacked",
        Objection::NothingRepeated => "why-not-repeated",
        Objection::Prompted => "why-not-prompted",
    }
}
