//! Importing rows: parse, store, report. The caller gives the transaction; nothing is half done.

use std::io::Read;

use chrono::NaiveDate;
use kstt_domain::policy::actions::ImportProcedures;
use kstt_domain::policy::{Permit, Target};
use kstt_domain::procedures::{FaultSeverity, KnownUnit, Parsed, parse};
use kstt_persistence::audit::Change;
use kstt_persistence::procedures::{Conflict, ImportOptions, Prepared, RowOutcome, import_batch, prepare};
use kstt_persistence::{Conn, Error, units};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::rows::{Format, Row, each_row};
use crate::http::{ApiError, Halt, ProblemCode, Tx, say};

/// Slug of the city whose registry this is.
pub const CITY: &str = "can-tho";
/// Its name, which unit names end with.
pub const CITY_NAME: &str = "Cần Thơ";
/// Rows stored at a time.
const BATCH: usize = 100;
/// Faults told of one row.
const MAX_TOLD: usize = 50;

/// How an import is done.
#[derive(Debug, Clone)]
pub struct ImportSettings {
    pub format: Format,
    pub dry_run: bool,
    /// From when changed rows hold, and new ones that state no date.
    pub valid_from: Option<NaiveDate>,
}

/// What an import did, or on a dry run would do.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct ImportReport {
    /// Nothing was stored.
    pub dry_run: bool,
    /// Rows read.
    #[schema(format = "int64", minimum = 0, maximum = 10_000_000)]
    pub rows: u64,
    /// Procedures not known before.
    #[schema(format = "int64", minimum = 0, maximum = 10_000_000)]
    pub created: u64,
    /// Rows that say what the last version says.
    #[schema(format = "int64", minimum = 0, maximum = 10_000_000)]
    pub unchanged: u64,
    /// Rows that opened a new version.
    #[schema(format = "int64", minimum = 0, maximum = 10_000_000)]
    pub changed: u64,
    /// Rows that differ from the last version without a usable date: not stored.
    #[schema(format = "int64", minimum = 0, maximum = 10_000_000)]
    pub conflicts: u64,
    /// Rows that cannot be stored at all.
    #[schema(format = "int64", minimum = 0, maximum = 10_000_000)]
    pub failed: u64,
    /// Every row, in order.
    #[schema(max_items = 100_000)]
    pub items: Vec<RowReport>,
}

/// What became of one row.
#[derive(Debug, Serialize, ToSchema)]
pub struct RowReport {
    /// Place in the file, from 1.
    #[schema(format = "int64", minimum = 1, maximum = 10_000_000)]
    pub row: u64,
    /// The row's key in its source, or its code and variant.
    #[schema(max_length = 200)]
    pub key: String,
    pub outcome: Outcome,
    /// UUID of the procedure.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 36)]
    pub procedure_id: Option<String>,
    /// Why it was not stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1000)]
    pub reason: Option<String>,
    /// What is missing or doubtful; it does not keep a row out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 50)]
    pub faults: Vec<RowFault>,
}

/// One doubt about a row.
#[derive(Debug, Serialize, ToSchema)]
pub struct RowFault {
    #[schema(max_length = 200)]
    pub pointer: String,
    #[schema(max_length = 100)]
    pub code: String,
    pub severity: FaultSeverity,
    #[schema(max_length = 2000)]
    pub detail: String,
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Created,
    Unchanged,
    Changed,
    Conflict,
    Failed,
}

/// Imports every row that `reader` gives, in the open transaction.
pub fn import(tx: &mut Tx<'_>, reader: impl Read, settings: &ImportSettings) -> Result<ImportReport, Halt> {
    let permit = tx.permit::<ImportProcedures>(&Target::city("procedures"))?;
    let known = known_units(tx.conn)?;
    let mut run = Run {
        options: ImportOptions { city: CITY.to_owned(), valid_from: settings.valid_from },
        report: ImportReport { dry_run: settings.dry_run, ..ImportReport::default() },
        tx,
        permit,
        known,
        waiting: Vec::new(),
    };
    let read = each_row(reader, settings.format, &mut |row| run.take(row));
    match read {
        Ok(stopped) => stopped?,
        Err(reason) => {
            let detail =
                say(format!("Không đọc tiếp được: {reason}."), format!("It cannot be read on: {reason}."));
            return Err(ApiError::because(ProblemCode::Malformed, detail).into());
        }
    }
    run.store()?;
    Ok(run.report)
}

/// Units that agencies' words may name, by every name they ever had: a version may be of any time.
pub fn known_units(conn: &mut Conn) -> Result<Vec<KnownUnit>, Error> {
    let named = units::ever_named(conn)?;
    Ok(named.iter().map(|(code, name)| KnownUnit::new(code, name, CITY_NAME)).collect())
}

