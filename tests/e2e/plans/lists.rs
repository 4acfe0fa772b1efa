//! Every list of procedures that the API can ask for, and its count.

use diesel::prelude::*;
use diesel::sql_types::Text;
use kstt_persistence::Conn;
use kstt_persistence::procedures::{self as registry, After, Condition, FacetKind, Filter};

use super::caught::Listener;
use super::fill::DAY;
use super::{PAGE, day, moment};

/// Nothing is counted beyond.
const CAP: i64 = 10_001;

/// Kinds of which a request gives one value at most; the first two exclude each other.
const KINDS: &[FacetKind] = &[
    FacetKind::Article,
    FacetKind::Document,
    FacetKind::Field,
    FacetKind::Unit,
    FacetKind::Level,
    FacetKind::ServiceLevel,
    FacetKind::Subject,
    FacetKind::Channel,
    FacetKind::Finding,
];

/// The values of one kind, those on most versions first.
pub struct Values {
    kind: FacetKind,
    values: Vec<String>,
}

impl Values {
    /// Of all kinds.
    pub fn stored(conn: &mut Conn) -> Vec<Self> {
        KINDS.iter().map(|kind| Self::of(conn, *kind)).collect()
    }

    fn of(conn: &mut Conn, kind: FacetKind) -> Self {
        #[derive(QueryableByName)]
        struct Found {
            #[diesel(sql_type = Text)]
            value: String,
        }
        let query = format!(
            "SELECT value FROM procedure_facets WHERE facet = '{}' GROUP BY value ORDER BY count(*) DESC, value",
            kind.code()
        );
        let found: Vec<Found> = diesel::sql_query(query).load(conn).unwrap();
        Self { kind, values: found.into_iter().map(|row| row.value).collect() }
    }

    fn common(&self) -> Condition {
        Condition { kind: self.kind, values: self.values[..1].to_vec() }
    }

    fn rare(&self) -> Condition {
        Condition { kind: self.kind, values: self.values[self.values.len() - 1..].to_vec() }
    }

    fn none(&self) -> Condition {
        Condition { kind: self.kind, values: vec!["nothing-has-this".to_owned()] }
    }

    /// As a unit stands for those that left it their work, and for its group.
    fn several(&self) -> Condition {
        let rare = self.values[self.values.len() - 1].clone();
        Condition::any(self.kind, self.values[..4].iter().cloned().chain([rare]).collect())
    }
}

/// The conditions of all requests: up to three kinds together, and as many as there can be.
fn conditions(values: &[Values]) -> Vec<Vec<Condition>> {
    let several_units: Vec<Condition> =
        values.iter().filter(|of| of.kind == FacetKind::Unit).map(Values::several).collect();
    let mut all = vec![Vec::new(), several_units.clone()];
    for (at, first) in values.iter().enumerate() {
        all.extend([first.common(), first.rare(), first.none()].map(|one| vec![one]));
        for one in [first.common(), first.rare()] {
            all.push([vec![one], several_units.clone()].concat());
        }
        for (next, second) in values.iter().enumerate().skip(at + 1) {
            all.push(vec![first.common(), second.common()]);
            all.push(vec![first.common(), second.rare()]);
            all.push(vec![first.rare(), second.common()]);
            all.push(vec![first.rare(), second.rare()]);
            let third = values[next + 1..].iter().map(Values::common);
            all.extend(third.map(|third| vec![first.common(), second.common(), third]));
        }
    }
    all.extend(
        [FacetKind::Article, FacetKind::Document]
            .map(|left_out| values.iter().filter(|of| of.kind != left_out).map(Values::common).collect()),
    );
    let may_be = |all: &Vec<Condition>| {
        let count = |kinds: &[FacetKind]| all.iter().filter(|one| kinds.contains(&one.kind)).count();
        count(&[FacetKind::Article, FacetKind::Document]) < 2 && count(&[FacetKind::Unit]) < 2
    };
    all.retain(may_be);
    all
}

/// Lists and counts of all that is in force, today and long ago, when little was.
pub fn ask(listener: &mut Listener<'_>, values: &[Values]) {
    for conditions in conditions(values) {
        let filter = Filter { conditions, updated_since: None };
        for day in [DAY, "2017-01-10"] {
            browse(listener, day, &filter);
        }
    }
}

/// Lists and counts of what changed: little, much, or everything.
pub fn ask_what_changed(listener: &mut Listener<'_>, values: &[Values]) {
    for since in ["2019-07-20", "2019-07-01", "2019-03-01"] {
        let updated_since = Some(moment(since));
        for conditions in conditions(values).into_iter().filter(|conditions| conditions.len() < 2) {
            browse(listener, DAY, &Filter { conditions, updated_since });
        }
        // The first two exclude each other.
        for pair in values[1..].windows(2) {
            let conditions = pair.iter().map(Values::common).collect();
            list(listener, DAY, &Filter { conditions, updated_since }, None);
        }
    }
}

fn browse(listener: &mut Listener<'_>, on: &str, filter: &Filter) {
    list(listener, on, filter, None);
    let middle = After { sort_key: "350 dang ky".to_owned(), version_id: "01a20ac1".to_owned() };
    list(listener, on, filter, Some(&middle));
    listener
        .lookup(format!("count {}", said(on, filter)), |conn| registry::count(conn, day(on), filter, CAP));
}

fn list(listener: &mut Listener<'_>, on: &str, filter: &Filter, after: Option<&After>) {
    let place = if after.is_some() { ", second half" } else { "" };
    listener.page(format!("list {}{place}", said(on, filter)), |conn| {
        registry::list(conn, day(on), filter, after, PAGE)
    });
}

fn said(on: &str, filter: &Filter) -> String {
    let conditions: Vec<String> =
        filter.conditions.iter().map(|one| format!("{}={}", one.kind.code(), one.values.join("|"))).collect();
    let since = filter.updated_since.map(|moment| format!(" since {}", moment.date())).unwrap_or_default();
    format!("[{}] on {on}{since}", conditions.join(" "))
}
