//! Who performs a procedure: Decree 63/2010/NĐ-CP Art. 8.2 point e.

use super::reader::Reader;
use crate::procedures::content::Subject;
use crate::procedures::lists::SubjectKind;
use crate::text::{Token, words};

/// The wordings of the national portal and the common shorter ones, folded. Where one begins another,
/// the longest that fits is taken.
const WORDINGS: [(&str, SubjectKind); 28] = [
    ("cong dan viet nam", SubjectKind::Citizen),
    ("cong dan", SubjectKind::Citizen),
    ("nguoi viet nam dinh cu o nuoc ngoai", SubjectKind::VietnameseAbroad),
    ("nguoi nuoc ngoai cu tru tai viet nam", SubjectKind::Foreigner),
    ("nguoi nuoc ngoai", SubjectKind::Foreigner),
    ("ca nhan", SubjectKind::Individual),
    ("ho gia dinh", SubjectKind::Household),
    ("ho kinh doanh", SubjectKind::HouseholdBusiness),
    ("doanh nghiep co von dau tu nuoc ngoai", SubjectKind::ForeignInvestedEnterprise),
    ("doanh nghiep viet nam", SubjectKind::Enterprise),
    ("doanh nghiep trong nuoc", SubjectKind::Enterprise),
    ("doanh nghiep trong va ngoai nuoc", SubjectKind::Enterprise),
    ("doanh nghiep bao gom ca doanh nghiep co von dau tu nuoc ngoai", SubjectKind::Enterprise),
    ("doanh nghiep ca trong nuoc va co von dau tu nuoc ngoai", SubjectKind::Enterprise),
    ("doanh nghiep", SubjectKind::Enterprise),
    ("thuong nhan", SubjectKind::Enterprise),
    ("hop tac xa lien hiep hop tac xa", SubjectKind::Cooperative),
    ("hop tac xa", SubjectKind::Cooperative),
    ("to chuc khong bao gom doanh nghiep htx", SubjectKind::Organisation),
    ("to chuc khong bao gom doanh nghiep hop tac xa", SubjectKind::Organisation),
    ("to chuc khong bao gom doanh nghiep va hop tac xa", SubjectKind::Organisation),
    ("to chuc nuoc ngoai", SubjectKind::ForeignOrganisation),
    ("to chuc dang", SubjectKind::PartyOrganisation),
    ("to chuc", SubjectKind::Organisation),
    ("co quan", SubjectKind::Agency),
    ("can bo cong chuc vien chuc", SubjectKind::Official),
    ("cong chuc vien chuc", SubjectKind::Official),
    ("dang vien", SubjectKind::PartyMember),
];

pub(super) fn subjects(reader: &mut Reader, raw: &[String]) -> Vec<Subject> {
    reader.texts("/subjects", raw).into_iter().flat_map(subjects_of).collect()
}

/// The subjects of one text: several when it is a list of known wordings and nothing more, otherwise
/// the whole text as one subject of kind `other`.
fn subjects_of(text: String) -> Vec<Subject> {
    known_list(&text).unwrap_or_else(|| vec![Subject { kind: SubjectKind::Other, text }])
}

fn known_list(text: &str) -> Option<Vec<Subject>> {
    let tokens = words(text);
    let mut starts = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if !starts.is_empty() && matches!(tokens[at].exact.as_str(), "và" | "hoặc") {
            at += 1;
        }
        let (length, kind) = longest_wording(&tokens[at..])?;
        starts.push((tokens[at].start, kind));
        at += length;
    }
    let ends = starts.iter().skip(1).map(|(start, _)| *start).chain([text.len()]);
    let subjects = starts.iter().zip(ends).map(|(&(start, kind), end)| Subject {
        kind,
        text: without_separators(&text[start..end]).to_owned(),
    });
    Some(subjects.collect()).filter(|subjects: &Vec<Subject>| !subjects.is_empty())
}

fn longest_wording(tokens: &[Token]) -> Option<(usize, SubjectKind)> {
    let fits = |wording: &str| {
        let mut at = 0;
        wording.split(' ').all(|word| {
            at += 1;
            tokens.get(at - 1).is_some_and(|token| token.folded == word)
        })
    };
    WORDINGS
        .iter()
        .filter(|(wording, _)| fits(wording))
        .map(|(wording, kind)| (wording.split(' ').count(), *kind))
        .max_by_key(|(length, _)| *length)
}

fn without_separators(text: &str) -> &str {
    let separator = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '/' | '-' | '•' | '.');
    let text = text.trim_end_matches(separator);
    let text = text.strip_suffix(" và").or_else(|| text.strip_suffix(" hoặc")).unwrap_or(text);
    text.trim_end_matches(separator)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(SubjectKind, String)> {
        subjects_of(text.to_owned()).into_iter().map(|subject| (subject.kind, subject.text)).collect()
    }

    #[test]
    fn a_list_of_known_wordings_is_taken_apart() {
        let all = "Công dân Việt Nam, Tổ chức (không bao gồm doanh nghiệp, HTX) Hợp tác xã; doanh nghiệp và cá nhân.";
        let expected = [
            (SubjectKind::Citizen, "Công dân Việt Nam"),
            (SubjectKind::Organisation, "Tổ chức (không bao gồm doanh nghiệp, HTX)"),
            (SubjectKind::Cooperative, "Hợp tác xã"),
            (SubjectKind::Enterprise, "doanh nghiệp"),
            (SubjectKind::Individual, "cá nhân"),
        ];
        assert_eq!(read(all), expected.map(|(kind, text)| (kind, text.to_owned())));
    }

    #[test]
    fn any_other_text_is_kept_whole() {
        for text in ["Doanh nghiệp có trụ sở tại thành phố", "Chủ đầu tư", "...", "Tổ chức và"]
        {
            assert_eq!(read(text), [(SubjectKind::Other, text.to_owned())], "{text}");
        }
    }
}
