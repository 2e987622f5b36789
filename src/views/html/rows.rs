//! The story behind the picture as rows of a table, for who does not see the picture and for all that it has no room for. Each row
//! has an anchor of its own.

use maud::{Markup, html};

use crate::explain::weighing::Weighing;
use crate::explain::{CallMoment, CallPhase, Moment, StateChange, Transit, TransitPhase, What};
use crate::model::{CallResult, Host, HostId, Time};
use crate::protocol::decode::TcpFlags;
use crate::text::{Catalogue, visible};
use crate::views::ladder::{self, troubles};
use crate::views::options::Options;
use crate::views::{weighing, wording};

use super::octets;
use super::tongues::{Tongues, lines};

/// Bytes of data of a call that are shown.
const DATA: usize = 64;

/// What every row has to know.
#[derive(Clone, Copy, Debug)]
pub struct RowContext<'a> {
    /// Both languages.
    pub tongues: &'a Tongues,
    /// Who is who.
    pub hosts: &'a [Host],
    /// Times count from this.
    pub zero: Time,
    /// What stands before the number of a moment in its anchor.
    pub anchor: &'a str,
    /// Fields and TCP_INFO stand in the page itself.
    pub open: bool,
}

/// The row of a moment; nothing for what is told elsewhere. `number` counts moments from 1.
#[must_use]
pub fn row(number: usize, moment: &Moment, context: RowContext<'_>) -> Option<Markup> {
    let tongues = context.tongues;
    let (class, who, what) = match &moment.what {
        What::Begin(_) => return None,
        What::Call(call) => (
            "k-call",
            who(Some(call.call.host), None, context),
            call_cell(moment, call, context),
        ),
        What::Transit(transit) => (
            kind(transit),
            who(transit.from, transit.to, context),
            transit_cell(number, moment, transit, context),
        ),
        What::State(state) => (
            "k-state",
            who(Some(state.host), None, context),
            html! { (states(std::slice::from_ref(state), context)) (tongues.notes(&moment.notes)) },
        ),
        What::Hole(hole) => (
            "k-hole",
            html! {},
            html! { p.ca { (tongues.both(|c| wording::hole(hole, c))) } },
        ),
        What::Program(end) => (
            "k-state",
            html! {},
            html! { (tongues.both(|c| wording::program_end(end, context.hosts, c))) (tongues.notes(&moment.notes)) },
        ),
        What::Process(seen) => {
            if seen.is_as_it_should_be() {
                return None;
            }
            let said = |c: &Catalogue| wording::process(seen, context.hosts, c);
            let both = tongues.both(|c| said(c).map_or_else(String::new, |(_, said)| said));
            ("k-state", html! {}, both)
        }
        What::End(outcome) => {
            let said = tongues.options().map(|options: Options| {
                (
                    troubles(outcome, context.hosts, &options),
                    options.catalogue.lang(),
                )
            });
            let said: Vec<_> = said.filter(|(said, _)| !said.is_empty()).collect();
            if said.is_empty() && moment.notes.is_empty() {
                return None;
            }
            let cell = html! {
                @for (said, lang) in said { (lines(&said, lang)) }
                (tongues.notes(&moment.notes))
            };
            ("k-hole", html! {}, cell)
        }
    };
    let time = wording::time(moment.at.since(context.zero));
    Some(html! {
        tr class=(class) id={ (context.anchor) (number) } {
            td.t { a href={ "#" (context.anchor) (number) } { (time) } }
            td.w { (who) }
            td { (what) }
        }
    })
}

/// From whom, to whom.
fn who(from: Option<HostId>, to: Option<HostId>, context: RowContext<'_>) -> Markup {
    let name = |host, catalogue: &Catalogue| wording::host_name(host, context.hosts, catalogue);
    match (from, to) {
        (Some(from), Some(to)) => context
            .tongues
            .both(|c| format!("{} → {}", name(from, c), name(to, c))),
        (Some(one), None) | (None, Some(one)) => context.tongues.both(|c| name(one, c)),
        (None, None) => html! {},
    }
}

