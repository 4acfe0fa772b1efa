//! The dossier of a procedure: what the applicant hands in.

use serde::{Deserialize, Serialize};

/// Contents and number of sets of the dossier (thành phần, số lượng hồ sơ).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Dossier {
    /// Components by case, in the source's order.
    pub cases: Vec<DossierCase>,
    /// Components that the source gives as one text that cannot be split.
    pub components_text: Option<String>,
    /// Number of sets (số bộ hồ sơ); none when the source does not say.
    pub sets: Option<u32>,
}

/// The components of one case, such as papers to hand in and papers to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct DossierCase {
    pub title: Option<String>,
    pub components: Vec<DossierComponent>,
}

/// One paper of the dossier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct DossierComponent {
    pub name: String,
    /// Names of the form files (mẫu đơn, tờ khai).
    pub forms: Vec<String>,
    /// Number of originals (bản chính); none when the source does not say.
    pub originals: Option<u32>,
    /// Number of copies (bản sao); none when the source does not say.
    pub copies: Option<u32>,
}
