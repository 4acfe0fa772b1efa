//! Duties as an iCalendar.

use chrono::Days;
use icalendar::{Calendar, Component, Event, EventLike, EventStatus};

use super::wire::ObligationView;

/// Lines are not longer, in bytes (RFC 5545, 3.1).
const LONGEST_LINE: usize = 75;

/// All-day events on the last lawful days of these duties; what was called off is left out.
pub fn calendar(unit_code: &str, duties: &[ObligationView]) -> String {
    let mut calendar = Calendar::new();
    calendar.name(&format!("Thời hạn của {unit_code}")).timezone("Asia/Ho_Chi_Minh");
    for duty in duties.iter().filter(|duty| duty.cancelled_at.is_none()) {
        let done = if duty.met_at.is_some() { "✓ " } else { "" };
        let event = Event::new()
            .uid(&format!("{}@kstt", duty.id))
            .timestamp(duty.updated_at)
            .last_modified(duty.updated_at)
            .sequence(u32::try_from(duty.version - 1).unwrap_or(u32::MAX))
            .summary(&format!("{done}{} · {} ({})", duty.rule.title.vi, duty.subject.id, duty.rule.id))
            .description(&format!("{}\n{}", duty.unit.name, duty.rule.title.en))
            .status(EventStatus::Confirmed)
            .starts(duty.due_on)
            .ends(duty.due_on + Days::new(1))
            .done();
        calendar.push(event);
    }
    fold(&calendar.done().to_string())
}

/// The same text with every line folded; the library now and then leaves a byte too many.
fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len() + text.len() / 32);
    for line in text.replace("\r\n ", "").split_inclusive("\r\n") {
        let mut length = 0;
        for letter in line.trim_end_matches("\r\n").chars() {
            if length + letter.len_utf8() > LONGEST_LINE {
                folded.push_str("\r\n ");
                length = 1;
            }
            folded.push(letter);
            length += letter.len_utf8();
        }
        folded.push_str("\r\n");
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_any_length_are_folded_and_come_back_whole() {
        for length in 0..400 {
            let line = format!("SUMMARY:{}", "ệ".repeat(length));
            let folded = fold(&format!("BEGIN:VEVENT\r\n{line}\r\nEND:VEVENT\r\n"));
            assert!(folded.split("\r\n").all(|line| line.len() <= LONGEST_LINE), "{length}");
            assert_eq!(folded.replace("\r\n ", ""), format!("BEGIN:VEVENT\r\n{line}\r\nEND:VEVENT\r\n"));
        }
    }
}
