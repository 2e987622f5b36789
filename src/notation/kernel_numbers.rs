//! What a kernel reported of one of its connections, as patterns ask for it.

use crate::model::TcpInfo;

use super::vocabulary::NumericField;

/// A kernel's TCP_INFO just after a frame had left, with what its earlier answers add.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KernelNumbers {
    /// The answer.
    pub info: TcpInfo,
    /// How often it had begun to reduce the window by then: when it entered CWR, Recovery or Loss (the states of TCP_INFO's
    /// `ca_state`).
    pub reductions: u32,
    /// The congestion window in the last answer before the latest of these, in segments.
    pub peak: Option<u32>,
}

impl KernelNumbers {
    /// A first answer of a kernel.
    #[must_use]
    pub fn first(info: TcpInfo) -> Self {
        Self {
            info,
            reductions: u32::from(reduces(&info)),
            peak: None,
        }
    }

    /// The next answer of the same kernel about the same connection.
    #[must_use]
    pub fn then(self, info: TcpInfo) -> Self {
        // A time-out within a recovery reduces it again.
        let begun = match (reduces(&self.info), reduces(&info)) {
            (false, true) => true,
            (true, true) => self.info.ca_state < LOSS && info.ca_state == LOSS,
            _ => false,
        };
        Self {
            info,
            reductions: self.reductions.saturating_add(u32::from(begun)),
            peak: if begun {
                Some(self.info.cwnd)
            } else {
                self.peak
            },
        }
    }

    /// One of them; times in microseconds. None for what is no kernel's number, or is not set yet.
    #[must_use]
    pub fn number(&self, key: NumericField) -> Option<i64> {
        let info = &self.info;
        Some(match key {
            NumericField::Cwnd => info.cwnd.into(),
            NumericField::Ssthresh => info.threshold()?.into(),
            NumericField::Flight => info.in_flight().into(),
            NumericField::Reductions => self.reductions.into(),
            NumericField::Peak => self.peak?.into(),
            NumericField::Srtt => info.srtt.ns() / 1000,
            NumericField::Rttvar => info.rttvar.ns() / 1000,
            NumericField::Rto => info.rto.ns() / 1000,
            _ => return None,
        })
    }
}

/// The congestion state of a time-out, and the least of those in which the window is reduced (enum tcp_ca_state).
const LOSS: u8 = 4;
const CWR: u8 = 2;

const fn reduces(info: &TcpInfo) -> bool {
    info.ca_state >= CWR
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(ca_state: u8, cwnd: u32, ssthresh: u32) -> TcpInfo {
        TcpInfo {
            cwnd,
            ssthresh,
            ca_state,
            ..TcpInfo::default()
        }
    }

    #[test]
    fn a_reduction_keeps_the_window_before_it() {
        let unset = i32::MAX.unsigned_abs();
        let start = KernelNumbers::first(info(0, 10, unset));
        assert_eq!(start.number(NumericField::Ssthresh), None);
        assert_eq!(start.number(NumericField::Peak), None);
        let grown = start.then(info(1, 54, unset));
        assert_eq!(grown.number(NumericField::Reductions), Some(0));
        let first = grown.then(info(3, 50, 27));
        let later = first.then(info(3, 27, 27)).then(info(0, 54, 27));
        assert_eq!(later.number(NumericField::Reductions), Some(1));
        assert_eq!(later.number(NumericField::Peak), Some(54));
        // The threshold is the same as before: a reduction all the same.
        let second = later.then(info(3, 52, 27));
        assert_eq!(second.number(NumericField::Reductions), Some(2));
        let timed_out = second.then(info(4, 1, 13));
        assert_eq!(timed_out.number(NumericField::Reductions), Some(3));
        assert_eq!(timed_out.number(NumericField::Peak), Some(52));
    }
}
