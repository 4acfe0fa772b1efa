//! Which procedure a row is a version of.

use super::reader::Reader;
use crate::codes::Code;
use crate::procedures::content::{Levels, ProcedureContent};
use crate::procedures::fault::FaultCode;
use crate::procedures::lists::{Level, LevelBasis};
use crate::procedures::national_code::is_national_code;
use crate::procedures::source::SourceRow;
use crate::text::{fold, words};
use serde::{Deserialize, Serialize};

/// Slug of the ministry's own version of a procedure.
const MINISTRY_SLUG: &str = "bo";
const MAX_SLUG_CHARS: usize = 60;

/// What tells one procedure from another. The same national code is published by the ministry and by
/// localities, and by each for different levels: code and variant together are the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Identity {
    /// None when the source has no code or a malformed one.
    pub national_code: Option<String>,
    /// None when the source has no local code or a malformed one.
    pub local_code: Option<String>,
    /// The place whose own version this is; none for the ministry's.
    pub locality: Option<Locality>,
    pub levels: Vec<Level>,
    /// Locality and levels in URL-safe form: `bo-city-commune`, `da-nang-commune`.
    pub variant: String,
}

/// A place that publishes its own version of a procedure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Locality {
    pub name: String,
    /// The name without "thành phố" or "tỉnh", folded, joined by hyphens.
    pub slug: String,
}

pub(super) fn identity(reader: &mut Reader, row: &SourceRow, content: &ProcedureContent) -> Identity {
    let national_code = well_formed(reader, "/code", &content.national_code);
    let local_code = well_formed(reader, "/local_code", &content.local_code);
    if content.national_code.is_none() {
        reader.fault("/code", FaultCode::NoCode, "");
    }
    let locality = locality(reader, row);
    let levels = content.levels.values.clone();
    let place = locality.as_ref().map_or(MINISTRY_SLUG, |locality| &locality.slug);
    let levels_slug = match levels.is_empty() {
        true => "unknown".to_owned(),
        false => levels.iter().map(|level| level.code()).collect::<Vec<_>>().join("-"),
    };
    let variant = format!("{place}-{levels_slug}");
    Identity { national_code, local_code, locality, levels, variant }
}

fn well_formed(reader: &mut Reader, pointer: &str, stated: &Option<String>) -> Option<String> {
    let code = stated.as_ref()?;
    if !is_national_code(code) {
        reader.fault(pointer, FaultCode::BadCode, code);
        return None;
    }
    Some(code.clone())
}

fn locality(reader: &mut Reader, row: &SourceRow) -> Option<Locality> {
    let name = reader.optional("/locality", &row.locality)?;
    let slug = place_slug(&name);
    let usable = (1..=MAX_SLUG_CHARS).contains(&slug.len()) && slug.is_ascii() && slug != MINISTRY_SLUG;
    if !usable {
        reader.fault("/locality", FaultCode::LocalityUnreadable, &name);
        return Some(Locality { name, slug: "unknown".to_owned() });
    }
    Some(Locality { name, slug })
}

fn place_slug(name: &str) -> String {
    let folded = fold(name);
    let bare =
        ["thanh pho ", "tinh ", "tp. ", "tp.", "tp "].iter().find_map(|kind| folded.strip_prefix(kind));
    let words: Vec<String> = words(bare.unwrap_or(&folded)).into_iter().map(|word| word.folded).collect();
    words.join("-").replace(['.', '/'], "-")
}

pub(super) fn levels(reader: &mut Reader, row: &SourceRow) -> Levels {
    let texts = reader.texts("/level", &row.level);
    let mut values = Vec::new();
    for text in &texts {
        match level(text) {
            Some(level) => values.push(level),
            None => reader.fault("/level", FaultCode::LevelUnknown, text),
        }
    }
    values.sort();
    values.dedup();
    let basis_text = reader.optional("/level_basis", &row.level_basis);
    let basis = match basis_text.as_deref().map(fold).as_deref() {
        Some("stated") => LevelBasis::Stated,
        Some(words) if words.starts_with("inferred") => LevelBasis::Inferred,
        _ => LevelBasis::Unknown,
    };
    Levels { values, basis, texts, basis_text }
}

fn level(text: &str) -> Option<Level> {
    let word = fold(text);
    Some(match word.strip_prefix("cap ").unwrap_or(&word) {
        "bo" => Level::Ministry,
        "tinh" => Level::City,
        "huyen" => Level::District,
        "xa" => Level::Commune,
        "khac" => Level::Other,
        code => return Level::from_code(code),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_have_one_slug_however_they_are_called() {
        for name in ["Thành phố Hồ Chí Minh", "TP. Hồ Chí Minh", "TP.Hồ Chí Minh", "hồ  chí minh"]
        {
            assert_eq!(place_slug(name), "ho-chi-minh");
        }
        assert_eq!(place_slug("Thừa Thiên - Huế"), "thua-thien-hue");
    }

    #[test]
    fn levels_are_ordered_and_unknown_ones_are_reported() {
        let row = SourceRow {
            level: ["xã", "tỉnh", "xã", "thôn"].map(String::from).to_vec(),
            level_basis: Some("inferred from implementing agency".into()),
            ..SourceRow::default()
        };
        let mut reader = Reader::default();
        let levels = levels(&mut reader, &row);
        assert_eq!((levels.values, levels.basis), (vec![Level::City, Level::Commune], LevelBasis::Inferred));
        assert_eq!(levels.texts.len(), 4);
        assert_eq!(reader.into_faults()[0].code, FaultCode::LevelUnknown);
    }
}
