//! Figures of a window: what happened in a few days is found along them.

use kstt_persistence::analytics::{
    Column, DossierCount, DutyCount, FeedbackCount, Known, Sought, Step, dossier_groups, duty_groups,
    feedback_groups, reports_due,
};
use kstt_persistence::dossiers::Led;
use kstt_persistence::units::{Viewers, by_code};

use super::caught::Listener;
use super::{day, moment};

/// Everything that analytics count along days.
pub fn figures(listener: &mut Listener<'_>) {
    let unit = listener.unheard(|conn| by_code(conn, "SXD").unwrap().unwrap().id);
    let units =
        listener.unheard(|conn| Viewers::load(conn).unwrap().units().map(str::to_owned).collect::<Vec<_>>());
    let window = (day("2019-04-29"), day("2019-04-30"));
    let present = Known { day: day("2019-08-01"), until: moment("2019-08-01"), all: true };
    let past = Known { all: false, ..present };
    let all = Sought { days: window, step: Some(Step::Day), ..Sought::default() };
    let soughts = [
        all.clone(),
        Sought { columns: vec![Column::Unit], ..all.clone() },
        Sought { columns: vec![Column::Unit], step: Some(Step::Month), ..all.clone() },
        Sought { unit_ids: Some(vec![unit]), step: None, ..all.clone() },
    ];
    let of_feedback = [
        FeedbackCount::Received,
        FeedbackCount::Answered,
        FeedbackCount::AnsweredOnTime,
        FeedbackCount::OnTime,
        FeedbackCount::Days,
        FeedbackCount::Satisfied,
        FeedbackCount::Overdue,
    ];
    let of_duties = [DutyCount::Due, DutyCount::Met, DutyCount::MetLate, DutyCount::Breached];
    let of_dossiers = [DossierCount::Received, DossierCount::Settled, DossierCount::SettledLate];
    for sought in &soughts {
        for known in [present, past] {
            for count in of_feedback {
                let said = format!("feedback_groups {count:?} {sought:?} {known:?}");
                listener.lookup(said, |conn| feedback_groups(conn, count, sought, known));
            }
            for count in of_duties {
                let said = format!("duty_groups {count:?} {sought:?} {known:?}");
                listener.lookup(said, |conn| duty_groups(conn, count, sought, known));
            }
        }
        for count in of_dossiers {
            for whose in [Led::ByAnyone, Led::Once] {
                listener
                    .lookup("dossier_groups", |conn| dossier_groups(conn, count, sought, (&units, whose)));
            }
        }
        listener.lookup("reports_due", |conn| reports_due(conn, sought));
    }
}
