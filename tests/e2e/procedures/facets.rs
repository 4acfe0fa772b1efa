//! Facets: every count leads to the list it counts.

use super::*;

const KINDS: &[&str] = &["field", "level", "unit", "channel", "service_level", "subject", "finding"];

/// Follows every value of every facet of a list: as many are listed as were counted.
fn follow(city: &City, query: &str, without: &dyn Fn(&str) -> String) {
    let page =
        city.get(&format!("/v1/procedures?limit=1&facets={}{query}", KINDS.join(","))).expect(200).body;
    let facets = page["facets"].as_array().unwrap();
    assert_eq!(facets.len(), KINDS.len());
    for facet in facets {
        let kind = facet["facet"].as_str().unwrap();
        for value in facet["values"].as_array().unwrap() {
            let (code, counted) = (value["value"].as_str().unwrap(), value["count"].as_u64().unwrap());
            let listed = count(city, &format!("{}&{kind}={}", without(kind), encoded(code)));
            assert_eq!(listed as u64, counted, "{query} {kind}={code}");
            assert!(counted > 0 && !value["name"].as_str().unwrap().is_empty());
        }
        let counts: Vec<u64> = facet["values"]
            .as_array()
            .unwrap()
            .iter()
            .map(|value| value["count"].as_u64().unwrap())
            .collect();
        assert!(counts.is_sorted_by(|a, b| a >= b), "the commonest first");
    }
}

#[test]
fn every_count_is_the_length_of_its_list() {
    let city = City::new();
    follow(&city, "", &|_| String::new());
    follow(&city, "&as_of=2019-12-31", &|_| "&as_of=2019-12-31".into());
    follow(&city, "&q=dang%20ky", &|_| "&q=dang%20ky".into());
}

#[test]
fn a_facet_is_counted_without_its_own_filter() {
    let city = City::new();
    follow(&city, "&level=commune", &|kind| {
        if kind == "level" { String::new() } else { "&level=commune".into() }
    });
    let both = "&level=commune&field=ho-tich";
    follow(&city, both, &|kind| match kind {
        "level" => "&field=ho-tich".into(),
        "field" => "&level=commune".into(),
        _ => both.into(),
    });
}

#[test]
fn only_what_was_asked_for_is_counted() {
    let city = City::new();
    let page = city.get("/v1/procedures?facets=level,field").expect(200).body;
    let told: Vec<&str> =
        page["facets"].as_array().unwrap().iter().map(|facet| facet["facet"].as_str().unwrap()).collect();
    assert_eq!(told, ["field", "level"]);
    assert!(city.get("/v1/procedures").expect(200).body.get("facets").is_none());
    assert_eq!(
        city.get("/v1/procedures?facets=levels").expect(400).body["errors"][0]["pointer"],
        "/query/facets"
    );
}
