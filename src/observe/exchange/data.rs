//! Data of a script's step, as the pieces that are handed to one call each.

use std::borrow::Cow;
use std::net::SocketAddr;

use crate::script::SendData;
use crate::script::placeholders::fill;

/// Most bytes that one call is handed, because they are held in memory: what is more goes in further calls.
const PIECE: u64 = 8 << 20;

/// Length of a line of the pattern.
const LINE: usize = 16;

/// `N bytes`: lines of 16 bytes that begin with their own offset, so that a segment shows which part it is.
/// (The offset in eight digits, so after 100 MB it begins again.)
fn pattern(from: u64, len: u64) -> Vec<u8> {
    let skip = usize::try_from(from % LINE as u64).unwrap_or(0);
    let len = usize::try_from(len).unwrap_or(usize::MAX);
    let lines = skip.saturating_add(len).div_ceil(LINE);
    let mut bytes = b"00000000 bytes.\n".repeat(lines);
    let first = from - skip as u64;
    for (number, line) in bytes.chunks_exact_mut(LINE).enumerate() {
        let mut offset = first + (number * LINE) as u64;
        for digit in line[..8].iter_mut().rev() {
            *digit = b'0' + (offset % 10) as u8;
            offset /= 10;
        }
    }
    bytes.drain(..skip);
    bytes.truncate(len);
    bytes
}

/// The pieces of some data, one call each. A text or a datagram of no bytes is one empty piece.
pub(super) fn pieces(
    data: &SendData,
    my: Option<SocketAddr>,
    peer: Option<SocketAddr>,
) -> Box<dyn Iterator<Item = Cow<'_, [u8]>> + '_> {
    let (total, chunk) = match data {
        SendData::Text(text) => {
            let bytes = fill(text, my, peer).into_bytes();
            return Box::new(std::iter::once(Cow::Owned(bytes)));
        }
        SendData::Hex(bytes) => {
            return Box::new(std::iter::once(Cow::Borrowed(bytes.as_slice())));
        }
        SendData::Pattern(total) => (*total, PIECE),
        SendData::Chunked { total, chunk } => (*total, *chunk),
    };
    let mut done = 0;
    let mut first = true;
    Box::new(std::iter::from_fn(move || {
        if done == total && !(first && total == 0) {
            return None;
        }
        first = false;
        let len = chunk.min(total - done);
        let piece = pattern(done, len);
        done += len;
        Some(Cow::Owned(piece))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lengths(data: &SendData) -> Vec<usize> {
        pieces(data, None, None).map(|piece| piece.len()).collect()
    }

    #[test]
    fn pieces_add_up_and_the_pattern_goes_on_across_them() {
        let chunked = SendData::Chunked {
            total: 50,
            chunk: 20,
        };
        assert_eq!(lengths(&chunked), [20, 20, 10]);
        let joined: Vec<u8> = pieces(&chunked, None, None)
            .flat_map(std::borrow::Cow::into_owned)
            .collect();
        let whole: Vec<u8> = pieces(&SendData::Pattern(50), None, None)
            .flat_map(std::borrow::Cow::into_owned)
            .collect();
        assert_eq!(joined, whole);
        assert!(whole.starts_with(b"00000000 bytes.\n00000016 bytes.\n"));
        assert_eq!(pattern(123_456_784 + 4, 6), b"6784 b");
    }

    #[test]
    fn nothing_to_send_is_one_empty_piece() {
        assert_eq!(lengths(&SendData::Pattern(0)), [0]);
        assert_eq!(lengths(&SendData::Text(String::new())), [0]);
    }
}
