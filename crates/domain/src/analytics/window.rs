//! Windows of days, and the weeks, months, quarters and years in them.

use chrono::{Datelike, Days, Months, NaiveDate};

use super::codes::{AnalyticsComparison, AnalyticsDimension};

/// Days from one to another; both are part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    pub from: NaiveDate,
    pub to: NaiveDate,
}

impl Window {
    /// How many days it has.
    pub fn days(self) -> i64 {
        (self.to - self.from).num_days() + 1
    }

    /// The window it is compared with. None: there is no such window.
    pub fn compared(self, with: AnalyticsComparison) -> Option<Self> {
        match with {
            AnalyticsComparison::LastYear => self.months_earlier(12),
            AnalyticsComparison::Previous => match self.whole_months() {
                Some(months) => self.months_earlier(months),
                None => {
                    let length = Days::new(u64::try_from(self.days()).ok()?);
                    let to = self.from.pred_opt()?;
                    Some(Self { from: self.from.checked_sub_days(length)?, to })
                }
            },
        }
    }

    /// Whether it begins and ends with a month.
    pub fn is_of_months(self) -> bool {
        self.whole_months().is_some()
    }

    /// How many months it is, if it begins and ends with one.
    fn whole_months(self) -> Option<u32> {
        let after = self.to.succ_opt()?;
        let months =
            (after.year() - self.from.year()) * 12 + after.month0() as i32 - self.from.month0() as i32;
        let whole = self.from.day() == 1 && after.day() == 1;
        u32::try_from(months).ok().filter(|months| whole && *months > 0)
    }

    fn months_earlier(self, months: u32) -> Option<Self> {
        let months = Months::new(months);
        let from = self.from.checked_sub_months(months)?;
        let to = match self.whole_months() {
            // The last day of a month, however many it has.
            Some(_) => self.to.succ_opt()?.checked_sub_months(months)?.pred_opt()?,
            None => self.to.checked_sub_months(months)?,
        };
        Some(Self { from, to })
    }

    /// The keys of a dimension of time that have days in it, in order.
    pub fn keys(self, dimension: AnalyticsDimension) -> Vec<String> {
        let mut keys: Vec<String> = Vec::new();
        for day in self.from.iter_days().take_while(|day| *day <= self.to) {
            if let Some(key) = dimension.key_of(day)
                && keys.last() != Some(&key)
            {
                keys.push(key);
            }
        }
        keys
    }
}

/// The first day of the month of a day.
pub fn first_of_month(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

impl AnalyticsDimension {
    /// The first day of what a day belongs to: all days of a key have the same. None: it is not told by time.
    pub fn start_of(self, day: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Week => day.checked_sub_days(Days::new(u64::from(day.weekday().num_days_from_monday()))),
            Self::Month => Some(first_of_month(day)),
            Self::Quarter => NaiveDate::from_ymd_opt(day.year(), day.month0() / 3 * 3 + 1, 1),
            Self::Year => NaiveDate::from_ymd_opt(day.year(), 1, 1),
            _ => None,
        }
    }

    /// The key of a day: `2019-W10`, `2019-03`, `2019-Q1`, `2019`. None: it is not told by time.
    pub fn key_of(self, day: NaiveDate) -> Option<String> {
        match self {
            Self::Week => {
                let week = day.iso_week();
                Some(format!("{:04}-W{:02}", week.year(), week.week()))
            }
            Self::Month => Some(format!("{:04}-{:02}", day.year(), day.month())),
            Self::Quarter => Some(format!("{:04}-Q{}", day.year(), day.month0() / 3 + 1)),
            Self::Year => Some(format!("{:04}", day.year())),
            _ => None,
        }
    }
}
