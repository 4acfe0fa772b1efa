//! Judging a question: what of it applies to the measure, and what cannot be answered.

use chrono::NaiveDate;
use kstt_domain::analytics::{
    AnalyticsDimension as D, AnalyticsFilter as F, AnalyticsMeasure, AnalyticsRoom as R, MeasureTraits,
    Window,
};
use kstt_domain::codes::Code;
use kstt_domain::dossiers::CountChannel;
use kstt_domain::feedback::{FeedbackChannel, FeedbackClass, FeedbackState};
use kstt_domain::procedures::Level;
use kstt_domain::reports::ReportState;
use kstt_domain::units::UnitLevel;
use kstt_persistence::Conn;
use kstt_persistence::analytics::{Column, Sought, Step};

use super::units::Units;
use super::wire::{AnalyticsFilters, AnalyticsQuery};
use crate::http::{ApiError, Faults, say};

/// Windows are no longer than ten years.
const LONGEST_DAYS: i64 = 3660;
/// Rows told when no limit is named, and at most.
const ROWS: (u32, u32) = (1000, 10_000);

/// A question that can be answered.
pub struct Question {
    pub measure: AnalyticsMeasure,
    pub traits: MeasureTraits,
    pub dimensions: Vec<D>,
    pub window: Window,
    /// The window it is compared with.
    pub other: Option<Window>,
    pub sought: Sought,
    /// The past is told as it was known then.
    pub in_the_past: bool,
    pub applied: Vec<F>,
    pub ignored: Vec<F>,
    pub limit: usize,
}

impl Question {
    /// The dimension of time.
    pub fn time(&self) -> Option<D> {
        self.dimensions.iter().copied().find(|dimension| dimension.is_time())
    }

    /// The column of a dimension; none of one of time.
    pub fn column(&self, dimension: D) -> Option<Column> {
        column(self.traits.room, dimension)
    }
}

fn column(room: R, dimension: D) -> Option<Column> {
    Some(match dimension {
        D::Unit => Column::Unit,
        D::Level if matches!(room, R::Dossiers | R::Procedures) => Column::Level,
        // A unit's own level.
        D::Level => Column::Unit,
        D::Field => Column::Field,
        D::Class => Column::Class,
        D::Channel => Column::Channel,
        D::State => Column::State,
        D::Procedure => Column::Procedure,
        D::Week | D::Month | D::Quarter | D::Year => return None,
    })
}

/// Judges a question; `past` is the day it is told as of when that is over.
pub fn question(
    conn: &mut Conn,
    units: &Units,
    faults: &mut Faults,
    (at, query): (&str, AnalyticsQuery),
    past: Option<NaiveDate>,
) -> Result<Question, ApiError> {
    let (measure, traits) = (query.measure, query.measure.traits());
    dimensions(faults, at, measure, &query.dimensions);
    let (from, to) =
        (faults.day(&format!("{at}/from"), query.from), faults.day(&format!("{at}/to"), query.to));
    let window = Window { from, to };
    let proper = (1..=LONGEST_DAYS).contains(&window.days());
    if !proper {
        let detail =
            say(format!("Từ 1 đến {LONGEST_DAYS} ngày."), format!("A window has 1 to {LONGEST_DAYS} days."));
        faults.add(format!("{at}/to"), "out_of_range", detail);
    }
    let limit = query.limit.unwrap_or(ROWS.0);
    if !(1..=ROWS.1).contains(&limit) {
        let most = ROWS.1;
        faults.add(
            format!("{at}/limit"),
            "out_of_range",
            say(format!("Từ 1 đến {most}."), format!("From 1 to {most}.")),
        );
    }
    let mut narrowing = Narrowing { at, room: traits.room, faults, traits, applied: vec![], ignored: vec![] };
    let filters = query.filters.unwrap_or_default();
    let unit = filters.unit.clone();
    let mut sought = narrowing.read(filters);
    let unit_id = match &unit {
        Some(code) => {
            let found = units.of_code(code)?;
            if found.is_none() {
                let detail = say("Không có đơn vị này.", "There is no such unit.");
                narrowing.faults.add(format!("{at}/filters/unit"), "unknown", detail);
            }
            found.filter(|_| narrowing.applied.contains(&F::Unit))
        }
        None => None,
    };
    let (mut applied, mut ignored) = (narrowing.applied, narrowing.ignored);
    let mut columns: Vec<Column> = Vec::new();
    for dimension in &query.dimensions {
        if let Some(column) = column(traits.room, *dimension)
            && !columns.contains(&column)
        {
            columns.push(column);
        }
    }
    // States have no past.
    let of_states = columns.contains(&Column::State) || sought.state.is_some();
    let in_the_past = past.is_some() && traits.filters.contains(&F::AsOf) && !of_states;
    if past.is_some() {
        if in_the_past { applied.push(F::AsOf) } else { ignored.push(F::AsOf) }
    }
    let of_units = sought.level.clone().filter(|_| !matches!(traits.room, R::Dossiers | R::Procedures));
    if proper {
        sought.unit_ids = units.counted(conn, unit_id.as_deref(), of_units.as_deref(), to)?;
    }
    sought.days = (from, to);
    let time = query.dimensions.iter().find(|dimension| dimension.is_time());
    sought.step = time.map(|time| if *time == D::Week { Step::Day } else { Step::Month });
    sought.columns = columns;
    Ok(Question {
        measure,
        traits,
        other: query.compare.filter(|_| proper).and_then(|with| window.compared(with)),
        dimensions: query.dimensions,
        window,
        sought,
        in_the_past,
        applied,
        ignored,
        limit: usize::try_from(limit).unwrap_or_default(),
    })
}

