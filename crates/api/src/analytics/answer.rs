//! From groups to rows.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use kstt_domain::analytics::{AnalyticsDimension, AnalyticsRoom, Figure, Tally, Window};
use kstt_domain::calendar::start_of_vn_day;
use kstt_persistence::Conn;
use kstt_persistence::analytics::{Group, Known};
use kstt_persistence::feedback::lacks_months;

use super::check::{Question, question};
use super::count::{Counted, count};
use super::units::Units;
use super::wire::{
    AnalyticsAnswers, AnalyticsQuestions, AnalyticsResult, AnalyticsRow, ComparedWindow, MOST_QUERIES,
    is_name,
};
use crate::http::{ApiError, Caller, Faults, ProblemCode, say};

/// The values of a row, in the order of the dimensions asked for.
type Keys = Vec<Option<String>>;
/// A figure, and that of the other window.
type Beside = (Option<Figure>, Option<Figure>);
/// The first day of a group's week, month and so on, and the values of its columns.
type Place = (Option<NaiveDate>, [Option<String>; 2]);

/// Answers all questions, or says what is wrong with each.
pub fn answers(
    conn: &mut Conn,
    caller: &Caller,
    asked: AnalyticsQuestions,
) -> Result<AnalyticsAnswers, ApiError> {
    let units = Units::seen_by(conn, caller)?;
    let (today, mut faults) = (caller.today(), Faults::default());
    let as_of = asked.as_of.map(|day| faults.day("/as_of", day)).filter(|day| *day < today);
    if !(1..=MOST_QUERIES).contains(&asked.queries.len()) {
        faults.add("/queries", "length", say("Từ 1 đến 10 câu hỏi.", "1 to 10 questions."));
    }
    let mut questions = Vec::new();
    for (name, query) in asked.queries.into_iter().take(MOST_QUERIES) {
        if !is_name(&name) {
            let detail = say(
                "Tên gồm 1 đến 60 chữ cái không dấu, chữ số, `_`, `.` hoặc `-`.",
                "A name has 1 to 60 letters, digits, `_`, `.` or `-`.",
            );
            faults.add("/queries", "name", detail);
            continue;
        }
        let at = format!("/queries/{name}");
        questions.push((name, question(conn, &units, &mut faults, (&at, query), as_of)?));
    }
    faults.finish()?;
    let of_feedback = |(_, question): &(_, Question)| question.traits.room == AnalyticsRoom::Feedback;
    if questions.iter().any(of_feedback) && lacks_months(conn)? {
        let detail = say(
            "Số liệu phản ánh, kiến nghị đang được lập lại sau khi nâng cấp; hãy thử lại sau ít phút.",
            "What is counted of feedback is being made again after an upgrade: try again in a few minutes.",
        );
        return Err(ApiError::because(ProblemCode::Unavailable, detail));
    }
    let present = Known { day: today, until: caller.now.naive_utc(), all: true };
    let past = as_of.map(|day| {
        let after = day.succ_opt().unwrap_or(day);
        Known { day, until: start_of_vn_day(after).naive_utc(), all: false }
    });
    let mut results = BTreeMap::new();
    for (name, question) in questions {
        let known = past.filter(|_| question.in_the_past).unwrap_or(present);
        results.insert(name, answer(conn, &units, question, known)?);
    }
    Ok(AnalyticsAnswers { as_of: as_of.unwrap_or(today), results })
}

/// What was counted, row by row and as a whole.
struct Told {
    rows: HashMap<Keys, Tally>,
    whole: Tally,
}

impl Told {
    fn of(units: &Units, question: &Question, counted: Counted) -> Self {
        // There may be a group for each day and unit: first together with as little as can be done for each.
        let (time, mut whole) = (question.time(), Tally::default());
        let mut together: HashMap<Place, Tally> = HashMap::new();
        for Group { day, keys, part, amount } in counted.groups {
            whole.add(part, amount);
            let start = time.and_then(|time| time.start_of(day?));
            together.entry((start, keys)).or_default().add(part, amount);
        }
        let mut rows: HashMap<Keys, Tally> = HashMap::new();
        if !question.dimensions.is_empty() {
            for (place, tally) in together {
                rows.entry(keys(units, question, &place)).or_default().join(&tally);
            }
        }
        Self { rows, whole: counted.whole.unwrap_or(whole) }
    }
}

