//! Lists of dossier counts, what is looked up when a record comes, and what reports add up.

use kstt_domain::dossiers::CountChannel;
use kstt_domain::units::UnitLevel;
use kstt_persistence::dossiers::{self as rows, After, Filter, Led};
use kstt_persistence::units::by_code;

use super::caught::Listener;
use super::{PAGE, day, moment};

/// Everything the API and reports ask of the counts.
pub fn counts(listener: &mut Listener<'_>) {
    let unit = |listener: &mut Listener<'_>, code: &str| {
        listener.unheard(|conn| by_code(conn, code).unwrap().unwrap().id)
    };
    let one = vec![unit(listener, "SXD")];
    let several = vec![unit(listener, "D916"), unit(listener, "C31117"), unit(listener, "C31120")];
    let some = listener.unheard(|conn| rows::list(conn, None, &Filter::default(), None, 1_000_000).unwrap());
    assert!(some.len() > 20_000, "{} records", some.len());
    let middle = some[some.len() / 2].clone();
    let after = After { first_day: middle.first_day, id: middle.id.clone() };
    let filters = [
        Filter::default(),
        Filter { field: Some("rare-10".to_owned()), ..Filter::default() },
        Filter { level: Some(UnitLevel::City), ..Filter::default() },
        Filter { channel: Some(CountChannel::Post), ..Filter::default() },
        Filter { from: Some(day("2019-01-01")), to: Some(day("2019-06-30")), ..Filter::default() },
        Filter { updated_since: Some(moment("2030-01-01")), ..Filter::default() },
    ];
    for units in [None, Some(&one), Some(&several)] {
        for filter in &filters {
            for after in [None, Some(&after)] {
                let said = format!("dossiers::list {units:?} {filter:?} {after:?}");
                let units = units.map(Vec::as_slice);
                listener.page(said, |conn| rows::list(conn, units, filter, after, PAGE));
            }
        }
    }
    listener.lookup("dossiers::find", |conn| rows::find(conn, &middle.id));
    listener.lookup("dossiers::sharing_days", |conn| rows::sharing_days(conn, &middle.key()));
    let window = (day("2019-01-01"), day("2019-03-31"));
    for units in [&one, &several] {
        for led in [Led::ByAnyone, Led::By(&one[0])] {
            listener.lookup("dossiers::sums", |conn| rows::sums(conn, units, led, window));
            listener.lookup("dossiers::stock_at", |conn| rows::stock_at(conn, units, led, day("2019-02-28")));
        }
        listener.lookup("dossiers::leads", |conn| rows::leads(conn, units, day("2019-02-28")));
    }
}
