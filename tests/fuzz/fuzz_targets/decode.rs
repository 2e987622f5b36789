//! Any bytes as a frame of any link type: decoded, checked, and taken apart to the last bit.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sockscope::model::LinkType;
use sockscope::protocol::decode::fields::fields;
use sockscope::protocol::decode::{Body, checksum, decode, ip_checksum};

fuzz_target!(|input: (u8, u32, &[u8])| {
    let (link, longer, bytes) = input;
    let known = [1, 0, 9, 12, 14, 50, 101, 104, 108, 113, 228, 229, 276, 147];
    let link = LinkType(known[usize::from(link) % known.len()]);
    let orig_len = (bytes.len() as u32).saturating_add(longer % 70_000);
    let packet = decode(link, bytes, orig_len);
    let _ = (checksum(&packet), packet.endpoints());
    if let Some(ip) = &packet.ip {
        let _ = ip_checksum(ip);
        assert!(ip.payload.len() <= ip.payload_len as usize);
        assert!(ip.payload_len <= orig_len);
    }
    if let Body::Tcp(tcp) = &packet.body {
        assert!(tcp.payload.len() <= tcp.len as usize);
        let _ = (tcp.options().count(), tcp.sack_blocks().count(), tcp.timestamps(), tcp.mss());
    }
    let mut at = 0;
    for field in fields(link, bytes, orig_len) {
        assert_eq!(field.start, at);
        assert!(field.len > 0);
        at += field.len;
    }
    assert_eq!(at as usize, bytes.len() * 8);
});
