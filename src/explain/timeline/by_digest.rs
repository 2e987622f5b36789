//! What waits for its counterpart with the same bytes: first in, first out, by host and digest.

use std::collections::{BTreeMap, VecDeque};

use crate::model::HostId;

/// Host, digest of the bytes, order of coming.
type DigestKey = (HostId, u64, u64);

/// Things that wait. When so many others have come after one, it is let go.
#[derive(Debug)]
pub(super) struct ByDigest<T> {
    most: usize,
    put: u64,
    by_bytes: BTreeMap<DigestKey, T>,
    /// Keys in the order of their coming, also of what was taken since.
    in_order: VecDeque<DigestKey>,
}

impl<T> ByDigest<T> {
    /// Nothing waits; at most so many will.
    pub fn new(most: usize) -> Self {
        Self {
            most,
            put: 0,
            by_bytes: BTreeMap::new(),
            in_order: VecDeque::new(),
        }
    }

    /// Lets it wait at `host` for these bytes.
    pub fn put(&mut self, host: HostId, digest: u64, waits: T) {
        let key = (host, digest, self.put);
        self.put += 1;
        self.by_bytes.insert(key, waits);
        self.in_order.push_back(key);
        if self.in_order.len() > self.most
            && let Some(oldest) = self.in_order.pop_front()
        {
            self.by_bytes.remove(&oldest);
        }
    }

    /// Takes the first that waits there for these bytes and fits.
    pub fn take(&mut self, host: HostId, digest: u64, fits: impl Fn(&T) -> bool) -> Option<T> {
        let same = (host, digest, 0)..=(host, digest, u64::MAX);
        let mut found = self.by_bytes.range(same).filter(|(_, waits)| fits(waits));
        let key = *found.next()?.0;
        self.by_bytes.remove(&key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: HostId = HostId::CLIENT;

    #[test]
    fn the_first_with_these_bytes_at_this_host_that_fits_is_taken_once() {
        let mut by_digest = ByDigest::new(8);
        for (host, digest, number) in [
            (HERE, 7, 1),
            (HostId::SERVER, 7, 2),
            (HERE, 7, 3),
            (HERE, 8, 4),
            (HERE, 7, 5),
        ] {
            by_digest.put(host, digest, number);
        }
        assert_eq!(by_digest.take(HERE, 7, |number| *number > 1), Some(3));
        assert_eq!(by_digest.take(HERE, 7, |_| true), Some(1));
        assert_eq!(by_digest.take(HERE, 7, |_| true), Some(5));
        assert_eq!(by_digest.take(HERE, 7, |_| true), None);
        assert_eq!(by_digest.take(HERE, 8, |_| true), Some(4));
    }

    #[test]
    fn the_oldest_is_let_go_when_there_are_too_many() {
        let mut by_digest = ByDigest::new(2);
        for number in 0..3 {
            by_digest.put(HERE, number, number);
        }
        assert_eq!(by_digest.take(HERE, 0, |_| true), None);
        assert_eq!(by_digest.take(HERE, 1, |_| true), Some(1));
        assert_eq!(by_digest.take(HERE, 2, |_| true), Some(2));
    }
}
