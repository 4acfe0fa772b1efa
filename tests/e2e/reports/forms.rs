//! Forms are data: what is shipped, and what the city adds.

use serde_json::{Value, json};

use super::report;
use crate::city::City;

#[test]
fn forms_hold_in_time_and_say_how_sure_they_are() {
    let city = City::new();
    let codes = |day: &str| -> Vec<Value> {
        let page = city.get(&format!("/v1/report-forms?as_of={day}")).expect(200).body;
        page["items"].as_array().unwrap().iter().map(|item| item["form"]["code"].clone()).collect()
    };
    assert_eq!(codes("2019-03-04").len(), 9);
    assert!(
        codes("2019-03-04").contains(&json!("06/VPCP/KSTT"))
            && !codes("2019-03-04").contains(&json!("II.06a"))
    );
    assert!(
        codes("2021-01-01").contains(&json!("II.06a"))
            && !codes("2021-01-01").contains(&json!("06/VPCP/KSTT"))
    );
    let seen = city.get("/v1/report-forms/II.06a/versions").expect(200).body["items"][0]["form"].clone();
    assert_eq!((&seen["certainty"], seen["columns"].as_array().unwrap().len()), (&json!("seen"), 11));
    let other = city.get("/v1/report-forms/06-VPCP-KSTT/versions").expect(200).body["items"][0].clone();
    assert_eq!(other["form"]["certainty"], "unverified");
    assert_eq!(city.get("/v1/report-forms/NONE/versions").status, 404);
}

#[test]
fn the_city_corrects_a_form_without_a_release() {
    let city = City::new();
    let admin = city.login("admin.vpubnd");
    let shipped =
        city.get("/v1/report-forms/06-VPCP-KSTT/versions").expect(200).body["items"][0]["form"].clone();
    let mut form = shipped.clone();
    form["columns"].as_array_mut().unwrap().push(json!({
        "code": "apologies", "number": 99, "title": { "vi": "Số thư xin lỗi", "en": "Apologies" }, "kind": "count" }));
    let publish = |form: &Value, from: &str| {
        admin.put(
            "/v1/report-forms/06-VPCP-KSTT",
            json!({ "valid_from": from, "reason": "Bổ sung cột", "form": form }),
        )
    };
    let made = publish(&form, "2020-01-01").expect(200).body;
    assert_eq!((&made["version"], &made["valid_from"]), (&json!(2), &json!("2020-01-01")));
    assert_eq!(publish(&form, "2019-06-01").expect(422).body["errors"][0]["code"], "out_of_order");
    let mut broken = form.clone();
    broken["columns"][0]["sum"] = json!(["nothing"]);
    let refused = publish(&broken, "2020-06-01").expect(422).body;
    assert_eq!(
        (&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]),
        (&json!("/form/columns/0/sum/0"), &json!("unknown_column"))
    );
    let mut alike = form.clone();
    alike["code"] = json!("06-VPCP/KSTT");
    let refused = publish(&alike, "2020-06-01").expect(422).body;
    assert_eq!(
        (&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]),
        (&json!("/form/code"), &json!("duplicate")),
        "its sheet in the book would have the same name"
    );
    // Reports of 2019 keep their version; those of 2020 have the new one.
    let office = city.login("controller.vpubnd");
    office.post("/v1/reporting-periods/open-year", json!({ "year": 2020 })).expect(200);
    let version = |period: &str| {
        let id = report(&office, period, "06/VPCP/KSTT", "SXD");
        office.get(&format!("/v1/reports/{id}")).expect(200).body["form_version"].clone()
    };
    assert_eq!((version("2019-Q2"), version("2020-Q1")), (json!(1), json!(2)));
    let body = json!({ "valid_from": "2020-06-01", "reason": "Sửa", "form": form });
    assert_eq!(office.put("/v1/report-forms/06-VPCP-KSTT", body).status, 403);
}
