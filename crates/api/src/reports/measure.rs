//! What the records say of a form: one figure for each measure, row by row.

use chrono::{DateTime, NaiveDate, Utc};
use kstt_domain::calendar::start_of_vn_day;
use kstt_domain::reports::{FormRows, ReportForm, ReportMeasure, TOTAL};
use kstt_persistence::Conn;
use kstt_persistence::dossiers::Led;
use kstt_persistence::reports::{
    Duties, FeedbackFigures, FeedbackMeasure, OfField, PeriodRow, feedback_figures,
};
use kstt_persistence::units::Viewers;

use super::cells::Figures;
use super::dossiers::{self, Dossiers};
use super::held::Held;
use super::sight::{self, Inherited};
use crate::http::ApiError;

/// The row of what belongs to no known field.
pub const NO_FIELD: &str = "—";

/// Whose records of which days are counted, as they are known at a moment.
#[derive(Debug, Clone)]
pub struct Counted {
    pub unit_ids: Vec<String>,
    /// Both days are part of it.
    pub days: (NaiveDate, NaiveDate),
    pub now: DateTime<Utc>,
    /// Which of the dossiers that several units have.
    pub led: Led<'static>,
}

impl Counted {
    /// What a report of a unit by a form counts.
    pub fn of(
        conn: &mut Conn,
        viewers: &Viewers,
        form: &ReportForm,
        (unit_id, period): (&str, &PeriodRow),
        now: DateTime<Utc>,
    ) -> Result<Self, ApiError> {
        let inherited = Inherited::by(viewers, period.last_day);
        let unit_ids = sight::counted(conn, &inherited, form, unit_id)?;
        let led = if form.covers_below { Led::Once } else { Led::ByAnyone };
        Ok(Self { unit_ids, days: (period.data_from, period.data_to), now, led })
    }

    /// As the deadlines are counted.
    pub fn duties(&self) -> Duties<'_> {
        Duties { unit_ids: &self.unit_ids, days: self.days, now: self.now.naive_utc() }
    }

    /// As the feedback room counts it.
    pub fn feedback(&self) -> FeedbackFigures<'_> {
        let after = self.days.1.succ_opt().unwrap_or(self.days.1);
        FeedbackFigures {
            unit_ids: &self.unit_ids,
            from: start_of_vn_day(self.days.0).naive_utc(),
            to: start_of_vn_day(after).naive_utc(),
        }
    }
}

/// Every figure of a form that records give.
pub fn figures(conn: &mut Conn, form: &ReportForm, of: &Counted) -> Result<Figures, ApiError> {
    let mut found = match dossiers::fill(form) {
        true => Dossiers::count(conn, of, of.led)?.figures(form),
        false => Figures::new(),
    };
    for column in &form.columns {
        for measure in &column.source {
            for (row, value) in measured(conn, form.rows, *measure, of)? {
                *found.entry((row, column.code.clone())).or_default() += value;
            }
        }
    }
    Ok(found)
}

/// What can be counted of feedback behind a measure of a form: the parts that add up to it.
pub fn of_feedback(measure: ReportMeasure) -> &'static [FeedbackMeasure] {
    use FeedbackMeasure as F;
    use ReportMeasure as M;
    match measure {
        M::FeedbackReceived => &[F::Received],
        M::FeedbackReceivedConduct => &[F::ReceivedConduct],
        M::FeedbackReceivedRegulation => &[F::ReceivedRegulation],
        M::FeedbackReceivedMixed => &[F::ReceivedMixed],
        M::FeedbackCarriedOver => &[F::CarriedOver],
        M::FeedbackAnswered => &[F::AnsweredNew, F::AnsweredCarried],
        M::FeedbackAnsweredNew => &[F::AnsweredNew],
        M::FeedbackAnsweredCarried => &[F::AnsweredCarried],
        M::FeedbackInProgress => &[F::InProgress],
        M::FeedbackPublished => &[F::Published],
        // An item counts with the unit that has it: what was transferred is another's.
        _ => &[],
    }
}

/// The row of an item about a field, or about none that is known.
fn row_of(rows: FormRows, field: Option<String>) -> String {
    match rows {
        FormRows::Field => field.unwrap_or_else(|| NO_FIELD.to_owned()),
        _ => TOTAL.to_owned(),
    }
}

/// Whose items a row counts, the other way round. None: the form has no such row.
pub fn field_of(rows: FormRows, row: &str) -> Option<OfField<'_>> {
    match (rows, row) {
        (FormRows::Field, NO_FIELD) => Some(OfField::Unknown),
        (FormRows::Field, field) => Some(OfField::Named(field)),
        (_, TOTAL) => Some(OfField::All),
        _ => None,
    }
}

fn measured(
    conn: &mut Conn,
    rows: FormRows,
    measure: ReportMeasure,
    of: &Counted,
) -> Result<Vec<(String, i64)>, ApiError> {
    let mut found = Vec::new();
    for part in of_feedback(measure) {
        for (field, value) in feedback_figures(conn, of.feedback(), *part)? {
            found.push((row_of(rows, field), value));
        }
    }
    if let Some(held) = Held::by(measure) {
        found.push((TOTAL.to_owned(), held.count(conn, of)?));
    }
    Ok(found)
}
