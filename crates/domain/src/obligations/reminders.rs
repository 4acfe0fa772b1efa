//! When people are reminded of what is still to be done: a schedule that is data, and what of it is due.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::calendar::{CalendarError, OfficeHours, Start, Term, TermUnit, WorkCalendar, start_of_vn_day};
use crate::notifications::Audience;

crate::codes! {
    /// On which side of the last lawful day a reminder lies.
    pub enum ReminderSide : "reminder_side" {
        Before = "before", "Trước hạn", "Before the last day";
        On = "on", "Đúng ngày đến hạn", "On the last day";
        After = "after", "Sau hạn", "After the last day";
    }
}

/// The schedule as it is shipped.
#[derive(Debug, Clone, Deserialize)]
pub struct ReminderSchedule {
    pub steps: Vec<ReminderStep>,
}

/// One reminder of the schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReminderStep {
    #[cfg_attr(feature = "schema", schema(max_length = 30, example = "before-5"))]
    pub id: String,
    pub when: ReminderSide,
    /// Working days from the last lawful day; 0 on that day. Where it can be read two ways, those before are counted
    /// from the last working day by the stricter reading.
    #[cfg_attr(feature = "schema", schema(minimum = 0, maximum = 250))]
    pub working_days: u32,
    /// Who is told.
    #[cfg_attr(feature = "schema", schema(max_items = 10))]
    pub tell: Vec<Audience>,
}

/// The clock that is reminded of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reminded {
    pub began: DateTime<Utc>,
    /// The day by which people are urged to be done: the last working day by the stricter reading where a date can be
    /// read two ways, else the last lawful day.
    pub by: NaiveDate,
    /// The last lawful day.
    pub due_on: NaiveDate,
}

/// What is to be done about one obligation now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn<'s> {
    /// The latest reminder that is due and was not dealt with.
    pub send: Option<&'s ReminderStep>,
    /// Earlier ones that were missed: they are noted and not sent.
    pub skip: Vec<&'s ReminderStep>,
    /// When to look again; never, when the schedule has ended.
    pub next: Option<DateTime<Utc>>,
}

impl ReminderStep {
    /// When it is due: the start of an office day.
    fn moment(
        &self,
        calendar: &WorkCalendar,
        hours: &OfficeHours,
        of: Reminded,
    ) -> Result<DateTime<Utc>, CalendarError> {
        let away = |day: NaiveDate, term: Term| Ok(calendar.compute(hours, Start::Day(day), &term)?.due_on);
        let day = match self.when {
            ReminderSide::Before => away(of.by, Term::before(self.working_days, TermUnit::WorkingDay))?,
            ReminderSide::On => calendar.working_day_on_or_before(of.by)?,
            ReminderSide::After => away(of.due_on, Term::after(self.working_days, TermUnit::WorkingDay))?,
        };
        let opens =
            hours.spans().first().map_or(TimeDelta::zero(), |span| span.from - chrono::NaiveTime::MIN);
        Ok(start_of_vn_day(day) + opens)
    }
}

