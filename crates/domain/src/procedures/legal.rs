//! One key for one legal text, however it is written, and one for each place in it.

use super::content::{ArticleReference, LegalBasis};
use crate::text::fold;
use chrono::NaiveDate;

/// Longest key, in bytes.
const MAX_KEY_BYTES: usize = 120;
/// Longest key made of a title, in bytes.
const MAX_TITLE_BYTES: usize = 100;
/// What is kept free at the end for `-2021-03-04`.
const DATE_BYTES: usize = 11;

impl LegalBasis {
    /// The document as a slug of `[a-z0-9-]`: `15-2020-tt-btp`. Numbers start anew each year, so a number
    /// that holds no year is followed by the stated date. A document without a number goes by its title.
    pub fn document_key(&self) -> Option<String> {
        let number = self.number.as_deref().map(slug).filter(|slug| !slug.is_empty());
        let date = self.date.as_ref().and_then(|stated| stated.date);
        match number {
            Some(number) => Some(number_key(&number, date)),
            None => {
                let title = self.title.as_deref().map(slug).filter(|slug| !slug.is_empty())?;
                Some(cut(&format!("t-{title}"), MAX_TITLE_BYTES).to_owned())
            }
        }
    }
}

/// What the keys of documents begin with whose number begins with these words.
pub fn document_key_prefix(number: &str) -> String {
    cut(&slug(number), MAX_KEY_BYTES).to_owned()
}

fn number_key(number: &str, date: Option<NaiveDate>) -> String {
    match date {
        Some(date) if !number.split('-').any(is_year) => {
            format!("{}-{}", cut(number, MAX_KEY_BYTES - DATE_BYTES), date.format("%Y-%m-%d"))
        }
        _ => cut(number, MAX_KEY_BYTES).to_owned(),
    }
}

/// Whether a segment of a number is the year of the document.
fn is_year(segment: &str) -> bool {
    segment.len() == 4 && segment.parse::<u16>().is_ok_and(|year| (1900..=2199).contains(&year))
}

/// The folded words of a text, joined by hyphens; what is not a Latin letter or a digit separates.
fn slug(text: &str) -> String {
    let folded = fold(text);
    let words = folded.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

/// At most `bytes` of a slug, which is ASCII, and no hyphen at the end.
fn cut(slug: &str, bytes: usize) -> &str {
    slug.get(..bytes).unwrap_or(slug).trim_end_matches('-')
}

impl ArticleReference {
    /// The place and the places it lies in, the widest first: `5`, `5.2`, `5.2.a` for point a of clause 2
    /// of article 5; `5`, `5..a` when no clause is named. Empty when the words could not be read.
    pub fn places(&self) -> Vec<String> {
        let part = |part: &Option<String>| part.as_deref().map(place).filter(|part| !part.is_empty());
        let Some(article) = part(&self.article) else { return Vec::new() };
        let (clause, point) = (part(&self.clause), part(&self.point));
        let mut places = vec![article.clone()];
        places.extend(clause.as_ref().map(|clause| format!("{article}.{clause}")));
        places.extend(point.map(|point| format!("{article}.{}.{point}", clause.unwrap_or_default())));
        places
    }
}

/// A number or letter of a place. Points run a, b, c, d, đ: the last is `dd`, lest it be taken for d.
fn place(text: &str) -> String {
    let spelt: String = text.to_lowercase().replace('đ', "dd");
    fold(&spelt).chars().filter(char::is_ascii_alphanumeric).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::procedures::StatedDate;
    use proptest::prelude::*;

    fn basis(number: Option<&str>, title: Option<&str>, date: Option<&str>) -> LegalBasis {
        LegalBasis {
            number: number.map(str::to_owned),
            number_text: None,
            title: title.map(str::to_owned),
            date: date.map(|text| StatedDate { date: text.parse().ok(), text: text.to_owned() }),
            issuer: None,
            articles: Vec::new(),
        }
    }

    fn key(number: Option<&str>, title: Option<&str>, date: Option<&str>) -> Option<String> {
        basis(number, title, date).document_key()
    }

    #[test]
    fn a_document_has_one_key_however_it_is_written() {
        for written in ["15/2020/TT-BTP", "15 / 2020 / tt - btp", "15/2020/Tt–BTP ", "15/2020/TT\u{200b}-BTP"]
        {
            assert_eq!(key(Some(written), None, None).as_deref(), Some("15-2020-tt-btp"), "{written}");
        }
        assert_eq!(key(Some("63/2010/NĐ-CP"), None, Some("2010-06-08")).as_deref(), Some("63-2010-nd-cp"));
    }

    #[test]
    fn a_number_without_a_year_takes_the_date() {
        let dated = key(Some("700/QĐ-UBND"), Some("Quyết định"), Some("2021-03-04"));
        assert_eq!(dated.as_deref(), Some("700-qd-ubnd-2021-03-04"));
        assert_eq!(key(Some("700/QĐ-UBND"), None, None).as_deref(), Some("700-qd-ubnd"));
        assert_eq!(key(Some("700/QĐ-UBND"), None, Some("hôm nọ")).as_deref(), Some("700-qd-ubnd"));
    }

    #[test]
    fn a_document_without_a_number_goes_by_its_title() {
        let title = "Luật Năng lượng nguyên tử";
        assert_eq!(key(None, Some(title), None).as_deref(), Some("t-luat-nang-luong-nguyen-tu"));
        assert_eq!(key(Some("…"), Some(title), None), key(None, Some(title), None));
        assert_eq!(key(None, None, Some("2021-03-04")), None);
        assert_eq!(key(Some("--"), Some("??"), None), None);
    }

    #[test]
    fn places_are_listed_from_the_widest() {
        let places = |article: Option<&str>, clause: Option<&str>, point: Option<&str>| {
            let [article, clause, point] = [article, clause, point].map(|part| part.map(str::to_owned));
            ArticleReference { article, clause, point, text: String::new() }.places()
        };
        assert_eq!(places(Some("5"), None, None), ["5"]);
        assert_eq!(places(Some("5"), Some("2"), None), ["5", "5.2"]);
        assert_eq!(places(Some("12A"), Some("2"), Some("Đ")), ["12a", "12a.2", "12a.2.dd"]);
        assert_eq!(places(Some("5"), Some("2"), Some("d")), ["5", "5.2", "5.2.d"]);
        assert_eq!(places(Some("5"), None, Some("a")), ["5", "5..a"]);
        assert!(places(None, Some("2"), Some("a")).is_empty());
    }

    proptest! {
        #[test]
        fn a_key_is_always_legal(number in proptest::option::of("\\PC{0,200}"), title in "\\PC{0,300}", dated: bool) {
            let basis = basis(number.as_deref(), Some(&title), dated.then_some("2021-03-04"));
            if let Some(key) = basis.document_key() {
                prop_assert!((1..=MAX_KEY_BYTES).contains(&key.len()), "{}", key);
                prop_assert!(key.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-')), "{}", key);
                prop_assert!(!key.starts_with('-') && !key.ends_with('-') && !key.contains("--"), "{}", key);
            }
        }
    }
}
