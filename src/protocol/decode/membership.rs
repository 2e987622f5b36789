//! Who wants what goes to which group: IGMP (RFC 1112, RFC 2236, RFC 3376) and multicast listener discovery (RFC 2710, RFC 3810).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::packet::{Body, Packet};

/// IGMP, by its protocol number.
const IGMP: u8 = 2;

/// A message about groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Membership<'a> {
    /// What it says.
    pub kind: MembershipKind,
    /// The group that it is about; the unspecified address in a query about all, and where [`Self::records`] say it.
    pub group: IpAddr,
    /// The RFC that has its format.
    pub rfc: u16,
    records: &'a [u8],
    count: u16,
}

/// What a message about groups says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MembershipKind {
    /// A router asks who wants what goes to the group, or to any.
    Query,
    /// Its sender wants what goes to the group.
    Report,
    /// Its sender no longer does.
    Leave,
    /// Its records say it, one for each group (IGMPv3, MLDv2).
    Records,
}

/// One group's record in a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupRecord {
    /// The group.
    pub group: IpAddr,
    /// What its sender wants of that.
    pub wants: GroupWish,
}

/// What a host wants of what goes to a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupWish {
    /// All of it.
    All,
    /// Nothing any more.
    Nothing,
    /// What some senders send, or all but those: how many are named.
    Senders(u16),
}

impl<'a> Membership<'a> {
    /// Of a packet that carries one, whole as far as its fixed part goes.
    #[must_use]
    pub fn of(packet: &Packet<'a>) -> Option<Self> {
        let ip = packet.ip.as_ref()?;
        match packet.body {
            Body::OtherIp(IGMP) if ip.fragment.is_none() => Self::v4(ip.payload),
            Body::Icmp(icmp) if icmp.v6 => Self::v6(icmp.kind, icmp.rest, icmp.payload),
            _ => None,
        }
    }

    fn v4(payload: &'a [u8]) -> Option<Self> {
        let (fixed, rest) = payload.split_first_chunk::<8>()?;
        let [kind, _, _, _, a, b, c, d] = *fixed;
        let group = IpAddr::V4(Ipv4Addr::new(a, b, c, d));
        let (kind, rfc) = match kind {
            0x11 if rest.len() >= 4 => (MembershipKind::Query, 3376),
            0x11 => (MembershipKind::Query, 2236),
            0x12 => (MembershipKind::Report, 1112),
            0x16 => (MembershipKind::Report, 2236),
            0x17 => (MembershipKind::Leave, 2236),
            0x22 => {
                let count = u16::from_be_bytes([c, d]);
                return Some(Self::several(
                    Ipv4Addr::UNSPECIFIED.into(),
                    3376,
                    rest,
                    count,
                ));
            }
            _ => return None,
        };
        Some(Self {
            kind,
            group,
            rfc,
            records: &[],
            count: 0,
        })
    }

    fn v6(kind: u8, rest: [u8; 4], payload: &'a [u8]) -> Option<Self> {
        if kind == 143 {
            let count = u16::from_be_bytes([rest[2], rest[3]]);
            return Some(Self::several(
                Ipv6Addr::UNSPECIFIED.into(),
                3810,
                payload,
                count,
            ));
        }
        let kind = match kind {
            130 => MembershipKind::Query,
            131 => MembershipKind::Report,
            132 => MembershipKind::Leave,
            _ => return None,
        };
        let (group, more) = payload.split_first_chunk::<16>()?;
        let rfc = if more.is_empty() { 2710 } else { 3810 };
        Some(Self {
            kind,
            group: Ipv6Addr::from(*group).into(),
            rfc,
            records: &[],
            count: 0,
        })
    }

    const fn several(group: IpAddr, rfc: u16, records: &'a [u8], count: u16) -> Self {
        Self {
            kind: MembershipKind::Records,
            group,
            rfc,
            records,
            count,
        }
    }

    /// The records of a report, as far as they are whole.
    pub fn records(&self) -> impl Iterator<Item = GroupRecord> {
        let mut rest = self.records;
        let v4 = self.group.is_ipv4();
        (0..self.count).map_while(move |_| record(&mut rest, v4))
    }
}

/// A record: its type, the length of what follows the senders in words, how many senders, the group, the senders.
fn record(rest: &mut &[u8], v4: bool) -> Option<GroupRecord> {
    let (&[kind, aux, high, low], behind) = rest.split_first_chunk::<4>()?;
    let senders = u16::from_be_bytes([high, low]);
    let (group, behind, size): (IpAddr, _, usize) = if v4 {
        let (group, behind) = behind.split_first_chunk::<4>()?;
        (Ipv4Addr::from(*group).into(), behind, 4)
    } else {
        let (group, behind) = behind.split_first_chunk::<16>()?;
        (Ipv6Addr::from(*group).into(), behind, 16)
    };
    let skipped = usize::from(senders) * size + usize::from(aux) * 4;
    *rest = behind.get(skipped..).unwrap_or_default();
    // MODE_IS_INCLUDE and MODE_IS_EXCLUDE, the changes to these, and senders that are let in or kept out.
    let wants = match (kind, senders) {
        (2 | 4, 0) => GroupWish::All,
        (1 | 3, 0) => GroupWish::Nothing,
        (1..=6, senders) => GroupWish::Senders(senders),
        _ => return None,
    };
    Some(GroupRecord { group, wants })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_has_a_record_for_each_group_and_says_nothing_beyond_its_end() {
        let mut bytes = vec![0x22, 0, 0, 0, 0, 0, 0, 4];
        bytes.extend([4, 0, 0, 0, 239, 1, 2, 3]);
        bytes.extend([3, 1, 0, 0, 239, 1, 2, 4, 9, 9, 9, 9]);
        bytes.extend([1, 0, 0, 1, 232, 0, 0, 1, 10, 0, 0, 1]);
        bytes.extend([2, 0, 0]);
        let report = Membership::v4(&bytes).expect("a report");
        assert_eq!((report.kind, report.rfc), (MembershipKind::Records, 3376));
        let records: Vec<_> = report
            .records()
            .map(|r| (r.group.to_string(), r.wants))
            .collect();
        assert_eq!(
            records,
            [
                ("239.1.2.3".to_owned(), GroupWish::All),
                ("239.1.2.4".to_owned(), GroupWish::Nothing),
                ("232.0.0.1".to_owned(), GroupWish::Senders(1)),
            ]
        );
        for len in 0..bytes.len() {
            let _ = Membership::v4(&bytes[..len]).map(|cut| cut.records().count());
        }
    }

    #[test]
    fn a_query_is_told_by_its_length() {
        let query = |more: &[u8]| {
            let bytes = [&[0x11, 100, 0, 0, 0, 0, 0, 0], more].concat();
            Membership::v4(&bytes).map(|query| (query.kind, query.rfc))
        };
        assert_eq!(query(&[]), Some((MembershipKind::Query, 2236)));
        assert_eq!(query(&[2, 125, 0, 0]), Some((MembershipKind::Query, 3376)));
    }
}
