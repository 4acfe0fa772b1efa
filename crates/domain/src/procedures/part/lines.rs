//! What a part says, one fact on a line, in Vietnamese.

use super::Part;
use super::rendered::{Rendered, joined, tagged};
use crate::codes::Code;
use crate::procedures::content::*;
use crate::procedures::dossier::{Dossier, DossierComponent};
use crate::procedures::files::FileReference;
use crate::procedures::lists::{ChannelKind, FeeKind, TimeUnit};
use crate::procedures::parse;
use crate::text::fold;

const NOT_STATED: &str = "không ghi";
const SETS: &str = "Số bộ hồ sơ";
const COMPONENTS: &str = "Thành phần hồ sơ, nguyên văn";

impl Part {
    /// The part for people: Vietnamese lines, one fact on each. The same part always gives the same
    /// lines, and a part that differs in anything differs in a line.
    pub fn lines(self, content: &ProcedureContent) -> Vec<String> {
        let mut out = Rendered::default();
        match self {
            Self::Name if content.name.is_empty() => {}
            Self::Name => out.text(&content.name),
            Self::Steps => steps(&mut out, &content.steps),
            Self::Manner => content.channels.iter().for_each(|channel| manner(&mut out, channel)),
            Self::Dossier => return dossier(&content.dossier),
            Self::TimeLimit => content.time_limit.iter().for_each(|limit| out.text(&whole_limit(limit))),
            Self::Subjects => content.subjects.iter().for_each(|item| out.text(&subject(item))),
            Self::Agencies => agencies(&mut out, &content.agencies),
            Self::Forms => forms(&mut out, content),
            Self::Results => results(&mut out, content),
            Self::Requirements => content.requirements.iter().for_each(|item| out.text(&requirements(item))),
            Self::Fees => content.fees.iter().for_each(|item| out.text(&fee(item))),
            Self::LegalBases => content.legal_bases.iter().for_each(|basis| legal_basis(&mut out, basis)),
            Self::Classification => classification(&mut out, content),
            Self::Related => related(&mut out, content),
            Self::Samples => samples(&mut out, content),
            Self::Status => status(&mut out, content),
        }
        out.into_lines()
    }
}

fn steps(out: &mut Rendered, cases: &[StepCase]) {
    for (at, case) in cases.iter().enumerate() {
        if at > 0 || case.title.is_some() || case.steps.is_empty() {
            out.title(case.title.as_deref());
        }
        for step in &case.steps {
            let plain = step.number == parse::number_of(&step.text);
            let number =
                step.number.map_or("không đánh số".to_owned(), |number| format!("bước {number}"));
            out.text(&tagged(&step.text, plain, &number));
        }
    }
}

/// A channel opens with its kind and its time limit; every further line begins with its kind again.
fn manner(out: &mut Rendered, channel: &SubmissionChannel) {
    let kind = channel.kind.label_vi();
    let usual_name = if channel.kind == ChannelKind::Unspecified { None } else { Some(kind) };
    let limit = channel.time_limit.as_ref().map_or("không ghi thời hạn".to_owned(), channel_limit);
    out.fact(kind, &limit);
    let line = |out: &mut Rendered, label: &str, text: &str| out.fact(&format!("{kind} – {label}"), text);
    if channel.kind_text.as_deref() != usual_name {
        match &channel.kind_text {
            Some(text) => line(out, "tên trong nguồn", text),
            None => out.note(&format!("{kind} – nguồn không ghi tên")),
        }
    }
    channel.fees.iter().for_each(|item| line(out, "phí, lệ phí", &fee(item)));
    channel.description.iter().for_each(|text| line(out, "mô tả", text));
    channel.source_text.iter().for_each(|text| line(out, "nguyên văn", text));
}

fn dossier(dossier: &Dossier) -> Vec<String> {
    let mut out = Rendered::with_labels(&[SETS, COMPONENTS]);
    for (at, case) in dossier.cases.iter().enumerate() {
        if at > 0 || case.title.is_some() || case.components.is_empty() {
            out.title(case.title.as_deref());
        }
        case.components.iter().for_each(|item| component(&mut out, item));
    }
    out.optional(COMPONENTS, &dossier.components_text);
    out.optional(SETS, &dossier.sets.map(|sets| sets.to_string()));
    out.into_lines()
}