fn dimensions(faults: &mut Faults, at: &str, measure: AnalyticsMeasure, asked: &[D]) {
    let known = measure.traits().dimensions;
    if asked.len() > 2 {
        let detail = say("Nhiều nhất hai chiều.", "At most two dimensions.");
        faults.add(format!("{at}/dimensions"), "length", detail);
    }
    for (index, dimension) in asked.iter().enumerate().take(2) {
        let at = format!("{at}/dimensions/{index}");
        let before = &asked[..index];
        if !known.contains(dimension) {
            let names: Vec<&str> = known.iter().map(|known| known.code()).collect();
            let names = names.join(", ");
            let detail =
                say(format!("{measure} có các chiều: {names}."), format!("{measure} is told by: {names}."));
            faults.add(at, "not_a_dimension", detail);
        } else if before.contains(dimension) {
            faults.add(at, "twice", say("Chiều được nêu hai lần.", "The dimension is given twice."));
        } else if dimension.is_time() && before.iter().any(|before| before.is_time()) {
            let detail = say("Chỉ một chiều thời gian.", "Only one dimension of time.");
            faults.add(at, "twice", detail);
        }
    }
}

/// Reads filters for a measure.
struct Narrowing<'f> {
    at: &'f str,
    room: R,
    traits: MeasureTraits,
    faults: &'f mut Faults,
    applied: Vec<F>,
    ignored: Vec<F>,
}

impl Narrowing<'_> {
    fn read(&mut self, filters: AnalyticsFilters) -> Sought {
        let AnalyticsFilters { unit, level, field, class, channel, state, procedure } = filters;
        let of_registry = self.room == R::Procedures;
        let of_feedback = self.room == R::Feedback;
        self.text(F::Unit, unit, 20);
        Sought {
            level: match of_registry {
                true => self.code::<Level>(F::Level, level),
                false => self.code::<UnitLevel>(F::Level, level),
            },
            field: self.text(F::Field, field, 200),
            class: self.code::<FeedbackClass>(F::Class, class),
            channel: match of_feedback {
                true => self.code::<FeedbackChannel>(F::Channel, channel),
                false => self.code::<CountChannel>(F::Channel, channel),
            },
            state: match of_feedback {
                true => self.code::<FeedbackState>(F::State, state),
                false => self.code::<ReportState>(F::State, state),
            },
            procedure: self.text(F::Procedure, procedure, 40),
            ..Sought::default()
        }
    }

    /// The value of a filter, if it applies to the measure.
    fn text(&mut self, filter: F, value: Option<String>, longest: usize) -> Option<String> {
        let value = self.faults.optional_line(&self.pointer(filter), value.as_deref(), longest)?;
        let applies = self.traits.filters.contains(&filter);
        if applies {
            self.applied.push(filter)
        } else {
            self.ignored.push(filter)
        }
        applies.then_some(value)
    }

    fn code<C: Code>(&mut self, filter: F, value: Option<String>) -> Option<String> {
        let value = self.text(filter, value, 40)?;
        if C::from_code(&value).is_none() {
            let detail = say(
                format!("Không phải mã của danh mục {}.", C::LIST),
                format!("It is not a code of {}.", C::LIST),
            );
            let pointer = self.pointer(filter);
            self.faults.add(pointer, "unknown", detail);
        }
        Some(value)
    }

    fn pointer(&self, filter: F) -> String {
        format!("{}/filters/{}", self.at, filter.code())
    }
}
