//! Manner of performance: Decree 63/2010/NĐ-CP Art. 8.2 point c.

use super::reader::Reader;
use super::{fees, time_unit};
use crate::procedures::content::{SubmissionChannel, TimeLimit};
use crate::procedures::fault::FaultCode;
use crate::procedures::lists::ChannelKind;
use crate::procedures::source::SourceChannel;
use crate::text::fold;

pub(super) fn channels(reader: &mut Reader, raw: &[SourceChannel]) -> Vec<SubmissionChannel> {
    let rows = reader.items("/submission_channels", raw);
    rows.map(|(pointer, row)| channel(reader, &pointer, row)).collect()
}

fn channel(reader: &mut Reader, pointer: &str, row: &SourceChannel) -> SubmissionChannel {
    reader.unknown_keys(pointer, &row.unknown_keys);
    let kind_pointer = format!("{pointer}/channel");
    let kind_text = reader.optional(&kind_pointer, &row.channel);
    let kind = match kind_text.as_deref().map(fold).as_deref() {
        Some("truc tiep" | "direct") => ChannelKind::Direct,
        Some("truc tuyen" | "online") => ChannelKind::Online,
        Some("dich vu buu chinh" | "buu chinh" | "post") => ChannelKind::Post,
        None | Some("unspecified") => ChannelKind::Unspecified,
        Some(words) => {
            reader.fault(&kind_pointer, FaultCode::ChannelUnknown, words);
            ChannelKind::Unspecified
        }
    };
    SubmissionChannel {
        kind,
        kind_text,
        time_limit: time_limit(reader, pointer, row),
        fees: fees::optional(reader, &format!("{pointer}/fee"), &row.fee),
        description: reader.optional(&format!("{pointer}/description"), &row.description),
        source_text: reader.optional(&format!("{pointer}/raw"), &row.raw),
    }
}

fn time_limit(reader: &mut Reader, pointer: &str, row: &SourceChannel) -> Option<TimeLimit> {
    let pointer = format!("{pointer}/time_unit");
    let text = reader.optional(&pointer, &row.time_unit);
    if row.time_value.is_none() && text.is_none() {
        return None;
    }
    let unit = text.as_deref().and_then(time_unit);
    match &text {
        Some(words) if unit.is_none() => reader.fault(&pointer, FaultCode::TimeUnitUnknown, words),
        None => reader.fault(&pointer, FaultCode::TimeUnitMissing, ""),
        Some(_) => {}
    }
    Some(TimeLimit { amount: row.time_value, unit, text: text.filter(|_| unit.is_none()) })
}
