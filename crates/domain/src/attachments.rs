//! Files that come with feedback and with reports: what may be one, what it is called, and who may have it when.
//!
//! What a file is, its content says; what its sender says of it is not believed.

use crate::text;

/// The longest file, in bytes.
pub const MAX_BYTES: usize = 20 << 20;
/// So many files belong to one item at most.
pub const MAX_FILES: usize = 10;
/// So many bytes belong to one item at most.
pub const MAX_TOTAL: i64 = 50 << 20;
/// The longest name that is taken, in characters.
pub const MAX_NAME: usize = 200;
/// So many parts a packed document has at most.
pub const MAX_PARTS: usize = 10_000;
/// So large a packed document unpacks at most, in bytes, and so many times its own length.
const MAX_UNPACKED: u64 = 200 << 20;
const MAX_RATIO: u64 = 100;
/// So large a picture is at most.
const MAX_PIXELS: u64 = 50_000_000;

crate::codes! {
    /// How a file stands with the search for malware.
    pub enum AttachmentState : "attachment_state" {
        Quarantined = "quarantined", "Đang chờ quét mã độc", "Waiting for its scan";
        Clean = "clean", "Đã quét, không có mã độc", "Scanned and clean";
        NotScanned = "not_scanned", "Chưa được quét mã độc", "Not scanned";
        Infected = "infected", "Có mã độc, đã hủy", "Infected and destroyed";
        Erased = "erased", "Đã xóa cùng thông tin người phản ánh", "Erased with what was known of its sender";
    }
}

impl AttachmentState {
    /// Whether there is still something in the file store.
    pub fn is_kept(self) -> bool {
        !matches!(self, Self::Infected | Self::Erased)
    }

    /// Whether someone may have the file; what was not scanned is for those who handle the item.
    pub fn is_open(self, handles: bool) -> bool {
        match self {
            Self::Clean => true,
            Self::NotScanned => handles,
            Self::Quarantined | Self::Infected | Self::Erased => false,
        }
    }
}

crate::codes! {
    /// Why a file is not taken.
    pub enum FileFault : "file_fault" {
        Empty = "empty", "Tệp không có nội dung", "The file is empty";
        TypeNotAllowed = "type_not_allowed", "Chỉ nhận PDF, PNG, JPEG, DOCX, XLSX, ODT, ODS không có macro; nội dung tệp này thuộc loại khác", "Only PDF, PNG, JPEG, DOCX, XLSX, ODT and ODS without macros are taken; by its content this file is something else";
        Unreadable = "unreadable", "Không đọc được tệp", "The file cannot be read";
        UnpacksTooLarge = "unpacks_too_large", "Tệp giải nén ra quá lớn", "The file unpacks to too much";
        PictureTooLarge = "picture_too_large", "Ảnh lớn hơn 50 triệu điểm ảnh", "The picture has more than 50 megapixels";
        Name = "name", "Tên tệp không dùng được", "The name of the file cannot be used";
    }
}

/// What a file can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileType {
    Pdf,
    Png,
    Jpeg,
    Docx,
    Xlsx,
    Odt,
    Ods,
}

impl FileType {
    /// Every type.
    pub const ALL: &'static [Self] =
        &[Self::Pdf, Self::Png, Self::Jpeg, Self::Docx, Self::Xlsx, Self::Odt, Self::Ods];

    /// The registered media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Ods => "application/vnd.oasis.opendocument.spreadsheet",
        }
    }

    /// What names of the type end with, the usual ending first.
    const fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Png => &["png"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Docx => &["docx"],
            Self::Xlsx => &["xlsx"],
            Self::Odt => &["odt"],
            Self::Ods => &["ods"],
        }
    }
}

/// One part of a packed document, as its directory declares it.
#[derive(Debug, Clone)]
pub struct DocumentPart {
    pub name: String,
    /// Its length once it is unpacked.
    pub unpacked: u64,
}

