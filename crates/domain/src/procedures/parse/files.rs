//! Forms (Decree 63/2010/NĐ-CP Art. 8.2, last part) and sample dossiers, with their files.

use super::reader::Reader;
use crate::procedures::fault::FaultCode;
use crate::procedures::files::{FileReference, FormFile, SampleSet, is_sha256};
use crate::procedures::source::{SourceFile, SourceForm, SourceSampleSet};

/// What RFC 2046 calls bytes of which nothing more is known.
const UNKNOWN_MEDIA_TYPE: &str = "application/octet-stream";
const MAX_MEDIA_TYPE_BYTES: usize = 100;

pub(super) fn forms(reader: &mut Reader, raw: &[SourceForm]) -> Vec<FormFile> {
    let rows = reader.items("/forms", raw);
    rows.filter_map(|(pointer, row)| form(reader, &pointer, row)).collect()
}

/// A form without a name of its own is called by its file's name, so that the word is not lost with the
/// file.
fn form(reader: &mut Reader, pointer: &str, row: &SourceForm) -> Option<FormFile> {
    reader.unknown_keys(pointer, &row.unknown_keys);
    let name = reader.optional(&format!("{pointer}/name"), &row.name);
    let code = reader.optional(&format!("{pointer}/code"), &row.code);
    let read = row.file.as_ref().map(|file| read_file(reader, &format!("{pointer}/file"), file));
    let (file_name, file) = read.unwrap_or_default();
    let name = name.or(file_name).unwrap_or_default();
    let says_something = !name.is_empty() || code.is_some();
    says_something.then_some(FormFile { name, code, file })
}

pub(super) fn sample_sets(reader: &mut Reader, raw: &[SourceSampleSet]) -> Vec<SampleSet> {
    let rows = reader.items("/sample_sets", raw);
    rows.filter_map(|(pointer, row)| sample_set(reader, &pointer, row)).collect()
}

fn sample_set(reader: &mut Reader, pointer: &str, row: &SourceSampleSet) -> Option<SampleSet> {
    reader.unknown_keys(pointer, &row.unknown_keys);
    let title = reader.optional(&format!("{pointer}/title"), &row.title).unwrap_or_default();
    let case = reader.optional(&format!("{pointer}/case"), &row.case);
    let rows = reader.items(&format!("{pointer}/files"), &row.files);
    let files: Vec<_> = rows.filter_map(|(pointer, file)| read_file(reader, &pointer, file).1).collect();
    let says_something = !title.is_empty() || case.is_some() || !files.is_empty();
    says_something.then_some(SampleSet { title, case, files })
}

/// The name of a file, and the reference unless it is faulty. A fault quotes the name and the checksum.
fn read_file(
    reader: &mut Reader,
    pointer: &str,
    row: &SourceFile,
) -> (Option<String>, Option<FileReference>) {
    reader.unknown_keys(pointer, &row.unknown_keys);
    let name = reader.optional(&format!("{pointer}/name"), &row.name);
    let media_type = reader.optional(&format!("{pointer}/media_type"), &row.media_type);
    let sha256 = reader.optional(&format!("{pointer}/sha256"), &row.sha256).unwrap_or_default();
    let sha256 = sha256.to_ascii_lowercase();
    let media_type = media_type.map_or_else(|| UNKNOWN_MEDIA_TYPE.to_owned(), |t| t.to_ascii_lowercase());
    let size = row.size_bytes.map(i64::try_from).transpose();
    let wrong = [
        (name.is_none(), "name", ""),
        (!is_media_type(&media_type), "media_type", media_type.as_str()),
        (size.is_err(), "size_bytes", ""),
        (!is_sha256(&sha256), "sha256", sha256.as_str()),
    ];
    let mut usable = true;
    for (_, key, words) in wrong.into_iter().filter(|(wrong, ..)| *wrong) {
        let said = [name.as_deref().unwrap_or_default(), words].join(" ");
        reader.fault(&format!("{pointer}/{key}"), FaultCode::BadFileReference, said.trim());
        usable = false;
    }
    let file = match (&name, size) {
        (Some(name), Ok(size_bytes)) if usable => {
            Some(FileReference { name: name.clone(), media_type, size_bytes, sha256 })
        }
        _ => None,
    };
    (name, file)
}

