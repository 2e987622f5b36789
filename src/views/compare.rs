//! TCP beside UDP, or any two runs: what they transferred in two columns, then what each receiving call gave.

use crate::explain::compare::losses::Loss;
use crate::explain::compare::transfer::{Boundaries, CallData, Transfer};
use crate::model::{CallName, HostId, Span, TcpState};
use crate::protocol::follow::Recovery;
use crate::text::Message;

use super::options::Options;
use super::styled::{Line, Role, columns};
use super::table::{Cell, Table};
use super::wording;
use crate::text::visible;

/// Receiving calls that are listed of each run; the rest is counted.
const LISTED: usize = 12;

/// One of the two runs.
#[derive(Clone, Copy, Debug)]
pub struct ComparedRun<'a> {
    /// As what it is shown: `TCP`, a setting, a file.
    pub name: &'a str,
    /// What it came to.
    pub transfer: &'a Transfer,
    /// The data that the wire took away.
    pub losses: &'a [Loss],
}

/// What one column says in a row.
type CompareCell = fn(&ComparedRun<'_>, &Options) -> String;

/// The rows: what the packets say, what only who saw the programs can say, what a loss adds.
const ROWS_OF_PACKETS: [(&str, CompareCell); 3] = [
    ("compare-packets", |side, options| {
        packets(side.transfer, options)
    }),
    ("compare-bytes", |side, options| {
        bytes(side.transfer, options)
    }),
    ("compare-headers", |side, options| {
        headers(side.transfer, options)
    }),
];
const ROWS_OF_CALLS: [(&str, CompareCell); 7] = [
    ("compare-first-byte", |side, options| {
        first_byte(side.transfer, options)
    }),
    ("compare-last-byte", |side, options| {
        last_byte(side.transfer, options)
    }),
    ("compare-sent", |side, options| sent(side.transfer, options)),
    ("compare-received", |side, options| {
        received(side.transfer, options)
    }),
    ("compare-order", |side, options| {
        order(side.transfer, options)
    }),
    ("compare-boundaries", |side, options| {
        boundaries(side.transfer, options)
    }),
    ("compare-kept", |side, options| kept(side.transfer, options)),
];
const ROWS_OF_LOSSES: [(&str, CompareCell); 5] = [
    ("compare-lost", |side, _| side.losses.len().to_string()),
    ("compare-lost-frames", |side, _| {
        side.transfer.lost.to_string()
    }),
    ("compare-noticed", noticed),
    ("compare-late", late),
    ROW_OF_RESENDS,
];
const ROW_OF_RESENDS: (&str, CompareCell) = ("compare-resent", |side, _| {
    side.transfer.wire.resent.to_string()
});

/// Two runs side by side, each with its name.
#[must_use]
pub fn lines(left: &ComparedRun<'_>, right: &ComparedRun<'_>, options: &Options) -> Vec<Line> {
    let label = label_width(options);
    let table = columns_behind(label, label - 1, options);
    let mut lines = table.row(&[
        Cell::empty(),
        Cell::cut(Role::Title, left.name),
        Cell::cut(Role::Title, right.name),
    ]);
    let called = left.transfer.called || right.transfer.called;
    for (key, cell) in ROWS_OF_PACKETS {
        let values = [cell(left, options), cell(right, options)];
        lines.extend(row(&table, key, values, options));
    }
    for (key, cell) in ROWS_OF_CALLS.into_iter().filter(|_| called) {
        let cell = |side: &ComparedRun<'_>| {
            if side.transfer.called {
                cell(side, options)
            } else {
                "–".to_owned()
            }
        };
        lines.extend(row(&table, key, [cell(left), cell(right)], options));
    }
    let any = |side: &ComparedRun<'_>| !side.losses.is_empty() || side.transfer.lost > 0;
    let of_losses: &[(&str, CompareCell)] = if any(left) || any(right) {
        &ROWS_OF_LOSSES
    } else if left.transfer.wire.resent + right.transfer.wire.resent > 0 {
        &[ROW_OF_RESENDS]
    } else {
        &[]
    };
    for (key, cell) in of_losses {
        let values = [cell(left, options), cell(right, options)];
        lines.extend(row(&table, key, values, options));
    }
    if !called {
        return lines;
    }
    lines.push(Line::new());
    lines.push(Line::of(
        Role::Title,
        options.catalogue.say(&Message::new("compare-each")),
    ));
    lines.extend(pieces(left.transfer, right.transfer, options));
    lines
}