fn component(out: &mut Rendered, component: &DossierComponent) {
    let count = |count: Option<u32>| count.map_or(NOT_STATED.to_owned(), |count| count.to_string());
    let counts = format!("bản chính: {}; bản sao: {}", count(component.originals), count(component.copies));
    let uncounted = component.originals.is_none() && component.copies.is_none();
    out.text(&tagged(&component.name, uncounted, &counts));
    component.forms.iter().for_each(|form| out.detail("Mẫu", form));
}

/// Amount and unit: "3 ngày làm việc".
fn counted(limit: &TimeLimit) -> String {
    match (limit.amount, limit.unit.map(TimeUnit::label_vi)) {
        (Some(amount), Some(unit)) => format!("{amount} {unit}"),
        (Some(amount), None) => format!("{amount}, không rõ đơn vị"),
        (None, Some(unit)) => format!("không rõ số, đơn vị {unit}"),
        (None, None) => "không đọc được".to_owned(),
    }
}

/// A limit in words goes by its words, a limit without words by its value.
fn whole_limit(limit: &TimeLimit) -> String {
    match &limit.text {
        Some(text) => tagged(text, parse::time_limit_of(text.clone()) == *limit, &counted(limit)),
        None => format!("[{}]", counted(limit)),
    }
}

fn channel_limit(limit: &TimeLimit) -> String {
    match &limit.text {
        Some(text) => tagged(text, false, &counted(limit)),
        None => counted(limit),
    }
}

fn subject(subject: &Subject) -> String {
    let kind = subject.kind.label_vi();
    tagged(&subject.text, fold(&subject.text) == fold(kind), kind)
}

fn agencies(out: &mut Rendered, agencies: &Agencies) {
    out.optional("Cơ quan giải quyết", &agencies.settling);
    agencies.settling_unit_codes.iter().for_each(|code| out.fact("Mã đơn vị giải quyết", code));
    out.optional("Cơ quan có thẩm quyền quyết định", &agencies.deciding);
    out.optional("Cơ quan được ủy quyền", &agencies.authorised);
    out.optional("Cơ quan phối hợp", &agencies.coordinating);
    out.optional("Địa chỉ tiếp nhận hồ sơ", &agencies.reception_address);
}

fn forms(out: &mut Rendered, content: &ProcedureContent) {
    for form in &content.forms {
        out.text(&form.name);
        form.code.iter().for_each(|code| out.detail("Ký hiệu", code));
        form.file.iter().for_each(|item| out.detail("Tệp", &file(item)));
    }
}

fn samples(out: &mut Rendered, content: &ProcedureContent) {
    for set in &content.sample_sets {
        out.text(&set.title);
        set.case.iter().for_each(|case| out.detail("Trường hợp", case));
        set.files.iter().for_each(|item| out.detail("Tệp", &file(item)));
    }
}

/// The checksum comes last, so that what is before it can be told apart from the right.
fn file(file: &FileReference) -> String {
    let size = file.size_bytes.map_or("không ghi cỡ".to_owned(), |bytes| format!("{bytes} byte"));
    format!("{} [{}] [{size}] [SHA-256 {}]", file.name, file.media_type, file.sha256)
}

fn results(out: &mut Rendered, content: &ProcedureContent) {
    for result in &content.results {
        out.text(&result.name);
        result.code.iter().for_each(|code| out.detail("Mã kết quả", code));
    }
}

fn requirements(item: &Requirements) -> String {
    let plain = item.none_stated == parse::says_none(&item.text);
    let value = if item.none_stated {
        "không có yêu cầu, điều kiện"
    } else {
        "có yêu cầu, điều kiện"
    };
    tagged(&item.text, plain, value)
}

