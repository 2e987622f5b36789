//! What is said in a picture of hosts, arrows and losses.

use crate::explain::FrameKind;
use crate::explain::spacetime::{Flight, Spacetime};
use crate::model::{Host, Verdict};
use crate::text::{Catalogue, Message, visible};
use crate::views::{ladder, wording};

/// A lane's name and its address.
pub(super) fn lane(story: &Spacetime, number: usize, catalogue: &Catalogue) -> (String, String) {
    let Some(lane) = story.lanes.get(number) else {
        return (String::new(), String::new());
    };
    let address = lane.address.map_or_else(String::new, |a| a.to_string());
    match lane.host {
        Some(host) => {
            let name = wording::host_name(host, &story.hosts, catalogue);
            let ipv6 = story.flights.iter().find_map(|flight| {
                let (from, _) = flight.transit.followed.ends?;
                Some(from.addr.is_ipv6())
            });
            let of = |host: &&Host| Some(host.id) == lane.host;
            let other = story.hosts.iter().find(of).and_then(|host| host.ipv6);
            let address = match (ipv6, other) {
                (Some(true), Some(ipv6)) => ipv6.to_string(),
                _ => address,
            };
            (name, address)
        }
        None => (address, String::new()),
    }
}

/// What is said on an arrow: flags and numbers, as the ladder has them, without window and options.
pub(super) fn on_arrow(flight: &Flight, hosts: &[Host]) -> Vec<String> {
    let tokens = ladder::tokens(&flight.transit, &flight.transit.frame.packet(), hosts);
    let is_segment = flight.transit.followed.segment.is_some();
    let count = if is_segment { usize::MAX } else { 4 };
    let mut said: Vec<String> = tokens
        .into_iter()
        .take_while(|token| !token.starts_with("win="))
        .take(count)
        .map(|token| visible::text(&token))
        .collect();
    if flight.transit.kind == FrameKind::Ack {
        // It says nothing by its own number.
        said.retain(|token| !token.starts_with("seq="));
    }
    if flight.transit.copy > 0 {
        said.push(format!("×{}", u16::from(flight.transit.copy) + 1));
    }
    said
}

/// Why it ended on the wire.
pub(super) fn loss(flight: &Flight, story: &Spacetime, catalogue: &Catalogue) -> String {
    let verdict = flight.transit.fate.as_deref().map(|fate| &fate.verdict);
    let rule = flight
        .rule
        .and_then(|rule| story.rules.get(usize::from(rule)));
    let said = match (verdict, rule) {
        (Some(Verdict::QueueFull), _) => Message::new("svg-queue-full"),
        (Some(Verdict::TooBig { mtu }), _) => Message::new("svg-too-big").int("mtu", *mtu),
        (_, Some(rule)) => Message::new("svg-lost-by").text("rule", rule),
        (_, None) => Message::new("svg-lost"),
    };
    catalogue.say(&said)
}
