//! Work lists: what is due first comes first, and everyone sees their own.

use serde_json::json;

use super::{act, answered, letter, send, transferred};
use crate::city::City;

#[test]
fn lists_filter_count_and_page() {
    let city = City::new();
    let office = city.login("controller.vpubnd");
    let first = transferred(&city, "regulation", "SXD");
    city.clock.set("2019-03-06T08:00:00+07:00");
    let second = transferred(&city, "conduct", "SXD");
    let third = send(&city, letter());
    let codes = |query: &str| -> Vec<String> {
        let page = office.get(&format!("/v1/feedback?{query}")).expect(200).body;
        page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["code"].as_str().unwrap().to_owned())
            .collect()
    };
    let all = [first.code.clone(), second.code.clone(), third.code.clone()];
    assert_eq!(codes("limit=10"), all);
    assert_eq!(codes("state=received"), std::slice::from_ref(&third.code));
    assert_eq!(codes("class=conduct"), std::slice::from_ref(&second.code));
    assert_eq!(codes("unit=SXD"), all[..2]);
    assert_eq!(codes("channel=telephone"), Vec::<String>::new());
    assert_eq!(codes("due_before=2019-03-26"), std::slice::from_ref(&first.code));
    assert_eq!(codes("overdue=true"), Vec::<String>::new());
    let counted = office.get("/v1/feedback?with_counts=true&limit=1").expect(200).body;
    let count = |state: &str| {
        let counts = counted["counts"].as_array().unwrap();
        counts.iter().find(|count| count["state"] == state).unwrap()["value"].as_i64().unwrap()
    };
    assert_eq!((count("transferred"), count("received"), count("closed")), (2, 1, 0));
    let cursor = counted["next_cursor"].as_str().unwrap();
    assert_eq!(codes(&format!("limit=1&cursor={cursor}")), std::slice::from_ref(&second.code));
    city.clock.set("2019-03-26T08:00:00+07:00");
    assert_eq!(codes("overdue=true"), std::slice::from_ref(&first.code));
    answered(&city, &first.code);
    act(&office, &first.code, "close", json!({})).expect(200);
    assert_eq!(codes("overdue=true"), Vec::<String>::new());
    assert_eq!(codes("limit=10").last(), Some(&first.code), "what is over comes last");
    let wrong = office.get("/v1/feedback?stat=received");
    assert_eq!((wrong.status, wrong.code()), (400, "unknown_parameter"));
}

#[test]
fn everyone_lists_what_they_can_read_and_counts_nothing_else() {
    let city = City::new();
    transferred(&city, "regulation", "SXD");
    transferred(&city, "regulation", "C31117");
    send(&city, letter());
    for (account, seen) in [
        ("controller.vpubnd", 3),
        ("chairman.ubndtp", 3),
        ("head.sxd", 1),
        ("officer.sxd", 1),
        ("head.d916", 1),
        ("officer.d916", 0),
        ("officer.c31117", 1),
        ("clerk.vpubnd", 1),
    ] {
        let person = city.login(account);
        let page = person.get("/v1/feedback?with_counts=true&limit=200").expect(200).body;
        let items = page["items"].as_array().unwrap();
        assert_eq!(items.len(), seen, "{account}");
        let counted: i64 =
            page["counts"].as_array().unwrap().iter().map(|count| count["value"].as_i64().unwrap()).sum();
        assert_eq!(counted, i64::try_from(seen).unwrap(), "{account}");
        for item in items {
            person.get(&format!("/v1/feedback/{}", item["id"].as_str().unwrap())).expect(200);
        }
    }
    assert_eq!(
        city.login("admin.vpubnd").get("/v1/feedback").status,
        403,
        "administrators see no personal data"
    );
    assert_eq!(city.login("head.d916").get("/v1/feedback?unit=SXD").status, 403);
}
