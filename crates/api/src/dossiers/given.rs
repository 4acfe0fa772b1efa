//! Reading what an import sends. A record that cannot be read is that record's fault, a document that cannot be
//! read is refused whole.

use kstt_domain::dossiers::CountFault;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::wire::{MOST_RECORDS, Record};
use crate::http::{ApiError, ProblemCode, pointer_of, say};

/// What keeps a record out: its place, its kind, and more about it.
pub type Fault = (String, CountFault, String);

/// A record, or why it cannot be read.
pub type Row = Result<Record, Fault>;

/// What an import sends.
#[derive(Debug)]
pub struct Given {
    pub source: Option<String>,
    pub reason: Option<String>,
    pub rows: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document<'a> {
    source: Option<String>,
    reason: Option<String>,
    #[serde(borrow)]
    items: Vec<&'a RawValue>,
}

/// Reads a document, or one record a line.
pub fn read(bytes: &[u8], one_a_line: bool) -> Result<Given, ApiError> {
    if one_a_line {
        let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
        let lines: Vec<&[u8]> = lines.take(MOST_RECORDS + 1).collect();
        few_enough(lines.len())?;
        return Ok(Given { source: None, reason: None, rows: lines.into_iter().map(row).collect() });
    }
    let document: Document<'_> = serde_json::from_slice(bytes).map_err(|error| {
        let vi = format!("Không đọc được: {error}.");
        let detail = say(vi, format!("It cannot be read: {error}."));
        match error.is_data() {
            true => ApiError::fault("", "shape", detail),
            false => ApiError::because(ProblemCode::Malformed, detail),
        }
    })?;
    few_enough(document.items.len())?;
    let rows = document.items.iter().map(|item| row(item.get().as_bytes())).collect();
    Ok(Given { source: document.source, reason: document.reason, rows })
}

fn few_enough(records: usize) -> Result<(), ApiError> {
    if records <= MOST_RECORDS {
        return Ok(());
    }
    let detail =
        say(format!("Nhiều nhất {MOST_RECORDS} bản ghi."), format!("At most {MOST_RECORDS} records."));
    Err(ApiError::fault("/items", "too_many", detail))
}

fn row(text: &[u8]) -> Row {
    let mut json = serde_json::Deserializer::from_slice(text);
    let record: Record = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let pointer = pointer_of(error.path()).chars().take(300).collect();
        (pointer, CountFault::Shape, error.inner().to_string())
    })?;
    json.end().map_err(|error| (String::new(), CountFault::Shape, error.to_string()))?;
    Ok(record)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: &str = r#"{"unit": "D916", "field": "Hộ tịch", "level": "district", "channel": "post",
        "period": "2019-02", "counts": {"received": 1, "by_status": {}, "early": 0, "on_time": 0, "late": 0,
        "in_time": 0, "overdue": 0}}"#;

    #[test]
    fn both_forms_give_the_same_records() {
        let line = RECORD.replace('\n', " ");
        let wrong = r#"{"unit": "D916", "counts": {"received": "many"}}"#;
        let document = format!(r#"{{"source": "Một cửa", "items": [{RECORD}, {wrong}, 5]}}"#);
        let lines = format!("{line}\r\n\n{wrong}\n5");
        for given in [read(document.as_bytes(), false).unwrap(), read(lines.as_bytes(), true).unwrap()] {
            assert_eq!(given.rows.len(), 3);
            assert_eq!(given.rows[0].as_ref().unwrap().counts.received, 1);
            let (pointer, fault, _) = given.rows[1].as_ref().unwrap_err();
            assert_eq!((pointer.as_str(), *fault), ("/counts/received", CountFault::Shape));
            assert!(given.rows[2].is_err());
        }
    }

    #[test]
    fn a_document_that_cannot_be_read_is_refused_whole() {
        let code = |text: &[u8]| read(text, false).unwrap_err().0.code;
        assert_eq!(code(b"{"), ProblemCode::Malformed);
        assert_eq!(code(b"\xff"), ProblemCode::Malformed);
        assert_eq!(code(br#"{"source": "S"}"#), ProblemCode::Invalid);
        assert_eq!(code(br#"{"items": [], "more": 1}"#), ProblemCode::Invalid);
        assert!(read(b"\xff\xfe", true).unwrap().rows[0].is_err());
    }

    #[test]
    fn there_is_a_most() {
        let lines = "1\n".repeat(MOST_RECORDS);
        assert_eq!(read(lines.as_bytes(), true).unwrap().rows.len(), MOST_RECORDS);
        assert!(read(format!("{lines}1").as_bytes(), true).is_err());
        let document = format!(r#"{{"items": [1{}]}}"#, ",1".repeat(MOST_RECORDS));
        assert!(read(document.as_bytes(), false).is_err());
    }
}