fn label_width(options: &Options) -> usize {
    // The widest label of the language decides, within reason.
    let widths = ROWS_OF_PACKETS
        .iter()
        .chain(&ROWS_OF_CALLS)
        .chain(&ROWS_OF_LOSSES)
        .map(|(key, _)| columns(&options.catalogue.say(&Message::new(key))));
    widths.max().unwrap_or(0).min(30) + 2
}

/// Labels, and a column for each run from `begins` on.
fn columns_behind(begins: usize, label: usize, options: &Options) -> Table {
    let width = (options.width.max(80) - begins - 2) / 2;
    Table::labelled(label, begins, 2, width)
}

/// What both say; plain where that differs.
fn row(table: &Table, key: &'static str, values: [String; 2], options: &Options) -> Vec<Line> {
    let label = options.catalogue.say(&Message::new(key));
    let role = if values[0] == values[1] {
        Role::Faint
    } else {
        Role::Plain
    };
    let [left, right] = values.map(|value| Cell::wrapped(role, value));
    table.row(&[Cell::cut(Role::Note, label), left, right])
}

/// Every receiving call of both runs, numbered.
fn pieces(left: &Transfer, right: &Transfer, options: &Options) -> Vec<Line> {
    let table = columns_behind(4, 2, options);
    let texts = [left, right].map(|side| texts(side, options));
    let rows = left.received.len().max(right.received.len());
    let mut lines = Vec::new();
    for at in 0..rows.min(LISTED) {
        let [left, right] = texts
            .each_ref()
            .map(|side| side.get(at).map_or("", String::as_str))
            .map(|text| Cell::cut(Role::Data, text));
        let number = Cell::whole(Role::Faint, format!("{:>2}", at + 1));
        lines.extend(table.row(&[number, left, right]));
    }
    if rows > LISTED {
        let more = Message::new("compare-more").int("count", (rows - LISTED) as u64);
        lines.push(Line::of(Role::Faint, options.catalogue.say(&more)));
    }
    lines
}

/// Each receiving call that is listed, in words: `server recv = 6 "AAABBB"`.
fn texts(transfer: &Transfer, options: &Options) -> Vec<String> {
    let text = |piece: &CallData| {
        // Whose call it is need not be said of the one who is meant to receive.
        let host = if piece.host == HostId::SERVER {
            String::new()
        } else {
            wording::host_name(piece.host, &transfer.hosts, &options.catalogue) + " "
        };
        let call = format!("{:?}", piece.name).to_lowercase();
        let cut = if piece.cut {
            format!(" {}", options.catalogue.say(&Message::new("compare-cut")))
        } else {
            String::new()
        };
        let head = &piece.head[..piece
            .head
            .len()
            .min(usize::try_from(piece.len).unwrap_or(usize::MAX))];
        let when = transfer
            .since_begun(piece.at)
            .map_or_else(String::new, |span| format!("{:>7.1} ms  ", span.as_ms()));
        format!(
            "{when}{host}{call} = {}{cut} \"{}\"",
            piece.len,
            visible::bytes(head)
        )
    };
    transfer.received.iter().take(LISTED).map(text).collect()
}

fn packets(transfer: &Transfer, options: &Options) -> String {
    let message = Message::new("compare-packets-of")
        .int("all", transfer.wire.packets)
        .int("data", transfer.wire.with_data);
    options.catalogue.say(&message)
}

fn bytes(transfer: &Transfer, _: &Options) -> String {
    transfer.wire.bytes.to_string()
}

fn headers(transfer: &Transfer, options: &Options) -> String {
    let (headers, all) = (transfer.headers(), transfer.wire.bytes);
    let share = (headers * 1000 + all / 2).checked_div(all).unwrap_or(0);
    let message = Message::new("compare-headers-of")
        .text("bytes", headers.to_string())
        .text("share", format!("{}.{}", share / 10, share % 10));
    options.catalogue.say(&message)
}

fn first_byte(transfer: &Transfer, options: &Options) -> String {
    spent(transfer, transfer.first_byte(), options)
}

fn last_byte(transfer: &Transfer, options: &Options) -> String {
    spent(transfer, transfer.last_byte(), options)
}

