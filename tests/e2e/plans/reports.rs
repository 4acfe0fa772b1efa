//! Lists of reports, what is added up of a period, and what fills a cell.

use kstt_domain::feedback::LedgerState;
use kstt_domain::reports::ReportState;
use kstt_persistence::reports::{
    self as rows, Duties, DutyFate, FeedbackFigures, FeedbackMeasure, Filter, OfField, Standing,
};
use kstt_persistence::units::by_code;

use super::caught::Listener;
use super::{PAGE, day, moment};

/// Everything the API asks of reports.
pub fn reports(listener: &mut Listener<'_>) {
    let unit = |listener: &mut Listener<'_>, code: &str| {
        listener.unheard(|conn| by_code(conn, code).unwrap().unwrap().id)
    };
    let one = vec![unit(listener, "SXD")];
    let several = vec![unit(listener, "D916"), unit(listener, "C31117"), unit(listener, "C31120")];
    let some = listener.unheard(|conn| rows::list(conn, &Filter::default(), None, 1_000_000).unwrap());
    assert!(some.len() > 50_000, "{} reports", some.len());
    let middle = some[some.len() / 2].clone();
    let text = |text: &str| Some(text.to_owned());
    let filters = [
        Filter::default(),
        Filter { period: text("2019-Q1-7"), ..Filter::default() },
        Filter { form: text("05/VPCP/KSTT"), ..Filter::default() },
        Filter { state: Some(ReportState::Drafting), ..Filter::default() },
        Filter { units: Some(one.clone()), ..Filter::default() },
        Filter { units: Some(several.clone()), period: text("2019-Q1"), ..Filter::default() },
    ];
    for filter in &filters {
        for after in [None, Some(middle.id.as_str())] {
            let said = format!("reports::list {filter:?} {after:?}");
            listener.page(said, |conn| rows::list(conn, filter, after, PAGE));
        }
    }
    listener.lookup("reports::of_period", |conn| rows::of_period(conn, "2019-Q1"));
    for as_of in [None, Some(moment("2019-04-01"))] {
        let at = Standing { as_of, with_submitted: true };
        listener.lookup("reports::standing", |conn| rows::standing(conn, ("2019-Q1", "05/VPCP/KSTT"), at));
    }
    let place = (middle.period.as_str(), middle.form.as_str(), middle.unit_id.as_str());
    listener.lookup("reports::of_unit", |conn| rows::of_unit(conn, place));
    listener.lookup("reports::revision", |conn| rows::revision(conn, &middle.id, 1));
    for after in [None, Some(middle.id.as_str())] {
        listener.page("report_ledger_list", |conn| {
            rows::report_ledger_list(conn, LedgerState::ToEnter, after, PAGE)
        });
    }
    for unit_ids in [&one, &several] {
        let of = FeedbackFigures { unit_ids, from: moment("2019-01-01"), to: moment("2019-04-01") };
        for measure in [FeedbackMeasure::Received, FeedbackMeasure::CarriedOver, FeedbackMeasure::Published] {
            listener.lookup(format!("feedback_figures {measure:?}"), |conn| {
                rows::feedback_figures(conn, of, measure)
            });
            listener.lookup(format!("feedback_records {measure:?}"), |conn| {
                rows::feedback_records(conn, of, measure, OfField::Unknown, (None, PAGE))
            });
        }
        let days = (day("2019-01-01"), day("2019-03-31"));
        let of = Duties { unit_ids, days, now: moment("2019-04-01") };
        for fate in [DutyFate::MetOnTime, DutyFate::MetLate, DutyFate::Overdue] {
            listener.lookup(format!("duty_count {fate:?}"), |conn| rows::duty_count(conn, of, fate));
            listener.lookup(format!("duty_records {fate:?}"), |conn| {
                rows::duty_records(conn, of, fate, (None, PAGE))
            });
        }
    }
}
