//! Corrections: by hand and by import, with a reason, and what was there before in the trail.

use serde_json::json;

use super::{correct, correcting, counts, import, path, record, stored};
use crate::city::City;

#[test]
fn a_correction_keeps_what_was_there_before_in_the_trail() {
    let city = City::new();
    let id = stored(&city, "SXD", "2019-02");
    let officer = city.login("officer.sxd");
    let before = officer.get(&path(&id)).expect(200);
    assert_eq!(before.body["counts"]["by_status"]["result_returned"], json!(100));
    assert_eq!((&before.body["settled"], &before.body["pending"]), (&json!(104), &json!(23)));
    city.clock.set("2019-03-04T09:00:00+07:00");
    let mut other = counts();
    other["received"] = json!(119);
    let after = correct(&officer, &id, other.clone()).expect(200);
    assert_eq!(after.body["counts"]["received"], json!(119));
    assert_eq!(after.body["created_at"], before.body["created_at"]);
    assert_ne!((after.etag(), &after.body["updated_at"]), (before.etag(), &before.body["updated_at"]));
    let again = officer.get(&path(&id)).expect(200);
    assert_eq!((again.etag(), &again.body), (after.etag(), &after.body));
    other["received"] = json!(118);
    let mut row = record("SXD", "2019-02");
    row["counts"] = other;
    correcting(&city.login("controller.vpubnd"), &[row]).expect(200);
    let trail =
        city.login("admin.vpubnd").get(&format!("/v1/audit?subject=dossier_count:{id}")).expect(200).body;
    let items = trail["items"].as_array().unwrap();
    let told: Vec<_> = items
        .iter()
        .map(|item| {
            let received = |side: &str| item[side]["counts"]["received"].clone();
            (item["action"].clone(), received("before"), received("after"), item["reason"].clone())
        })
        .collect();
    let told_as = |before: i64, after: i64| {
        (json!("dossier_counts.correct"), json!(before), json!(after), json!("Đối chiếu sổ"))
    };
    assert_eq!(told, [told_as(119, 118), told_as(120, 119)]);
}

#[test]
fn a_correction_is_refused_in_the_order_of_all_changes() {
    let city = City::new();
    let id = stored(&city, "SXD", "2019-02");
    let officer = city.login("officer.sxd");
    let put = |etag: Option<&str>, body: serde_json::Value| {
        let request = officer.send("PUT", &path(&id));
        let request = match etag {
            Some(etag) => request.header("If-Match", etag),
            None => request,
        };
        request.json(body).answer()
    };
    let mut wrong = counts();
    wrong["early"] = json!(61);
    let body = |counts: &serde_json::Value, reason: &str| json!({ "counts": counts, "reason": reason });
    let etag = officer.get(&path(&id)).expect(200).etag();
    assert_eq!(put(None, body(&wrong, "")).status, 428);
    let stale = put(Some("\"7-000000000000\""), body(&wrong, "")).expect(412);
    assert_eq!(stale.etag(), etag);
    let faults = put(Some(&etag), body(&wrong, "")).expect(422).body["errors"].clone();
    let told: Vec<_> =
        faults.as_array().unwrap().iter().map(|fault| (&fault["pointer"], &fault["code"])).collect();
    assert_eq!(
        told,
        [
            (&json!("/reason"), &json!("blank")),
            (&json!("/counts/by_status"), &json!("more_timed_than_settled"))
        ]
    );
    assert_eq!(put(Some(&etag), json!({ "counts": counts() })).status, 422);
    assert_eq!(put(Some(&etag), body(&counts(), "thử")).status, 409, "nothing differs");
    let mut other = counts();
    other["received"] = json!(119);
    assert_eq!(put(Some(&etag), body(&other, "thử")).status, 200);
    assert_eq!(put(Some(&etag), body(&counts(), "thử")).status, 412);
}

#[test]
fn what_comes_in_is_told_once_for_each_unit() {
    let city = City::new();
    let office = city.login("controller.vpubnd");
    let items = [record("SXD", "2019-02"), record("SXD", "2019-03-01"), record("D916", "2019-02")];
    import(&office, &items).expect(200);
    import(&office, &items).expect(200);
    let trail = city.login("admin.vpubnd").get("/v1/audit?subject=unit_dossier_counts:SXD").expect(200).body;
    let items = trail["items"].as_array().unwrap();
    assert_eq!(items.len(), 1, "what changes nothing leaves no trace: {trail}");
    assert_eq!(
        items[0]["after"],
        json!({ "source": "Một cửa điện tử", "created": 2, "first_day": "2019-02-01", "last_day": "2019-03-01" })
    );
}
