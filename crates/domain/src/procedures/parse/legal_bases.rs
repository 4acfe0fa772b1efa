//! The legal texts a procedure rests on.

use super::reader::Reader;
use super::{articles, stated_date};
use crate::procedures::content::{ArticleReference, LegalBasis};
use crate::procedures::fault::FaultCode;
use crate::procedures::source::SourceLegalBasis;
use crate::text::words;

/// Kinds of documents whose own number may follow in their title, lower case.
const DOCUMENT_KINDS: [&str; 11] = [
    "luật",
    "bộ luật",
    "pháp lệnh",
    "nghị quyết",
    "nghị định",
    "quyết định",
    "thông tư",
    "thông tư liên tịch",
    "chỉ thị",
    "quy chế",
    "kế hoạch",
];

pub(super) fn legal_bases(reader: &mut Reader, raw: &[SourceLegalBasis]) -> Vec<LegalBasis> {
    let rows = reader.items("/legal_basis", raw);
    rows.map(|(pointer, row)| legal_basis(reader, &pointer, row)).collect()
}

fn legal_basis(reader: &mut Reader, pointer: &str, row: &SourceLegalBasis) -> LegalBasis {
    reader.unknown_keys(pointer, &row.unknown_keys);
    let number_pointer = format!("{pointer}/number");
    let stated = reader.optional(&number_pointer, &row.number);
    let title = reader.optional(&format!("{pointer}/title"), &row.title);
    let number = match &stated {
        Some(stated) => Some(past_kind(stated).unwrap_or(stated)),
        None => title.as_deref().and_then(own_number),
    };
    if number.is_none_or(|number| !number.contains('/')) {
        let words = stated.as_deref().or(title.as_deref()).unwrap_or_default();
        reader.fault(&number_pointer, FaultCode::LegalBasisWithoutNumber, words);
    }
    let mut places = places(reader, &format!("{pointer}/articles"), &row.articles);
    if places.is_empty() {
        places = title.as_deref().map(articles::leading).unwrap_or_default();
    }
    LegalBasis {
        number: number.map(str::to_owned),
        number_text: stated.as_deref().filter(|stated| Some(*stated) != number).map(str::to_owned),
        date: stated_date(reader, &format!("{pointer}/date"), &row.date),
        issuer: reader.optional(&format!("{pointer}/issuer"), &row.issuer),
        articles: places,
        title,
    }
}

fn places(reader: &mut Reader, pointer: &str, raw: &[String]) -> Vec<ArticleReference> {
    let mut found = Vec::new();
    for text in reader.texts(pointer, raw) {
        match articles::whole(&text) {
            Some(places) => found.extend(places),
            None => {
                reader.fault(pointer, FaultCode::ArticleUnreadable, &text);
                found.push(ArticleReference { article: None, clause: None, point: None, text });
            }
        }
    }
    found
}

/// The number in a title such as "Quyết định số 700/QĐ-UBND ngày …". A number further inside belongs to
/// another document.
fn own_number(title: &str) -> Option<&str> {
    let rest = past_kind(title)?;
    let first = words(rest).into_iter().next()?;
    let has_symbol =
        first.exact.split_once('/').is_some_and(|(_, symbol)| symbol.contains(char::is_alphabetic));
    has_symbol.then(|| &rest[first.start..first.end])
}

/// The text from its first number on, when only the kind of document and "số" come before.
fn past_kind(text: &str) -> Option<&str> {
    let (lead, rest) = text.split_at(text.find(|c: char| c.is_ascii_digit())?);
    let lead = lead.trim().to_lowercase();
    let kind = lead.strip_suffix("số").unwrap_or(&lead).trim_end();
    (kind.is_empty() || DOCUMENT_KINDS.contains(&kind)).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_number_of_a_document_is_read() {
        assert_eq!(own_number("Quyết định số 700/QĐ-UBND ngày 04/3/2021"), Some("700/QĐ-UBND"));
        assert_eq!(own_number("Thông tư số 104/2024/TT-BQP"), Some("104/2024/TT-BQP"));
        assert_eq!(own_number("66.7/2025/NQ-CP"), Some("66.7/2025/NQ-CP"));
    }

    #[test]
    fn the_number_of_another_document_is_not() {
        for text in [
            "Hướng dẫn Quyết định số 290/2005/QĐ-TTg",
            "Luật Thủy sản năm 2017",
            "Nghị quyết 04/3/2021",
            "12",
        ] {
            assert_eq!(own_number(text), None, "{text}");
        }
    }

    #[test]
    fn words_that_are_not_a_number_stay_beside_it() {
        let row = SourceLegalBasis {
            number: Some("Thông tư số 104/2024/TT-BQP".into()),
            articles: vec!["Điều 5".into(), "toàn văn".into()],
            date: Some("19-02-2016".into()),
            ..SourceLegalBasis::default()
        };
        let mut reader = Reader::default();
        let basis = legal_basis(&mut reader, "/legal_basis/0", &row);
        assert_eq!(basis.number.as_deref(), Some("104/2024/TT-BQP"));
        assert_eq!(basis.number_text.as_deref(), Some("Thông tư số 104/2024/TT-BQP"));
        assert_eq!(basis.articles[0].article.as_deref(), Some("5"));
        assert_eq!(basis.articles[1].text, "toàn văn");
        assert_eq!(basis.date.unwrap().date.unwrap().to_string(), "2016-02-19");
        assert_eq!(reader.into_faults()[0].code, FaultCode::ArticleUnreadable);
    }
}