fn keys(units: &Units, question: &Question, (day, values): &Place) -> Keys {
    let value = |dimension: &AnalyticsDimension| {
        let column = question.column(*dimension);
        let Some(column) = column else { return dimension.key_of((*day)?) };
        let index = question.sought.columns.iter().position(|known| *known == column)?;
        let value = values.get(index)?.as_deref()?;
        let value = match dimension {
            AnalyticsDimension::Unit => units.code(value)?,
            AnalyticsDimension::Level if column == kstt_persistence::analytics::Column::Unit => {
                units.level(value)?
            }
            _ => value,
        };
        Some(value.to_owned())
    };
    question.dimensions.iter().map(value).collect()
}

fn answer(
    conn: &mut Conn,
    units: &Units,
    question: Question,
    known: Known,
) -> Result<AnalyticsResult, ApiError> {
    let figure = |tally: &Tally| tally.figure(question.traits.kind, question.measure.percentile());
    let tell = |conn: &mut Conn, window: Window| -> Result<Told, ApiError> {
        Ok(Told::of(units, &question, count(conn, units, &question, window, known)?))
    };
    let told = tell(conn, question.window)?;
    let other = match question.other {
        Some(window) => Some((window, tell(conn, window)?)),
        None => None,
    };
    let mut found: HashMap<Keys, Beside> =
        told.rows.iter().map(|(keys, tally)| (keys.clone(), (figure(tally), None))).collect();
    if let Some((window, other)) = &other {
        let nothing = figure(&Tally::default());
        found.values_mut().for_each(|(_, compared)| *compared = nothing);
        let places = places(&question, *window);
        for (keys, tally) in &other.rows {
            if let Some(keys) = placed(&question, keys, &places) {
                found.entry(keys).or_insert((nothing, nothing)).1 = figure(tally);
            }
        }
    }
    let mut rows: Vec<(Keys, Beside)> = found.into_iter().collect();
    let time = question.dimensions.iter().position(|dimension| dimension.is_time());
    rows.sort_by(|(a, (of_a, _)), (b, (of_b, _))| match time {
        Some(time) => (&a[time], a).cmp(&(&b[time], b)),
        None => {
            let size = |figure: &Option<Figure>| figure.map(Figure::tenths);
            size(of_b).cmp(&size(of_a)).then_with(|| a.cmp(b))
        }
    });
    let left_out = rows.len().saturating_sub(question.limit);
    rows.truncate(question.limit);
    let row = |(keys, (value, compared)): (Keys, _)| AnalyticsRow {
        keys: question.dimensions.iter().copied().zip(keys).collect(),
        value,
        compared: other.as_ref().map(|_| compared),
    };
    Ok(AnalyticsResult {
        rows: rows.into_iter().map(row).collect(),
        left_out,
        total: figure(&told.whole),
        compared: other.as_ref().map(|(window, other)| ComparedWindow {
            from: window.from,
            to: window.to,
            total: figure(&other.whole),
        }),
        as_of: known.day,
        applied_filters: question.applied.clone(),
        ignored_filters: question.ignored.clone(),
    })
}

/// Keys of time of another window, each with the one at the same place of the window asked for.
fn places(question: &Question, other: Window) -> HashMap<String, String> {
    let Some(time) = question.time() else { return HashMap::new() };
    other.keys(time).into_iter().zip(question.window.keys(time)).collect()
}

/// Keys of another window as they stand beside those of the window asked for; none: beyond its end.
fn placed(question: &Question, keys: &Keys, places: &HashMap<String, String>) -> Option<Keys> {
    let moved = question.dimensions.iter().zip(keys).map(|(dimension, key)| match key {
        Some(key) if dimension.is_time() => places.get(key).cloned().map(Some),
        key => Some(key.clone()),
    });
    moved.collect()
}
