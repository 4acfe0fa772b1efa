//! Importing records: each is created, found unchanged, corrected for a reason, or left out with its faults.

use std::collections::{BTreeMap, HashMap, HashSet};

use actix_web::{HttpRequest, HttpResponse, post};
use chrono::NaiveDate;
use kstt_domain::calendar::vn_date;
use kstt_domain::codes::Code;
use kstt_domain::dossiers::{CountFault, CountPeriod};
use kstt_domain::period::Period;
use kstt_domain::policy::actions::{CorrectDossierCounts, ImportDossierCounts};
use kstt_domain::policy::{Action, Permit};
use kstt_domain::text;
use kstt_domain::units::UnitLevel;
use kstt_persistence::audit::Change;
use kstt_persistence::dossiers::{self as rows, CountKey, CountRow};
use kstt_persistence::units;
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::given::{self, Fault, Given};
use super::wire::{CountView, ImportDocument, Record, Report, RowFault};
use super::{KIND, KIND_OF_MANY, sight};
use crate::contract::problems;
use crate::http::{
    ApiError, Caller, Faults, Halt, IdempotencyKey, JsonLines, Params, RawBody, Reply, Tx, canonical, say,
};
use crate::sight::unit_target;

/// Imports may send this many bytes.
const LIMIT: usize = 32 << 20;
/// Faults told of one record.
const MAX_TOLD: usize = 20;

/// How to import.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ImportQuery {
    /// True: only report what would happen.
    dry_run: Option<bool>,
    /// The system the records come from, where the content does not say it.
    #[param(min_length = 1, max_length = 100)]
    source: Option<String>,
    /// Why stored records are to be corrected, where the content does not say it.
    #[param(min_length = 1, max_length = 1000)]
    reason: Option<String>,
}

/// Import dossier counts
///
/// Up to 20,000 records, as one document or as NDJSON, one record a line. A record is known by its unit, field,
/// level, channel, lead and period. The same counts once more change nothing; other counts need a `reason`, and are
/// then a correction. A record with a fault is left out and reported; all others are stored.
#[utoipa::path(tag = "dossiers", operation_id = "importDossierCounts", params(ImportQuery, IdempotencyKey),
    request_body(content(
        (ImportDocument = "application/json", example = json!({ "source": "Một cửa điện tử", "items": [{
            "unit": "D916", "field": "Hộ tịch", "level": "district", "channel": "direct", "period": "2019-02",
            "counts": { "received": 12, "by_status": { "in_process": 2, "result_returned": 10 },
                "early": 6, "on_time": 4, "late": 0, "in_time": 2, "overdue": 0 } }] })),
        (JsonLines = "application/x-ndjson", example = json!("{\"unit\": \"D916\", \"field\": \"Hộ tịch\", \"level\": \"district\", \"channel\": \"direct\", \"period\": \"2019-02\", \"counts\": {\"received\": 12, \"by_status\": {\"in_process\": 12}, \"early\": 0, \"on_time\": 0, \"late\": 0, \"in_time\": 12, \"overdue\": 0}}\n")),
    )),
    responses((status = 200, description = "What became of the records", body = Report), problems::Open, problems::Guarded,
        problems::Content, problems::Collision),
    extensions(("x-action" = json!("dossier_counts.import"))))]
#[post("/v1/dossier-counts/import")]
async fn import_counts(
    caller: Caller,
    query: Params<ImportQuery>,
    req: HttpRequest,
    body: RawBody<LIMIT>,
) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ImportDossierCounts)?;
    let content_type =
        req.headers().get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (query, one_a_line) = (query.0, content_type.contains("ndjson"));
    let hash = canonical(&body.0);
    caller
        .write(&hash, move |tx| {
            let given = given::read(&body.0, one_a_line)?;
            let dry_run = query.dry_run == Some(true);
            let report = Run::begin(tx, &query, &given)?.all(given)?;
            let reply = Reply::ok(&Report { dry_run, ..report })?;
            if dry_run { Err(Halt::Rehearsed(reply)) } else { Ok(reply) }
        })
        .await
}

/// A unit named by records.
struct Named {
    id: String,
    periods: Vec<Period>,
    import: Permit<ImportDossierCounts>,
    correct: Permit<CorrectDossierCounts>,
    /// Records created, and the days they are about.
    created: u64,
    days: Option<(NaiveDate, NaiveDate)>,
}

/// What becomes of a record that is accepted.
enum Done {
    Created,
    Unchanged,
    Corrected,
}

struct Run<'r, 't> {
    tx: &'r mut Tx<'t>,
    source: String,
    reason: Option<String>,
    units: BTreeMap<String, Result<Named, CountFault>>,
    /// Ids of units by the codes that records name.
    known: HashMap<String, Option<String>>,
    seen: HashSet<CountKey>,
    today: NaiveDate,
}

