//! Work lists of feedback, and what is looked up when an item comes.

use kstt_domain::feedback::{FeedbackClass, FeedbackState, LedgerState, fingerprint};
use kstt_persistence::feedback::{self as rows, Filter};
use kstt_persistence::units::by_code;
use kstt_persistence::{Page, Scope};

use super::caught::Listener;
use super::{PAGE, day, moment};

/// Every list of feedback that the API can ask for.
pub fn feedback(listener: &mut Listener<'_>) {
    let unit = listener.unheard(|conn| by_code(conn, "SXD").unwrap().unwrap().id);
    let scopes = [
        Scope::City,
        Scope::Unit { unit_id: unit.clone(), day: day("2019-03-04"), own: false },
        Scope::Unit { unit_id: unit, day: day("2019-03-04"), own: true },
    ];
    let some = listener.unheard(|conn| {
        let page = Page { after: None, limit: 1_000_000 };
        rows::list(conn, &Scope::City, &Filter::default(), page).unwrap()
    });
    assert!(some.len() > 50_000, "{} items", some.len());
    let middle = some[some.len() / 2].clone();
    let filters = [
        Filter::default(),
        Filter { state: Some(FeedbackState::Transferred), ..Filter::default() },
        Filter { state: Some(FeedbackState::Closed), ..Filter::default() },
        Filter { class: Some(FeedbackClass::Conduct), ..Filter::default() },
        Filter { officer_id: Some("nobody".to_owned()), ..Filter::default() },
        Filter { field: Some("field".to_owned()), ..Filter::default() },
        Filter { procedure_code: Some("1.001193".to_owned()), ..Filter::default() },
        Filter { due_before: Some(day("2015-01-01")), ..Filter::default() },
        Filter { ids: Some(vec![middle.id.clone()]), ..Filter::default() },
    ];
    for scope in &scopes {
        for filter in &filters {
            for after in [None, Some(middle.sort_key.as_str())] {
                let page = Page { after, limit: PAGE };
                let said = format!("feedback::list {scope:?} {filter:?} {after:?}");
                listener.page(said, |conn| rows::list(conn, scope, filter, page));
            }
        }
        listener.lookup(format!("feedback::counts {scope:?}"), |conn| {
            rows::counts(conn, scope, &Filter::default(), 10_000)
        });
    }
    let during = (moment("2018-01-01"), moment("2030-01-01"));
    let sender = listener.unheard(|conn| rows::sender(conn, &middle.id).unwrap().unwrap());
    listener.lookup("by_code", |conn| rows::by_code(conn, &middle.code));
    listener.lookup("parts", |conn| rows::parts(conn, &middle.id));
    listener.lookup("entries", |conn| rows::entries(conn, &middle.id, true));
    listener.page("by_sender", |conn| rows::by_sender(conn, &sender, during, PAGE));
    listener.page("by_fingerprint", |conn| rows::by_fingerprint(conn, fingerprint("x"), during, PAGE));
    listener.page("windows_due", |conn| rows::windows_due(conn, moment("2030-01-01"), PAGE));
    listener.page("erasable", |conn| rows::erasable(conn, moment("2018-01-01"), PAGE));
    for after in [None, Some(middle.id.as_str())] {
        listener.page("ledger_list", |conn| rows::ledger_list(conn, LedgerState::ToEnter, after, PAGE));
    }
    for before in [None, Some(1_000)] {
        listener.page("published_list", |conn| rows::published_list(conn, None, before, PAGE));
    }
}
