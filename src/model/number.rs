//! Counts of bytes and things in the types that fields have. None that we meet comes near the end of such a type; one that
//! did would stop there instead of starting again at zero.

/// A count as 32 bits hold it; saturates.
#[must_use]
pub fn count32(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// A count as a signed number, which sums and differences are made of; saturates.
#[must_use]
pub fn signed(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_stops_at_the_end_of_its_type() {
        assert_eq!(
            (count32(0), count32(1 << 32), signed(usize::MAX)),
            (0, u32::MAX, i64::MAX)
        );
    }
}