fn spent(transfer: &Transfer, span: Option<Span>, options: &Options) -> String {
    let Some(span) = span else {
        return "–".to_owned();
    };
    let ms = format!("{:.1}", span.as_ms());
    let Some(tenths) = transfer.round_trips(span) else {
        return format!("{ms} ms");
    };
    let message = Message::new("compare-spent")
        .text("ms", ms)
        .text("trips", format!("{}.{}", tenths / 10, tenths % 10));
    options.catalogue.say(&message)
}

fn sent(transfer: &Transfer, _: &Options) -> String {
    sizes(&transfer.sent)
}

fn received(transfer: &Transfer, _: &Options) -> String {
    sizes(&transfer.received)
}

/// `3: 5 5 7`, each piece's length; many of the same length in a row are counted.
fn sizes(pieces: &[CallData]) -> String {
    let mut runs: Vec<(u64, usize)> = Vec::new();
    for piece in pieces {
        match runs.last_mut() {
            Some((len, count)) if *len == piece.len => *count += 1,
            _ => runs.push((piece.len, 1)),
        }
    }
    let shown: Vec<_> = runs
        .iter()
        .take(8)
        .map(|(len, count)| {
            if *count > 3 {
                format!("{count}×{len}")
            } else {
                vec![len.to_string(); *count].join(" ")
            }
        })
        .collect();
    let more = if runs.len() > 8 { " …" } else { "" };
    if pieces.is_empty() {
        "0".to_owned()
    } else {
        format!("{}: {}{more}", pieces.len(), shown.join(" "))
    }
}

fn boundaries(transfer: &Transfer, options: &Options) -> String {
    let key = match transfer.boundaries(HostId::CLIENT, HostId::SERVER) {
        Boundaries::Nothing => "compare-boundaries-nothing",
        Boundaries::Same => "compare-boundaries-same",
        Boundaries::Different => "compare-boundaries-different",
        Boundaries::Incomplete => "compare-boundaries-incomplete",
    };
    options.catalogue.say(&Message::new(key))
}

/// Which messages came, in which order: of a stream its bytes, of datagrams their numbers.
fn order(transfer: &Transfer, options: &Options) -> String {
    let sent: Vec<&CallData> = transfer.sent_by(HostId::CLIENT).collect();
    let received: Vec<&CallData> = transfer.received_by(HostId::SERVER).collect();
    let is_stream = received.iter().all(|piece| {
        matches!(
            piece.name,
            CallName::Recv | CallName::Read | CallName::Readv
        )
    });
    let message = if received.is_empty() {
        Message::new("compare-order-nothing")
    } else if is_stream {
        let (a, b) = (total(&sent), total(&received));
        let key = if a == b {
            "compare-order-stream"
        } else {
            "compare-order-stream-part"
        };
        Message::new(key).int("bytes", b).int("of", a)
    } else {
        let came = transfer.messages_that_came(HostId::CLIENT, HostId::SERVER);
        let numbers: Vec<usize> = came.iter().map(|(number, _)| *number).collect();
        let plain = numbers == (1..=sent.len()).collect::<Vec<_>>();
        let key = if plain {
            "compare-order-all"
        } else {
            "compare-order-numbers"
        };
        let shown: Vec<String> = numbers.iter().take(16).map(usize::to_string).collect();
        let more = if numbers.len() > 16 { " …" } else { "" };
        Message::new(key)
            .text("numbers", shown.join(" ") + more)
            .int("of", sent.len() as u64)
    };
    options.catalogue.say(&message)
}

fn total(pieces: &[&CallData]) -> u64 {
    pieces.iter().map(|piece| piece.len).sum()
}

/// Who noticed the first loss, how and when.
pub(super) fn noticed(side: &ComparedRun<'_>, options: &Options) -> String {
    let Some(loss) = side.losses.first() else {
        return "–".to_owned();
    };
    let key = match loss.noticed {
        None => "compare-noticed-nobody",
        Some((_, Some(Recovery::Timeout { .. } | Recovery::AfterTimeout { .. }))) => {
            "compare-noticed-timer"
        }
        Some((
            _,
            Some(
                Recovery::FastRetransmit(_)
                | Recovery::Sack(_)
                | Recovery::SackWithin(_)
                | Recovery::PartialAck { .. },
            ),
        )) => "compare-noticed-acks",
        Some((_, Some(Recovery::TailLossProbe { .. }))) => "compare-noticed-probe",
        Some(_) => "compare-noticed-sender",
    };
    let ms = loss.unnoticed().unwrap_or(Span::ZERO).as_ms();
    options
        .catalogue
        .say(&Message::new(key).text("ms", format!("{ms:.1}")))
}