/// Which type a packed document is, by its directory and its first bytes. Nothing is unpacked for it.
pub fn packed_type(head: &[u8], parts: &[DocumentPart], packed: u64) -> Result<FileType, FileFault> {
    let unpacked = parts.iter().fold(0_u64, |sum, part| sum.saturating_add(part.unpacked));
    if parts.len() > MAX_PARTS || unpacked > MAX_UNPACKED.min(packed.saturating_mul(MAX_RATIO)) {
        return Err(FileFault::UnpacksTooLarge);
    }
    let is_program = |name: &str| {
        let name = name.to_ascii_lowercase();
        name.ends_with("vbaproject.bin") || name.starts_with("basic/") || name.starts_with("scripts/")
    };
    if parts.iter().any(|part| is_program(&part.name)) {
        return Err(FileFault::TypeNotAllowed);
    }
    let has = |name: &str| parts.iter().any(|part| part.name == name);
    if has("[Content_Types].xml") {
        match (has("word/document.xml"), has("xl/workbook.xml")) {
            (true, false) => return Ok(FileType::Docx),
            (false, true) => return Ok(FileType::Xlsx),
            _ => return Err(FileFault::TypeNotAllowed),
        }
    }
    open_document(head).ok_or(FileFault::TypeNotAllowed)
}

/// An OpenDocument begins with its type, as it is, in a part of its own; the next part follows at once.
fn open_document(head: &[u8]) -> Option<FileType> {
    let kind = head.get(30..)?.strip_prefix(b"mimetypeapplication/vnd.oasis.opendocument.")?;
    if kind.starts_with(b"textPK") {
        Some(FileType::Odt)
    } else if kind.starts_with(b"spreadsheetPK") {
        Some(FileType::Ods)
    } else {
        None
    }
}

/// Refuses pictures that fill the memory of whoever opens them.
pub fn check_picture(width: u64, height: u64) -> Result<(), FileFault> {
    if width.saturating_mul(height) > MAX_PIXELS { Err(FileFault::PictureTooLarge) } else { Ok(()) }
}

/// Whether another file still belongs to an item that has files of these lengths.
pub fn has_room(held: impl Iterator<Item = i64>, more: i64) -> bool {
    let (files, bytes) =
        held.fold((0, 0_i64), |(files, bytes), length| (files + 1, bytes.saturating_add(length)));
    files < MAX_FILES && bytes.saturating_add(more) <= MAX_TOTAL
}

/// The name of a file as it is kept: without a path, without what cannot be seen, and with an ending of its
/// type, so that nothing opens it as something else.
pub fn kept_name(name: &str, kind: FileType) -> Result<String, FileFault> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain = |c: char| match c {
        '\n' | '\t' => ' ',
        ':' | '*' | '?' | '"' | '<' | '>' | '|' => '_',
        c => c,
    };
    let text: String = text::normalize(last).chars().map(plain).collect();
    let text = text.trim_matches(|c: char| c == '.' || c.is_whitespace());
    if text.is_empty() || text.chars().count() > MAX_NAME {
        return Err(FileFault::Name);
    }
    let ending = text.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    let fits = ending.is_some_and(|ending| kind.endings().contains(&ending.as_str()));
    match kind.endings().first() {
        Some(usual) if !fits => Ok(format!("{text}.{usual}")),
        _ => Ok(text.to_owned()),
    }
}

