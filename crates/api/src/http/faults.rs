//! Collecting every fault of a body before refusing it.

use chrono::{DateTime, NaiveDate, Utc};
use kstt_domain::calendar::vn_date;
use kstt_domain::text;
use utoipa::openapi::schema::{Array, ArrayBuilder, ObjectBuilder, Type};

use super::{ApiError, FieldFault, Say, say};

/// The earliest and latest day a body may name.
const FIRST_DAY: NaiveDate = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap();
const LAST_DAY: NaiveDate = NaiveDate::from_ymd_opt(2200, 1, 1).unwrap();

/// What the contract says of a list that [`Faults::list`] judges by the same bounds.
pub fn list<const ITEMS: usize, const LENGTH: usize>() -> Array {
    let text = ObjectBuilder::new().schema_type(Type::String).max_length(Some(LENGTH));
    ArrayBuilder::new().items(text).max_items(Some(ITEMS)).build()
}

/// Faults found so far.
#[derive(Debug, Clone, Default)]
pub struct Faults(Vec<FieldFault>);

impl Faults {
    /// Adds one fault.
    pub fn add(&mut self, pointer: impl Into<String>, code: &'static str, detail: Say) {
        self.0.push(FieldFault { pointer: pointer.into(), code, detail });
    }

    /// Refuses when anything was found.
    pub fn finish(self) -> Result<(), ApiError> {
        if self.0.is_empty() { Ok(()) } else { Err(ApiError::invalid(self.0)) }
    }

    /// One line of text of 1 to `max` characters, normalised.
    pub fn line(&mut self, pointer: &str, value: &str, max: usize) -> String {
        let value = text::normalize(value).replace(['\n', '\t', '\r'], " ").trim().to_owned();
        if value.is_empty() {
            self.add(pointer, "blank", say("Không được để trống.", "It must not be blank."));
        } else if value.chars().count() > max {
            self.add(
                pointer,
                "too_long",
                say(format!("Dài quá {max} ký tự."), format!("It is longer than {max} characters.")),
            );
        }
        value
    }

    /// Text of 1 to `max` characters that may have several lines, normalised.
    pub fn paragraphs(&mut self, pointer: &str, value: &str, max: usize) -> String {
        let value = text::normalize(value);
        if value.is_empty() {
            self.add(pointer, "blank", say("Không được để trống.", "It must not be blank."));
        } else if value.chars().count() > max {
            let detail = say(format!("Dài quá {max} ký tự."), format!("It is longer than {max} characters."));
            self.add(pointer, "too_long", detail);
        }
        value
    }

    /// An optional line.
    pub fn optional_line(&mut self, pointer: &str, value: Option<&str>, max: usize) -> Option<String> {
        value.map(|value| self.line(pointer, value, max))
    }

    /// At most `ITEMS` texts of at most `LENGTH` characters; see [`list`].
    pub fn list<const ITEMS: usize, const LENGTH: usize>(&mut self, pointer: &str, values: &[String]) {
        if values.len() > ITEMS {
            self.add(pointer, "length", say(format!("Nhiều nhất {ITEMS}."), format!("At most {ITEMS}.")));
        }
        if values.iter().any(|value| value.chars().count() > LENGTH) {
            let detail = say(
                format!("Có mục dài quá {LENGTH} ký tự."),
                format!("One is longer than {LENGTH} characters."),
            );
            self.add(pointer, "too_long", detail);
        }
    }

    /// A moment from 1900 on that is not to come.
    pub fn past(&mut self, pointer: &str, value: DateTime<Utc>, now: DateTime<Utc>) {
        if value > now {
            self.add(pointer, "out_of_range", say("Không được ở tương lai.", "It cannot lie in the future."));
        } else {
            self.day(pointer, vn_date(value));
        }
    }

    /// A day between 1900 and 2200.
    pub fn day(&mut self, pointer: &str, value: NaiveDate) -> NaiveDate {
        if value < FIRST_DAY || value >= LAST_DAY {
            self.add(
                pointer,
                "out_of_range",
                say("Ngày nằm ngoài khoảng 1900–2199.", "The date lies outside 1900–2199."),
            );
        }
        value
    }
}
