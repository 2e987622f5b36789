//! Captures of every shape, made here byte by byte, read back; and copies with comments.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "numbers that the test itself has made"
)]

use std::borrow::Cow;
use std::io::{self, Read, Write};

use sockscope::files::comment;
use sockscope::files::pcapng::Recorder;
use sockscope::files::{Batch, Limits, ReadError, Reader, Warning, WarningKind};
use sockscope::model::{Direction, Fact, Frame, HostId, LinkType, Time, Vantage};

/// Writes numbers in one byte order.
#[derive(Clone, Copy)]
struct Order {
    big: bool,
}

const ORDERS: [Order; 2] = [Order { big: false }, Order { big: true }];

impl Order {
    fn u16(self, value: u16) -> [u8; 2] {
        if self.big {
            value.to_be_bytes()
        } else {
            value.to_le_bytes()
        }
    }

    fn u32(self, value: u32) -> [u8; 4] {
        if self.big {
            value.to_be_bytes()
        } else {
            value.to_le_bytes()
        }
    }

    fn u32s(self, values: &[u32]) -> Vec<u8> {
        values.iter().flat_map(|value| self.u32(*value)).collect()
    }

    fn option(self, code: u16, value: &[u8]) -> Vec<u8> {
        let mut out = [self.u16(code), self.u16(value.len() as u16)].concat();
        out.extend(value);
        out.resize(out.len().next_multiple_of(4), 0);
        out
    }

    fn block(self, kind: u32, body: &[u8]) -> Vec<u8> {
        let len = 12 + body.len().next_multiple_of(4) as u32;
        let mut out = self.u32s(&[kind, len]);
        out.extend(body);
        out.resize(len as usize - 4, 0);
        out.extend(self.u32(len));
        out
    }

    fn section(self) -> Vec<u8> {
        let mut body = self.u32(0x1a2b_3c4d).to_vec();
        body.extend([self.u16(1), self.u16(0)].concat());
        body.extend([0xff; 8]);
        self.block(0x0a0d_0d0a, &body)
    }

    fn interface(self, link: u16, snaplen: u32, options: &[Vec<u8>]) -> Vec<u8> {
        let mut body = [self.u16(link), [0; 2]].concat();
        body.extend(self.u32(snaplen));
        body.extend(options.concat());
        self.block(1, &body)
    }

    fn packet(self, interface: u32, ticks: u64, data: &[u8], options: &[Vec<u8>]) -> Vec<u8> {
        let len = data.len() as u32;
        let mut body = self.u32s(&[interface, (ticks >> 32) as u32, ticks as u32, len, len + 10]);
        body.extend(data);
        body.resize(body.len().next_multiple_of(4), 0);
        body.extend(options.concat());
        self.block(6, &body)
    }
}

/// A frame as the tests compare it: stamp in ns, interface, link, length on the wire, bytes.
type Seen = (i64, u16, u32, u32, Vec<u8>);

/// All frames, read one by one; and in batches, whatever the input gives at a time.
fn read(mut file: impl Read) -> (Vec<Seen>, Vec<Warning>) {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).expect("memory does not fail");
    let mut reader = Reader::new(&bytes[..]).expect("it is a capture");
    let mut all = Vec::new();
    while let Some(fact) = reader.next().expect("memory does not fail") {
        let Fact::Frame(frame) = fact else {
            panic!("{fact:?}")
        };
        all.push(seen(&frame));
    }
    assert_eq!(reader.packets(), all.len() as u64);
    let warnings = reader.into_warnings();
    for at_once in [1, 7, 1000] {
        let mut reader = Reader::new(Trickle(&bytes, at_once)).expect("it is a capture");
        let (mut batched, mut used) = (Vec::new(), Batch::default());
        while let Some(batch) = reader.batch(used).expect("memory does not fail") {
            batched.extend(batch.frames().map(|frame| seen(&frame)));
            used = batch;
        }
        assert_eq!(batched, all, "{at_once} bytes at a time");
        assert_eq!(reader.into_warnings(), warnings);
    }
    (all, warnings)
}

