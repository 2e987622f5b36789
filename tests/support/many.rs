//! Captures of very many connections.

use std::io::{self, BufWriter, Write};

const FIN: u8 = 1;
const SYN: u8 = 2;
const ACK: u8 = 16;

/// A SYN's options: MSS 1460, SACK permitted, timestamps, window scale 7.
const OPTIONS: [u8; 20] = [
    2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 0, 9, 0, 0, 0, 0, 1, 3, 3, 7,
];

/// One segment of connection `of`.
#[derive(Clone, Copy)]
pub struct Sent {
    pub of: u32,
    pub back: bool,
    pub flags: u8,
    pub seq: u32,
    pub ack: u32,
    pub len: u8,
}

impl Sent {
    fn frame(self) -> Vec<u8> {
        let opener = (
            (0x0a00_0000 + self.of / 50_000).to_be_bytes(),
            1_024 + self.of % 50_000,
        );
        let acceptor = (0x0a80_0001_u32.to_be_bytes(), 443_u32);
        let (from, to) = if self.back {
            (acceptor, opener)
        } else {
            (opener, acceptor)
        };
        let options: &[u8] = if self.flags & SYN != 0 { &OPTIONS } else { &[] };
        let isn = |back| {
            self.of
                .wrapping_mul(if back { 40_503 } else { 2_654_435_761 })
        };
        let transport = 20 + options.len() + usize::from(self.len);
        let mut bytes = vec![2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0];
        let total = u16::try_from(20 + transport).expect("it fits");
        bytes.extend(total.to_be_bytes());
        bytes.extend([0, 0, 0x40, 0, 64, 6, 0, 0]);
        bytes.extend(from.0);
        bytes.extend(to.0);
        for port in [from.1, to.1] {
            bytes.extend(u16::try_from(port).expect("it fits").to_be_bytes());
        }
        bytes.extend(isn(self.back).wrapping_add(self.seq).to_be_bytes());
        let ack = isn(!self.back).wrapping_add(self.ack);
        let ack = if self.flags & ACK != 0 { ack } else { 0 };
        bytes.extend(ack.to_be_bytes());
        let header = u8::try_from((20 + options.len()) << 2).expect("it fits");
        bytes.extend([header, self.flags, 0xfa, 0xf0, 0, 0, 0, 0]);
        bytes.extend(options);
        bytes.resize(14 + 20 + transport, b'x');
        bytes
    }
}

/// From SYN to the last ACK.
pub const WHOLE: [(bool, u8, u32, u32, u8); 8] = [
    (false, SYN, 0, 0, 0),
    (true, SYN | ACK, 0, 1, 0),
    (false, ACK, 1, 1, 0),
    (false, ACK, 1, 1, 40),
    (true, ACK, 1, 41, 90),
    (false, FIN | ACK, 41, 91, 0),
    (true, FIN | ACK, 91, 42, 0),
    (false, ACK, 42, 92, 0),
];

/// The segment at this place of a whole connection.
pub fn step(of: u32, at: usize) -> Sent {
    let (back, flags, seq, ack, len) = WHOLE[at];
    Sent {
        of,
        back,
        flags,
        seq,
        ack,
        len,
    }
}

/// Writes a capture of these, a microsecond apart.
pub fn write(to: impl Write, sent: impl Iterator<Item = Sent>) -> io::Result<()> {
    let mut file = BufWriter::with_capacity(1 << 20, to);
    for word in [0xa1b2_c3d4_u32, 4 << 16 | 2, 0, 0, 1 << 18, 1] {
        file.write_all(&word.to_le_bytes())?;
    }
    for (micros, sent) in (0_u32..).zip(sent) {
        let bytes = sent.frame();
        let len = u32::try_from(bytes.len()).expect("it is short");
        let seconds = 1_700_000_000 + micros / 1_000_000;
        for word in [seconds, micros % 1_000_000, len, len] {
            file.write_all(&word.to_le_bytes())?;
        }
        file.write_all(&bytes)?;
    }
    file.flush()
}