impl ReminderSchedule {
    /// What is due at `now` of the reminders of a clock, `dealt_with` being those that were sent or skipped. A step before the clock began is none of its own;
    /// one beyond the end of the calendar is never due.
    pub fn turn(
        &self,
        calendar: &WorkCalendar,
        hours: &OfficeHours,
        of: Reminded,
        dealt_with: &[String],
        now: DateTime<Utc>,
    ) -> Turn<'_> {
        let waiting = self.steps.iter().filter(|step| !dealt_with.contains(&step.id));
        let mut timed: Vec<(DateTime<Utc>, &ReminderStep)> = waiting
            .filter_map(|step| Some((step.moment(calendar, hours, of).ok()?, step)))
            .filter(|(moment, _)| *moment > of.began)
            .collect();
        timed.sort_by_key(|(moment, _)| *moment);
        let next = timed.iter().map(|(moment, _)| *moment).find(|moment| *moment > now);
        let mut due: Vec<&ReminderStep> =
            timed.into_iter().filter(|(moment, _)| *moment <= now).map(|(_, step)| step).collect();
        let send = due.pop();
        Turn { send, skip: due, next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::HolidayTable;

    fn schedule() -> ReminderSchedule {
        serde_json::from_str(include_str!("../../../../data/reminder-steps.json")).unwrap()
    }

    fn calendar() -> WorkCalendar {
        let text = include_str!("../../../../data/holidays.json");
        serde_json::from_str::<HolidayTable>(text).unwrap().calendar(1).unwrap()
    }

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    fn turn(
        due_on: &str,
        dealt_with: &[&str],
        now: &str,
    ) -> (Option<String>, Vec<String>, Option<DateTime<Utc>>) {
        let dealt_with: Vec<String> = dealt_with.iter().map(|id| (*id).to_owned()).collect();
        let schedule = schedule();
        let due_on = due_on.parse().unwrap();
        let of = Reminded { began: at("2019-01-01T00:00:00+07:00"), by: due_on, due_on };
        let turn = schedule.turn(&calendar(), &OfficeHours::default(), of, &dealt_with, at(now));
        let ids = |steps: Vec<&ReminderStep>| steps.into_iter().map(|step| step.id.clone()).collect();
        (turn.send.map(|step| step.id.clone()), ids(turn.skip), turn.next)
    }

    #[test]
    fn steps_are_in_order_and_named_once() {
        let steps = schedule().steps;
        assert!(steps.windows(2).all(|pair| pair[0].id != pair[1].id && pair[0].when <= pair[1].when));
        assert!(steps.iter().all(|step| (step.when == ReminderSide::On) == (step.working_days == 0)));
    }

    #[test]
    fn a_reminder_comes_at_the_opening_of_the_office() {
        // Five working days before Tuesday 19 March 2019 is Tuesday 12 March.
        let early = turn("2019-03-19", &[], "2019-03-12T07:29:59+07:00");
        assert_eq!(early, (None, vec![], Some(at("2019-03-12T07:30:00+07:00"))));
        let sent = turn("2019-03-19", &[], "2019-03-12T07:30:00+07:00");
        assert_eq!(sent, (Some("before-5".into()), vec![], Some(at("2019-03-15T07:30:00+07:00"))));
        assert_eq!(turn("2019-03-19", &["before-5"], "2019-03-12T07:30:00+07:00").0, None);
    }

    #[test]
    fn after_a_week_without_power_only_the_latest_is_sent() {
        let (send, skip, next) = turn("2019-03-19", &["before-5"], "2019-03-21T09:00:00+07:00");
        assert_eq!(send.as_deref(), Some("after-1"));
        assert_eq!(skip, ["before-2", "on-day"]);
        assert_eq!(next, Some(at("2019-03-26T07:30:00+07:00")));
    }

    #[test]
    fn a_day_off_is_reminded_of_on_the_working_day_before() {
        // 30 April and 1 May are holidays, Monday 29 April a day in lieu: Friday 26 April it is.
        let (send, _, _) = turn("2019-05-01", &["before-5", "before-2"], "2019-04-26T08:00:00+07:00");
        assert_eq!(send.as_deref(), Some("on-day"));
    }

    #[test]
    fn a_short_term_is_not_reminded_of_before_it_began() {
        let began = at("2019-03-15T08:00:00+07:00");
        let due_on = "2019-03-19".parse().unwrap();
        let (schedule, hours) = (schedule(), OfficeHours::default());
        let turn = schedule.turn(&calendar(), &hours, Reminded { began, by: due_on, due_on }, &[], began);
        assert_eq!((turn.send, turn.skip), (None, vec![]));
        assert_eq!(turn.next, Some(at("2019-03-19T07:30:00+07:00")));
    }

    #[test]
    fn where_a_date_can_be_read_two_ways_people_are_urged_by_the_stricter_one() {
        let (schedule, hours, calendar) = (schedule(), OfficeHours::default(), calendar());
        let of = Reminded {
            began: at("2019-01-01T00:00:00+07:00"),
            by: "2019-03-19".parse().unwrap(),
            due_on: "2019-03-20".parse().unwrap(),
        };
        let told = |now: &str| {
            let turn = schedule.turn(&calendar, &hours, of, &["before-5".into(), "before-2".into()], at(now));
            (turn.send.map(|step| step.id.clone()), turn.next)
        };
        let (on, after) = (at("2019-03-19T07:30:00+07:00"), at("2019-03-21T07:30:00+07:00"));
        assert_eq!(told("2019-03-19T07:00:00+07:00"), (None, Some(on)));
        assert_eq!(told("2019-03-20T07:30:00+07:00"), (Some("on-day".into()), Some(after)));
    }

    #[test]
    fn the_schedule_ends() {
        let all: Vec<String> = schedule().steps.into_iter().map(|step| step.id).collect();
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        assert_eq!(turn("2019-03-19", &all, "2019-12-01T00:00:00Z"), (None, vec![], None));
    }
}
