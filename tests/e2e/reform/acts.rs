//! What the administration enters: units that begin, the merger, the reform.

use serde_json::{Value, json};

use super::{BEFORE, MERGER, REFORM, REFORMED};
use crate::city::Person;

/// Units before the acts: code, kind, rank, parent.
const FIRST: &[[&str; 4]] = &[
    ["DX1", "district", "quận", "UBNDTP"],
    ["CX11", "commune", "phường", "DX1"],
    ["CX12", "commune", "phường", "DX1"],
    ["CX13", "commune", "phường", "DX1"],
    ["CX14", "commune", "phường", "DX1"],
    ["CX15", "commune", "phường", "DX1"],
    ["DX2", "district", "huyện", "UBNDTP"],
    ["CX21", "commune", "xã", "DX2"],
    ["CX22", "commune", "xã", "DX2"],
    ["CX23", "commune", "thị trấn", "DX2"],
    ["SLDX", "department", "sở", "UBNDTP"],
    ["SNVX", "department", "sở", "UBNDTP"],
    ["STTX", "department", "sở", "UBNDTP"],
    ["SKHX", "department", "sở", "UBNDTP"],
];

/// Units that begin with the reform.
const OF_THE_REFORM: &[[&str; 4]] = &[
    ["WX1", "commune", "phường", "UBNDTP"],
    ["WX2", "commune", "phường", "UBNDTP"],
    ["WX3", "commune", "xã", "UBNDTP"],
    ["SNVM", "department", "sở", "UBNDTP"],
];

/// What a unit is called at a time: one commune gets a new name with the reform.
pub fn name_of(code: &str, time: usize) -> String {
    let rank = FIRST.iter().chain(OF_THE_REFORM).find(|unit| unit[0] == code).map(|unit| unit[2]);
    match rank.unwrap() {
        "sở" => format!("Sở Thử {code} thành phố Cần Thơ"),
        "xã" if code == "CX21" && time == REFORMED => "Ủy ban nhân dân xã Đổi tên".to_owned(),
        rank => format!("Ủy ban nhân dân {rank} Thử {code}"),
    }
}

fn found(admin: &Person<'_>, units: &[[&str; 4]], from: &str, legal_basis: &str) {
    for [code, kind, subtype, parent] in units {
        let content = json!({
            "code": code, "kind": kind, "subtype": subtype, "name": name_of(code, BEFORE), "short_name": code,
            "parent_code": parent, "valid_from": from, "legal_basis": legal_basis,
        });
        admin.post("/v1/units", content).expect(201);
    }
}

/// `POST` with the present `ETag` of the unit.
pub fn change(admin: &Person<'_>, code: &str, act: &str, mut content: Value, on: &str) -> Value {
    let etag = admin.get(&format!("/v1/units/{code}")).expect(200).etag();
    content["on"] = json!(on);
    let path = format!("/v1/units/{code}/{act}");
    admin.send("POST", &path).header("If-Match", &etag).json(content).answer().expect(200).body
}

pub fn found_units(admin: &Person<'_>) {
    found(admin, FIRST, "2018-01-01", "Nghị định thử");
}

/// Two communes go into a third, which lives on.
pub fn merge_communes_of_2020(admin: &Person<'_>, query: &str) {
    let paper = "Nghị quyết 893/NQ-UBTVQH14";
    let content = json!({ "into": "CX12", "together_with": ["CX13"], "legal_basis": paper });
    change(admin, "CX11", &format!("merge{query}"), content, MERGER);
}

pub fn found_units_of_the_reform(admin: &Person<'_>) {
    found(admin, OF_THE_REFORM, REFORM, "Nghị quyết 1668/NQ-UBTVQH15");
}

/// Some communes become the first ward, two of different districts the second; a town is divided between
/// the second and the third; one commune goes on under a new name and comes below the city.
pub fn merge_into_new_wards(admin: &Person<'_>, first_ward: &[&str]) {
    let paper = "Nghị quyết 1668/NQ-UBTVQH15";
    let (lead, others) = first_ward.split_first().unwrap();
    let content = json!({ "into": "WX1", "together_with": others, "legal_basis": paper });
    change(admin, lead, "merge", content, REFORM);
    let content = json!({ "into": "WX2", "together_with": ["CX22"], "legal_basis": paper });
    change(admin, "CX15", "merge", content, REFORM);
    let content = json!({ "into": ["WX2", "WX3"], "continues": false, "legal_basis": paper });
    change(admin, "CX23", "split", content, REFORM);
    let name = name_of("CX21", REFORMED);
    let content = json!({ "parent_code": "UBNDTP", "name": name, "legal_basis": paper });
    change(admin, "CX21", "rename", content, REFORM);
}

/// What districts did passes to the communes of their territory.
pub fn end_districts(admin: &Person<'_>) {
    for (district, communes) in [("DX1", ["WX1", "WX2"].as_slice()), ("DX2", &["CX21", "WX2", "WX3"])] {
        let content = json!({ "successors": communes, "legal_basis": "Luật 72/2025/QH15" });
        let done = change(admin, district, "end", content, REFORM);
        assert_eq!(done["moves"]["children"], json!([]), "every commune has found its place before");
    }
}

/// Two departments become a new one; another goes into one that lives on.
pub fn merge_departments(admin: &Person<'_>) {
    let paper = "Nghị quyết thử về các sở";
    let content = json!({ "into": "SNVM", "together_with": ["SNVX"], "legal_basis": paper });
    change(admin, "SLDX", "merge", content, REFORM);
    change(admin, "STTX", "merge", json!({ "into": "SKHX", "legal_basis": paper }), REFORM);
}
