//! What makes a form sound.

use super::{CheckRule, ColumnKind, FormCertainty, FormColumn, ReportForm, SUM_CHECK};
use crate::obligations::Words;

const LONGEST_CODE: usize = 60;
/// The code of a form is also the name of its sheet in a workbook.
const LONGEST_FORM_CODE: usize = 31;
const LONGEST_TITLE: usize = 200;
const LONGEST_SENTENCE: usize = 500;
const LONGEST_UNIT: usize = 100;
const LONGEST_BASIS: usize = 100;
const MOST_PARTS: usize = 100;
const MOST_LABELS: usize = 10;
const MOST_GROUPS: usize = 5;
const MOST_MEASURES: usize = 10;
const LARGEST_NUMBER: u32 = 999;

/// What is wrong with a form: a JSON Pointer into it and a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormFault {
    pub pointer: String,
    pub code: &'static str,
}

struct Faults(Vec<FormFault>);

impl Faults {
    fn unless(&mut self, sound: bool, pointer: impl Into<String>, code: &'static str) {
        if !sound {
            self.0.push(FormFault { pointer: pointer.into(), code });
        }
    }

    fn text(&mut self, text: &str, longest: usize, pointer: String) {
        self.unless(!text.trim().is_empty(), pointer.as_str(), "missing");
        self.unless(text.chars().count() <= longest, pointer, "too_long");
    }

    fn form_code(&mut self, code: &str, pointer: String) {
        let is_of_code = |one: char| one.is_ascii_alphanumeric() || "./_-".contains(one);
        self.unless(code.chars().all(is_of_code), pointer.as_str(), "malformed");
        self.text(code, LONGEST_FORM_CODE, pointer);
    }

    fn words(&mut self, words: &Words, longest: usize, pointer: &str) {
        self.text(&words.vi, longest, format!("{pointer}/vi"));
        self.text(&words.en, longest, format!("{pointer}/en"));
    }

    /// Codes of one list: well formed, and each once.
    fn codes<'a>(&mut self, codes: impl Iterator<Item = &'a str>, list: &str) {
        let codes: Vec<&str> = codes.collect();
        for (at, code) in codes.iter().enumerate() {
            let pointer = format!("/{list}/{at}/code");
            self.unless(is_code(code), pointer.as_str(), "malformed");
            self.unless(!codes[..at].contains(code), pointer, "named_twice");
        }
    }
}

fn is_code(code: &str) -> bool {
    code.len() <= LONGEST_CODE
        && code.starts_with(|first: char| first.is_ascii_lowercase())
        && code.chars().all(|one| one.is_ascii_lowercase() || one.is_ascii_digit() || one == '_')
}

fn each_once<T: PartialEq>(list: &[T]) -> bool {
    list.iter().enumerate().all(|(at, one)| !list[..at].contains(one))
}

impl ReportForm {
    /// Everything that is wrong with the form.
    pub fn validate(&self) -> Vec<FormFault> {
        let mut faults = Faults(Vec::new());
        self.check_sizes(&mut faults);
        // What follows compares all with all.
        if !faults.0.is_empty() {
            return faults.0;
        }
        self.check_head(&mut faults);
        self.check_columns(&mut faults);
        self.check_checks(&mut faults);
        faults.codes(self.sections.iter().map(|section| section.code.as_str()), "sections");
        for (at, section) in self.sections.iter().enumerate() {
            faults.words(&section.title, LONGEST_TITLE, &format!("/sections/{at}/title"));
        }
        faults.0
    }

    fn check_sizes(&self, faults: &mut Faults) {
        let mut most = |count: usize, most: usize, pointer: String| {
            faults.unless(count <= most, pointer, "too_many");
        };
        most(self.basis.len(), MOST_PARTS, "/basis".into());
        most(self.reporters.len(), MOST_PARTS, "/reporters".into());
        most(self.periods.len(), MOST_PARTS, "/periods".into());
        most(self.labels.len(), MOST_LABELS, "/labels".into());
        most(self.columns.len(), MOST_PARTS, "/columns".into());
        most(self.checks.len(), MOST_PARTS, "/checks".into());
        most(self.sections.len(), MOST_PARTS, "/sections".into());
        for (at, column) in self.columns.iter().enumerate() {
            most(column.groups.len(), MOST_GROUPS, format!("/columns/{at}/groups"));
            most(column.sum.len(), MOST_PARTS, format!("/columns/{at}/sum"));
            most(column.source.len(), MOST_MEASURES, format!("/columns/{at}/source"));
        }
        for (at, check) in self.checks.iter().enumerate() {
            most(check.rule.columns().len(), 2 * MOST_PARTS, format!("/checks/{at}/rule"));
        }
    }

