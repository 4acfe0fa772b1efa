//! What a file is, by its content.

use std::io::Cursor;

use kstt_domain::attachments::{
    DocumentPart, FileFault, FileType, MAX_PARTS, check_picture, kept_name, packed_type,
};
use zip::ZipArchive;

/// How every packed document begins, and how each entry of its directory does.
const PACKED: &[u8] = b"PK\x03\x04";
const ENTRY: &[u8] = b"PK\x01\x02";

/// The name under which a file is kept, and its type.
pub fn judge(name: &str, content: &[u8]) -> Result<(String, FileType), FileFault> {
    if content.is_empty() {
        return Err(FileFault::Empty);
    }
    let kind = type_of(content)?;
    Ok((kept_name(name, kind)?, kind))
}

fn type_of(content: &[u8]) -> Result<FileType, FileFault> {
    if content.starts_with(PACKED) {
        return packed(content);
    }
    match infer::get(content).map(|kind| kind.mime_type()) {
        Some("application/pdf") => Ok(FileType::Pdf),
        Some("image/png") => picture(content, FileType::Png),
        Some("image/jpeg") => picture(content, FileType::Jpeg),
        _ => Err(FileFault::TypeNotAllowed),
    }
}

fn picture(content: &[u8], kind: FileType) -> Result<FileType, FileFault> {
    let size = imagesize::blob_size(content).map_err(|_| FileFault::Unreadable)?;
    check_picture(size.width as u64, size.height as u64)?;
    Ok(kind)
}

fn packed(content: &[u8]) -> Result<FileType, FileFault> {
    // A directory of millions of entries would cost memory before anyone had counted them.
    if content.windows(ENTRY.len()).filter(|window| *window == ENTRY).count() > MAX_PARTS {
        return Err(FileFault::UnpacksTooLarge);
    }
    let archive = ZipArchive::new(Cursor::new(content)).map_err(|_| FileFault::Unreadable)?;
    if archive.has_duplicate_names() {
        return Err(FileFault::Unreadable);
    }
    let mut parts = Vec::with_capacity(archive.len());
    for index in 0..archive.len() {
        let entry = archive.by_index_data(index).map_err(|_| FileFault::Unreadable)?;
        let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
        parts.push(DocumentPart { name, unpacked: entry.size() });
    }
    packed_type(content, &parts, content.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture's header with its width and height.
    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes.extend([8, 6, 0, 0, 0, 0, 0, 0, 0]);
        bytes
    }

    #[test]
    fn the_content_says_what_a_file_is() {
        assert_eq!(judge("a", b"%PDF-1.4\n%%EOF\n"), Ok(("a.pdf".into(), FileType::Pdf)));
        assert_eq!(judge("a.png", &png(10, 10)), Ok(("a.png".into(), FileType::Png)));
        assert_eq!(judge("a.png", &png(10_000, 10_000)), Err(FileFault::PictureTooLarge));
        assert_eq!(judge("a.png", &png(1, 1)[..20]), Err(FileFault::Unreadable));
        assert_eq!(judge("a.pdf", b""), Err(FileFault::Empty));
        assert_eq!(judge("a.docx", b"PK\x03\x04 and nothing more"), Err(FileFault::Unreadable));
        for other in [
            &b"MZ\x90\0\x03\0\0\0"[..],
            b"\x7fELF\x02\x01\x01",
            b"<!DOCTYPE html><script>alert(1)</script>",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"#!/bin/sh\nrm -rf /\n",
            b"GIF89a\x01\0\x01\0",
            b"just text",
            b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
        ] {
            assert_eq!(judge("a.pdf", other), Err(FileFault::TypeNotAllowed), "{other:?}");
        }
    }

    #[test]
    fn more_parts_than_allowed_are_not_even_read() {
        let many = [PACKED.to_vec(), ENTRY.repeat(MAX_PARTS + 1)].concat();
        assert_eq!(judge("a.docx", &many), Err(FileFault::UnpacksTooLarge));
    }
}
