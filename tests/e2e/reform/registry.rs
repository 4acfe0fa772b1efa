//! The tests' own procedures, and who settles each at which time.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::REFORM;
use crate::city::City;

/// What every name holds and no other procedure's does.
pub const WORD: &str = "xyzcai";
/// Only the tests' own procedures.
pub const OWN: &str = "field=cai-cach-thu";
pub const COMMUNES: &str = "group:communes";
pub const DISTRICTS: &str = "group:districts";

/// A procedure and who settles it before the merger, after it, and after the reform; `A<B` is A in place
/// of B.
pub struct Expected {
    pub name: &'static str,
    /// The units it names.
    pub named: &'static [&'static str],
    pub level: &'static str,
    /// With which it holds from the reform on, when it changes.
    pub revised: Option<(&'static [&'static str], &'static str)>,
    pub settled_by: [&'static [&'static str]; 3],
}

const fn lasting(
    name: &'static str,
    level: &'static str,
    named: &'static [&'static str],
    settled_by: [&'static [&'static str]; 3],
) -> Expected {
    Expected { name, named, level, revised: None, settled_by }
}

pub const EXPECTED: &[Expected] = &[
    lasting("of all communes", "xã", &[COMMUNES], [&[COMMUNES], &[COMMUNES], &[COMMUNES]]),
    lasting("of one merged commune", "xã", &["CX11"], [&["CX11"], &["CX12<CX11"], &["WX1<CX11"]]),
    lasting(
        "of both merged communes",
        "xã",
        &["CX11", "CX13"],
        [&["CX11", "CX13"], &["CX12<CX11+CX13"], &["WX1<CX11+CX13"]],
    ),
    lasting("of the commune they went into", "xã", &["CX12"], [&["CX12"], &["CX12"], &["WX1<CX12"]]),
    lasting("of a commune of the first ward", "xã", &["CX14"], [&["CX14"], &["CX14"], &["WX1<CX14"]]),
    lasting(
        "of communes in two districts",
        "xã",
        &["CX15", "CX22"],
        [&["CX15", "CX22"], &["CX15", "CX22"], &["WX2<CX15+CX22"]],
    ),
    lasting("of the divided town", "xã", &["CX23"], [&["CX23"], &["CX23"], &["WX2<CX23", "WX3<CX23"]]),
    lasting("of the commune that goes on", "xã", &["CX21"], [&["CX21"], &["CX21"], &["CX21"]]),
    lasting("of the first district", "huyện", &["DX1"], [&["DX1"], &["DX1"], &["WX1<DX1", "WX2<DX1"]]),
    lasting(
        "of the second district",
        "huyện",
        &["DX2"],
        [&["DX2"], &["DX2"], &["CX21<DX2", "WX2<DX2", "WX3<DX2"]],
    ),
    lasting(
        "of all districts",
        "huyện",
        &[DISTRICTS],
        [
            &[DISTRICTS],
            &[DISTRICTS],
            &["CX21<group:districts", "WX1<group:districts", "WX2<group:districts", "WX3<group:districts"],
        ],
    ),
    lasting("of Labour", "tỉnh", &["SLDX"], [&["SLDX"], &["SLDX"], &["SNVM<SLDX"]]),
    lasting(
        "of Labour and all communes",
        "tỉnh",
        &["SLDX", COMMUNES],
        [&["SLDX", COMMUNES], &["SLDX", COMMUNES], &["SNVM<SLDX", COMMUNES]],
    ),
    lasting("of Home Affairs", "tỉnh", &["SNVX"], [&["SNVX"], &["SNVX"], &["SNVM<SNVX"]]),
    lasting("of Information", "tỉnh", &["STTX"], [&["STTX"], &["STTX"], &["SKHX<STTX"]]),
    lasting("of Science", "tỉnh", &["SKHX"], [&["SKHX"], &["SKHX"], &["SKHX"]]),
    // Named in words, not by code.
    lasting("of Labour in words", "tỉnh", &[], [&["SLDX"], &["SLDX"], &["SNVM<SLDX"]]),
    Expected {
        name: "from districts to communes",
        named: &[DISTRICTS],
        level: "huyện",
        revised: Some((&[COMMUNES], "xã")),
        settled_by: [&[DISTRICTS], &[DISTRICTS], &[COMMUNES]],
    },
    Expected {
        name: "from a district to a department",
        named: &["DX1"],
        level: "huyện",
        revised: Some((&["SNVM"], "tỉnh")),
        settled_by: [&["DX1"], &["DX1"], &["SNVM"]],
    },
    // Nobody tells the registry that the department has become another.
    Expected {
        name: "from the second district to Labour",
        named: &["DX2"],
        level: "huyện",
        revised: Some((&["SLDX"], "tỉnh")),
        settled_by: [&["DX2"], &["DX2"], &["SNVM<SLDX"]],
    },
];

impl Expected {
    pub fn title(&self) -> String {
        format!("Thủ tục {WORD} {}", self.name)
    }

    /// The level in the version of a time, as the API tells it.
    pub fn level(&self, time: usize) -> &'static str {
        let level = self.revised.filter(|_| time == super::REFORMED).map_or(self.level, |(_, level)| level);
        match level {
            "xã" => "commune",
            "huyện" => "district",
            _ => "city",
        }
    }

    /// Codes of units and groups that settle it.
    pub fn settlers(&self, time: usize) -> impl Iterator<Item = &'static str> {
        self.settled_by[time].iter().map(|one| one.split_once('<').map_or(*one, |(unit, _)| unit))
    }

    fn row(&self, named: &[&str], level: &str) -> Value {
        let mut row = json!({
            "id": format!("X-{}", self.name), "name": self.title(), "field": "Cải cách thử",
            "level": [level], "locality": "Cần Thơ", "settling_unit_codes": named,
        });
        if named.is_empty() {
            row["implementing_agency"] = json!("Phòng Việc làm, Sở Thử SLDX thành phố Cần Thơ");
        }
        row
    }
}

/// Titles of the tests' own procedures of which `keep` holds.
pub fn titles(keep: impl Fn(&Expected) -> bool) -> BTreeSet<String> {
    EXPECTED.iter().filter(|procedure| keep(procedure)).map(Expected::title).collect()
}

fn import(city: &City, valid_from: &str, rows: &[Value], outcome: &str) {
    let controller = city.login("controller.vpubnd");
    let path = format!("/v1/procedures/import?valid_from={valid_from}");
    let report = controller.post(&path, json!({ "procedures": rows })).expect(200).body;
    assert_eq!(report[outcome], json!(rows.len()), "{report}");
}

pub fn import_first(city: &City) {
    let rows: Vec<Value> = EXPECTED.iter().map(|one| one.row(one.named, one.level)).collect();
    import(city, "2018-01-01", &rows, "created");
}

/// Procedures that districts settled get new versions.
pub fn import_revised(city: &City) {
    let revised = |one: &Expected| one.revised.map(|(named, level)| one.row(named, level));
    let rows: Vec<Value> = EXPECTED.iter().filter_map(revised).collect();
    import(city, REFORM, &rows, "changed");
}