/// How much later than on its first way the lost data came; the worst of them.
pub(super) fn late(side: &ComparedRun<'_>, options: &Options) -> String {
    if side.losses.is_empty() {
        return "–".to_owned();
    }
    let never = side
        .losses
        .iter()
        .filter(|loss| loss.arrived.is_none())
        .count();
    if never > 0 {
        let message = Message::new("compare-late-never").int("count", never as u64);
        return options.catalogue.say(&message);
    }
    let delay = side.transfer.delay.unwrap_or(Span::ZERO).ns();
    let late = side.losses.iter().filter_map(|loss| {
        let arrived = loss.arrived?;
        Some(arrived.since(loss.sent).ns() - delay)
    });
    let worst = Span::from_ns(late.max().unwrap_or(0)).as_ms();
    options
        .catalogue
        .say(&Message::new("compare-late-by").text("ms", format!("{worst:.1}")))
}

/// Which host kept state of a connection, how long, and who still does at the end.
fn kept(transfer: &Transfer, options: &Options) -> String {
    let hosts = transfer.kept.iter().map(|(host, (from, to))| {
        let name = wording::host_name(*host, &transfer.hosts, &options.catalogue);
        let last = transfer.states.iter().filter(|((at, _, _), _)| at == host);
        let waits = last.clone().any(|(_, state)| *state == TcpState::TimeWait);
        let key = if waits {
            "compare-kept-waits"
        } else {
            "compare-kept-for"
        };
        let message = Message::new(key)
            .text("host", name)
            .text("ms", format!("{:.0}", to.since(*from).as_ms()));
        options.catalogue.say(&message)
    });
    let hosts: Vec<String> = hosts.collect();
    if hosts.is_empty() {
        options.catalogue.say(&Message::new("compare-kept-none"))
    } else {
        hosts.join(options.catalogue.word("compare-comma").as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Time;

    fn piece(len: u64) -> CallData {
        CallData {
            at: Time::from_ns(0),
            host: HostId::SERVER,
            name: CallName::Recv,
            len,
            head: vec![b'x'; len as usize],
            cut: false,
        }
    }

    #[test]
    fn sizes_are_counted_where_they_repeat() {
        let pieces: Vec<_> = [5, 5, 7].map(piece).to_vec();
        assert_eq!(sizes(&pieces), "3: 5 5 7");
        let pieces: Vec<_> = [9, 9, 9, 9, 1].map(piece).to_vec();
        assert_eq!(sizes(&pieces), "5: 4×9 1");
        assert_eq!(sizes(&[]), "0");
    }

    #[test]
    fn no_row_is_wider_than_the_screen_in_either_language() {
        for lang in [crate::text::Lang::En, crate::text::Lang::Zh] {
            let catalogue = std::rc::Rc::new(crate::text::Catalogue::new(lang));
            let options = Options {
                width: 80,
                catalogue,
                quiet: false,
                spacious: false,
            };
            let mut transfer = Transfer::new();
            transfer.called = true;
            transfer.received = (1..60).map(piece).collect();
            transfer.sent = (1..60).map(piece).collect();
            let losses = [Loss {
                sent: Time::from_ns(0),
                noticed: Some((
                    Time::from_ns(1_234_567_890),
                    Some(Recovery::Timeout {
                        tries: 1,
                        silence: crate::protocol::follow::Earlier {
                            frame: 1,
                            ago: crate::model::Span::ZERO,
                        },
                    }),
                )),
                arrived: None,
            }];
            let empty = Transfer::new();
            let [tcp, udp] =
                [("TCP", &transfer), ("UDP", &empty)].map(|(name, transfer)| ComparedRun {
                    name,
                    transfer,
                    losses: &losses,
                });
            for line in lines(&tcp, &udp, &options) {
                assert!(line.columns() <= 80, "{}: {}", line.columns(), line.plain());
            }
        }
    }
}
