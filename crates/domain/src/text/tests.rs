use super::*;
use proptest::prelude::*;

fn whole(text: &str) -> Vec<String> {
    words(text).into_iter().map(|token| token.folded).collect()
}

fn joined(snippet: &Snippet) -> String {
    snippet.segments.iter().map(|segment| segment.text.as_str()).collect()
}

fn hits(snippet: &Snippet) -> Vec<&str> {
    snippet.segments.iter().filter(|segment| segment.hit).map(|segment| segment.text.as_str()).collect()
}

#[test]
fn normalize_keeps_what_is_seen_and_drops_what_is_not() {
    assert_eq!(
        normalize("  Cấp\u{200b} bản\u{0} sao\u{202e}\r\ntừ sổ\tgốc \u{feff}"),
        "Cấp bản sao\ntừ sổ\tgốc"
    );
    assert_eq!(normalize("một\rhai\u{2028}ba"), "một\nhai\nba");
    assert_eq!(normalize("e\u{200d}\u{301}"), "é");
}

#[test]
fn fold_is_what_a_citizen_types_without_diacritics() {
    assert_eq!(fold("  Đăng ký\u{a0} KHAI\nSINH "), "dang ky khai sinh");
    assert_eq!(fold("hoà"), fold("hòa"));
    assert_eq!(fold("\u{301}"), "");
}

#[test]
fn codes_are_found_whole_and_in_pieces() {
    let text = "Mã 1.001193, theo Thông tư 15/2020/TT-BTP.";
    assert_eq!(whole(text), ["ma", "1.001193", "theo", "thong", "tu", "15/2020/tt-btp"]);
    let parts: Vec<_> = tokens(text).into_iter().filter(|t| t.part).map(|t| t.folded).collect();
    assert_eq!(parts, ["1", "001193", "15", "2020", "tt", "btp"]);
    assert_eq!(whole("và/hoặc"), ["va", "hoac"]);
    assert_eq!(whole("1.001193.000.00.00.H13"), ["1.001193.000.00.00.h13"]);
}

#[test]
fn tokens_keep_the_spelling_and_the_place() {
    let text = "😀 Hộ tịch";
    let found = tokens(text);
    assert_eq!(found[0].exact, "hộ");
    assert_eq!(&text[found[1].start..found[1].end], "tịch");
}

#[test]
fn highlight_shows_the_window_with_most_query_words() {
    let text =
        format!("khai báo. {} Đăng ký khai sinh cho trẻ em. {}", "chữ khác ".repeat(60), "đuôi ".repeat(90));
    let snippet = highlight(&text, &["dang", "ky", "khai", "sinh"]);
    assert_eq!(hits(&snippet), ["Đăng", "ký", "khai", "sinh"]);
    assert!(snippet.cut_before && snippet.cut_after);
    assert!(joined(&snippet).chars().count() <= 200);
}

#[test]
fn highlight_without_a_match_is_the_beginning() {
    let snippet = highlight("Cấp phép xây dựng", &["khai"]);
    assert_eq!(snippet.segments, [Segment { text: "Cấp phép xây dựng".into(), hit: false }]);
    assert!(!snippet.cut_before && !snippet.cut_after);
    assert!(highlight("", &["a"]).segments.is_empty());
}

#[test]
fn highlight_matches_by_prefix_and_inside_codes() {
    assert_eq!(hits(&highlight("Thông tư 15/2020/TT-BTP", &["15/2020"])), ["15/2020/TT-BTP"]);
    assert_eq!(hits(&highlight("Thông tư 15/2020/TT-BTP", &["BTP"])), ["BTP"]);
}

#[test]
fn names_are_ordered_by_letter_and_then_by_diacritic() {
    let mut names = ["Đà Nẵng", "Cần Thơ", "Da Nang", "An Giang", "Cam Ranh"];
    names.sort_by_key(|name| sort_key(name));
    assert_eq!(names, ["An Giang", "Cam Ranh", "Cần Thơ", "Da Nang", "Đà Nẵng"]);
}

const VIETNAMESE: &str =
    "[a-zA-ZăâđêôơưĂÂĐÊÔƠƯáàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ0-9 ./-]{0,60}";

proptest! {
    #[test]
    fn fold_is_idempotent(text in any::<String>()) {
        let once = fold(&text);
        prop_assert_eq!(fold(&once), once);
    }

    #[test]
    fn normalize_is_idempotent(text in any::<String>()) {
        let once = normalize(&text);
        prop_assert_eq!(normalize(&once), once);
    }

    #[test]
    fn every_way_to_write_a_text_folds_alike(text in VIETNAMESE) {
        let folded = fold(&text);
        prop_assert_eq!(&fold(&text.nfc().collect::<String>()), &folded);
        prop_assert_eq!(&fold(&text.nfd().collect::<String>()), &folded);
        prop_assert_eq!(&fold(&text.to_uppercase()), &folded);
        prop_assert!(folded.is_ascii());
    }

    #[test]
    fn token_offsets_are_places_in_the_text(text in prop_oneof![
        any::<String>(), VIETNAMESE.prop_map(String::from), "[aế😀\u{200d}\u{301}1./ -]{0,40}".prop_map(String::from),
    ]) {
        let mut last = 0;
        for token in tokens(&text) {
            prop_assert!(token.start >= last || token.part);
            prop_assert_eq!(exact(&text[token.start..token.end]), token.exact);
            prop_assert!(!token.folded.is_empty());
            last = token.start;
        }
    }

    #[test]
    fn a_snippet_is_a_piece_of_its_text(text in "[a-cếđ😀\u{200d} .\n-]{0,900}", word in "[a-cếđ]{1,2}") {
        let snippet = highlight(&text, &[&word]);
        let piece = joined(&snippet);
        prop_assert!(text.contains(&piece));
        prop_assert!(piece.chars().count() <= 200);
        prop_assert_eq!(tokens(&text).iter().any(|t| t.folded.starts_with(&fold(&word))), !hits(&snippet).is_empty());
    }
}
