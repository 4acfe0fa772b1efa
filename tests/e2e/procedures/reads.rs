//! Single reads: names of a procedure, variants, days, tags.

use super::*;

#[test]
fn code_variant_and_id_name_the_same_procedure() {
    let city = City::new();
    for item in walk(&city, "", 200) {
        let by_id = city.get(&format!("/v1/procedures/{}", item["id"].as_str().unwrap())).expect(200);
        let Some(code) = item["national_code"].as_str() else {
            let href = format!("/v1/procedures/{}", item["id"].as_str().unwrap());
            assert_eq!(by_id.body["variants"][0]["href"], href);
            continue;
        };
        let by_code = city.get(&format!("/v1/procedures/{code}")).expect(200);
        let by_variant =
            city.get(&format!("/v1/procedures/{code}~{}", item["variant"].as_str().unwrap())).expect(200);
        assert_eq!((&by_code.body, &by_variant.body), (&by_id.body, &by_id.body));
        assert_eq!((by_code.etag(), by_variant.etag()), (by_id.etag(), by_id.etag()));
    }
}

#[test]
fn a_procedure_says_everything_its_row_says() {
    let city = City::new();
    let read = city.get("/v1/procedures/1.001193").expect(200).body;
    let row = demo().iter().find(|row| row["code"] == "1.001193").unwrap();
    let content = &read["content"];
    assert_eq!((&content["name"], &content["field"]), (&row["name"], &row["field"]));
    for (key, source) in [
        ("channels", "submission_channels"),
        ("legal_bases", "legal_basis"),
        ("results", "results"),
        ("keywords", "keywords"),
    ] {
        assert_eq!(content[key].as_array().unwrap().len(), row[source].as_array().unwrap().len(), "{key}");
    }
    assert_eq!(content["related_procedures"], row["related_procedures"]);
    assert_eq!(content["interlinked_procedures"], row["interlinked_procedures"]);
    assert_eq!(content["agencies"]["settling"], row["implementing_agency"]);
    assert_eq!(
        (&read["valid_from"], &read["valid_to"], &read["number"]),
        (&json!("2017-01-16"), &json!(null), &json!(1))
    );
    assert_eq!(
        (&read["origin"], &read["variant"], &read["locality"]),
        (&json!("import"), &json!("can-tho-commune"), &json!("can-tho"))
    );
    let written = content.to_string();
    for component in row["dossier_components"].as_array().unwrap() {
        assert!(written.contains(component["name"].as_str().unwrap()), "{component}");
    }
}

#[test]
fn variants_come_with_the_citys_own_first_then_the_ministrys() {
    let city = City::new();
    let variant = |locality: Value, level: &str| {
        let mut row = row("1.001193", "Thủ tục đăng ký khai sinh");
        row["locality"] = locality;
        row["level"] = json!([level]);
        row
    };
    let rows =
        [variant(json!("Đà Nẵng"), "xã"), variant(json!(null), "xã"), variant(json!("An Giang"), "huyện")];
    let report = import(&city.login("controller.vpubnd"), "", &rows).expect(200).body;
    assert_eq!(totals(&report), [3, 0, 0, 0, 0], "{report}");

    let order = ["can-tho-commune", "bo-commune", "an-giang-district", "da-nang-commune"];
    let own = city.get("/v1/procedures/1.001193").expect(200).body;
    assert_eq!(own["variant"], order[0]);
    assert_eq!(all(own["variants"].as_array().unwrap(), "variant"), order);
    for (place, variant) in own["variants"].as_array().unwrap().iter().enumerate() {
        let read = city.get(variant["href"].as_str().unwrap()).expect(200).body;
        assert_eq!((&read["variant"], &read["id"]), (&json!(order[place]), &variant["id"]));
        assert_eq!(read["variants"], own["variants"]);
    }
    let ministrys = city.get("/v1/procedures/1.001193~bo-commune").expect(200).body;
    assert_eq!(
        (&ministrys["locality"], &ministrys["content"]["name"]),
        (&json!(null), &json!("Thủ tục đăng ký khai sinh"))
    );

    let only = [variant(json!("Đà Nẵng"), "xã"), variant(json!(null), "xã")].map(|mut row| {
        row["code"] = json!("9.900001");
        row
    });
    import(&city.login("controller.vpubnd"), "", &only).expect(200);
    assert_eq!(city.get("/v1/procedures/9.900001").expect(200).body["variant"], "bo-commune");
}

