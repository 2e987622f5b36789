//! `{my.ip}` and its like in a text to be sent, filled in at the moment of sending.

use std::net::SocketAddr;

/// What a text may name.
pub const FIELDS: [&str; 4] = ["my.ip", "my.port", "peer.ip", "peer.port"];

/// The text with its fields filled in; `{{` gives one brace. What is no field stays as it stands.
#[must_use]
pub fn fill(text: &str, my: Option<SocketAddr>, peer: Option<SocketAddr>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        filled.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix("{{") {
            filled.push('{');
            rest = after;
        } else if let Some((name, after)) = field(rest) {
            let of = if name.starts_with("my") { my } else { peer };
            match (of, name.ends_with("ip")) {
                (Some(of), true) => filled.push_str(&of.ip().to_string()),
                (Some(of), false) => filled.push_str(&of.port().to_string()),
                (None, _) => filled.push('?'),
            }
            rest = after;
        } else {
            filled.push('{');
            rest = &rest[1..];
        }
    }
    filled.push_str(rest);
    filled
}

/// The same text as the other side would write it: `my` and `peer` change places.
#[must_use]
pub fn mirrored(text: &str) -> String {
    let mut turned = String::with_capacity(text.len() + 8);
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        turned.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix("{{") {
            turned.push_str("{{");
            rest = after;
        } else if let Some((name, after)) = field(rest) {
            let other = match name.split_once('.') {
                Some(("my", part)) => format!("{{peer.{part}}}"),
                Some((_, part)) => format!("{{my.{part}}}"),
                None => String::new(),
            };
            turned.push_str(&other);
            rest = after;
        } else {
            turned.push('{');
            rest = &rest[1..];
        }
    }
    turned.push_str(rest);
    turned
}

/// The field that the text begins with, and what comes after it.
fn field(text: &str) -> Option<(&'static str, &str)> {
    FIELDS.into_iter().find_map(|name| {
        let after = text.strip_prefix('{')?.strip_prefix(name)?;
        Some((name, after.strip_prefix('}')?))
    })
}

#[cfg(test)]
mod tests {
    use crate::script::placeholders::*;

    #[test]
    fn fields_are_filled_in_and_doubled_braces_stay() {
        let my = "10.0.0.1:40112".parse().ok();
        let peer = "[fd00::2]:7070".parse().ok();
        assert_eq!(fill("我是: {my.ip}", my, peer), "我是: 10.0.0.1");
        assert_eq!(
            fill("{peer.ip}|{peer.port}|{my.port}|{{my.ip}|{x}|{", my, peer),
            "fd00::2|7070|40112|{my.ip}|{x}|{"
        );
        assert_eq!(fill("{my.ip}", None, None), "?");
    }

    #[test]
    fn the_other_side_names_the_same_ends_the_other_way_round() {
        assert_eq!(
            mirrored("{my.ip} {peer.port} {{my.ip} {"),
            "{peer.ip} {my.port} {{my.ip} {"
        );
    }
}
