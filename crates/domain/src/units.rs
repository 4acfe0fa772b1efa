//! Agencies (cơ quan, đơn vị) in time: what kinds there are and how they may stand to one another.
//!
//! A unit keeps its code for ever; its name, rank and parent hold for periods. Units end, merge and
//! split, and their successors take over (districts ended with Law 72/2025/QH15).

crate::codes! {
    /// What a unit is.
    pub enum UnitKind : "unit_kind" {
        CityCommittee = "city_committee", "Ủy ban nhân dân thành phố", "City People's Committee";
        Office = "office", "Văn phòng Ủy ban nhân dân thành phố", "Office of the City People's Committee";
        Department = "department", "Sở, ban, ngành", "Department";
        District = "district", "Ủy ban nhân dân quận, huyện", "District People's Committee";
        Commune = "commune", "Ủy ban nhân dân xã, phường, thị trấn", "Commune People's Committee";
        Centre = "centre", "Trung tâm, đơn vị sự nghiệp", "Centre";
        Delegated = "delegated", "Cơ quan, đơn vị được ủy quyền", "Delegated body";
        External = "external", "Cơ quan ngoài hệ thống của thành phố", "External body";
    }
}

crate::codes! {
    /// The tier of government a unit works at.
    pub enum UnitLevel : "unit_level" {
        City = "city", "Cấp thành phố", "City level";
        District = "district", "Cấp huyện", "District level";
        Commune = "commune", "Cấp xã", "Commune level";
        Outside = "outside", "Ngoài các cấp của thành phố", "Outside the city's levels";
    }
}

crate::codes! {
    /// How one unit came to take over from another.
    pub enum SuccessionKind : "succession_kind" {
        Merge = "merge", "Sáp nhập, hợp nhất", "Merger";
        Split = "split", "Chia, tách", "Split";
        End = "end", "Giải thể, kết thúc hoạt động", "Dissolution";
    }
}

impl UnitKind {
    /// The tier of government of this kind.
    pub fn level(self) -> UnitLevel {
        match self {
            Self::CityCommittee | Self::Office | Self::Department => UnitLevel::City,
            Self::District => UnitLevel::District,
            Self::Commune => UnitLevel::Commune,
            Self::Centre | Self::Delegated | Self::External => UnitLevel::Outside,
        }
    }

    /// Whether a unit of this kind may stand directly below a unit of kind `parent`
    /// (`None`: no parent). A commune's parent is a district before 2025-07-01 and the city after.
    pub fn may_stand_below(self, parent: Option<UnitKind>) -> bool {
        match (self, parent) {
            (Self::CityCommittee | Self::External | Self::Delegated, None) => true,
            (Self::CityCommittee, Some(_)) | (_, None) => false,
            (Self::Office | Self::Department | Self::District, Some(parent)) => parent == Self::CityCommittee,
            (Self::Commune, Some(parent)) => matches!(parent, Self::CityCommittee | Self::District),
            (Self::Centre | Self::Delegated | Self::External, Some(parent)) => parent != Self::External,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::UnitKind::*;

    #[test]
    fn a_commune_stands_below_a_district_or_the_city() {
        assert!(Commune.may_stand_below(Some(District)));
        assert!(Commune.may_stand_below(Some(CityCommittee)));
        assert!(!Commune.may_stand_below(Some(Department)));
        assert!(!Commune.may_stand_below(None));
    }
}
