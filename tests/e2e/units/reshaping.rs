//! Merging, splitting and ending units.

use serde_json::{Value, json};

use super::{change, codes, commune, faults};
use crate::city::City;

#[test]
fn a_merger_does_what_its_rehearsal_said() {
    let city = City::new();
    let admin = city.login("controller.vpubnd");
    let content = json!({
        "into": "D918", "on": "2019-07-01", "legal_basis": "NQ 2", "reason": "Sắp xếp đơn vị hành chính",
    });
    let preview = change(&admin, "D916", "/v1/units/D916/merge?dry_run=true", content.clone());
    assert_eq!(preview.status, 200, "{}", preview.body);
    assert_eq!(preview.body["dry_run"], true);
    assert_eq!(city.get("/v1/units/D916?as_of=2019-07-01").body["exists"], true, "nothing was kept");
    assert!(city.get("/v1/units/D916").etag().starts_with("\"1-"));
    let done = change(&admin, "D916", "/v1/units/D916/merge", content);
    assert_eq!(done.status, 200, "{}", done.body);
    let (moves, children) = (&done.body["moves"], codes(&done.body["moves"]["children"]));
    assert_eq!(&preview.body["moves"], moves);
    assert_eq!(children.len(), 13);
    assert_eq!(codes(&moves["successors"]), ["D918"]);
    assert_eq!(moves["grants"].as_array().unwrap().len(), 6, "the demo accounts of the district");
    assert_eq!(city.get("/v1/units?as_of=2019-07-01&parent=D916").body["items"], json!([]));
    let ward = city.get("/v1/units/C31117?as_of=2019-07-01").body;
    assert_eq!(codes(&ward["parents"]), ["D918", "UBNDTP"]);
    let before = city.get("/v1/units/C31117?as_of=2019-06-30").body;
    assert_eq!(codes(&before["parents"]), ["D916", "UBNDTP"]);
    let gone = city.get("/v1/units/D916?as_of=2019-07-01").body;
    assert_eq!((&gone["exists"], codes(&gone["successors"])), (&json!(false), vec!["D918"]));
    assert_eq!(codes(&city.get("/v1/units/D918").body["predecessors"]), ["D916"]);
    let again = change(
        &admin,
        "D916",
        "/v1/units/D916/merge",
        json!({ "into": "D919", "on": "2019-08-01", "legal_basis": "NQ 3" }),
    );
    assert_eq!(again.status, 409, "it has ended already");
}

#[test]
fn wrong_mergers_are_refused_with_every_fault() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let refused = change(
        &admin,
        "D916",
        "/v1/units/D916/merge",
        json!({ "into": "D916", "together_with": ["D917", "D917", "NOWHERE"], "on": "2019-07-01", "legal_basis": "NQ" }),
    );
    assert_eq!(refused.status, 422, "{}", refused.body);
    assert_eq!(
        faults(&refused.body),
        [("/into", "duplicate"), ("/together_with/1", "duplicate"), ("/together_with/2", "unknown_unit")]
    );
    let misplaced = json!({ "into": "SXD", "on": "2019-07-01", "legal_basis": "NQ" });
    let misplaced = change(&admin, "D916", "/v1/units/D916/merge", misplaced);
    assert_eq!((misplaced.status, faults(&misplaced.body)), (422, vec![("/into", "wrong_parent")]));
    let late = json!({ "into": "D917", "on": "2025-07-01", "legal_basis": "NQ" });
    let late = change(&admin, "D916", "/v1/units/D916/merge", late);
    assert_eq!((late.status, faults(&late.body)), (422, vec![("/into", "unit_not_there")]));
}

#[test]
fn the_merger_of_2020_can_be_replayed_on_fresh_units() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    for code in ["C90132", "C90135", "C90138"] {
        commune(&admin, code, "D916");
    }
    let count = |day: &str| {
        city.get(&format!("/v1/units?as_of={day}&kind=commune&count=exact")).body["count"]["value"].clone()
    };
    assert_eq!((count("2020-02-29"), count("2020-03-01")), (json!(88), json!(86)));
    let merged = change(
        &admin,
        "C90132",
        "/v1/units/C90132/merge",
        json!({
            "into": "C90135", "together_with": ["C90138"], "on": "2020-03-01",
            "legal_basis": "Nghị quyết 893/NQ-UBTVQH14",
        }),
    );
    assert_eq!(merged.status, 200, "{}", merged.body);
    assert_eq!((count("2020-02-29"), count("2020-03-01")), (json!(88), json!(84)));
    for (fresh, seeded) in [("C90132", "C31132"), ("C90138", "C31138")] {
        let (fresh, seeded) =
            (city.get(&format!("/v1/units/{fresh}")).body, city.get(&format!("/v1/units/{seeded}")).body);
        assert_eq!(fresh["current"]["valid_to"], seeded["current"]["valid_to"]);
        for key in ["effective_on", "kind", "legal_basis"] {
            assert_eq!(fresh["successors"][0][key], seeded["successors"][0][key]);
        }
    }
    assert_eq!(codes(&city.get("/v1/units/C90135").body["predecessors"]), ["C90132", "C90138"]);
}

