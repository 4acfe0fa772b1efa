//! Searches in Vietnamese.

use super::*;

/// The same words typed in other ways: composed, decomposed, capitals, without marks.
const SPELLINGS: &[[&str; 4]] = &[
    ["đăng ký khai sinh", "đa\u{306}ng ky\u{301} khai sinh", "ĐĂNG KÝ KHAI SINH", "dang ky khai sinh"],
    ["chứng thực", "chu\u{31b}\u{301}ng thu\u{31b}\u{323}c", "CHỨNG THỰC", "chung thuc"],
    ["giấy phép", "gia\u{302}\u{301}y phe\u{301}p", "GIẤY PHÉP", "giay phep"],
    ["đất đai", "đa\u{302}\u{301}t đai", "ĐẤT ĐAI", "dat dai"],
];

#[test]
fn marks_capitals_and_composition_do_not_change_what_is_found() {
    let city = City::new();
    for [composed, decomposed, capitals, plain] in SPELLINGS {
        let found = search(&city, composed);
        assert!(!found.is_empty(), "{composed}");
        for same in [decomposed, capitals] {
            assert_eq!(all(&search(&city, same), "id"), all(&found, "id"), "{same}");
        }
        assert_eq!(set(&search(&city, plain), "id"), set(&found, "id"), "{plain}");
        assert_eq!(count(&city, &format!("&q={}", encoded(plain))), found.len());
    }
}

#[test]
fn the_words_before_every_name_do_not_narrow_a_search() {
    let city = City::new();
    let found = all(&search(&city, "Đăng ký KHAI SINH"), "id");
    assert_eq!(all(&search(&city, "thủ tục đăng ký khai sinh"), "id"), found);
    assert_eq!(all(&search(&city, "thủ tục hành chính đăng ký khai sinh"), "id"), found);
}

#[test]
fn words_are_found_in_any_order_and_by_their_beginnings() {
    let city = City::new();
    let found = set(&search(&city, "đăng ký khai sinh"), "id");
    assert_eq!(set(&search(&city, "sinh khai ký đăng"), "id"), found);
    assert!(set(&search(&city, "đăng k kha sin"), "id").is_superset(&found));
    assert_eq!(search(&city, "đăng ký khai sinhx").len(), 0, "every word must be found");
    assert_eq!(search(&city, "hai sinh xkhai").len(), 0, "the end of a word is not its beginning");
}

#[test]
fn the_best_match_comes_first() {
    let city = City::new();
    for (text, first) in [
        ("khai sinh", "Đăng ký khai sinh"),
        ("dang ky khai sinh", "Đăng ký khai sinh"),
        ("đăng ký kết hôn", "Đăng ký kết hôn"),
        ("khai tử", "Đăng ký khai tử"),
        ("em bé mới sinh", "Đăng ký khai sinh"),
        ("hợp tác xã", "Đăng ký thành lập hợp tác xã"),
    ] {
        assert_eq!(search(&city, text)[0]["name"], first, "{text}");
    }
}

#[test]
fn a_code_finds_its_procedure_first() {
    let city = City::new();
    for row in demo()
        .iter()
        .filter(|row| row["code"].is_string() && row["valid_from"].as_str().unwrap() <= "2019-03-04")
    {
        let found = search(&city, row["code"].as_str().unwrap());
        assert_eq!(found[0]["national_code"], row["code"], "{found:?}");
        let found = search(&city, row["local_code"].as_str().unwrap());
        assert_eq!(found[0]["national_code"], row["code"], "{found:?}");
    }
}

#[test]
fn a_component_of_the_dossier_is_found() {
    let city = City::new();
    let found = set(&search(&city, "Tờ khai đăng ký khai tử"), "name");
    assert!(found.contains("Đăng ký khai tử"), "{found:?}");
}

#[test]
fn segments_of_a_snippet_join_to_the_name_and_mark_the_words() {
    let city = City::new();
    for (text, words) in [
        ("dang ky khai sinh", ["đăng", "ký", "khai", "sinh"].as_slice()),
        ("GIẤY phe", &["giấy", "phép"]),
        ("1.001193", &[]),
    ] {
        for item in search(&city, text) {
            let snippet = &item["snippet"];
            let segments = snippet["segments"].as_array().unwrap();
            let joined: String = segments.iter().map(|segment| segment["text"].as_str().unwrap()).collect();
            let name = item["name"].as_str().unwrap();
            let cut = snippet["cut_before"] == true || snippet["cut_after"] == true;
            assert!(if cut { name.contains(&joined) } else { name == joined }, "{item}");
            for hit in segments.iter().filter(|segment| segment["hit"] == true) {
                let hit = hit["text"].as_str().unwrap().to_lowercase();
                assert!(words.contains(&hit.as_str()), "{hit} in {item}");
            }
        }
    }
    let first = &search(&city, "khai sinh")[0];
    let hits: Vec<&Value> =
        first["snippet"]["segments"].as_array().unwrap().iter().filter(|s| s["hit"] == true).collect();
    assert!(!hits.is_empty(), "{first}");
    assert_eq!(walk(&city, "", 200)[0].get("snippet"), None, "only in searches");
}

#[test]
fn pages_of_a_search_have_no_doubles_and_one_order() {
    let city = City::new();
    for text in ["dang ky", "cap", "a", "thu tuc"] {
        let query = format!("&q={}", encoded(text));
        let whole = walk(&city, &query, 200);
        set(&whole, "id");
        for size in [1, 3, 10] {
            assert_eq!(all(&walk(&city, &query, size), "id"), all(&whole, "id"), "{text} by {size}");
        }
    }
}