impl<'r, 't> Run<'r, 't> {
    fn begin(tx: &'r mut Tx<'t>, query: &ImportQuery, given: &Given) -> Result<Self, Halt> {
        let mut faults = Faults::default();
        let stated = given.source.as_deref().or(query.source.as_deref());
        let source = faults.optional_line("/source", stated, 100);
        if source.is_none() {
            let detail = say("Cần nêu hệ thống cung cấp.", "The system the records come from is needed.");
            faults.add("/source", "missing", detail);
        }
        let why = given.reason.as_deref().or(query.reason.as_deref());
        let reason = faults.optional_line("/reason", why, 1000);
        faults.finish()?;
        rows::hold(tx.conn)?;
        let (today, source) = (vn_date(tx.now), source.unwrap_or_default());
        Ok(Self {
            tx,
            source,
            reason,
            units: BTreeMap::new(),
            known: HashMap::new(),
            seen: HashSet::new(),
            today,
        })
    }

    fn all(mut self, given: Given) -> Result<Report, Halt> {
        let mut report = Report::default();
        for (row, read) in (1..).zip(given.rows) {
            report.rows = row;
            let mut notes = Vec::new();
            let became = match read {
                Ok(record) => self.take(record, &mut notes)?,
                Err(fault) => Err(vec![fault]),
            };
            let told =
                |faults: Vec<Fault>| faults.into_iter().take(MAX_TOLD).map(move |fault| told(row, fault));
            let count = match became {
                Ok(Done::Created) => &mut report.created,
                Ok(Done::Unchanged) => &mut report.unchanged,
                Ok(Done::Corrected) => &mut report.corrected,
                Err(faults) => {
                    report.refused.extend(told(faults));
                    continue;
                }
            };
            *count += 1;
            report.accepted += 1;
            report.notes.extend(told(notes));
        }
        self.tell()?;
        Ok(report)
    }

    fn take(&mut self, record: Record, notes: &mut Vec<Fault>) -> Result<Result<Done, Vec<Fault>>, Halt> {
        let mut faults = Vec::new();
        let mut fault = |pointer: &str, fault| faults.push((pointer.to_owned(), fault, String::new()));
        let field = text::normalize(&record.field).replace(['\n', '\t'], " ").trim().to_owned();
        if field.is_empty() || field.chars().count() > 200 {
            fault("/field", CountFault::Text);
        }
        if record.level == UnitLevel::Outside {
            fault("/level", CountFault::Level);
        }
        let period = CountPeriod::parse(&record.period);
        match period {
            None => fault("/period", CountFault::Period),
            Some(period) if period.last() > self.today => fault("/period", CountFault::NotOver),
            Some(_) => {}
        }
        let unit = self.named(&record.unit, period)?;
        if let Err(wrong) = &unit {
            fault("/unit", *wrong);
        }
        let lead = record.lead.as_deref().unwrap_or(&record.unit);
        let lead = self.known(lead)?;
        if lead.is_none() && record.lead.is_some() {
            fault("/lead", CountFault::UnknownUnit);
        }
        for (pointer, found) in record.counts.check() {
            let list = if found.refuses() { &mut faults } else { &mut *notes };
            list.push((format!("/counts{pointer}"), found, String::new()));
        }
        let (Ok(unit_id), Some(lead_unit_id), Some(period), true) = (unit, lead, period, faults.is_empty())
        else {
            return Ok(Err(faults));
        };
        let (level, channel) = (record.level, record.channel);
        let key = CountKey { unit_id, lead_unit_id, field, level, channel, period };
        if !self.seen.insert(key.clone()) {
            return Ok(Err(vec![("/period".to_owned(), CountFault::Twice, String::new())]));
        }
        self.store(&record, key)
    }

