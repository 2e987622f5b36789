//! Frames that are read in one go say the same as frames that are decoded: those of the captures at hand, as they are, and with
//! each byte of their headers changed.
#![allow(clippy::unwrap_used, reason = "a panic is a test's verdict")]

use std::borrow::Cow;
use std::fs::{self, File};
use std::path::Path;

use sockscope::files::{ReadStep, Reader};
use sockscope::model::Frame;
use sockscope::protocol::decode::UsualPacket;
use sockscope::protocol::follow::Prepared;

/// The bytes of a frame that are changed: all headers, and some of what they carry.
const CHANGED: usize = 80;
/// Of a capture so many frames are changed.
const FRAMES: usize = 2;

/// Both ways; whether it was a usual one.
fn same(frame: &Frame<'_>, what: &str) -> bool {
    let packet = frame.packet();
    let mut filled = Prepared::default();
    filled.fill(frame, || &packet);
    assert_eq!(filled, Prepared::of(&packet), "{what}: {frame:?}");
    UsualPacket::of(frame).is_some()
}

fn changed(frame: &Frame<'_>, what: &str) -> u64 {
    let mut usual = 0;
    let mut bytes = frame.bytes.to_vec();
    let mut look = |bytes: &[u8]| {
        let frame = Frame {
            bytes: Cow::Borrowed(bytes),
            ..frame.clone()
        };
        usual += u64::from(same(&frame, what));
    };
    for at in 0..bytes.len().min(CHANGED) {
        let was = bytes[at];
        for now in [
            0,
            1,
            0xff,
            was ^ 0x80,
            was.wrapping_add(1),
            was.wrapping_sub(1),
        ] {
            bytes[at] = now;
            look(&bytes);
        }
        bytes[at] = was;
        look(&bytes[..at]);
    }
    // With ports that mean something.
    for port in [21_u16, 3544, 4789, 6081, 6635] {
        let places: [usize; 6] = [34, 36, 38, 40, 54, 56];
        let len = bytes.len();
        for at in places.into_iter().filter(|at| at + 2 < len) {
            let was = [bytes[at], bytes[at + 1]];
            bytes[at..at + 2].copy_from_slice(&port.to_be_bytes());
            look(&bytes);
            bytes[at..at + 2].copy_from_slice(&was);
        }
    }
    usual
}

#[test]
fn what_is_read_in_one_go_is_what_decoding_says() {
    let (mut frames, mut usual) = (0_u64, 0_u64);
    let mut others = 0;
    for folder in [
        "tests/captures",
        "tests/golden/lessons",
        "../shared/parity/open",
    ] {
        let Ok(listed) = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)) else {
            continue;
        };
        for path in listed
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_file())
        {
            let what = path.to_string_lossy();
            let Ok(mut reader) = Reader::new(File::open(&path).unwrap()) else {
                continue;
            };
            let mut number = 0;
            loop {
                match reader.step() {
                    Ok(ReadStep::Frame) => {}
                    Ok(ReadStep::Fact(_)) => continue,
                    Ok(ReadStep::End) | Err(_) => break,
                }
                let frame = reader.frame();
                number += 1;
                frames += 1;
                if same(&frame, &what) {
                    usual += 1;
                } else {
                    others += 1;
                }
                if number <= FRAMES {
                    usual += changed(&frame, &what);
                }
            }
        }
    }
    assert!(frames > 500 && others > 100, "{frames} {others}");
    assert!(usual > 20 * frames.min(500), "{usual} of {frames}");
}
