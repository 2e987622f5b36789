//! What could not be read of a file, said once for each kind of fault.

use std::path::Path;

use crate::files::{Warning, WarningKind};
use crate::session::{Console, shown};
use crate::text::Message;

/// Says the warnings on standard error.
pub(crate) fn all(warnings: &[Warning], path: &Path, console: &Console) {
    for warning in warnings {
        let what = console.say(&what(&warning.kind));
        let message = Message::new("explain-warning")
            .text("path", shown(path))
            .int("packet", warning.packet)
            .int("offset", warning.offset)
            .text("what", what);
        console.remark(&message);
    }
}

fn what(kind: &WarningKind) -> Message {
    match kind {
        WarningKind::CutOff => Message::new("explain-warning-cut-off"),
        WarningKind::PacketTooLong { len } => {
            Message::new("explain-warning-packet-too-long").int("len", *len)
        }
        WarningKind::BlockLength { len, .. } => {
            Message::new("explain-warning-block-length").int("len", *len)
        }
        WarningKind::BlockDamaged { .. } => Message::new("explain-warning-block-damaged"),
        WarningKind::NoInterface { interface } => {
            Message::new("explain-warning-no-interface").int("len", *interface)
        }
        WarningKind::Compressed(why) => {
            Message::new("explain-warning-compressed").text("text", why)
        }
        WarningKind::Version { version } => {
            Message::new("explain-warning-version").int("len", *version)
        }
        WarningKind::FactUnreadable => Message::new("explain-warning-fact-unreadable"),
    }
}