struct Run<'r, 't> {
    tx: &'r mut Tx<'t>,
    permit: Permit<ImportProcedures>,
    options: ImportOptions,
    known: Vec<KnownUnit>,
    report: ImportReport,
    /// Rows to be stored, each with its place in the report.
    waiting: Vec<(usize, Prepared)>,
}

impl Run<'_, '_> {
    fn take(&mut self, row: Row) -> Result<(), Halt> {
        self.report.rows += 1;
        let mut told = RowReport {
            row: self.report.rows,
            key: String::new(),
            outcome: Outcome::Failed,
            procedure_id: None,
            reason: None,
            faults: Vec::new(),
        };
        match row {
            Err(reason) => told.reason = Some(reason),
            Ok((row, source)) => {
                let parsed = parse(&row);
                told.key = key_of(&parsed);
                told.key.truncate(told.key.floor_char_boundary(200));
                told.faults = parsed.faults.iter().take(MAX_TOLD).map(RowFault::from).collect();
                let fatal = parsed.faults.iter().find(|fault| fault.severity == FaultSeverity::Error);
                if let Some(fault) = fatal {
                    told.reason = Some(fault.detail_vi.clone());
                } else {
                    self.waiting.push((self.report.items.len(), prepare(&parsed, source, &self.known)?));
                }
            }
        }
        self.report.failed += u64::from(told.reason.is_some());
        self.report.items.push(told);
        if self.waiting.len() >= BATCH { self.store() } else { Ok(()) }
    }

    fn store(&mut self) -> Result<(), Halt> {
        let (places, rows): (Vec<usize>, Vec<Prepared>) =
            std::mem::take(&mut self.waiting).into_iter().unzip();
        let app = self.tx.app;
        let now = self.tx.now.naive_utc();
        let outcomes = import_batch(self.tx.conn, &self.permit, &rows, &self.options, now, || app.ids.id())?;
        for ((place, row), outcome) in places.into_iter().zip(rows).zip(outcomes) {
            self.note(place, &row, outcome)?;
        }
        Ok(())
    }

    fn note(&mut self, place: usize, row: &Prepared, outcome: RowOutcome) -> Result<(), Halt> {
        let Some(told) = self.report.items.get_mut(place) else { return Ok(()) };
        match outcome {
            RowOutcome::Created { procedure_id, version_id } => {
                told.outcome = Outcome::Created;
                told.procedure_id = Some(procedure_id.clone());
                self.report.created += 1;
                self.audit(row, &procedure_id, &version_id)?;
            }
            RowOutcome::Changed { procedure_id, version_id, .. } => {
                told.outcome = Outcome::Changed;
                told.procedure_id = Some(procedure_id.clone());
                self.report.changed += 1;
                self.audit(row, &procedure_id, &version_id)?;
            }
            RowOutcome::Unchanged { procedure_id } => {
                told.outcome = Outcome::Unchanged;
                told.procedure_id = Some(procedure_id);
                self.report.unchanged += 1;
            }
            RowOutcome::Conflict { procedure_id, conflict } => {
                told.outcome = Outcome::Conflict;
                told.procedure_id = Some(procedure_id);
                told.reason = Some(reason_of(conflict));
                self.report.conflicts += 1;
            }
        }
        Ok(())
    }

    fn audit(&mut self, row: &Prepared, procedure_id: &str, version_id: &str) -> Result<(), ApiError> {
        let after = json!({ "version_id": version_id, "checksum": row.checksum, "name": row.gist.name });
        let change = Change {
            kind: "procedure",
            id: procedure_id,
            key: &row.source_key,
            after: Some(after),
            ..Change::default()
        };
        self.tx.audit(&self.permit, change)
    }
}

/// What a reader of the report finds the row by.
fn key_of(parsed: &Parsed) -> String {
    let (identity, row_id) = (&parsed.identity, &parsed.provenance.row_id);
    let code = || identity.national_code.as_ref().map(|code| format!("{code}~{}", identity.variant));
    row_id.clone().or_else(code).unwrap_or_else(|| parsed.content.name.clone())
}

impl From<&kstt_domain::procedures::Fault> for RowFault {
    fn from(fault: &kstt_domain::procedures::Fault) -> Self {
        Self {
            pointer: fault.pointer.clone(),
            code: fault.code.to_string(),
            severity: fault.severity,
            detail: fault.detail_vi.clone(),
        }
    }
}

fn reason_of(conflict: Conflict) -> String {
    match conflict {
        Conflict::Undated => "Nội dung đã khác bản đang có; cần valid_from để mở phiên bản mới.".to_owned(),
        Conflict::NotAfter(day) => format!("Ngày {day} không sau ngày bắt đầu của phiên bản đang có."),
    }
}