/// A row's class: what colours its edge.
fn kind(transit: &Transit) -> &'static str {
    use crate::explain::FrameKind as K;
    if matches!(transit.phase, TransitPhase::Lost | TransitPhase::CopyLost) {
        return "k-loss";
    }
    match transit.kind {
        K::Syn | K::SynAck => "k-syn",
        K::Data => "k-data",
        K::Datagram => "k-udp",
        K::Fin => "k-fin",
        K::Reset => "k-rst",
        K::Ack | K::HandshakeAck => "k-ack",
        K::Icmp | K::Neighbour | K::Fragment | K::Other => "k-other",
    }
}

fn call_cell(moment: &Moment, call: &CallMoment, context: RowContext<'_>) -> Markup {
    let made = wording::call(&call.call, DATA);
    let (gave, took, failed) = match call.returned.as_deref() {
        None => (" …".to_owned(), None, false),
        Some(returned) => (
            format!(" {}", wording::gave(&call.call, returned, DATA)),
            (call.phase == CallPhase::Returned)
                .then(|| wording::duration(returned.at.since(call.call.at))),
            matches!(returned.result, CallResult::Err(_)),
        ),
    };
    html! {
        code class=(if failed { "cl bad" } else { "cl" }) { (made) (gave) }
        @if let Some(took) = took { " " small { (took) } }
        (states(&call.states, context))
        (context.tongues.notes(&moment.notes))
    }
}

/// A host's new state.
fn states(states: &[StateChange], context: RowContext<'_>) -> Markup {
    html! {
        @for state in states {
            " " b.st { (context.tongues.both(|c| wording::host_name(state.host, context.hosts, c))) ": " (state.now.name()) }
        }
    }
}

/// What is said where a frame is told for the second time, where it arrives.
fn arrives(transit: &Transit) -> bool {
    transit.phase == TransitPhase::Arrived && transit.sent.is_some()
}

fn transit_cell(
    number: usize,
    moment: &Moment,
    transit: &Transit,
    context: RowContext<'_>,
) -> Markup {
    let tongues = context.tongues;
    let mut tokens = ladder::tokens(transit, &transit.frame.packet(), context.hosts);
    for token in &mut tokens {
        *token = visible::text(token);
    }
    let later = tokens.iter().position(|token| token.starts_with("win="));
    let rest = tokens.split_off(later.unwrap_or(tokens.len()));
    let travel = transit
        .sent
        .zip(transit.arrived)
        .map(|(sent, arrived)| wording::duration(arrived.since(sent)));
    let line = html! {
        b { (tokens.join(" ")) }
        @if !rest.is_empty() && !arrives(transit) { " " small { (rest.join(" ")) } }
        @if matches!(transit.phase, TransitPhase::Lost | TransitPhase::CopyLost) { " " b.bad { "✗ " (tongues.word("page-lost")) } }
        @if let Some(travel) = travel { " " small { "+" (travel) } }
        (states(&transit.sender_states, context))
        (states(&transit.receiver_states, context))
        @if let Some(number) = transit.number { " " small { "#" (number) } }
    };
    if arrives(transit) {
        return html! { span.ar { (tongues.word("page-arrives")) } " " (line) (tongues.notes(&moment.notes)) };
    }
    html! {
        details {
            summary { (line) }
            (tongues.notes(&moment.notes))
            (evidence(transit, tongues))
            (octets::dump(&transit.frame, tongues))
            @if context.open { div.dt { (octets::detail(transit, tongues, false)) } }
            @else { div.dt data-m=(number) {} }
        }
    }
}

/// What following found unusual, and by which packets; nothing of an ordinary segment.
fn evidence(transit: &Transit, tongues: &Tongues) -> Markup {
    let Some(segment) = &transit.followed.segment else {
        return html! {};
    };
    let why = &segment.why;
    let usual = segment.analysis.is_empty()
        && why.recovery.is_none()
        && why.anomaly.is_none()
        && why.before.is_none();
    if usual || segment.flags.contains(TcpFlags::RST) {
        return html! {};
    }
    let number = transit.number.unwrap_or(0);
    let frame = (*transit.frame).clone();
    let weighed = Weighing::of(number, frame, (*transit.followed).clone(), &[]);
    html! {
        @for options in tongues.options() {
            @let said = weighing::lines(&weighed, &options);
            // Its first line is the packet again.
            @if said.len() > 1 { (lines(&said[1..], options.catalogue.lang())) }
        }
    }
}
