//! Who sees the matters of a unit, and when: itself, the units above it, and those that took over.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use diesel::prelude::*;
use kstt_domain::period::{OPEN_END, OPEN_START, Period};
use kstt_domain::units::UnitKind;

use crate::schema::{unit_periods, unit_successions, units};
use crate::{Conn, Error, Stored};

/// No chain of parents or heirs is longer; a longer one would be a loop.
const MAX_DEPTH: usize = 12;

/// A unit that sees the matters of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    pub unit_id: String,
    pub period: Period,
    /// As its own matters, and not as those of a unit below it.
    pub own: bool,
}

/// What is known of all units: their periods and heirs.
#[derive(Debug, Default)]
pub struct Viewers {
    /// Periods with the parent in each.
    periods: HashMap<String, Vec<(Period, Option<String>)>>,
    heirs: HashMap<String, Vec<(NaiveDate, String)>>,
    /// City People's Committees see the whole city anyway.
    committees: Vec<String>,
}

impl Viewers {
    /// Reads what is known now.
    pub fn load(conn: &mut Conn) -> Result<Self, Error> {
        let mut found = Self::default();
        type Span = (String, NaiveDate, NaiveDate, Option<String>);
        let spans: Vec<Span> = unit_periods::table
            .order((unit_periods::unit_id.asc(), unit_periods::valid_from.asc()))
            .select((
                unit_periods::unit_id,
                unit_periods::valid_from,
                unit_periods::valid_to,
                unit_periods::parent_id,
            ))
            .load(conn)?;
        for (unit, from, to, parent) in spans {
            found.periods.entry(unit).or_default().push((Period { from, to }, parent));
        }
        let successions: Vec<(String, NaiveDate, String)> = unit_successions::table
            .select((
                unit_successions::from_unit_id,
                unit_successions::effective_on,
                unit_successions::to_unit_id,
            ))
            .order(unit_successions::id.asc())
            .load(conn)?;
        for (from, on, to) in successions {
            found.heirs.entry(from).or_default().push((on, to));
        }
        found.committees = units::table
            .filter(units::kind.eq(Stored(UnitKind::CityCommittee)))
            .select(units::id)
            .load(conn)?;
        Ok(found)
    }

    /// All units there ever were.
    pub fn units(&self) -> impl Iterator<Item = &str> {
        self.periods.keys().map(String::as_str)
    }

    /// Everyone who sees the matters of a unit, each unit and side once for each span of days.
    pub fn of(&self, unit_id: &str) -> Vec<Viewer> {
        let mut found = Vec::new();
        self.owners(unit_id, Period { from: OPEN_START, to: OPEN_END }, MAX_DEPTH, &mut found);
        let mut of_unit: BTreeMap<String, (Vec<Period>, Vec<Period>)> = BTreeMap::new();
        for viewer in found {
            let (own, other) = of_unit.entry(viewer.unit_id).or_default();
            if viewer.own { own } else { other }.push(viewer.period);
        }
        let of_unit = of_unit.into_iter().flat_map(|(unit_id, (own, other))| {
            let own = joined(own);
            // What is one's own is not also seen as another's.
            let other = own.iter().fold(joined(other), |other, own| without(other, *own));
            let viewer = move |period, own| Viewer { unit_id: unit_id.clone(), period, own };
            let spans = own.into_iter().map(|period| (period, true));
            spans
                .chain(other.into_iter().map(|period| (period, false)))
                .map(move |(span, own)| viewer(span, own))
        });
        of_unit.collect()
    }

    /// A unit while it exists, and from its end on whoever took over the whole of it.
    fn owners(&self, unit_id: &str, during: Period, depth: usize, found: &mut Vec<Viewer>) {
        let Some(depth) = depth.checked_sub(1) else { return };
        self.exists(unit_id, during, true, depth, found);
        let periods = self.periods.get(unit_id).map_or(&[][..], Vec::as_slice);
        let Some(end) = periods.iter().map(|(period, _)| period.to).max() else { return };
        let heirs = self.heirs.get(unit_id).into_iter().flatten().filter(|(on, _)| *on == end);
        for (_, heir) in heirs {
            let after = Period { from: end.max(during.from), to: during.to };
            if after.is_proper() {
                self.owners(heir, after, depth, found);
            }
        }
    }

