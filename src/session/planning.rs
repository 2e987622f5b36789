//! What was asked for on the command line as a plan: flags to scripts, scripts and the wire to a run.

use super::console::Console;
use crate::cli::{
    self, CloseChoice, KeepArgs, MisbehaveArgs, NetArgs, StreamArgs, TalkArgs, VantageChoice,
};
use crate::failure::{Failure, flags};
use crate::lesson::{Faults, File, report};
use crate::model::HostId;
use crate::model::setting::{Place, RunKind};
use crate::script::plan::LEAST_MTU_IPV6;
use crate::script::rule::Rule;
use crate::script::{self, Plan, RunFlags, TcpRunFlags, UdpRunFlags, WirePlan};
use crate::text::Message;

/// What the client says: as asked, else these texts of the catalogue.
pub fn messages(talk: &TalkArgs, otherwise: &[&str], console: &Console) -> Vec<String> {
    if talk.message.is_empty() && talk.bytes.is_none() {
        return otherwise
            .iter()
            .map(|key| console.catalogue.word(key))
            .collect();
    }
    talk.message.clone()
}

/// The plan of a TCP exchange.
pub fn tcp_plan(
    talk: &TalkArgs,
    stream: &StreamArgs,
    messages: Vec<String>,
    net: &NetArgs,
    saved: HostId,
    how: (&str, &Console),
) -> Result<Plan, Failure> {
    plan_of_tcp(&tcp_flags(talk, stream, messages), net, saved, how)
}

/// What a TCP exchange was asked for.
#[must_use]
pub fn tcp_flags(talk: &TalkArgs, stream: &StreamArgs, messages: Vec<String>) -> TcpRunFlags {
    TcpRunFlags {
        messages,
        bytes: talk.bytes.unwrap_or(0),
        chunk: talk.chunk,
        reply: stream.reply.clone(),
        answer: None,
        echo: stream.echo,
        duplex: stream.duplex,
        port: talk.port,
        backlog: stream.backlog.into(),
        recv_buffer: talk.buffer([]),
        close: match stream.close {
            CloseChoice::Four => script::CloseStyle::Four,
            CloseChoice::Three => script::CloseStyle::Three,
            CloseChoice::Half => script::CloseStyle::Half,
            CloseChoice::Reset => script::CloseStyle::Reset,
        },
        nodelay: stream.nodelay,
        mss: stream.mss.map(u32::from),
        rcvbuf: stream.rcvbuf,
        sndbuf: stream.sndbuf,
    }
}

/// The plan of a TCP exchange of which all is known.
pub fn plan_of_tcp(
    flags: &TcpRunFlags,
    net: &NetArgs,
    saved: HostId,
    how: (&str, &Console),
) -> Result<Plan, Failure> {
    plan(RunKind::Tcp, net, saved, how, flags.scripts()?)
}

/// The plan of a UDP exchange.
pub fn udp_plan(
    talk: &TalkArgs,
    messages: Vec<String>,
    net: &NetArgs,
    saved: HostId,
    (command, console): (&str, &Console),
) -> Result<Plan, Failure> {
    let flags = UdpRunFlags {
        recv_buffer: talk.buffer(talk.datagrams(&messages)),
        messages,
        bytes: talk.bytes.unwrap_or(0),
        chunk: talk.chunk,
        port: talk.port,
        rcvbuf: None,
        sndbuf: None,
    };
    plan(
        RunKind::Udp,
        net,
        saved,
        (command, console),
        flags.scripts(net.ipv6)?,
    )
}

/// The plan of two scripts.
pub fn plan(
    kind: RunKind,
    net: &NetArgs,
    saved: HostId,
    (command, console): (&str, &Console),
    scripts: script::from_flags::Scripts,
) -> Result<Plan, Failure> {
    let run = RunFlags {
        command: command.to_owned(),
        place: place_of(net)?,
        ipv6: net.ipv6,
        wire: wire_of(&net.wire, net.ipv6, &["client", "server"], console)?,
        saved,
    };
    let scripts = script::from_flags::named(scripts);
    script::from_flags::plan(kind, run, scripts).map_err(|mistakes| flags::of_messages(&mistakes))
}

/// Whose frames are the saved packets.
#[must_use]
pub fn saved(keep: &KeepArgs) -> HostId {
    match keep.vantage {
        VantageChoice::Client => HostId::CLIENT,
        VantageChoice::Server => HostId::SERVER,
    }
}

/// Where an exchange takes place: on a wire of ours unless `--on` says otherwise.
///
/// # Errors
/// When there is no such interface, or it is none that exchanges run on.
pub fn place_of(net: &NetArgs) -> Result<Place, Failure> {
    match net.on.as_deref() {
        None => Ok(Place::Wire),
        Some("lo") => Ok(Place::MachineLoopback),
        Some(name) => {
            let name = crate::views::visible::text(name);
            let exists = std::path::Path::new("/sys/class/net").join(&name).exists();
            let failure = if exists {
                Failure::usage(Message::new("error-on").text("name", name))
                    .why(Message::new("error-on-why"))
            } else {
                Failure::usage(Message::new("error-no-interface").text("name", name))
            };
            Err(failure.try_this(Message::new("error-on-lo-try")))
        }
    }
}

/// The wire's settings, for hosts of these names.
pub fn wire_of(
    net: &cli::WireArgs,
    ipv6: bool,
    hosts: &[&str],
    console: &Console,
) -> Result<WirePlan, Failure> {
    let narrowest = net.mtu.min(net.hop_mtu.unwrap_or(net.mtu));
    if ipv6 && narrowest < LEAST_MTU_IPV6 {
        return Err(
            Failure::usage(Message::new("error-mtu-ipv6").int("mtu", narrowest))
                .why(Message::new("error-mtu-ipv6-why"))
                .try_this(Message::new(if net.mtu < LEAST_MTU_IPV6 {
                    "error-mtu-ipv6-try"
                } else {
                    "error-hop-mtu-ipv6-try"
                })),
        );
    }
    let mut wire = WirePlan {
        delay: net.delay,
        mtu: net.mtu,
        hop_mtu: net.hop_mtu,
        hop_silent: net.hop_silent,
        learn_neighbours: net.arp,
        ..WirePlan::default()
    };
    misbehave(&mut wire, &net.misbehave, hosts, console)?;
    Ok(wire)
}

/// Adds rules in front of those that the wire has, and changes what else was asked for.
pub fn misbehave(
    wire: &mut WirePlan,
    asked: &MisbehaveArgs,
    hosts: &[&str],
    console: &Console,
) -> Result<(), Failure> {
    let (mut rules, mut faults) = (Vec::new(), Faults::default());
    for (at, text) in asked.fault.iter().enumerate() {
        match Rule::parse(text, hosts) {
            Ok(rule) => rules.push(rule),
            Err(mistakes) => {
                let file = File {
                    name: "--fault".to_owned(),
                    path: format!("--fault {}", at + 1),
                    text: text.clone(),
                };
                faults.add(&file, mistakes);
            }
        }
    }
    if !faults.is_empty() {
        let what = Message::new("error-rules").int("count", faults.count());
        let places = report(
            &faults,
            &console.catalogue,
            console.width,
            console.error_colour,
        );
        return Err(Failure::usage(what).at_places(places));
    }
    wire.rules.splice(0..0, rules);
    wire.seed = asked.seed.unwrap_or(wire.seed);
    wire.rate = asked.rate.or(wire.rate);
    wire.queue = asked.queue.or(wire.queue);
    Ok(())
}