fn seen(frame: &Frame<'_>) -> Seen {
    let Vantage::File(interface) = frame.vantage else {
        panic!("{frame:?}")
    };
    let (link, bytes) = (frame.link.0, frame.bytes.to_vec());
    (frame.at.ns(), interface, link, frame.orig_len, bytes)
}

/// An input that gives few bytes at a time.
struct Trickle<'a>(&'a [u8], usize);

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(self.1);
        self.0.read(&mut buffer[..most])
    }
}

/// A pcap file of two packets, of 3 and 5 bytes.
fn pcap(order: Order, magic: u32, minor: u16, record: &[u8]) -> Vec<u8> {
    let mut file = order.u32(magic).to_vec();
    file.extend([order.u16(2), order.u16(minor)].concat());
    file.extend(order.u32s(&[0, 0, 65535, 101]));
    for (fraction, data) in [(7, &b"abc"[..]), (8, b"defgh")] {
        let len = data.len() as u32;
        let (captured, whole) = if minor == 2 {
            (len + 1, len)
        } else {
            (len, len + 1)
        };
        file.extend(order.u32s(&[1_700_000_000, fraction, captured, whole]));
        file.extend(record);
        file.extend(data);
    }
    file
}

fn two(unit: i64) -> Vec<Seen> {
    let at = |n: i64| 1_700_000_000_000_000_000 + n * unit;
    vec![
        (at(7), 0, 101, 4, b"abc".to_vec()),
        (at(8), 0, 101, 6, b"defgh".to_vec()),
    ]
}

#[test]
fn pcap_in_every_shape() {
    for order in ORDERS {
        for (magic, minor, record, unit) in [
            (0xa1b2_c3d4, 4, &[][..], 1_000),
            (0xa1b2_3c4d, 4, &[], 1),
            (0xa1b2_cd34, 4, &[0; 8], 1_000),
            (0xa1b2_c3d4, 2, &[], 1_000),
        ] {
            let file = pcap(order, magic, minor, record);
            assert_eq!(read(&file[..]), (two(unit), vec![]), "{magic:x} {minor}");
        }
    }
}

#[test]
fn snoop() {
    let order = Order { big: true };
    let mut file = b"snoop\0\0\0".to_vec();
    file.extend(order.u32s(&[2, 4]));
    for (micros, data) in [(7, &b"abc\0"[..]), (8, b"defgh\0\0\0")] {
        let len = data.iter().filter(|byte| **byte != 0).count() as u32;
        let record = 24 + data.len() as u32;
        file.extend(order.u32s(&[len + 1, len, record, 0, 1_700_000_000, micros]));
        file.extend(data);
    }
    let mut expected = two(1_000);
    for frame in &mut expected {
        frame.2 = 1;
    }
    assert_eq!(read(&file[..]), (expected, vec![]));
}