#[test]
fn what_is_not_there_is_not_found() {
    let city = City::new();
    for name in [
        "9.999999",
        "1.001193~bo-commune",
        "1.001193~",
        "~can-tho-commune",
        "1.001193~can-tho",
        "1.00119",
        "01961234-0000-7000-8000-000000000000",
    ] {
        assert_eq!(city.get(&format!("/v1/procedures/{name}")).expect(404).code(), "not_found", "{name}");
    }
}

#[test]
fn a_known_tag_saves_the_body_until_the_procedure_changes() {
    let city = City::new();
    let path = "/v1/procedures/1.001193";
    let tag = city.get(path).expect(200).etag();
    assert!(tag.starts_with('"') && tag.ends_with('"'), "a strong tag: {tag}");
    let conditional = |tags: &str| city.send("GET", path).header("If-None-Match", tags).answer();
    for tags in [tag.clone(), format!("\"x\", {tag}"), format!("W/{tag}"), "*".to_owned()] {
        let unchanged = conditional(&tags).expect(304);
        assert_eq!((unchanged.text.as_str(), unchanged.etag()), ("", tag.clone()), "{tags}");
    }
    conditional("\"x\"").expect(200);

    let mut row = demo().iter().find(|row| row["code"] == "1.001193").unwrap().clone();
    row["name"] = json!("Đăng ký khai sinh mới");
    let report = import(&city.login("controller.vpubnd"), "?valid_from=2019-03-04", &[row]).expect(200).body;
    assert_eq!(totals(&report), [0, 0, 1, 0, 0], "{report}");
    let changed = conditional(&tag).expect(200);
    assert_ne!(changed.etag(), tag);
    assert_eq!(changed.body["content"]["name"], "Đăng ký khai sinh mới");
}

#[test]
fn a_procedure_that_begins_later_is_served_from_midnight_on() {
    let city = City::new();
    let name = "Chuyển trường đối với học sinh trung học cơ sở";
    let seen = || {
        let listed = set(&walk(&city, "", 200), "name").contains(name);
        let found = set(&search(&city, "chuyển trường"), "name").contains(name);
        let read = city.get("/v1/procedures/2.002481").status == 200;
        (listed, found, read, count(&city, ""))
    };
    assert_eq!(seen(), (false, false, false, IN_FORCE));
    city.clock.set("2019-05-31T23:59:59+07:00");
    assert_eq!(seen(), (false, false, false, IN_FORCE + 2));
    city.clock.set("2019-06-01T00:00:00+07:00");
    assert_eq!(seen(), (true, true, true, IN_FORCE + 3));
}

#[test]
fn as_of_shows_the_registry_of_that_day() {
    let city = City::new();
    for (day, there) in [("2019-04-30", false), ("2019-05-01", true), ("2020-01-01", true)] {
        let names = set(&walk(&city, &format!("&as_of={day}"), 50), "name");
        assert_eq!(names, demo_names(day, |_| true), "{day}");
        let read = city.get(&format!("/v1/procedures/1.010733?as_of={day}"));
        assert_eq!(read.status, if there { 200 } else { 404 }, "{day}");
        let found = walk(&city, &format!("&q=tac+dong+moi+truong&as_of={day}"), 50);
        assert_eq!(found.len(), usize::from(there), "{day}");
    }
    assert_eq!(walk(&city, "&as_of=2010-01-01", 50).len(), 0);
}