#[test]
fn a_split_hands_over_unless_the_unit_continues() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    for code in ["C90001", "C90002", "C90003"] {
        commune(&admin, code, "D916");
    }
    let path = "/v1/units/C90001/split";
    let continuing =
        json!({ "into": ["C90002"], "continues": true, "on": "2019-05-01", "legal_basis": "NQ 1" });
    let first = change(&admin, "C90001", path, continuing.clone());
    assert_eq!(first.status, 200, "{}", first.body);
    assert_eq!(first.body["unit"]["exists"], true);
    assert_eq!(change(&admin, "C90001", path, continuing).status, 409, "it is recorded already");
    let ending = json!({ "into": ["C90003", "C90002"], "continues": false, "on": "2019-09-01", "legal_basis": "NQ 2" });
    let second = change(&admin, "C90001", path, ending);
    assert_eq!(second.status, 200, "{}", second.body);
    assert_eq!(second.body["unit"]["exists"], false);
    assert_eq!(codes(&second.body["unit"]["successors"]), ["C90002", "C90002", "C90003"]);
    assert_eq!(city.get("/v1/units/C90001?as_of=2019-08-31").body["exists"], true);
    let none = json!({ "into": [], "continues": true, "on": "2019-10-01", "legal_basis": "NQ 3" });
    let none = change(&admin, "C90002", "/v1/units/C90002/split", none);
    assert_eq!((none.status, faults(&none.body)), (422, vec![("/into", "too_few")]));
}

#[test]
fn a_unit_with_others_below_it_ends_only_with_a_successor() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let path = "/v1/units/D917/end";
    let alone = change(&admin, "D917", path, json!({ "on": "2019-07-01", "legal_basis": "Luật 1" }));
    assert_eq!(alone.status, 409, "{}", alone.body);
    let first =
        city.get("/v1/units?parent=D917&limit=1").body["items"][0]["code"].as_str().unwrap().to_owned();
    assert!(alone.body["detail"].as_str().unwrap().contains(&first), "{}", alone.body);
    let ended = change(
        &admin,
        "D917",
        path,
        json!({ "on": "2019-07-01", "legal_basis": "Luật 1", "successors": ["UBNDTP"] }),
    );
    assert_eq!(ended.status, 200, "{}", ended.body);
    assert_eq!(ended.body["unit"]["successors"][0]["kind"], "end");
    let child = city.get(&format!("/v1/units/{first}?as_of=2019-07-01")).body;
    assert_eq!(codes(&child["parents"]), ["UBNDTP"]);
    let childless =
        change(&admin, "C31117", "/v1/units/C31117/end", json!({ "on": "2019-07-01", "legal_basis": "L" }));
    assert_eq!(childless.status, 200, "{}", childless.body);
    assert_eq!(childless.body["moves"]["grants"][0]["to_unit"], Value::Null);
}

#[test]
fn what_was_to_pass_to_an_ended_unit_passes_to_its_heir() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let path = "/v1/units/C31135/end";
    let alone = change(&admin, "C31135", path, json!({ "on": "2019-07-01", "legal_basis": "NQ" }));
    assert_eq!(alone.status, 409, "two units are to pass to it in 2020: {}", alone.body);
    let content = json!({ "on": "2019-07-01", "legal_basis": "NQ", "successors": ["C31117"] });
    assert_eq!(change(&admin, "C31135", path, content).status, 200);
    assert_eq!(codes(&city.get("/v1/units/C31132").body["successors"]), ["C31117"]);
    assert_eq!(codes(&city.get("/v1/units/C31117").body["predecessors"]), ["C31135", "C31132", "C31138"]);
}

#[test]
fn a_unit_ends_on_the_day_it_was_renamed() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let rename = json!({ "on": "2019-07-01", "legal_basis": "NQ 1", "short_name": "mới" });
    assert_eq!(change(&admin, "C31120", "/v1/units/C31120/rename", rename).status, 200);
    let end = json!({ "on": "2019-07-01", "legal_basis": "NQ 2", "successors": ["C31117"] });
    assert_eq!(change(&admin, "C31120", "/v1/units/C31120/end", end).status, 200);
    let view = city.get("/v1/units/C31120?as_of=2019-07-01").body;
    assert_eq!((view["exists"].clone(), view["periods"].as_array().unwrap().len()), (json!(false), 1));
}

#[test]
fn a_role_held_at_both_units_is_held_once_afterwards() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let merge = json!({ "into": "C31120", "on": "2019-07-01", "legal_basis": "NQ" });
    let preview = change(&admin, "C31117", "/v1/units/C31117/merge?dry_run=true", merge.clone());
    let grants = preview.body["moves"]["grants"].as_array().unwrap().clone();
    let head =
        grants.iter().find(|grant| grant["role"] == "head").unwrap()["user_id"].as_str().unwrap().to_owned();
    let path = format!("/v1/accounts/{head}/grants");
    let given = json!({ "role": "head", "unit": "C31120", "valid_from": "2019-01-01" });
    admin.post(&path, given).expect(201);
    change(&admin, "C31117", "/v1/units/C31117/merge", merge).expect(200);
    let held = admin.get(&path).expect(200).body;
    let there = held["items"].as_array().unwrap().iter().filter(|grant| grant["unit"] == "C31120").count();
    assert_eq!(there, 1, "{held}");
}