#[test]
fn pcapng_with_all_that_can_be_in_it() {
    for order in ORDERS {
        let resolution = |value| order.option(9, &[value]);
        let offset: &[u8] = &if order.big {
            5_i64.to_be_bytes()
        } else {
            5_i64.to_le_bytes()
        };
        let mut old = [order.u16(1), order.u16(0)].concat();
        old.extend(order.u32s(&[0, 4_000, 2, 2]));
        old.extend(b"ol\0\0");
        let file = [
            order.section(),
            order.interface(1, 0, &[order.option(2, b"eth0"), resolution(6)]),
            order.interface(101, 0, &[resolution(9), order.option(14, offset)]),
            order.block(0xbad, &[1, 2, 3, 4, 5]),
            order.packet(
                0,
                3_000_000,
                b"micros",
                &[order.option(1, b"a comment"), order.option(0, &[])],
            ),
            order.packet(1, 7, b"ns + 5 s", &[]),
            order.block(0x8000_1234, b"local use"),
            order.block(2, &old),
            // Names and statistics.
            order.block(4, &[0; 4]),
            order.block(5, &[0; 12]),
            order.section(),
            order.interface(113, 4, &[resolution(0x94)]),
            order.packet(0, 3 << 20 | 1 << 19, b"2^-20", &[]),
            order.block(3, &[&order.u32(9)[..], b"simp"].concat()),
        ]
        .concat();
        let expected: Vec<Seen> = vec![
            (3_000_000_000, 0, 1, 16, b"micros".to_vec()),
            (5_000_000_007, 1, 101, 18, b"ns + 5 s".to_vec()),
            (5_000_004_000, 1, 101, 2, b"ol".to_vec()),
            (3_500_000_000, 2, 113, 15, b"2^-20".to_vec()),
            (3_500_000_000, 2, 113, 9, b"simp".to_vec()),
        ];
        assert_eq!(read(&file[..]), (expected, vec![]));
        assert_eq!(
            Reader::new(&file[..]).map(|r| r.is_recording()).ok(),
            Some(false)
        );
    }
}

#[test]
fn sections_of_different_byte_order() {
    let file: Vec<u8> = ORDERS
        .iter()
        .flat_map(|order| {
            [
                order.section(),
                order.interface(1, 0, &[]),
                order.packet(0, 1, b"x", &[]),
            ]
            .concat()
        })
        .collect();
    let (seen, warnings) = read(&file[..]);
    assert_eq!(
        seen.iter()
            .map(|frame| (frame.0, frame.1))
            .collect::<Vec<_>>(),
        [(1_000, 0), (1_000, 1)]
    );
    assert_eq!(warnings, vec![]);
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("a vector takes it");
    encoder.finish().expect("a vector takes it")
}

#[test]
fn compressed_captures_are_recognised_by_content() {
    let file = pcap(ORDERS[0], 0xa1b2_c3d4, 4, &[]);
    let zstd = zstd::encode_all(&file[..], 1).expect("a vector takes it");
    for packed in [
        gzip(&file),
        zstd,
        [gzip(&file[..30]), gzip(&file[30..])].concat(),
    ] {
        assert_eq!(read(&packed[..]), (two(1_000), vec![]));
    }
}

#[test]
fn a_compressed_capture_that_is_cut_gives_what_it_has() {
    let mut file = pcap(ORDERS[0], 0xa1b2_c3d4, 4, &[]);
    for n in 0..20_000_u32 {
        file.extend(ORDERS[0].u32s(&[n, n, 4, 4]));
        file.extend(n.wrapping_mul(0x9e37_79b9).to_le_bytes());
    }
    for packed in [
        gzip(&file),
        zstd::encode_all(&file[..], 1).expect("a vector takes it"),
    ] {
        let (seen, warnings) = read(&packed[..packed.len() / 2]);
        assert!(seen.len() > 2_000, "{}", seen.len());
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        assert_eq!(warnings[0].packet, seen.len() as u64 + 1);
    }
}

#[test]
fn a_cut_is_told_with_packet_and_offset() {
    let file = pcap(ORDERS[0], 0xa1b2_c3d4, 4, &[]);
    for cut in 24 + 19 + 1..file.len() {
        let (seen, warnings) = read(&file[..cut]);
        let warning = Warning {
            kind: WarningKind::CutOff,
            packet: 2,
            offset: 43,
        };
        assert_eq!((seen, warnings), (two(1_000)[..1].to_vec(), vec![warning]));
    }
}

