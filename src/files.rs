//! pcap and pcapng, gzip and zstd, over `Read` and `Write`; facts to blocks and back. No path, no kernel.