/// `type/subtype` with an optional parameter, in characters that are safe in a header.
fn is_media_type(text: &str) -> bool {
    let (kind, _) = text.split_once(';').unwrap_or((text, ""));
    let is_token = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
    };
    let named = kind.trim_end().split_once('/').is_some_and(|(kind, sub)| is_token(kind) && is_token(sub));
    named && text.len() <= MAX_MEDIA_TYPE_BYTES && text.bytes().all(|b| (b' '..=b'~').contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::procedures::{MAX_FAULTS, MAX_ITEMS, Parsed, parse};
    use serde_json::{Value, json};

    const HASH: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    fn read(row: Value) -> (Parsed, Vec<(String, FaultCode)>) {
        let parsed = parse(&serde_json::from_value(row).unwrap());
        let files = |pointer: &str| ["/forms", "/sample_sets"].iter().any(|list| pointer.starts_with(list));
        let faults = parsed.faults.iter().filter(|fault| files(&fault.pointer));
        let faults = faults.map(|fault| (fault.pointer.clone(), fault.code)).collect();
        (parsed, faults)
    }

    fn file(sha256: &str) -> Value {
        json!({"name": "to-khai.docx", "media_type": "application/msword", "size_bytes": 9, "sha256": sha256})
    }

    #[test]
    fn forms_and_samples_are_read_with_their_files() {
        let (parsed, faults) = read(json!({
            "forms": [
                {"name": "Tờ khai", "code": "TK.1", "file": file(&HASH.to_uppercase())},
                {"name": "Đơn"},
                {},
            ],
            "sample_sets": [{"title": "Mẫu đã điền", "case": "Cấp mới", "files": [file(HASH), file(HASH)]}, {}],
        }));
        assert_eq!(faults, []);
        let content = parsed.content;
        let forms: Vec<_> = content.forms.iter().map(|form| form.name.as_str()).collect();
        assert_eq!(forms, ["Tờ khai", "Đơn"]);
        assert_eq!(content.forms[0].file.as_ref().unwrap().sha256, HASH);
        assert_eq!(content.forms[0].file.as_ref().unwrap().size_bytes, Some(9));
        assert_eq!(content.sample_sets.len(), 1);
        assert_eq!(content.sample_sets[0].files.len(), 2);
    }

    #[test]
    fn a_faulty_file_is_left_out_and_its_form_stays() {
        for wrong in [
            json!({"name": "a.doc", "sha256": &HASH[1..]}),
            json!({"name": "a.doc", "sha256": HASH.replace('a', "g")}),
            json!({"name": "a.doc"}),
            json!({"sha256": HASH}),
            json!({"name": "a.doc", "sha256": HASH, "media_type": "pdf"}),
            json!({"name": "a.doc", "sha256": HASH, "media_type": "text/html\n\nx: y"}),
            json!({"name": "a.doc", "sha256": HASH, "size_bytes": u64::MAX}),
        ] {
            let (parsed, faults) = read(
                json!({"forms": [{"name": "Tờ khai", "file": wrong}], "sample_sets": [{"files": [wrong]}]}),
            );
            assert_eq!(parsed.content.forms[0].name, "Tờ khai");
            assert_eq!(parsed.content.forms[0].file, None, "{wrong}");
            assert_eq!(parsed.content.sample_sets, []);
            assert_eq!(faults.len(), 2, "{wrong}");
            assert!(faults.iter().all(|(_, code)| *code == FaultCode::BadFileReference));
            assert!(faults[0].0.starts_with("/forms/0/file/"));
        }
    }

    #[test]
    fn no_word_is_lost_with_a_file() {
        let (parsed, _) = read(json!({"forms": [{"file": {"name": "to-khai.docx", "sha256": "xyz"}}]}));
        assert_eq!(parsed.content.forms[0].name, "to-khai.docx");
        let fault = parsed.faults.iter().find(|fault| fault.code == FaultCode::BadFileReference).unwrap();
        assert!(fault.detail_vi.ends_with(": “to-khai.docx xyz”"), "{}", fault.detail_vi);
    }

    #[test]
    fn a_media_type_that_is_not_stated_is_not_guessed() {
        let (parsed, faults) = read(json!({"forms": [{"file": {"name": "a.pdf", "sha256": HASH}}]}));
        assert_eq!(faults, []);
        assert_eq!(parsed.content.forms[0].file.as_ref().unwrap().media_type, UNKNOWN_MEDIA_TYPE);
        assert!(is_media_type("text/plain; charset=utf-8"));
        assert!(!is_media_type("text/") && !is_media_type("text/plain/x") && !is_media_type("tệp/pdf"));
    }

    #[test]
    fn lists_are_cut_and_unknown_keys_told() {
        let (_, faults) = read(json!({
            "forms": [{"name": "A", "x": 1, "file": {"name": "a", "sha256": HASH, "y": 1}}],
            "sample_sets": [{"z": 1}],
        }));
        let pointers: Vec<_> = faults.iter().map(|(pointer, _)| pointer.as_str()).collect();
        assert_eq!(pointers, ["/forms/0", "/forms/0/file", "/sample_sets/0"]);
        let (parsed, faults) = read(json!({"sample_sets": [{"files": vec![json!({}); MAX_ITEMS + 1]}]}));
        assert!(faults.contains(&("/sample_sets/0/files".into(), FaultCode::TooManyItems)));
        assert!(parsed.faults.len() <= MAX_FAULTS);
    }

    #[test]
    fn content_without_files_is_written_as_before() {
        let (parsed, _) = read(json!({"name": "A", "forms": null}));
        let written = serde_json::to_value(&parsed.content).unwrap();
        assert!(written.get("forms").is_none() && written.get("sample_sets").is_none());
        assert_eq!(
            serde_json::from_value::<crate::procedures::ProcedureContent>(written).unwrap(),
            parsed.content
        );
    }
}
