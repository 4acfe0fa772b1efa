//! Who sees the matters of a unit, and when: itself, the units above it, and those that took over.

use std::collections::HashMap;

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
        let mut merged: Vec<Viewer> = Vec::new();
        found.sort_by(|a, b| (&a.unit_id, !a.own, a.period.from).cmp(&(&b.unit_id, !b.own, b.period.from)));
        for viewer in found {
            match merged.last_mut() {
                // What is one's own is not also seen as another's.
                Some(last) if last.unit_id == viewer.unit_id && viewer.period.from <= last.period.to => {
                    last.period.to = last.period.to.max(viewer.period.to);
                }
                _ => merged.push(viewer),
            }
        }
        merged
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
}