/// `Content-Disposition` of a download (RFC 6266): the name as it is for programs of today, and in plain
/// letters for old ones.
pub fn disposition(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ') { c } else { '_' })
        .collect();
    let mut encoded = String::with_capacity(name.len() * 3);
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

/// What a scanner that speaks clamd's protocol found; `None` when it found no answer.
pub fn verdict(answer: &str) -> Option<AttachmentState> {
    let found = answer.trim_matches(|c: char| c == '\0' || c.is_whitespace());
    let found = found.strip_prefix("stream:")?.trim();
    if found == "OK" {
        Some(AttachmentState::Clean)
    } else if found.ends_with(" FOUND") {
        Some(AttachmentState::Infected)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(named: &[(&str, u64)]) -> Vec<DocumentPart> {
        named
            .iter()
            .map(|(name, unpacked)| DocumentPart { name: (*name).into(), unpacked: *unpacked })
            .collect()
    }

    #[test]
    fn a_packed_document_is_what_its_parts_say() {
        let word = parts(&[("[Content_Types].xml", 100), ("word/document.xml", 1000)]);
        assert_eq!(packed_type(b"", &word, 500), Ok(FileType::Docx));
        let sheet = parts(&[("[Content_Types].xml", 100), ("xl/workbook.xml", 1000)]);
        assert_eq!(packed_type(b"", &sheet, 500), Ok(FileType::Xlsx));
        let both = [word.clone(), sheet].concat();
        assert_eq!(packed_type(b"", &both, 500), Err(FileFault::TypeNotAllowed));
        let macros = [word.clone(), parts(&[("word/vbaProject.bin", 1)])].concat();
        assert_eq!(packed_type(b"", &macros, 500), Err(FileFault::TypeNotAllowed));
        assert_eq!(packed_type(b"", &parts(&[("a.txt", 1)]), 500), Err(FileFault::TypeNotAllowed));
        let head = |kind: &str| {
            [vec![0; 30], format!("mimetypeapplication/vnd.oasis.opendocument.{kind}PK").into_bytes()]
                .concat()
        };
        let open = parts(&[("mimetype", 39), ("content.xml", 10)]);
        assert_eq!(packed_type(&head("text"), &open, 500), Ok(FileType::Odt));
        assert_eq!(packed_type(&head("spreadsheet"), &open, 500), Ok(FileType::Ods));
        assert_eq!(packed_type(&head("text-master"), &open, 500), Err(FileFault::TypeNotAllowed));
    }

    #[test]
    fn what_unpacks_to_too_much_is_refused() {
        let word = |size| parts(&[("[Content_Types].xml", 0), ("word/document.xml", size)]);
        assert_eq!(packed_type(b"", &word(50_000), 500), Ok(FileType::Docx));
        for (size, packed) in [(50_001, 500), (MAX_UNPACKED + 1, MAX_UNPACKED), (u64::MAX, u64::MAX)] {
            assert_eq!(packed_type(b"", &word(size), packed), Err(FileFault::UnpacksTooLarge));
        }
        let many = vec![DocumentPart { name: "a".into(), unpacked: 0 }; MAX_PARTS + 1];
        assert_eq!(packed_type(b"", &many, 500), Err(FileFault::UnpacksTooLarge));
        assert!(check_picture(10_000, 5_000).is_ok());
        assert!(check_picture(10_000, 5_001).is_err() && check_picture(u64::MAX, 2).is_err());
    }

    #[test]
    fn an_item_has_so_many_files_and_so_many_bytes() {
        assert!(has_room([1; 9].into_iter(), 1) && !has_room([1; 10].into_iter(), 1));
        assert!(has_room([MAX_TOTAL - 5].into_iter(), 5) && !has_room([MAX_TOTAL - 5].into_iter(), 6));
    }

    #[test]
    fn a_name_has_no_path_and_its_own_ending() {
        for (given, kept) in [
            ("Biên nhận.pdf", "Biên nhận.pdf"),
            ("../../etc/passwd", "passwd.pdf"),
            ("C:\\Users\\An\\x.PDF", "x.PDF"),
            ("hoa\u{202e}fdp.exe", "hoafdp.exe.pdf"),
            ("a\u{0}b\nc.pdf", "ab c.pdf"),
            (".ẩn.pdf", "ẩn.pdf"),
            ("a\"b<c>.pdf", "a_b_c_.pdf"),
        ] {
            assert_eq!(kept_name(given, FileType::Pdf).as_deref(), Ok(kept), "{given}");
        }
        assert_eq!(kept_name("a.JPEG", FileType::Jpeg).as_deref(), Ok("a.JPEG"));
        for refused in ["", "   ", "a/", "...", "\u{200b}"] {
            assert_eq!(kept_name(refused, FileType::Pdf), Err(FileFault::Name), "{refused}");
        }
        assert_eq!(kept_name(&"a".repeat(MAX_NAME + 1), FileType::Pdf), Err(FileFault::Name));
    }

    #[test]
    fn a_download_is_named_for_old_and_new_programs() {
        assert_eq!(
            disposition("Biên 1.pdf"),
            "attachment; filename=\"Bi_n 1.pdf\"; filename*=UTF-8''Bi%C3%AAn%201.pdf"
        );
        assert_eq!(
            disposition("a\";x=1\r\n.pdf"),
            "attachment; filename=\"a__x_1__.pdf\"; filename*=UTF-8''a%22%3Bx%3D1%0D%0A.pdf"
        );
    }

    #[test]
    fn only_a_clear_answer_is_a_verdict() {
        assert_eq!(verdict("stream: OK\0"), Some(AttachmentState::Clean));
        assert_eq!(verdict("stream: Eicar-Test-Signature FOUND\0"), Some(AttachmentState::Infected));
        for unclear in ["", "OK", "stream: ERROR", "INSTREAM size limit exceeded. ERROR", "stream: NOT OK"] {
            assert_eq!(verdict(unclear), None, "{unclear}");
        }
    }
}