    fn check_head(&self, faults: &mut Faults) {
        faults.form_code(&self.code, "/code".into());
        faults.text(&self.regime, 10, "/regime".into());
        let proper = self.valid_from.zip(self.valid_to).is_none_or(|(from, to)| from < to);
        faults.unless(proper, "/valid_to", "ends_before_it_begins");
        faults.words(&self.title, LONGEST_TITLE, "/title");
        faults.unless(!self.basis.is_empty(), "/basis", "missing");
        for (at, basis) in self.basis.iter().enumerate() {
            faults.text(&basis.document, LONGEST_BASIS, format!("/basis/{at}/document"));
            if let Some(place) = &basis.place {
                faults.text(place, LONGEST_BASIS, format!("/basis/{at}/place"));
            }
        }
        let explained = self.certainty != FormCertainty::Unverified || self.doubt.is_some();
        faults.unless(explained, "/doubt", "missing");
        if let Some(doubt) = &self.doubt {
            faults.words(doubt, LONGEST_SENTENCE, "/doubt");
        }
        if let Some(unit) = &self.unit_of_count {
            faults.text(unit, LONGEST_UNIT, "/unit_of_count".into());
        }
        faults.unless(!self.reporters.is_empty(), "/reporters", "missing");
        faults.unless(each_once(&self.reporters), "/reporters", "named_twice");
        faults.unless(!self.periods.is_empty(), "/periods", "missing");
        faults.unless(each_once(&self.periods), "/periods", "named_twice");
        faults.unless(!self.columns.is_empty() || !self.sections.is_empty(), "/columns", "missing");
    }

    fn check_columns(&self, faults: &mut Faults) {
        let mut last = 0;
        let mut number = |faults: &mut Faults, number: u32, pointer: String| {
            faults.unless((last + 1..=LARGEST_NUMBER).contains(&number), pointer, "out_of_order");
            last = last.max(number.min(LARGEST_NUMBER));
        };
        for (at, label) in self.labels.iter().enumerate() {
            number(faults, label.number, format!("/labels/{at}/number"));
            faults.words(&label.title, LONGEST_TITLE, &format!("/labels/{at}/title"));
        }
        faults.codes(self.columns.iter().map(|column| column.code.as_str()), "columns");
        let ordered = self.sums_in_order();
        for (at, column) in self.columns.iter().enumerate() {
            let here = format!("/columns/{at}");
            number(faults, column.number, format!("{here}/number"));
            faults.words(&column.title, LONGEST_TITLE, &format!("{here}/title"));
            for (group, words) in column.groups.iter().enumerate() {
                faults.words(words, LONGEST_TITLE, &format!("{here}/groups/{group}"));
            }
            let circular = column.is_sum() && !ordered.iter().any(|other| std::ptr::eq(*other, column));
            faults.unless(!circular, format!("{here}/sum"), "circular");
            self.check_cells(column, &here, faults);
        }
    }

    fn check_cells(&self, column: &FormColumn, here: &str, faults: &mut Faults) {
        let (sum, source) = (format!("{here}/sum"), format!("{here}/source"));
        faults.unless(column.is_numeric() || !column.is_sum(), sum.as_str(), "of_text");
        faults.unless(column.is_numeric() || column.source.is_empty(), source.as_str(), "of_text");
        faults.unless(!column.is_sum() || column.source.is_empty(), source.as_str(), "computed");
        faults.unless(each_once(&column.source), source, "named_twice");
        faults.unless(each_once(&column.sum), sum.as_str(), "named_twice");
        for (at, part) in column.sum.iter().enumerate() {
            let pointer = format!("{sum}/{at}");
            match self.column(part) {
                None => faults.unless(false, pointer, "unknown_column"),
                Some(part) => faults.unless(part.kind == column.kind, pointer, "of_another_kind"),
            }
        }
    }

    fn check_checks(&self, faults: &mut Faults) {
        faults.codes(self.checks.iter().map(|check| check.code.as_str()), "checks");
        for (at, check) in self.checks.iter().enumerate() {
            faults.unless(check.code != SUM_CHECK, format!("/checks/{at}/code"), "reserved");
            faults.words(&check.text, LONGEST_SENTENCE, &format!("/checks/{at}/text"));
            let rule = format!("/checks/{at}/rule");
            if let CheckRule::Equal { left, right } = &check.rule {
                faults.unless(!left.is_empty() && !right.is_empty(), rule.as_str(), "missing");
                faults.unless(each_once(left) && each_once(right), rule.as_str(), "named_twice");
            }
            if let CheckRule::Parts { form, columns } = &check.rule {
                faults.form_code(form, format!("{rule}/form"));
                faults.unless(!columns.is_empty(), rule.as_str(), "missing");
                faults.unless(each_once(columns), rule.as_str(), "named_twice");
            }
            let named: Vec<_> = check.rule.columns().into_iter().map(|code| self.column(code)).collect();
            faults.unless(named.iter().all(Option::is_some), rule.as_str(), "unknown_column");
            let kinds: Vec<_> = named.into_iter().flatten().map(|column| column.kind).collect();
            faults.unless(kinds.windows(2).all(|two| two[0] == two[1]), rule.as_str(), "of_another_kind");
            faults.unless(!kinds.contains(&ColumnKind::Text), rule, "of_text");
        }
    }
}
