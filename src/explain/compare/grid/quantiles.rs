//! How values are spread: the median and the quartiles.

/// The quartiles of some values: the `k`-th stands at `k` quarters of the way from the smallest to the largest in
/// their order, between two of them in proportion (what R calls type 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quantiles<T> {
    /// A quarter of the values lies below.
    pub low: T,
    /// Half of them lie below.
    pub median: T,
    /// Three quarters of them lie below.
    pub high: T,
}

/// Values between which there are others.
pub trait Between: Ord + Copy {
    /// The value that lies so many quarters of the way from this one to `above`, which is no smaller.
    #[must_use]
    fn between(self, above: Self, quarters: usize) -> Self;
}

impl<T: Between> Quantiles<T> {
    /// The quartiles of these values; none when there are none.
    #[must_use]
    pub fn of(values: impl Iterator<Item = T>) -> Option<Self> {
        let mut values: Vec<T> = values.collect();
        values.sort_unstable();
        let last = values.len().checked_sub(1)?;
        let at = |quarters: usize| {
            let (index, rest) = (last * quarters / 4, last * quarters % 4);
            if rest == 0 {
                values[index]
            } else {
                values[index].between(values[index + 1], rest)
            }
        };
        Some(Self {
            low: at(1),
            median: at(2),
            high: at(3),
        })
    }
}

impl Between for u64 {
    fn between(self, above: Self, quarters: usize) -> Self {
        let step = u128::from(above - self) * quarters as u128 / 4;
        self + Self::try_from(step).unwrap_or(0)
    }
}

impl Between for u32 {
    fn between(self, above: Self, quarters: usize) -> Self {
        let between = u64::from(self).between(above.into(), quarters);
        Self::try_from(between).unwrap_or(above)
    }
}
