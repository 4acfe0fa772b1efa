//! Work lists of the city and of a unit, and their counts.

use kstt_domain::codes::Code;
use kstt_domain::obligations::ObligationState;
use kstt_persistence::obligations::{self as rows, Filter};
use kstt_persistence::units::by_code;
use kstt_persistence::{Page, Scope};

use super::caught::Listener;
use super::{PAGE, day, moment};

/// Every list of obligations that the API can ask for.
pub fn obligations(listener: &mut Listener<'_>) {
    let now = moment("2019-03-04");
    let unit = |listener: &mut Listener<'_>, code: &str| {
        listener.unheard(|conn| by_code(conn, code).unwrap().unwrap().id)
    };
    let scopes = [
        Scope::City,
        Scope::Unit { unit_id: unit(listener, "D916"), day: day("2019-03-04"), own: false },
        Scope::Unit { unit_id: unit(listener, "C31117"), day: day("2019-03-04"), own: true },
    ];
    let some = listener.unheard(|conn| {
        let page = Page { after: None, limit: 1_000_000 };
        rows::list(conn, &Scope::City, &Filter::default(), now, page).unwrap()
    });
    assert!(some.len() > 50_000, "{} obligations", some.len());
    let middle = some[some.len() / 2].clone();
    let mut filters = vec![
        Filter::default(),
        Filter { overdue: true, ..Filter::default() },
        Filter { rule: Some("K-20".to_owned()), ..Filter::default() },
        Filter {
            subject: Some((middle.subject_kind.clone(), middle.subject_id.clone())),
            ..Filter::default()
        },
        Filter { officer_id: Some("nobody".to_owned()), ..Filter::default() },
        Filter { due_from: Some(day("2019-01-01")), due_to: Some(day("2019-04-01")), ..Filter::default() },
    ];
    let in_state = |state: &ObligationState| Filter { state: Some(*state), ..Filter::default() };
    filters.extend(ObligationState::ALL.iter().map(in_state));
    for scope in &scopes {
        for filter in &filters {
            for after in [None, Some(middle.sort_key.as_str())] {
                let page = Page { after, limit: PAGE };
                let said = format!("obligations::list {scope:?} {filter:?} {after:?}");
                listener.page(said, |conn| rows::list(conn, scope, filter, now, page));
            }
        }
        listener.lookup(format!("obligations::counts {scope:?}"), |conn| {
            rows::counts(conn, scope, &Filter::default(), now, 10_000)
        });
    }
    listener.lookup("obligations::find", |conn| rows::find(conn, &middle.id));
    listener.lookup("obligations::pauses", |conn| rows::pauses(conn, &middle.id));
    listener.page("obligations::pending_after", |conn| rows::pending_after(conn, &middle.id, PAGE));
    listener.lookup("of_subject", |conn| {
        rows::of_subject(conn, "K-20", (&middle.subject_kind, &middle.subject_id))
    });
    listener.lookup("is_produced", |conn| rows::is_produced(conn, "K-20", ("unit_plan", "2019")));
    listener.lookup("rules_on", |conn| rows::rules_on(conn, day("2019-03-04")));
    listener.lookup("feed_of_token", |conn| rows::feed_of_token(conn, "none"));
    listener.lookup("feeds_of", |conn| rows::feeds_of(conn, &middle.unit_id));
}