#[test]
fn no_block_is_longer_than_16_mib_and_an_input_ends_where_it_was_told_to() {
    let little = ORDERS[0];
    // USBPcap, whose packets are whole transfers.
    let begin = [little.section(), little.interface(249, 0, &[])].concat();
    let most = (16 << 20) - 32;
    for (len, read) in [(most, true), (most + 4, false)] {
        let file = [begin.clone(), little.packet(0, 1, &vec![7; len], &[])].concat();
        let mut reader = Reader::new(&file[..]).expect("it is a capture");
        let fact = reader.next().expect("memory does not fail");
        assert_eq!(fact.is_some(), read, "{len}");
        let refused = |kind: &WarningKind| matches!(kind, WarningKind::BlockLength { kind: 6, .. });
        assert!(read || refused(&reader.warnings()[0].kind));
    }
    let file = pcap(little, 0xa1b2_c3d4, 4, &[]);
    for file in [file.clone(), gzip(&file)] {
        let limits = |unpacked| Limits {
            unpacked,
            ..Limits::default()
        };
        let all = |unpacked| -> Result<u64, ReadError> {
            let mut reader = Reader::within(&file[..], limits(unpacked))?;
            while reader.next()?.is_some() {}
            Ok(reader.packets())
        };
        assert_eq!(all(64).expect("it is not longer"), 2);
        let Err(ReadError::Io { source, .. }) = all(20) else {
            panic!("it was read")
        };
        assert_eq!(source.kind(), io::ErrorKind::FileTooLarge);
    }
}

#[test]
fn what_is_no_capture_is_an_error() {
    assert!(matches!(
        Reader::new(&b""[..]).err(),
        Some(ReadError::Empty)
    ));
    for text in [
        &b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"[..],
        b"\xd4",
        b"\x0a\x0d\x0d\x0a",
    ] {
        assert!(matches!(
            Reader::new(text).err(),
            Some(ReadError::Unknown { .. })
        ));
    }
    assert!(matches!(
        Reader::new(&gzip(b"")[..7]).err(),
        Some(ReadError::Compressed { .. })
    ));
    assert!(matches!(
        Reader::new(Failing(43)).err(),
        Some(ReadError::Io { .. })
    ));
}

/// Gives a capture's beginning, then fails as a disk does.
struct Failing(usize);

impl Read for Failing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let file = pcap(ORDERS[0], 0xa1b2_c3d4, 4, &[]);
        let rest = &file[self.0.min(43)..43];
        if rest.is_empty() || self.0 == 0 && buffer.len() < 4 {
            return Err(io::Error::from_raw_os_error(5));
        }
        let n = rest.len().min(buffer.len());
        buffer[..n].copy_from_slice(&rest[..n]);
        self.0 += n;
        Ok(n)
    }
}

#[test]
fn a_failing_disk_is_an_error_behind_what_was_read() {
    let mut reader = Reader::new(Failing(1)).err();
    assert!(
        reader.take().is_some(),
        "the first byte is missing: no capture"
    );
    let mut reader = Reader::new(Failing(0)).expect("it begins well");
    assert!(reader.next().expect("the first packet is whole").is_some());
    assert!(matches!(
        reader.next(),
        Err(ReadError::Io { packets: 1, .. })
    ));
}

#[test]
fn a_slow_pipe_gives_the_same() {
    let file = pcap(ORDERS[1], 0xa1b2_3c4d, 4, &[]);
    assert_eq!(read(&file[..]), (two(1), vec![]));
    assert_eq!(read(&gzip(&file)[..]), (two(1), vec![]));
}

/// The comments that another reader sees on each packet.
fn comments(file: &[u8]) -> Vec<Vec<String>> {
    use pcap_parser::traits::PcapReaderIterator;
    let mut reader = pcap_parser::PcapNGReader::new(1 << 16, file).expect("it is pcapng");
    let mut list = Vec::new();
    loop {
        match reader.next() {
            Ok((offset, block)) => {
                if let pcap_parser::PcapBlockOwned::NG(pcap_parser::Block::EnhancedPacket(packet)) =
                    block
                {
                    let texts = packet
                        .options
                        .iter()
                        .filter(|option| option.code.0 == 1)
                        .map(|option| {
                            String::from_utf8_lossy(&option.value[..option.len as usize])
                                .into_owned()
                        });
                    list.push(texts.collect());
                }
                reader.consume(offset);
            }
            Err(pcap_parser::PcapError::Eof) => return list,
            Err(pcap_parser::PcapError::Incomplete(_)) => {
                reader.refill().expect("memory does not fail");
            }
            Err(error) => panic!("{error}"),
        }
    }
}

