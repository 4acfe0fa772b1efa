//! Time limits: Decree 63/2010/NĐ-CP Art. 8.2 point đ.

use super::{FindingCode, Findings};
use crate::codes::Code;
use crate::procedures::content::{ProcedureContent, TimeLimit};
use crate::procedures::lists::TimeUnit;

pub(super) fn check(found: &mut Findings, content: &ProcedureContent) {
    let whole = content.time_limit.as_ref();
    let by_channel = || content.channels.iter().filter_map(|channel| channel.time_limit.as_ref());
    if let Some(limit) = whole.filter(|limit| counted(limit).is_none() && by_channel().all(is_unreadable)) {
        let words = limit.text.as_deref().unwrap_or_default();
        found.add(FindingCode::TimeLimitUnreadable, "/time_limit", words);
    }
    for (at, channel) in content.channels.iter().enumerate() {
        let pointer = format!("/channels/{at}/time_limit");
        match channel.time_limit.as_ref() {
            Some(limit) if is_unreadable(limit) => {
                found.add(FindingCode::TimeLimitUnreadable, &pointer, &said(limit));
            }
            Some(limit) => compare(found, &pointer, limit, whole),
            None => {}
        }
    }
}

fn compare(found: &mut Findings, pointer: &str, limit: &TimeLimit, whole: Option<&TimeLimit>) {
    let Some(((amount, unit), (most, most_unit))) = counted(limit).zip(whole.and_then(counted)) else {
        return;
    };
    if unit == most_unit && amount > most {
        found.add(FindingCode::ChannelTimeAboveLimit, pointer, &said(limit));
    } else if (amount, unit) != (most, most_unit) {
        found.add(FindingCode::ChannelTimeDiffers, pointer, &said(limit));
    }
}

/// Amount and unit, where both are there; weeks as days and years as months.
pub(super) fn counted(limit: &TimeLimit) -> Option<(u32, TimeUnit)> {
    Some(plain(limit.amount?, limit.unit?))
}

pub(super) fn plain(amount: u32, unit: TimeUnit) -> (u32, TimeUnit) {
    match unit {
        TimeUnit::Week => (amount.saturating_mul(7), TimeUnit::CalendarDay),
        TimeUnit::Year => (amount.saturating_mul(12), TimeUnit::Month),
        _ => (amount, unit),
    }
}

fn is_unreadable(limit: &TimeLimit) -> bool {
    counted(limit).is_none()
}

fn said(limit: &TimeLimit) -> String {
    let amount = limit.amount.map(|amount| amount.to_string());
    let unit = limit.unit.map(|unit| unit.label_vi().to_owned()).or(limit.text.clone());
    [amount, unit].into_iter().flatten().collect::<Vec<_>>().join(" ")
}
