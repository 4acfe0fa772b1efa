//! Which units settle a procedure: those it names by code, else those its agencies' words name.
//!
//! Words are matched whole and folded; nothing is guessed from a part of a name.

use std::ops::Range;

use super::{Level, ProcedureContent};
use crate::text::fold;
use crate::units::UnitKind;

/// All communes, as one settling unit.
pub const ALL_COMMUNES: &str = "group:communes";
/// All districts, as one settling unit.
pub const ALL_DISTRICTS: &str = "group:districts";

/// Units of one kind that settle together.
#[derive(Debug)]
pub struct SettlingGroup {
    /// What stands for it in a procedure.
    pub code: &'static str,
    pub kind: UnitKind,
    /// What people call it.
    pub name: &'static str,
}

/// The groups there are.
pub const SETTLING_GROUPS: &[SettlingGroup] = &[
    SettlingGroup { code: ALL_COMMUNES, kind: UnitKind::Commune, name: "Ủy ban nhân dân cấp xã" },
    SettlingGroup {
        code: ALL_DISTRICTS, kind: UnitKind::District, name: "Ủy ban nhân dân cấp huyện"
    },
];

impl SettlingGroup {
    /// The group of a code.
    pub fn of_code(code: &str) -> Option<&'static Self> {
        SETTLING_GROUPS.iter().find(|group| group.code == code)
    }

    /// The group that units of a kind belong to.
    pub fn of_kind(kind: UnitKind) -> Option<&'static Self> {
        SETTLING_GROUPS.iter().find(|group| group.kind == kind)
    }
}

/// A unit as agencies' words may name it.
#[derive(Debug, Clone)]
pub struct KnownUnit {
    pub code: String,
    /// Its folded name without the name of the city, such as `so xay dung`; whole where nothing but a kind
    /// of agency would be left.
    pub name: String,
}

impl KnownUnit {
    /// A unit called `name`, with or without `city` at the end.
    pub fn new(code: &str, name: &str, city: &str) -> Self {
        let folded = fold(name);
        let city = fold(city);
        let bare = folded.strip_suffix(&city).map_or(folded.as_str(), str::trim_end);
        let bare = bare.strip_suffix("thanh pho").map_or(bare, str::trim_end);
        let name = if bare == COMMITTEE { folded.as_str() } else { bare };
        Self { code: code.to_owned(), name: name.to_owned() }
    }
}

/// What every people's committee is called first.
const COMMITTEE: &str = "uy ban nhan dan";
const COMMUNE_WORDS: &[&str] =
    &["cap xa", "xa, phuong, thi tran", "xa, phuong", "phuong, xa", "phuong xa", "phuong/xa", "xa/phuong"];
const DISTRICT_WORDS: &[&str] =
    &["cap huyen", "quan, huyen", "quan huyen", "huyen, quan", "quan/huyen", "huyen, thi xa, thanh pho"];

/// Codes of the units that settle the procedure, in order, without doubles.
pub fn settling_units(content: &ProcedureContent, known: &[KnownUnit]) -> Vec<String> {
    let mut codes = content.agencies.settling_unit_codes.clone();
    if codes.is_empty() {
        let words = fold(content.agencies.settling.as_deref().unwrap_or_default());
        codes.extend(named(&words, known));
        let nobody_named = codes.is_empty();
        let any = |list: &[&str]| list.iter().any(|phrase| holds(&words, phrase));
        if any(COMMUNE_WORDS) || (nobody_named && content.levels.values == [Level::Commune]) {
            codes.push(ALL_COMMUNES.to_owned());
        }
        if any(DISTRICT_WORDS) || (nobody_named && content.levels.values == [Level::District]) {
            codes.push(ALL_DISTRICTS.to_owned());
        }
    }
    codes.sort();
    codes.dedup();
    codes
}

/// The units that the words name. Where a longer name stands, the shorter one inside it is not meant.
fn named(words: &str, known: &[KnownUnit]) -> Vec<String> {
    let found: Vec<(Range<usize>, &str)> = known
        .iter()
        .flat_map(|unit| places(words, &unit.name).map(|place| (place, unit.code.as_str())))
        .collect();
    let inside = |inner: &Range<usize>| {
        found.iter().any(|(outer, _)| outer.start <= inner.start && inner.end <= outer.end && outer != inner)
    };
    found.iter().filter(|(place, _)| !inside(place)).map(|(_, code)| (*code).to_owned()).collect()
}

/// Whether `phrase` stands in `words` as whole words.
pub(super) fn holds(words: &str, phrase: &str) -> bool {
    places(words, phrase).next().is_some()
}

/// Where `phrase` stands in `words` as whole words.
fn places<'w>(words: &'w str, phrase: &'w str) -> impl Iterator<Item = Range<usize>> + 'w {
    let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    let whole = move |place: &Range<usize>| {
        edge(words[..place.start].chars().next_back()) && edge(words[place.end..].chars().next())
    };
    let found = words.match_indices(phrase).map(|(at, found)| at..at + found.len());
    found.filter(move |place| !phrase.is_empty() && whole(place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_matched_whole() {
        let unit = KnownUnit::new("SXD", "Sở Xây dựng thành phố Cần Thơ", "Cần Thơ");
        assert_eq!(unit.name, "so xay dung");
        assert!(holds("- so xay dung; so tu phap", "so xay dung"));
        assert!(!holds("co so xay dungs", "so xay dung"));
        assert!(holds("ubnd cap xa", "cap xa"));
        assert!(!holds("thi xanh", "xa"));
    }

    #[test]
    fn the_longest_name_is_meant() {
        let city = KnownUnit::new("UBNDTP", "Ủy ban nhân dân thành phố Cần Thơ", "Cần Thơ");
        let short = KnownUnit::new("A", "Ủy ban nhân dân phường Thới An", "Cần Thơ");
        let long = KnownUnit::new("B", "Ủy ban nhân dân phường Thới An Đông", "Cần Thơ");
        let known = [city, short, long];
        let of = |words: &str| named(&fold(words), &known);
        assert_eq!(of("Ủy ban nhân dân phường Thới An Đông"), ["B"]);
        assert_eq!(of("Ủy ban nhân dân phường Thới An; Ủy ban nhân dân phường Thới An Đông"), ["A", "B"]);
        assert_eq!(of("Ủy ban nhân dân cấp xã"), [""; 0]);
        assert_eq!(of("Ủy ban nhân dân thành phố Cần Thơ"), ["UBNDTP"]);
    }
}