    /// A unit and those above it, on the days it exists.
    fn exists(&self, unit_id: &str, during: Period, own: bool, depth: usize, found: &mut Vec<Viewer>) {
        let Some(depth) = depth.checked_sub(1) else { return };
        for (period, parent) in self.periods.get(unit_id).into_iter().flatten() {
            let shared = Period { from: period.from.max(during.from), to: period.to.min(during.to) };
            if !shared.is_proper() {
                continue;
            }
            found.push(Viewer { unit_id: unit_id.to_owned(), period: shared, own });
            if let Some(parent) = parent.as_ref().filter(|parent| !self.committees.contains(parent)) {
                self.exists(parent, shared, false, depth, found);
            }
        }
    }
}

/// Spans of days, those that meet as one.
fn joined(mut spans: Vec<Period>) -> Vec<Period> {
    spans.sort_by_key(|span| span.from);
    let mut joined: Vec<Period> = Vec::new();
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.from <= last.to => last.to = last.to.max(span.to),
            _ => joined.push(span),
        }
    }
    joined
}

/// Spans of days without those of another one.
fn without(spans: Vec<Period>, other: Period) -> Vec<Period> {
    let rest = |span: Period| {
        let before = Period { from: span.from, to: span.to.min(other.from) };
        let after = Period { from: span.from.max(other.to), to: span.to };
        if span.overlaps(&other) { vec![before, after] } else { vec![span] }
    };
    spans.into_iter().flat_map(rest).filter(Period::is_proper).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn span(from: &str, to: &str) -> Period {
        let of = |text: &str, open| if text.is_empty() { open } else { day(text) };
        Period { from: of(from, OPEN_START), to: of(to, OPEN_END) }
    }

    /// A city, a district that ends in 2025, and two communes of it, one of which merges into the other.
    fn city() -> Viewers {
        let mut all = Viewers { committees: vec!["city".into()], ..Viewers::default() };
        let mut unit = |id: &str, periods: &[(&str, &str, &str)]| {
            let periods =
                periods.iter().map(|(from, to, parent)| (span(from, to), Some((*parent).to_owned())));
            all.periods.insert(id.to_owned(), periods.collect());
        };
        unit("district", &[("", "2025-07-01", "city")]);
        unit("small", &[("", "2020-03-01", "district")]);
        unit("large", &[("", "2025-07-01", "district"), ("2025-07-01", "", "city")]);
        all.heirs.insert("small".into(), vec![(day("2020-03-01"), "large".into())]);
        all
    }

    fn seen_by(unit: &str) -> Vec<(String, Period, bool)> {
        city().of(unit).into_iter().map(|viewer| (viewer.unit_id, viewer.period, viewer.own)).collect()
    }

    #[test]
    fn a_unit_is_seen_by_itself_and_by_those_above_it_while_they_are() {
        assert_eq!(
            seen_by("large"),
            [
                ("district".to_owned(), span("", "2025-07-01"), false),
                ("large".to_owned(), span("", ""), true),
            ]
        );
    }

    #[test]
    fn an_heir_sees_what_it_inherited_as_its_own() {
        assert_eq!(
            seen_by("small"),
            [
                ("district".to_owned(), span("", "2025-07-01"), false),
                ("large".to_owned(), span("2020-03-01", ""), true),
                ("small".to_owned(), span("", "2020-03-01"), true),
            ]
        );
    }
    #[test]
    fn whoever_takes_over_a_unit_below_it_sees_it_before_and_after() {
        let mut city = city();
        city.heirs.insert("large".into(), vec![(day("2030-01-01"), "above".into())]);
        city.periods.insert("large".into(), vec![(span("", "2030-01-01"), Some("above".to_owned()))]);
        city.periods.insert("above".into(), vec![(span("", ""), Some("city".to_owned()))]);
        let seen = |viewer: Viewer| (viewer.unit_id, viewer.period, viewer.own);
        assert_eq!(
            city.of("large").into_iter().map(seen).collect::<Vec<_>>(),
            [
                ("above".to_owned(), span("2030-01-01", ""), true),
                ("above".to_owned(), span("", "2030-01-01"), false),
                ("large".to_owned(), span("", "2030-01-01"), true),
            ]
        );
    }

    #[test]
    fn a_span_is_cut_out_of_others() {
        let cut = |spans: &[Period], other| without(spans.to_vec(), other);
        let (may, all) = (span("2019-05-01", "2019-06-01"), span("2019-01-01", "2020-01-01"));
        assert_eq!(cut(&[all], may), [span("2019-01-01", "2019-05-01"), span("2019-06-01", "2020-01-01")]);
        assert_eq!(cut(&[may], all), []);
        assert_eq!(cut(&[may], span("2019-06-01", "2019-07-01")), [may]);
        assert_eq!(joined(vec![span("2019-06-01", "2020-01-01"), may]), [span("2019-05-01", "2020-01-01")]);
    }
}
