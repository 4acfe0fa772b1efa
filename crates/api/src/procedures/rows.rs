//! Reading the rows of an import one by one, in constant memory.
//!
//! A document is the shape of the reference data (`{"procedures": [row, …]}`, or just the list); the
//! other format is one row a line. A row that cannot be read is that row's error, a document that
//! cannot be read on is everybody's.

use std::io::{BufRead, Read};

use kstt_domain::procedures::{MAX_ROW_CHARS, SourceRow};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// How rows are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Document,
    Lines,
}

/// A row as it came, with its text, or why it cannot be read.
pub type Row = Result<(SourceRow, String), String>;

/// The text of one row, escapes included, is no longer than this in bytes.
const MAX_ROW_BYTES: usize = MAX_ROW_CHARS * 8;

/// Calls `take` with each row in order until it answers an error.
pub fn each_row<E>(
    reader: impl Read,
    format: Format,
    take: &mut dyn FnMut(Row) -> Result<(), E>,
) -> Result<Result<(), E>, String> {
    match format {
        Format::Document => document(reader, take),
        Format::Lines => lines(reader, take),
    }
}

fn read_row(text: &str) -> Row {
    if text.len() > MAX_ROW_BYTES {
        return Err(format!("the row is longer than {MAX_ROW_BYTES} bytes"));
    }
    let row = serde_json::from_str::<SourceRow>(text).map_err(|error| error.to_string())?;
    Ok((row, text.to_owned()))
}

fn lines<E>(reader: impl Read, take: &mut dyn FnMut(Row) -> Result<(), E>) -> Result<Result<(), E>, String> {
    let mut reader = std::io::BufReader::new(reader);
    let mut line = Vec::new();
    loop {
        line.clear();
        let limit = MAX_ROW_BYTES as u64 + 2;
        let read = reader.by_ref().take(limit).read_until(b'\n', &mut line).map_err(|e| e.to_string())?;
        if read == 0 {
            return Ok(Ok(()));
        }
        if read as u64 == limit && line.last() != Some(&b'\n') {
            return Err(format!("a line is longer than {MAX_ROW_BYTES} bytes"));
        }
        let row = match std::str::from_utf8(&line).map(str::trim) {
            Ok("") => continue,
            Ok(text) => read_row(text),
            Err(_) => Err("the row is not UTF-8".to_owned()),
        };
        if let Err(stop) = take(row) {
            return Ok(Err(stop));
        }
    }
}

fn document<E>(
    reader: impl Read,
    take: &mut dyn FnMut(Row) -> Result<(), E>,
) -> Result<Result<(), E>, String> {
    let mut stopped = None;
    let mut json = serde_json::Deserializer::from_reader(std::io::BufReader::new(reader));
    let read = Document { take, stopped: &mut stopped }.deserialize(&mut json).and_then(|()| json.end());
    match (stopped, read) {
        (Some(stop), _) => Ok(Err(stop)),
        (None, Ok(())) => Ok(Ok(())),
        (None, Err(error)) => Err(error.to_string()),
    }
}

struct Document<'a, E> {
    take: &'a mut dyn FnMut(Row) -> Result<(), E>,
    stopped: &'a mut Option<E>,
}

impl<'de, E> DeserializeSeed<'de> for Document<'_, E> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, E> Visitor<'de> for Document<'_, E> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object with a list `procedures`, or a list of rows")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut found = false;
        while let Some(key) = map.next_key::<String>()? {
            if key == "procedures" && !found {
                found = true;
                map.next_value_seed(Document { take: &mut *self.take, stopped: &mut *self.stopped })?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        if found { Ok(()) } else { Err(serde::de::Error::missing_field("procedures")) }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
        while let Some(raw) = rows.next_element::<Box<RawValue>>()? {
            if let Err(stop) = (self.take)(read_row(raw.get())) {
                *self.stopped = Some(stop);
                return Err(serde::de::Error::custom("stopped"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str, format: Format) -> Result<Vec<String>, String> {
        let mut names = Vec::new();
        let mut take = |row: Row| {
            names.push(row.map_or_else(|_| "error".to_owned(), |(row, _)| row.name.unwrap_or_default()));
            Ok::<(), ()>(())
        };
        each_row(text.as_bytes(), format, &mut take)?.map_err(|()| "stopped".to_owned())?;
        Ok(names)
    }

    #[test]
    fn both_formats_give_the_same_rows() {
        let document =
            r#"{"meta": {"a": [1]}, "procedures": [{"name": "A"}, {"name": 5}, {"name": "C"}], "z": 1}"#;
        let lines = "{\"name\": \"A\"}\n\n{\"name\": 5}\n{\"name\": \"C\"}";
        assert_eq!(names(document, Format::Document).unwrap(), ["A", "error", "C"]);
        assert_eq!(names(lines, Format::Lines).unwrap(), ["A", "error", "C"]);
        assert_eq!(names(r#"[{"name": "A"}]"#, Format::Document).unwrap(), ["A"]);
    }

    #[test]
    fn a_broken_document_is_an_error() {
        assert!(names(r#"{"procedures": [{"name": "A"}"#, Format::Document).is_err());
        assert!(names(r#"{"rows": []}"#, Format::Document).is_err());
        assert!(names("7", Format::Document).is_err());
    }
}
