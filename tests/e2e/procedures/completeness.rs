//! What is missing or doubtful: of one procedure, and in figures that lead to their procedures.

use super::*;

#[test]
fn a_finding_names_part_article_and_severity() {
    let city = City::new();
    import(&city.login("controller.vpubnd"), "", &[row("9.900001", "Chỉ có tên")]).expect(200);
    let judged = city.get("/v1/procedures/9.900001/completeness").expect(200).body;
    assert_eq!(judged["complete"], json!(false));
    let findings = judged["findings"].as_array().unwrap();
    for (part, article) in
        [("steps", "Điểm b"), ("manner", "Điểm c"), ("dossier", "Điểm d"), ("subjects", "Điểm e")]
    {
        let told = findings.iter().find(|f| f["part"] == part && f["severity"] == "error");
        let told = told.unwrap_or_else(|| panic!("{part}: {judged}"));
        assert!(told["article"].as_str().unwrap().contains(article), "{told}");
    }
    for severity in ["error", "warning", "note"] {
        let told = findings.iter().filter(|finding| finding["severity"] == severity).count();
        assert_eq!(judged["counts"][severity], json!(told));
    }
    let read = city.get("/v1/procedures/9.900001").expect(200).body;
    for finding in findings {
        let pointer = finding["pointer"].as_str().unwrap();
        assert!(read["content"].pointer(pointer).is_some(), "{pointer} is in the content");
    }
}

#[test]
fn findings_of_one_are_the_filters_of_the_list() {
    let city = City::new();
    for item in walk(&city, "", 200) {
        let id = item["id"].as_str().unwrap();
        let judged = city.get(&format!("/v1/procedures/{id}/completeness")).expect(200).body;
        let codes: BTreeSet<&str> =
            judged["findings"].as_array().unwrap().iter().map(|f| f["code"].as_str().unwrap()).collect();
        for code in codes {
            let listed = walk(&city, &format!("&finding={code}"), 200);
            assert!(listed.iter().any(|listed| listed["id"] == item["id"]), "{id} {code}");
        }
    }
}

#[test]
fn every_figure_leads_to_its_procedures() {
    let city = City::new();
    for by in ["field", "unit"] {
        let figures = city.get(&format!("/v1/procedures/completeness?by={by}")).expect(200).body;
        assert_eq!(figures["total"]["procedures"], json!(IN_FORCE));
        let rows = figures["items"].as_array().unwrap();
        assert!(rows.len() > 5);
        for row in rows.iter().chain([&figures["total"]]) {
            if let Some(value) = row["value"].as_str() {
                assert_eq!(
                    json!(count(&city, &format!("&{by}={}", encoded(value)))),
                    row["procedures"],
                    "{value}"
                );
            }
            let mut incomplete = BTreeSet::new();
            for told in row["findings"].as_array().unwrap() {
                let list = told["href"].as_str().unwrap().replace("/v1/procedures?", "&");
                let listed = walk(&city, &list, 200);
                assert_eq!(json!(listed.len()), told["procedures"], "{list}");
                if told["severity"] == "error" {
                    incomplete.extend(set(&listed, "id"));
                }
            }
            assert_eq!(json!(incomplete.len()), row["incomplete"], "{}", row["value"]);
        }
    }
}
