//! Periods that duties come back in: a year, a quarter, a month.

use chrono::{Datelike, Days, Months, NaiveDate};

/// A year, quarter or month of the solar calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DutyPeriod {
    first: NaiveDate,
    months: u32,
}

impl DutyPeriod {
    /// The year; `None` outside what dates can hold.
    pub fn year(year: i32) -> Option<Self> {
        Some(Self { first: NaiveDate::from_ymd_opt(year, 1, 1)?, months: 12 })
    }

    /// The quarters of a year.
    pub fn quarters(year: i32) -> impl Iterator<Item = Self> {
        Self::of(year, 3)
    }

    /// The months of a year.
    pub fn months(year: i32) -> impl Iterator<Item = Self> {
        Self::of(year, 1)
    }

    fn of(year: i32, months: u32) -> impl Iterator<Item = Self> {
        (1..=12)
            .step_by(months as usize)
            .filter_map(move |month| Some(Self { first: NaiveDate::from_ymd_opt(year, month, 1)?, months }))
    }

    /// Its first day.
    pub fn first_day(&self) -> NaiveDate {
        self.first
    }

    /// Its last day; `None` outside what dates can hold.
    pub fn last_day(&self) -> Option<NaiveDate> {
        self.first.checked_add_months(Months::new(self.months))?.pred_opt()
    }

    /// The year, quarter or month before; `None` outside what dates can hold.
    pub fn previous(&self) -> Option<Self> {
        self.back(self.months)
    }

    /// The same period of the year before, to compare with; `None` outside what dates can hold.
    pub fn previous_year(&self) -> Option<Self> {
        self.back(12)
    }

    fn back(&self, months: u32) -> Option<Self> {
        Some(Self { first: self.first.checked_sub_months(Months::new(months))?, ..*self })
    }

    /// A day of its `month`th month, 1 being the first; the last day of a month that is shorter. `None`
    /// when the period has no such month.
    pub fn day(&self, month: u32, day: u32) -> Option<NaiveDate> {
        if !(1..=self.months).contains(&month) || day == 0 {
            return None;
        }
        let first = self.first.checked_add_months(Months::new(month - 1))?;
        let last = first.checked_add_months(Months::new(1))?.pred_opt()?;
        Some(first.checked_add_days(Days::new(u64::from(day) - 1))?.min(last))
    }

    /// `2019`, `2019-Q1`, `2019-01`.
    pub fn code(&self) -> String {
        let (year, month) = (self.first.year(), self.first.month());
        match self.months {
            12 => format!("{year:04}"),
            3 => format!("{year:04}-Q{}", month.div_ceil(3)),
            _ => format!("{year:04}-{month:02}"),
        }
    }
}

impl std::str::FromStr for DutyPeriod {
    type Err = ();

    /// Reads what [`DutyPeriod::code`] writes.
    fn from_str(code: &str) -> Result<Self, ()> {
        let year: i32 = code.get(..4).and_then(|digits| digits.parse().ok()).ok_or(())?;
        let known = Self::year(year).into_iter().chain(Self::quarters(year)).chain(Self::months(year));
        known.into_iter().find(|period| period.code() == code).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_back() {
        let all = || {
            DutyPeriod::year(2020)
                .into_iter()
                .chain(DutyPeriod::quarters(2020))
                .chain(DutyPeriod::months(2020))
        };
        assert_eq!(all().count(), 17);
        for period in all() {
            assert_eq!(period.code().parse(), Ok(period));
        }
        for wrong in ["", "2020-Q5", "2020-13", "2020-1", "20", "năm"] {
            assert_eq!(wrong.parse::<DutyPeriod>(), Err(()), "{wrong}");
        }
    }

    #[test]
    fn periods_follow_one_another() {
        let told = |code: &str| {
            let period: DutyPeriod = code.parse().unwrap();
            let codes = [period.previous(), period.previous_year()].map(|other| other.unwrap().code());
            (codes, period.last_day().unwrap().to_string())
        };
        let wanted = |codes: [&str; 2], last: &str| (codes.map(str::to_owned), last.to_owned());
        assert_eq!(told("2020"), wanted(["2019", "2019"], "2020-12-31"));
        assert_eq!(told("2020-Q1"), wanted(["2019-Q4", "2019-Q1"], "2020-03-31"));
        assert_eq!(told("2020-02"), wanted(["2020-01", "2019-02"], "2020-02-29"));
    }

    #[test]
    fn a_day_is_clipped_to_its_month() {
        let quarter: DutyPeriod = "2020-Q1".parse().unwrap();
        assert_eq!(quarter.day(2, 31), NaiveDate::from_ymd_opt(2020, 2, 29));
        assert_eq!(quarter.day(3, 20), NaiveDate::from_ymd_opt(2020, 3, 20));
        assert_eq!(quarter.day(4, 1), None);
        assert_eq!(quarter.day(1, 0), None);
    }
}