fn fee(fee: &Fee) -> String {
    let usual = match fold(&fee.text).as_str() {
        "mien phi" => (FeeKind::Free, Some(0)),
        _ => (FeeKind::Text, None),
    };
    let kind = fee.kind.label_vi().to_lowercase();
    let value = match (fee.kind, fee.amount_dong) {
        (FeeKind::Free, Some(0)) => kind,
        (_, Some(dong)) => format!("{kind}: {dong} đồng"),
        (_, None) => format!("{kind}, không có số tiền"),
    };
    tagged(&fee.text, (fee.kind, fee.amount_dong) == usual, &value)
}

/// "15/2020/TT-BTP – title – Điều 5 khoản 2; Điều 6", and what else is known of the text below it.
fn legal_basis(out: &mut Rendered, basis: &LegalBasis) {
    let named = |text: &Option<String>, none: &str| {
        text.as_deref().map_or(none.to_owned(), |text| joined(" – ", [text]))
    };
    let mut line = format!("{} – {}", named(&basis.number, "(không số)"), named(&basis.title, "(không tên)"));
    if !basis.articles.is_empty() {
        let places: Vec<String> = basis.articles.iter().map(place).collect();
        line = format!("{line} – {}", joined("; ", places.iter().map(String::as_str)));
    }
    out.text(&line);
    basis.number_text.iter().for_each(|text| out.detail("Số ghi trong nguồn", text));
    basis.date.iter().for_each(|stated| out.detail("Ngày ban hành", &date(stated)));
    basis.issuer.iter().for_each(|issuer| out.detail("Cơ quan ban hành", issuer));
}

fn place(reference: &ArticleReference) -> String {
    let read = parse::places_of(&reference.text);
    let plain = match &read {
        Some(places) => places[..] == [reference.clone()],
        None => reference.article.is_none() && reference.clause.is_none() && reference.point.is_none(),
    };
    let part = |part: &Option<String>| part.clone().unwrap_or("–".to_owned());
    let value = format!(
        "điều {}, khoản {}, điểm {}",
        part(&reference.article),
        part(&reference.clause),
        part(&reference.point)
    );
    tagged(&reference.text, plain, &value)
}

fn classification(out: &mut Rendered, content: &ProcedureContent) {
    out.optional("Mã thủ tục", &content.national_code);
    out.optional("Mã địa phương", &content.local_code);
    out.optional("Lĩnh vực", &content.field);
    content.keywords.iter().for_each(|word| out.fact("Từ khóa", word));
    if let Some(stated) = &content.procedure_type {
        let kind = stated.kind.map_or("không có trong danh mục", Code::label_vi);
        out.fact("Loại thủ tục", &tagged(&stated.text, stated.kind == parse::kind_of(&stated.text), kind));
    }
    levels(out, &content.levels);
    if let Some(level) = &content.service_level {
        let value = format!("{} – {}", level.value.label_vi(), level.scale.label_vi());
        out.fact("Mức độ dịch vụ công trực tuyến", &value);
    }
    out.optional("Cơ quan ban hành quyết định công bố", &content.issuing_body);
    out.optional("Số quyết định công bố", &content.decision_number);
}

fn levels(out: &mut Rendered, levels: &Levels) {
    levels.values.iter().for_each(|level| out.fact("Cấp thực hiện", level.label_vi()));
    out.fact("Căn cứ xác định cấp", levels.basis.label_vi());
    levels.texts.iter().for_each(|text| out.fact("Cấp thực hiện, nguồn ghi", text));
    out.optional("Căn cứ xác định cấp, nguồn ghi", &levels.basis_text);
}

fn related(out: &mut Rendered, content: &ProcedureContent) {
    content.related_procedures.iter().for_each(|code| out.fact("Thủ tục liên quan", code));
    content.interlinked_procedures.iter().for_each(|code| out.fact("Thủ tục liên thông", code));
}

fn status(out: &mut Rendered, content: &ProcedureContent) {
    out.optional("Tình trạng", &content.status_text);
    out.optional("Ngày có hiệu lực", &content.effective_date.as_ref().map(date));
    out.optional("Áp dụng từ", &content.valid_from.as_ref().map(date));
}

fn date(stated: &StatedDate) -> String {
    let value = stated.date.map_or("không đọc được ngày".to_owned(), |date| date.to_string());
    tagged(&stated.text, stated.date == parse::date_of(&stated.text), &value)
}
