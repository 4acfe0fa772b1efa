//! The fields of the index. All words are cut and folded before they come here.

use tantivy::schema::{FAST, Field, IndexRecordOption, STRING, Schema, TextFieldIndexing, TextOptions};

/// The schema and its fields.
#[derive(Clone)]
pub(super) struct Layout {
    pub schema: Schema,
    pub version_id: Field,
    /// Codes as a whole, and the six digits by which people know them.
    pub code: Field,
    /// Words of the name, folded.
    pub name: Field,
    /// Words of the name with their diacritics.
    pub spelling: Field,
    /// Words next to each other in the name, two by two.
    pub pair: Field,
    /// The name's first words; see [`super::document::opening`].
    pub opening: Field,
    pub keyword: Field,
    /// Words of dossier components, subject area and pieces of codes.
    pub other: Field,
    pub facet: Field,
}

/// Names of the columns that are read by document.
pub(super) mod column {
    pub const VALID_FROM: &str = "valid_from";
    pub const VALID_TO: &str = "valid_to";
    pub const UPDATED_AT: &str = "updated_at";
    /// Higher for shorter names.
    pub const BREVITY: &str = "brevity";
    /// Sort key and version id, so that its ordinals order equal scores.
    pub const PLACE: &str = "place";
}

impl Layout {
    pub fn new() -> Self {
        let mut builder = Schema::builder();
        let indexing = TextFieldIndexing::default()
            .set_tokenizer("raw")
            .set_index_option(IndexRecordOption::Basic)
            .set_fieldnorms(false);
        let words = TextOptions::default().set_indexing_options(indexing);
        let version_id = builder.add_text_field("version_id", STRING);
        let code = builder.add_text_field("code", words.clone());
        let name = builder.add_text_field("name", words.clone());
        let spelling = builder.add_text_field("spelling", words.clone());
        let pair = builder.add_text_field("pair", words.clone());
        let opening = builder.add_text_field("opening", words.clone());
        let keyword = builder.add_text_field("keyword", words.clone());
        let other = builder.add_text_field("other", words.clone());
        let facet = builder.add_text_field("facet", words);
        builder.add_i64_field(column::VALID_FROM, FAST);
        builder.add_i64_field(column::VALID_TO, FAST);
        builder.add_i64_field(column::UPDATED_AT, FAST);
        builder.add_u64_field(column::BREVITY, FAST);
        builder.add_text_field(column::PLACE, TextOptions::default().set_fast("raw"));
        let schema = builder.build();
        Self { schema, version_id, code, name, spelling, pair, opening, keyword, other, facet }
    }
}
