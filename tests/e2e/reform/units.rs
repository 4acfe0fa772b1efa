//! Which units there are on each day, and below whom.

use super::acts::name_of;
use super::*;

/// The tests' own units: kind, code, and the parent at each time; none: it does not exist.
pub const UNITS: &[(&str, &str, [Option<&str>; 3])] = &[
    ("district", "DX1", [Some("UBNDTP"), Some("UBNDTP"), None]),
    ("district", "DX2", [Some("UBNDTP"), Some("UBNDTP"), None]),
    ("commune", "CX11", [Some("DX1"), None, None]),
    ("commune", "CX12", [Some("DX1"), Some("DX1"), None]),
    ("commune", "CX13", [Some("DX1"), None, None]),
    ("commune", "CX14", [Some("DX1"), Some("DX1"), None]),
    ("commune", "CX15", [Some("DX1"), Some("DX1"), None]),
    ("commune", "CX21", [Some("DX2"), Some("DX2"), Some("UBNDTP")]),
    ("commune", "CX22", [Some("DX2"), Some("DX2"), None]),
    ("commune", "CX23", [Some("DX2"), Some("DX2"), None]),
    ("commune", "WX1", [None, None, Some("UBNDTP")]),
    ("commune", "WX2", [None, None, Some("UBNDTP")]),
    ("commune", "WX3", [None, None, Some("UBNDTP")]),
    ("department", "SLDX", [Some("UBNDTP"), Some("UBNDTP"), None]),
    ("department", "SNVX", [Some("UBNDTP"), Some("UBNDTP"), None]),
    ("department", "STTX", [Some("UBNDTP"), Some("UBNDTP"), None]),
    ("department", "SKHX", [Some("UBNDTP"), Some("UBNDTP"), Some("UBNDTP")]),
    ("department", "SNVM", [None, None, Some("UBNDTP")]),
];

/// Units of a kind, the shipped ones included: 85 communes in 2019, two less from the merger on, nine
/// districts until the reform; what the reform made of them is not shipped.
const COUNTS: &[(&str, [u64; 3])] = &[
    ("commune", [85 + 8, 83 + 6, 4]),
    ("district", [9 + 2, 9 + 2, 0]),
    ("department", [19 + 4, 19 + 4, 19 + 2]),
];

/// Three shipped communes go before the reform, by no act of the tests.
fn gone_since_2024(day: &str) -> u64 {
    if ("2024-11-01"..REFORM).contains(&day) { 3 } else { 0 }
}

fn is_told_right(city: &City) {
    for &(day, time) in DAYS {
        for &(kind, counts) in COUNTS {
            let page = get(city, &format!("/v1/units?kind={kind}&as_of={day}&count=exact&limit=200"));
            let expected = counts[time] - if kind == "commune" { gone_since_2024(day) } else { 0 };
            assert_eq!(page["count"]["value"], expected, "{kind} {day}");
            let listed = codes(&page["items"]);
            for unit in UNITS {
                let there = unit.0 == kind && unit.2[time].is_some();
                assert_eq!(listed.contains(unit.1), there, "{kind} {} {day}", unit.1);
            }
        }
        for &(kind, code, parents) in UNITS {
            let view = get(city, &format!("/v1/units/{code}?as_of={day}"));
            let (current, above) = (&view["current"], parents[time]);
            let exists = above.is_some();
            assert_eq!((&view["kind"], &view["exists"]), (&kind.into(), &exists.into()), "{code} {day}");
            assert_eq!(current["parent_code"].as_str(), above, "{code} {day}");
            assert_eq!(
                current["name"].as_str(),
                exists.then(|| name_of(code, time)).as_deref(),
                "{code} {day}"
            );
            let below = UNITS.iter().filter(|unit| unit.2[time] == Some(code)).map(|unit| unit.1.to_owned());
            let children = get(city, &format!("/v1/units?parent={code}&as_of={day}&limit=200"));
            assert_eq!(codes(&children["items"]), below.collect(), "below {code} {day}");
        }
    }
}

#[test]
fn every_day_has_the_units_of_its_time() {
    is_told_right(&city_after());
}

#[test]
fn the_order_of_entry_does_not_change_the_units_of_a_day() {
    is_told_right(&city_told_backwards());
}

#[test]
fn successors_are_told_with_day_kind_and_paper() {
    let city = city_after();
    for (code, heirs) in [
        ("CX11", vec![("CX12", MERGER, "merge", "Nghị quyết 893/NQ-UBTVQH14")]),
        ("CX12", vec![("WX1", REFORM, "merge", "Nghị quyết 1668/NQ-UBTVQH15")]),
        (
            "CX23",
            vec![
                ("WX2", REFORM, "split", "Nghị quyết 1668/NQ-UBTVQH15"),
                ("WX3", REFORM, "split", "Nghị quyết 1668/NQ-UBTVQH15"),
            ],
        ),
        (
            "DX1",
            vec![("WX1", REFORM, "end", "Luật 72/2025/QH15"), ("WX2", REFORM, "end", "Luật 72/2025/QH15")],
        ),
        ("CX21", vec![]),
        ("SLDX", vec![("SNVM", REFORM, "merge", "Nghị quyết thử về các sở")]),
    ] {
        let view = get(&city, &format!("/v1/units/{code}"));
        let told: Vec<[String; 4]> = view["successors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|heir| ["code", "effective_on", "kind", "legal_basis"].map(|key| text(heir, key)))
            .collect();
        let expected: Vec<[String; 4]> =
            heirs.iter().map(|heir| [heir.0, heir.1, heir.2, heir.3].map(str::to_owned)).collect();
        assert_eq!(told, expected, "{code}");
    }
}
