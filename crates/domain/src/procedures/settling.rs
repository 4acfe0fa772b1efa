//! Which units settle a procedure: those it names by code, else those its agencies' words name.
//!
//! Words are matched whole and folded; nothing is guessed from a part of a name.

use super::{Level, ProcedureContent};
use crate::text::fold;

/// All communes, as one settling unit.
pub const ALL_COMMUNES: &str = "group:communes";
/// All districts, as one settling unit.
pub const ALL_DISTRICTS: &str = "group:districts";

/// A unit as agencies' words may name it.
#[derive(Debug, Clone)]
pub struct KnownUnit {
    pub code: String,
    /// Folded names without the name of the city, such as `so xay dung`.
    pub names: Vec<String>,
}

impl KnownUnit {
    /// A unit called `name`, with or without `city` at the end.
    pub fn new(code: &str, name: &str, city: &str) -> Self {
        let folded = fold(name);
        let city = fold(city);
        let bare = folded.strip_suffix(&city).map_or(folded.as_str(), str::trim_end);
        let bare = bare.strip_suffix("thanh pho").map_or(bare, str::trim_end);
        Self { code: code.to_owned(), names: vec![bare.to_owned()] }
    }
}

const COMMUNE_WORDS: &[&str] =
    &["cap xa", "xa, phuong, thi tran", "xa, phuong", "phuong, xa", "phuong xa", "phuong/xa", "xa/phuong"];
const DISTRICT_WORDS: &[&str] =
    &["cap huyen", "quan, huyen", "quan huyen", "huyen, quan", "quan/huyen", "huyen, thi xa, thanh pho"];

/// Codes of the units that settle the procedure, in order, without doubles.
pub fn settling_units(content: &ProcedureContent, known: &[KnownUnit]) -> Vec<String> {
    let mut codes = content.agencies.settling_unit_codes.clone();
    if codes.is_empty() {
        let words = fold(content.agencies.settling.as_deref().unwrap_or_default());
        let named = known.iter().filter(|unit| unit.names.iter().any(|name| holds(&words, name)));
        codes.extend(named.map(|unit| unit.code.clone()));
        let any = |list: &[&str]| list.iter().any(|phrase| holds(&words, phrase));
        if any(COMMUNE_WORDS) || content.levels.values == [Level::Commune] {
            codes.push(ALL_COMMUNES.to_owned());
        }
        if any(DISTRICT_WORDS) || content.levels.values == [Level::District] {
            codes.push(ALL_DISTRICTS.to_owned());
        }
    }
    codes.sort();
    codes.dedup();
    codes
}

/// Whether `phrase` stands in `words` as whole words.
pub(super) fn holds(words: &str, phrase: &str) -> bool {
    let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    !phrase.is_empty()
        && words.match_indices(phrase).any(|(at, found)| {
            edge(words[..at].chars().next_back()) && edge(words[at + found.len()..].chars().next())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_matched_whole() {
        let unit = KnownUnit::new("SXD", "Sở Xây dựng thành phố Cần Thơ", "Cần Thơ");
        assert_eq!(unit.names, ["so xay dung"]);
        assert!(holds("- so xay dung; so tu phap", "so xay dung"));
        assert!(!holds("co so xay dungs", "so xay dung"));
        assert!(holds("ubnd cap xa", "cap xa"));
        assert!(!holds("thi xanh", "xa"));
    }
}
