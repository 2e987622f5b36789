//! Numbers in few bytes: what is kept of very many connections.

/// How many bytes there are: with its endpoints a connection takes 64.
pub(super) const ROOM: usize = 47;

/// Numbers one behind the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct PackedNumbers([u8; ROOM]);

/// Puts numbers in.
#[derive(Debug)]
pub(super) struct NumberPacker {
    bytes: [u8; ROOM],
    /// How many bytes were needed so far.
    needed: usize,
}

/// Takes them out again, in the same order.
#[derive(Debug)]
pub(super) struct NumberUnpacker<'p>(&'p [u8]);

impl NumberPacker {
    pub(super) const fn new() -> Self {
        Self {
            bytes: [0; ROOM],
            needed: 0,
        }
    }

    /// A number that is mostly small: seven bits a byte, the lowest first, and a bit that says that more follow (LEB128).
    pub(super) fn number(&mut self, number: impl Into<u64>) {
        let mut left = number.into();
        while left > 0x7f {
            self.fixed([(left & 0x7f) as u8 | 0x80]);
            left >>= 7;
        }
        self.fixed([(left & 0x7f) as u8]);
    }

    /// Bytes as they are: of a number that may be any.
    pub(super) fn fixed<const N: usize>(&mut self, bytes: [u8; N]) {
        let to = self.bytes.get_mut(self.needed..self.needed + N);
        if let Some(to) = to {
            to.copy_from_slice(&bytes);
        }
        self.needed += N;
    }

    /// All of them, if there was room.
    pub(super) fn packed(self) -> Option<PackedNumbers> {
        (self.needed <= ROOM).then_some(PackedNumbers(self.bytes))
    }
}

impl PackedNumbers {
    pub(super) fn unpack(&self) -> NumberUnpacker<'_> {
        NumberUnpacker(&self.0)
    }
}

impl NumberUnpacker<'_> {
    /// The next number; the largest of its type where it is larger than that.
    pub(super) fn number<T: TryFrom<u64> + Bounded>(&mut self) -> T {
        let (mut number, mut shift) = (0, 0);
        loop {
            let [byte] = self.fixed();
            number |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 || shift > 63 {
                return T::try_from(number).unwrap_or(T::LARGEST);
            }
        }
    }

    /// The next bytes.
    pub(super) fn fixed<const N: usize>(&mut self) -> [u8; N] {
        let Some((bytes, rest)) = self.0.split_first_chunk::<N>() else {
            return [0; N];
        };
        self.0 = rest;
        *bytes
    }
}

/// A number with a largest one of its type.
pub(super) trait Bounded {
    const LARGEST: Self;
}

impl Bounded for u64 {
    const LARGEST: Self = Self::MAX;
}

impl Bounded for u32 {
    const LARGEST: Self = Self::MAX;
}

impl Bounded for u16 {
    const LARGEST: Self = Self::MAX;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_packed_comes_out_again() {
        let mut packer = NumberPacker::new();
        for number in [0_u64, 127, 128, 1 << 35, u64::MAX] {
            packer.number(number);
        }
        packer.fixed([1, 2, 3]);
        let packed = packer.packed().expect("room for it");
        let mut numbers = packed.unpack();
        for number in [0_u64, 127, 128, 1 << 35, u64::MAX] {
            assert_eq!(numbers.number::<u64>(), number);
        }
        assert_eq!(numbers.fixed(), [1, 2, 3]);
    }

    #[test]
    fn what_has_no_room_is_not_packed() {
        let mut packer = NumberPacker::new();
        packer.fixed([7; ROOM]);
        packer.number(1_u32);
        assert!(packer.packed().is_none());
    }
}