    fn store(&mut self, record: &Record, key: CountKey) -> Result<Result<Done, Vec<Fault>>, Halt> {
        let stored = rows::sharing_days(self.tx.conn, &key)?;
        let Some(before) = stored.iter().find(|row| row.period() == key.period) else {
            if let Some(other) = stored.first() {
                let about = format!("kỳ {}", other.period());
                return Ok(Err(vec![("/period".to_owned(), CountFault::Overlaps, about)]));
            }
            let (id, now) = (self.tx.id(), self.tx.now.naive_utc());
            let row = CountRow::new(id, key, &record.counts, self.source.clone(), now)?;
            let Some(Ok(unit)) = self.units.get_mut(&record.unit) else { return Err(Halt::Raced) };
            unit.created += 1;
            let (first, last) = unit.days.unwrap_or((row.first_day, row.last_day));
            unit.days = Some((first.min(row.first_day), last.max(row.last_day)));
            rows::insert(self.tx.conn, &unit.import, row)?;
            return Ok(Ok(Done::Created));
        };
        let differing = record.counts.differences(&before.counts()?);
        if differing.is_empty() {
            return Ok(Ok(Done::Unchanged));
        }
        let Some(reason) = &self.reason else {
            let about = differing.join(", ").chars().take(300).collect();
            return Ok(Err(vec![("/counts".to_owned(), CountFault::Differs, about)]));
        };
        let after = before.corrected(&record.counts, self.source.clone(), self.tx.now.naive_utc())?;
        let Some(Ok(unit)) = self.units.get(&record.unit) else { return Err(Halt::Raced) };
        if !rows::correct(self.tx.conn, &unit.correct, &after)? {
            return Err(Halt::Raced);
        }
        correction(self.tx, &unit.correct, before, &after, reason)?;
        Ok(Ok(Done::Corrected))
    }

    /// The id of the unit of a code, if its counts of a period are the caller's to give.
    fn named(&mut self, code: &str, period: Option<CountPeriod>) -> Result<Result<String, CountFault>, Halt> {
        if !self.units.contains_key(code) {
            let found = self.look_up(code)?;
            self.units.insert(code.to_owned(), found);
        }
        let unit = match self.units.get(code) {
            Some(Ok(unit)) => unit,
            Some(Err(fault)) => return Ok(Err(*fault)),
            None => return Ok(Err(CountFault::UnknownUnit)),
        };
        let Some(period) = period else { return Ok(Ok(unit.id.clone())) };
        let shared = |there: &Period| there.from <= period.last() && period.first() < there.to;
        Ok(if unit.periods.iter().any(shared) { Ok(unit.id.clone()) } else { Err(CountFault::UnitNotThere) })
    }

    /// The id of the unit of a code, whoever's counts they are.
    fn known(&mut self, code: &str) -> Result<Option<String>, Halt> {
        if let Some(known) = self.known.get(code) {
            return Ok(known.clone());
        }
        let has_form = code.len() <= 20 && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let found = if has_form { units::by_code(self.tx.conn, code)? } else { None };
        let id = found.map(|unit| unit.id);
        self.known.insert(code.to_owned(), id.clone());
        Ok(id)
    }

    fn look_up(&mut self, code: &str) -> Result<Result<Named, CountFault>, Halt> {
        let Some(id) = self.known(code)? else { return Ok(Err(CountFault::UnknownUnit)) };
        let viewers = self.tx.viewers()?;
        // What a unit left behind when it ended is its heirs' to complete.
        let target = unit_target(&viewers, self.tx.actor, &id, &id, self.today);
        let (Ok(import), Ok(correct)) = (self.tx.permit(&target), self.tx.permit(&target)) else {
            return Ok(Err(CountFault::NotYours));
        };
        let periods = units::periods(self.tx.conn, &id)?;
        let periods = periods.iter().map(|row| Period { from: row.valid_from, to: row.valid_to }).collect();
        Ok(Ok(Named { id, periods, import, correct, created: 0, days: None }))
    }

    /// One row of the trail for each unit that got records.
    fn tell(self) -> Result<(), ApiError> {
        for (code, named) in self.units {
            let Ok(Named { id, import, created, days: Some((first, last)), .. }) = named else { continue };
            let change = Change {
                kind: KIND_OF_MANY,
                id: &id,
                key: &code,
                unit_id: Some(&id),
                after: Some(
                    json!({ "source": self.source, "created": created, "first_day": first, "last_day": last }),
                ),
                ..Change::default()
            };
            self.tx.audit(&import, change)?;
        }
        Ok(())
    }
}

fn told(row: u64, (pointer, code, about): Fault) -> RowFault {
    let label = code.label_vi();
    let detail = if about.is_empty() { format!("{label}.") } else { format!("{label}: {about}.") };
    RowFault { row, pointer, code, detail: detail.chars().take(600).collect() }
}

/// The row of the trail for a record that was corrected, with what was there before.
pub fn correction(
    tx: &mut Tx<'_>,
    permit: &Permit<CorrectDossierCounts>,
    before: &CountRow,
    after: &CountRow,
    reason: &str,
) -> Result<(), ApiError> {
    let codes = sight::codes(tx.conn, std::slice::from_ref(after))?;
    let state = |row| Ok::<_, ApiError>(serde_json::to_value(CountView::of(row, &codes)?).ok());
    let change = Change {
        kind: KIND,
        id: &after.id,
        key: &after.id,
        unit_id: Some(&after.unit_id),
        before: state(before)?,
        after: state(after)?,
        reason: Some(reason),
    };
    tx.audit(permit, change)
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(import_counts);
}
