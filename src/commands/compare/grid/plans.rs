//! The plans of a grid's runs: scripts and wire for each size, loss and transport.

use super::CompareArgs;
use crate::cli::NetArgs;
use crate::explain::compare::grid::{GridSpec, RunSpec, Transport};
use crate::failure::Failure;
use crate::model::HostId;
use crate::model::setting::RunKind;
use crate::script::{FlagsError, Plan, TcpRunFlags, UdpRunFlags};
use crate::session::Console;
use crate::session::planning::plan;
use crate::text::Message;

/// Receive buffer of the UDP sockets, in bytes: what Linux lets everybody have (the usual `net.core.rmem_max`), of
/// which the kernel then makes twice as much. The usual messages of 9000 bytes fit in all together (each
/// fragment takes some 2300), so that a reader that is kept from its processor loses none.
const UDP_BUFFER: u32 = 212_992;

/// From this size on, each message holds a place of the pattern that no other has.
const TOLD_APART: u64 = 24;

/// The wire that was asked for, which besides loses so many frames in a million, whatever they are.
fn net(args: &CompareArgs, loss: u32) -> NetArgs {
    let mut wire = args.wire.clone();
    if loss > 0 {
        let percent = f64::from(loss) / 10_000.0;
        wire.misbehave.fault.push(format!("lose {percent}%"));
    }
    NetArgs {
        wire,
        ipv6: args.ipv6,
        on: None,
    }
}

/// A plan for each kind of run.
pub(super) struct Plans(Vec<((u64, u32, Transport), Plan)>);

impl Plans {
    pub(super) fn new(
        args: &CompareArgs,
        spec: &GridSpec,
        command: &str,
        console: &Console,
    ) -> Result<Self, Failure> {
        let mut plans = Vec::new();
        for &size in &spec.sizes {
            for &loss in &spec.losses {
                for transport in Transport::BOTH {
                    let (kind, scripts) = match transport {
                        Transport::Tcp => (RunKind::Tcp, tcp(args, size).scripts()?),
                        Transport::Udp => {
                            let scripts = udp(args, size).scripts(args.ipv6);
                            (RunKind::Udp, scripts.map_err(too_large)?)
                        }
                    };
                    let net = net(args, loss);
                    let mut plan = plan(kind, &net, HostId::CLIENT, (command, console), scripts)?;
                    plan.deadline = spec.limit;
                    plans.push(((size, loss, transport), plan));
                }
            }
        }
        Ok(Self(plans))
    }

    /// The plan of this run.
    pub(super) fn of(&self, which: RunSpec) -> Option<Plan> {
        let kind = (which.size, which.loss, which.transport);
        let (_, plan) = self.0.iter().find(|(known, _)| *known == kind)?;
        let mut plan = plan.clone();
        plan.wire.seed = which.seed;
        Some(plan)
    }

    /// Every run fits into small buffers.
    pub(super) fn are_little(&self) -> bool {
        self.0.iter().all(|(_, plan)| plan.is_little())
    }
}

fn too_large(error: FlagsError) -> Failure {
    match error {
        FlagsError::DatagramTooLarge { len, most } => {
            Failure::usage(Message::new("error-datagram-too-large").int("len", len))
                .why(Message::new("error-datagram-too-large-why").int("most", most))
                .try_this(Message::new("error-grid-size-try").int("most", most))
        }
        other => other.into(),
    }
}

/// The messages of a run, so that one can be told from another: short ones are numbers, for the others a pattern
/// that holds its own offsets is cut into pieces. As texts, bytes in all, and the size of a piece.
fn messages(size: u64, count: u32) -> (Vec<String>, u64, Option<u64>) {
    if size < TOLD_APART {
        let len = usize::try_from(size).unwrap_or(usize::MAX);
        let texts = (0..count).map(|number| numbered(number, len));
        (texts.collect(), 0, None)
    } else {
        (Vec::new(), size * u64::from(count), Some(size))
    }
}

/// A number in so many digits, of which there are 62: up to so many messages of one byte differ.
fn numbered(number: u32, digits: usize) -> String {
    const DIGITS: &[u8; 62] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let mut text = vec!['0'; digits];
    let mut rest = number as usize;
    for digit in text.iter_mut().rev() {
        *digit = char::from(DIGITS[rest % DIGITS.len()]);
        rest /= DIGITS.len();
    }
    text.into_iter().collect()
}

/// What is handed to recv(): as asked for, and never less than a message, of which UDP would lose the rest.
fn buffer(args: &CompareArgs, size: u64) -> u32 {
    let needed = u32::try_from(size.min(16 << 20)).unwrap_or(u32::MAX);
    args.talk.buffer([size]).max(needed)
}

fn tcp(args: &CompareArgs, size: u64) -> TcpRunFlags {
    let (messages, bytes, chunk) = messages(size, args.grid.count);
    TcpRunFlags {
        messages,
        bytes,
        chunk,
        port: args.talk.port,
        recv_buffer: buffer(args, size),
        // The same message is the same unit in both.
        nodelay: true,
        ..TcpRunFlags::default()
    }
}

fn udp(args: &CompareArgs, size: u64) -> UdpRunFlags {
    let (messages, bytes, chunk) = messages(size, args.grid.count);
    UdpRunFlags {
        messages,
        bytes,
        chunk,
        port: args.talk.port,
        recv_buffer: buffer(args, size),
        rcvbuf: Some(UDP_BUFFER),
        sndbuf: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_messages_differ_and_have_their_size() {
        assert_eq!(numbered(0, 1), "0");
        assert_eq!(numbered(61, 1), "Z");
        assert_eq!(numbered(62, 3), "010");
        for size in 1..TOLD_APART {
            let (mut texts, bytes, chunk) = messages(size, 62);
            assert!(texts.iter().all(|text| text.len() as u64 == size));
            assert_eq!((bytes, chunk), (0, None));
            texts.sort_unstable();
            texts.dedup();
            assert_eq!(texts.len(), 62);
        }
        assert_eq!(messages(1_400, 20), (Vec::new(), 28_000, Some(1_400)));
    }
}
