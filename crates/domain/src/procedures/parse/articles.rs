//! Places in legal texts: "Điều 5 khoản 2 điểm a", "khoản 2 Điều 15".

use crate::procedures::content::ArticleReference;
use crate::text::{Token, words};

/// The places named by a text that names places and nothing else.
pub(in crate::procedures) fn whole(text: &str) -> Option<Vec<ArticleReference>> {
    let tokens = words(text);
    let (found, used) = read(text, &tokens)?;
    (used == tokens.len()).then_some(found)
}

/// The places a title begins with. Places further inside a title may be excluded or amended by it, so
/// they are not read; neither is a list that goes on in a way that cannot be read.
pub(super) fn leading(title: &str) -> Vec<ArticleReference> {
    let opening = title.chars().take(5).collect::<String>().to_lowercase();
    if !["điều", "khoản", "điểm"].iter().any(|part| opening.starts_with(part)) {
        return Vec::new();
    }
    let tokens = words(title);
    let Some((found, used)) = read(title, &tokens) else { return Vec::new() };
    let goes_on = tokens.get(used).is_some_and(|next| {
        next.exact.starts_with(|c: char| c.is_ascii_digit()) || matches!(next.exact.as_str(), "và" | "đến")
    });
    if goes_on { Vec::new() } else { found }
}

/// The places at the beginning of the tokens, and how many tokens they take.
fn read(text: &str, tokens: &[Token]) -> Option<(Vec<ArticleReference>, usize)> {
    let mut found: Vec<ArticleReference> = Vec::new();
    let mut open: Option<(ArticleReference, usize)> = None;
    let (mut used, mut previous_end) = (0, 0);
    loop {
        let after_and = usize::from(used > 0 && tokens.get(used).is_some_and(|token| token.exact == "và"));
        let at = used + after_and;
        let Some((part, number)) = tokens.get(at).zip(tokens.get(at + 1)).filter(|(p, n)| is_place(p, n))
        else {
            break;
        };
        let separated = after_and == 1 || text[previous_end..part.start].contains([',', ';']);
        let complete = open.as_ref().is_some_and(|(reference, _)| reference.article.is_some());
        if separated && complete {
            found.extend(open.take().map(|(reference, _)| reference));
        }
        let (reference, start) = open.get_or_insert_with(|| (empty(), part.start));
        let slot = match part.exact.as_str() {
            "điều" => &mut reference.article,
            "khoản" => &mut reference.clause,
            _ => &mut reference.point,
        };
        if slot.replace(number.exact.clone()).is_some() {
            return None;
        }
        reference.text = text[*start..number.end].to_owned();
        previous_end = number.end;
        used = at + 2;
    }
    found.extend(open.map(|(reference, _)| reference));
    let readable = !found.is_empty() && found.iter().all(|reference| reference.article.is_some());
    readable.then_some((found, used))
}

fn is_place(part: &Token, number: &Token) -> bool {
    let digits = number.exact.starts_with(|c: char| c.is_ascii_digit());
    let short = number.exact.chars().count() <= 4 && number.exact.chars().all(char::is_alphanumeric);
    match part.exact.as_str() {
        "điều" | "khoản" => short && digits,
        "điểm" => number.exact.chars().count() <= 2 && short,
        _ => false,
    }
}

fn empty() -> ArticleReference {
    ArticleReference { article: None, clause: None, point: None, text: String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(found: &[ArticleReference]) -> Vec<[&str; 3]> {
        let part = |part: &Option<String>| part.as_deref().map_or("", |text| text).to_owned().leak() as &str;
        found.iter().map(|r| [part(&r.article), part(&r.clause), part(&r.point)]).collect()
    }

    #[test]
    fn places_are_read_in_either_order() {
        assert_eq!(places(&whole("Điều 5 khoản 2 điểm đ").unwrap()), [["5", "2", "đ"]]);
        assert_eq!(places(&whole("điểm d, Khoản 4, Điều 12a").unwrap()), [["12a", "4", "d"]]);
        let several = whole("Khoản 2 Điều 15, khoản 3 Điều 16 và Điều 17").unwrap();
        assert_eq!(places(&several), [["15", "2", ""], ["16", "3", ""], ["17", "", ""]]);
        assert_eq!(several[1].text, "khoản 3 Điều 16");
    }

    #[test]
    fn what_may_mean_two_things_is_not_read() {
        for text in [
            "Điều 5, khoản 2",
            "khoản 1, 2 Điều 5",
            "Điều 5 đến Điều 9",
            "Điều 5 khoản 2 Điều 6",
            "khoản 2",
            "một số Điều",
            "",
        ] {
            assert_eq!(whole(text), None, "{text}");
        }
    }

    #[test]
    fn of_a_title_only_its_beginning_is_read() {
        assert_eq!(places(&leading("Khoản 2 Điều 15 Thông tư số 1/2020/TT-BTP")), [["15", "2", ""]]);
        assert!(leading("Luật Giá (trừ Điều 15 đến Điều 23)").is_empty());
        assert!(leading("Điều 15 đến Điều 23 Luật Giá").is_empty());
    }
}
