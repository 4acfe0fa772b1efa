//! The hours an office is open on a working day. They are data of the office, apart from the legal
//! calendar: they only matter to terms counted in hours.

use chrono::NaiveTime;

use super::CalendarError;

/// One span of office time, `[from, to)` on the wall clock of Vietnam.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct OfficeSpan {
    pub from: NaiveTime,
    pub to: NaiveTime,
}

/// The spans of one working day, in order, none overlapping, at least one.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(try_from = "Vec<OfficeSpan>")]
pub struct OfficeHours(Vec<OfficeSpan>);

impl OfficeHours {
    /// The spans in the order of the day.
    pub fn spans(&self) -> &[OfficeSpan] {
        &self.0
    }
}

impl TryFrom<Vec<OfficeSpan>> for OfficeHours {
    type Error = CalendarError;

    fn try_from(spans: Vec<OfficeSpan>) -> Result<Self, CalendarError> {
        let each_proper = spans.iter().all(|span| span.from < span.to);
        let in_order = spans.windows(2).all(|pair| pair[0].to <= pair[1].from);
        if spans.is_empty() || !each_proper || !in_order {
            return Err(CalendarError::OfficeHoursOutOfOrder);
        }
        Ok(Self(spans))
    }
}

impl Default for OfficeHours {
    /// 07:30–11:30 and 13:00–17:00.
    fn default() -> Self {
        const MORNING: OfficeSpan = OfficeSpan {
            from: NaiveTime::from_hms_opt(7, 30, 0).unwrap(),
            to: NaiveTime::from_hms_opt(11, 30, 0).unwrap(),
        };
        const AFTERNOON: OfficeSpan = OfficeSpan {
            from: NaiveTime::from_hms_opt(13, 0, 0).unwrap(),
            to: NaiveTime::from_hms_opt(17, 0, 0).unwrap(),
        };
        Self(vec![MORNING, AFTERNOON])
    }
}
