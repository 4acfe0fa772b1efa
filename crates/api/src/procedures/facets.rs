//! How many procedures each value of a facet would leave.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use kstt_domain::codes::Code;
use kstt_domain::procedures::{
    ChannelKind, FindingCode, Level, ServiceLevelScale, ServiceLevelValue, SubjectKind,
};
use kstt_persistence::procedures::{self as registry, Condition, Counted, FacetKind, Filter, SearchIndex};
use kstt_persistence::{Conn, Error};
use serde::Serialize;
use utoipa::ToSchema;

use super::settlers::{KnownSettlers, Settlers, settled_by};

/// Values told of one facet, the commonest first.
const MAX_VALUES: usize = 200;

/// One facet and its values.
#[derive(Debug, Serialize, ToSchema)]
pub struct FacetView {
    /// The parameter that filters by it.
    #[schema(max_length = 20, example = "level")]
    pub facet: &'static str,
    /// The commonest first.
    #[schema(max_items = 200)]
    pub values: Vec<FacetValue>,
}

/// One value of a facet.
#[derive(Debug, Serialize, ToSchema)]
pub struct FacetValue {
    /// What the parameter takes.
    #[schema(max_length = 120, example = "commune")]
    pub value: String,
    /// What people call it, in Vietnamese.
    #[schema(max_length = 1000)]
    pub name: String,
    /// Procedures it would leave, together with all other filters.
    #[schema(format = "int64", minimum = 0, maximum = 10_000_000)]
    pub count: usize,
}

/// Counts each facet over what text and filter find, without that facet's own filter.
pub fn count_facets(
    conn: &mut Conn,
    (index, known): (&SearchIndex, &KnownSettlers),
    kinds: &[FacetKind],
    text: Option<&str>,
    day: NaiveDate,
    filter: &Filter,
) -> Result<Vec<FacetView>, Error> {
    let mut views = Vec::new();
    for kind in kinds {
        let mut others = filter.clone();
        others.conditions.retain(|condition| condition.kind != *kind);
        let found = index.counted(text, day, &others)?;
        let mut values = match kind {
            FacetKind::Unit => by_unit(conn, known, &found, day)?,
            _ => by_value(conn, &found, *kind)?,
        };
        values.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
        values.truncate(MAX_VALUES);
        views.push(FacetView { facet: kind.code(), values });
    }
    Ok(views)
}

fn by_value(conn: &mut Conn, found: &Counted<'_>, kind: FacetKind) -> Result<Vec<FacetValue>, Error> {
    let fields: HashMap<String, String> = match kind {
        FacetKind::Field => {
            registry::fields(conn)?.into_iter().map(|field| (field.slug, field.name)).collect()
        }
        _ => HashMap::new(),
    };
    let view = |(value, count): (String, usize)| {
        let name = fields.get(&value).cloned().or_else(|| label(kind, &value));
        FacetValue { name: name.unwrap_or_else(|| value.clone()), value, count }
    };
    Ok(found.by(kind)?.into_iter().map(view).collect())
}

/// Units as they are on the day: what a unit that ended was named for counts for those that took over.
fn by_unit(
    conn: &mut Conn,
    known: &KnownSettlers,
    found: &Counted<'_>,
    day: NaiveDate,
) -> Result<Vec<FacetValue>, Error> {
    let mut values = Vec::new();
    for (code, (name, condition)) in units_named(conn, known, found, day)? {
        let count = found.narrowed(&condition)?.len();
        values.push(FacetValue { value: code, name, count });
    }
    Ok(values)
}

/// The groups and units of the day that settle something, each with what must stand on a procedure so
/// that it settles it.
pub fn units_named(
    conn: &mut Conn,
    known: &KnownSettlers,
    found: &Counted<'_>,
    day: NaiveDate,
) -> Result<BTreeMap<String, (String, Condition)>, Error> {
    let settlers = Settlers::on(conn, known, day)?;
    let mut named = BTreeMap::new();
    for code in found.by(FacetKind::Unit)?.into_keys() {
        for unit in settlers.named(conn, &code)?.iter() {
            if !named.contains_key(&unit.code) {
                let condition = settled_by(conn, &unit.code, day)?;
                named.insert(unit.code.clone(), (unit.name.clone(), condition));
            }
        }
    }
    Ok(named)
}

fn label(kind: FacetKind, value: &str) -> Option<String> {
    fn of<C: Code>(value: &str) -> Option<String> {
        C::from_code(value).map(|code| code.label_vi().to_owned())
    }
    match kind {
        FacetKind::Level => of::<Level>(value),
        FacetKind::Channel => of::<ChannelKind>(value),
        FacetKind::Subject => of::<SubjectKind>(value),
        FacetKind::Finding => of::<FindingCode>(value),
        FacetKind::ServiceLevel => {
            let (scale, value) = value.split_once(':')?;
            Some(format!("{}: {}", of::<ServiceLevelScale>(scale)?, of::<ServiceLevelValue>(value)?))
        }
        FacetKind::Article | FacetKind::Document | FacetKind::Field | FacetKind::Unit | FacetKind::Every => {
            None
        }
    }
}
