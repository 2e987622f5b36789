//! One archive per student: plain tar (POSIX.1-1988 ustar), so that anybody can look into it.
//!
//! What is read here comes from somebody else: names are cut to their last part, sizes are bounded by whoever reads, and
//! nothing but plain files counts.

/// A block of an archive, in bytes.
const BLOCK: usize = 512;
/// A name in an archive is no longer, in bytes.
pub const LONGEST_ARCHIVED_NAME: usize = 99;

/// A file in an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchivedFile {
    /// Its name, without folders.
    pub name: String,
    /// Its contents.
    pub bytes: Vec<u8>,
}

/// Writes an archive. Names that are too long are cut; the same files give the same bytes.
#[must_use]
pub fn write_archive(files: &[ArchivedFile]) -> Vec<u8> {
    let mut out = Vec::new();
    for file in files {
        let mut header = [0_u8; BLOCK];
        let name = file.name.as_bytes();
        let name = &name[..name.len().min(LONGEST_ARCHIVED_NAME)];
        put(&mut header, 0, name);
        put(&mut header, 100, b"0000644\0");
        put(&mut header, 108, b"0000000\0");
        put(&mut header, 116, b"0000000\0");
        put(
            &mut header,
            124,
            format!("{:011o}\0", file.bytes.len()).as_bytes(),
        );
        put(&mut header, 136, b"00000000000\0");
        put(&mut header, 148, b"        ");
        put(&mut header, 156, b"0");
        put(&mut header, 257, b"ustar\x0000");
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        put(&mut header, 148, format!("{sum:06o}\0 ").as_bytes());
        out.extend(header);
        out.extend(&file.bytes);
        out.resize(out.len().next_multiple_of(BLOCK), 0);
    }
    out.resize(out.len() + 2 * BLOCK, 0);
    out
}

fn put(header: &mut [u8; BLOCK], at: usize, bytes: &[u8]) {
    header[at..at + bytes.len()].copy_from_slice(bytes);
}

/// A text is an archive by its looks.
#[must_use]
pub fn is_archive(bytes: &[u8]) -> bool {
    bytes.get(257..262) == Some(b"ustar".as_slice())
}

/// The plain files of an archive, as far as it is whole; what follows a block that cannot be read is left out.
#[must_use]
pub fn read_archive(bytes: &[u8]) -> Vec<ArchivedFile> {
    let mut files = Vec::new();
    let mut rest = bytes;
    while let Some((header, behind)) = rest.split_at_checked(BLOCK) {
        if !is_archive(header) {
            break;
        }
        let Some(size) = octal(&header[124..136]) else {
            break;
        };
        let Some((contents, _)) = behind.split_at_checked(size) else {
            break;
        };
        let end = header[..100]
            .iter()
            .position(|byte| *byte == 0)
            .unwrap_or(100);
        let name = String::from_utf8_lossy(&header[..end]).into_owned();
        let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
        let plain = matches!(header[156], b'0' | 0);
        if plain && !name.is_empty() && !matches!(name, "." | "..") {
            files.push(ArchivedFile {
                name: name.to_owned(),
                bytes: contents.to_vec(),
            });
        }
        let whole = size.next_multiple_of(BLOCK).min(behind.len());
        rest = &behind[whole..];
    }
    files
}

fn octal(field: &[u8]) -> Option<usize> {
    let text = std::str::from_utf8(field).ok()?;
    usize::from_str_radix(text.trim_matches(['\0', ' ']), 8).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, bytes: &[u8]) -> ArchivedFile {
        ArchivedFile {
            name: name.to_owned(),
            bytes: bytes.to_vec(),
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let files = [
            file("ada.json", b"{}"),
            file("ada.pcapng", &[7; 1000]),
            file("empty", b""),
        ];
        let archive = write_archive(&files);
        assert!(is_archive(&archive) && archive.len().is_multiple_of(BLOCK));
        assert_eq!(read_archive(&archive), files);
    }

    #[test]
    fn a_strangers_archive_leads_nowhere_and_ends_where_it_breaks() {
        let archive = write_archive(&[file("../../etc/passwd", b"x"), file("b", &[1; 600])]);
        assert_eq!(read_archive(&archive)[0].name, "passwd");
        for cut in [0, 1, 511, 512, 513, 1024, 1600] {
            assert!(read_archive(&archive[..cut]).len() <= 1);
        }
        let mut wrong = archive.clone();
        wrong[124..136].copy_from_slice(b"77777777777\0");
        assert!(read_archive(&wrong).is_empty());
    }
}
