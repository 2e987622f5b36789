//! The same TCP exchange twice, with a setting and without it, and nothing else changed.
//!
//! All sends come one after the other, then the client waits for an answer: with Nagle's algorithm a small write that
//! follows another waits for the first one's acknowledgement only as long as nothing else (a FIN) pushes it out.

use super::CompareArgs;
use super::side::{FinishedRun, drawn, line_by_line, one as run_one, plain};
use crate::cli::NetArgs;
use crate::failure::Failure;
use crate::model::HostId;
use crate::model::setting::Place;
use crate::script::{FlagsError, Plan, Toggle};
use crate::session::live::Session;
use crate::session::output::Outputs;
use crate::session::pictures::Pictures;
use crate::session::planning::{messages, plan_of_tcp, tcp_flags};
use crate::session::{Console, Ending};
use crate::text::Message;

/// What the server answers when it has read everything.
const ANSWER: &str = "ok";

/// Runs both and compares.
pub(super) fn run(args: &CompareArgs, command: &str, console: &Console) -> Result<Ending, Failure> {
    let (switch, first) = asked(args)?;
    let sides = [first, !first];
    let [first, second] = sides.map(|on| plan((switch, on), args, command, console));
    let plans = [first?, second?];
    let pictures = Pictures::asked(&args.pictures, &mut Outputs::new(args.grid.force, console))?;
    let session = Session::enter(Place::Wire)?;
    let mut runs = Vec::new();
    for ((on, plan), tag) in sides.into_iter().zip(plans).zip(["left", "right"]) {
        let key = if on {
            "compare-with"
        } else {
            "compare-without"
        };
        let name = console.say(&Message::new(key).text("name", switch.name()));
        match run_one(
            (name, tag),
            &plan,
            args,
            pictures.as_ref(),
            &session,
            console,
        )? {
            (run, Ending::Done) => runs.push(run),
            (_, said) => return Ok(said),
        }
    }
    drawn(pictures, &mut runs, console)?;
    if let Ok(runs) = <[FinishedRun; 2]>::try_from(runs) {
        line_by_line(runs, args, console)?;
    }
    Ok(Ending::Done)
}

/// Which setting, and whether the first run is the one that has it.
fn asked(args: &CompareArgs) -> Result<(Toggle, bool), Failure> {
    let (switch, first) = match args.sides.asked[..] {
        [(one, on), (other, _)] if one == other => (one, on),
        [(switch, on)] => (switch, on),
        [(one, _), (other, _), ..] => {
            let what = Message::new("error-two-settings")
                .text("one", one.name())
                .text("other", other.name());
            return Err(Failure::usage(what)
                .why(Message::new("error-two-settings-why"))
                .try_this(Message::new("error-two-settings-try").text("one", one.name())));
        }
        [] => unreachable!("invariant: only called where a side was asked for"),
    };
    if switch.needs_faults() && args.wire.misbehave.fault.is_empty() {
        let asked = match switch {
            Toggle::Loss => "--with loss",
            _ => "--with tail-loss-probe",
        };
        let failure = Failure::from(FlagsError::Needs(asked, "--fault"));
        return Err(failure.try_this(Message::new("error-needs-fault-try")));
    }
    Ok((switch, first))
}

/// One of the two runs.
fn plan(
    (switch, on): (Toggle, bool),
    args: &CompareArgs,
    command: &str,
    console: &Console,
) -> Result<Plan, Failure> {
    let keys = ["cli-message-one", "cli-message-two", "cli-message-three"];
    let mut stream = plain();
    stream.nodelay = switch.nodelay(on).unwrap_or(stream.nodelay);
    let mut flags = tcp_flags(&args.talk, &stream, messages(&args.talk, &keys, console));
    flags.answer = Some(ANSWER.to_owned());
    let mut wire = args.wire.clone();
    if switch == Toggle::Loss && !on {
        wire.misbehave.fault.clear();
    }
    let net = NetArgs {
        wire,
        ipv6: args.ipv6,
        on: None,
    };
    let mut plan = plan_of_tcp(&flags, &net, HostId::CLIENT, (command, console))?;
    if let Some((name, value)) = switch.sysctl(on) {
        for host in &mut plan.hosts {
            host.sysctls.push((name.to_owned(), value.to_owned()));
        }
    }
    Ok(plan)
}