fn sentence(packet: u32) -> Option<String> {
    (packet != 2).then(|| format!("第 {packet} 个"))
}

#[test]
fn a_copy_has_our_comments_behind_the_others_and_nothing_else_is_changed() {
    for order in ORDERS {
        let commented = [
            order.option(1, b"theirs"),
            order.option(2, &order.u32(1)),
            order.option(0, &[]),
        ];
        let file = [
            order.section(),
            order.interface(1, 0, &[]),
            order.packet(0, 1, b"one", &commented),
            order.packet(0, 2, b"two", &[]),
            order.block(0xbad, b"custom"),
            order.packet(0, 3, b"three", &[order.option(2, &order.u32(2))]),
        ]
        .concat();
        let mut copy = Vec::new();
        assert_eq!(
            comment(&file[..], &mut copy, sentence).expect("it is whole"),
            vec![]
        );
        assert_eq!(read(&copy[..]), read(&file[..]));
        assert_eq!(
            comments(&copy),
            [
                vec!["theirs".to_owned(), "第 1 个".to_owned()],
                vec![],
                vec!["第 3 个".to_owned()]
            ]
        );
        let custom = order.block(0xbad, b"custom");
        assert!(copy.windows(custom.len()).any(|part| part == custom));
        let mut same = Vec::new();
        comment(&file[..], &mut same, |_| None).expect("it is whole");
        assert_eq!(same, file);
        same.clear();
        comment(&copy[..], &mut same, sentence).expect("it is whole");
        assert_eq!(same, copy, "what was said before is not said twice");
    }
}

#[test]
fn a_copy_of_pcap_is_pcapng_with_the_same_packets() {
    let file = gzip(&pcap(ORDERS[1], 0xa1b2_c3d4, 4, &[]));
    let mut copy = Vec::new();
    assert_eq!(
        comment(&file[..], &mut copy, sentence).expect("it is whole"),
        vec![]
    );
    assert_eq!(read(&copy[..]), (two(1_000), vec![]));
    assert_eq!(comments(&copy), [vec!["第 1 个".to_owned()], vec![]]);
}

#[test]
fn a_recording_stays_a_recording_when_it_is_commented() {
    let frame = |host: HostId, direction| {
        Fact::Frame(Frame {
            at: Time::from_ns(5),
            vantage: Vantage::Host(host),
            direction,
            link: LinkType::ETHERNET,
            orig_len: 100,
            checksum_offloaded: true,
            bytes: Cow::Owned(vec![3; 61]),
        })
    };
    let facts = [
        frame(HostId::CLIENT, Direction::Sent),
        frame(HostId::SERVER, Direction::Received),
        frame(HostId::CLIENT, Direction::Received),
    ];
    let saved = Vantage::Host(HostId::CLIENT);
    let mut recorder =
        Recorder::new(Vec::new(), saved, "eth0", LinkType::ETHERNET).expect("a vector takes it");
    for fact in &facts {
        recorder.write(fact).expect("a vector takes it");
    }
    let file = recorder.finish().expect("a vector takes it");
    let mut copy = Vec::new();
    comment(&file[..], &mut copy, sentence).expect("it is whole");
    assert_eq!(comments(&copy), [vec!["第 1 个".to_owned()], vec![]]);
    let mut reader = Reader::new(&copy[..]).expect("it is a capture");
    assert!(reader.is_recording());
    let mut back = Vec::new();
    while let Some(fact) = reader.next().expect("memory does not fail") {
        back.push(fact.into_owned());
    }
    assert_eq!(back, facts);
}
