//! Legal texts, and whether one of them regulates the fees (Decree 63/2010/NĐ-CP Art. 8.1, 8.2 point h).

use super::{FindingCode, Findings};
use crate::procedures::content::{Fee, LegalBasis, ProcedureContent};
use crate::text::{fold, words};

/// Symbols of those who regulate fees: city councils and the Ministry of Finance.
const FEE_SYMBOLS: [&str; 2] = ["nq-hdnd", "-btc"];
/// Words after which "phí" or "giá" is no charge: "chi phí", "kinh phí", "đánh giá", "trị giá".
const NO_CHARGE_AFTER: [&str; 6] = ["chi", "kinh", "học", "đánh", "trị", "thẩm"];

pub(super) fn check(found: &mut Findings, content: &ProcedureContent) {
    for (at, basis) in content.legal_bases.iter().enumerate() {
        if basis.number.as_deref().is_none_or(|number| !number.contains('/')) {
            let words = basis.number.as_deref().or(basis.title.as_deref()).unwrap_or_default();
            found.add(FindingCode::LegalBasisWithoutNumber, &format!("/legal_bases/{at}"), words);
        }
        for (nth, place) in basis.articles.iter().enumerate().filter(|(_, place)| place.article.is_none()) {
            let pointer = format!("/legal_bases/{at}/articles/{nth}");
            found.add(FindingCode::ArticleUnreadable, &pointer, &place.text);
        }
    }
    fee_basis(found, content);
}

/// The first fee that is charged, when nothing is cited that could regulate it.
fn fee_basis(found: &mut Findings, content: &ProcedureContent) {
    let whole = content.fees.iter().enumerate().map(|(at, fee)| (format!("/fees/{at}"), fee));
    let by_channel = content.channels.iter().enumerate().flat_map(|(at, channel)| {
        channel.fees.iter().enumerate().map(move |(nth, fee)| (format!("/channels/{at}/fees/{nth}"), fee))
    });
    let mut charged = whole.chain(by_channel).filter(|(_, fee)| is_charged(fee));
    let Some((pointer, fee)) = charged.next() else { return };
    let fee_cites_basis = cites_fee_rules(&fee.text) || charged.any(|(_, fee)| cites_fee_rules(&fee.text));
    if !fee_cites_basis && !content.legal_bases.iter().any(regulates_fees) {
        found.add(FindingCode::FeeWithoutBasis, &pointer, &fee.text);
    }
}

fn is_charged(fee: &Fee) -> bool {
    fee.amount_dong.is_some_and(|dong| dong > 0)
}

fn regulates_fees(basis: &LegalBasis) -> bool {
    let texts = [&basis.number, &basis.number_text, &basis.title];
    texts.into_iter().flatten().any(|text| cites_fee_rules(text))
        || basis.title.as_deref().is_some_and(names_a_charge)
}

fn cites_fee_rules(text: &str) -> bool {
    let folded = fold(text);
    FEE_SYMBOLS.iter().any(|symbol| folded.contains(symbol))
}

fn names_a_charge(title: &str) -> bool {
    let words = words(title);
    (0..words.len()).any(|at| {
        let before = at.checked_sub(1).map_or("", |i| words[i].exact.as_str());
        let after = words.get(at + 1).map_or("", |word| word.exact.as_str());
        match words[at].exact.as_str() {
            "phí" | "giá" => !NO_CHARGE_AFTER.contains(&before),
            "mức" => after == "thu",
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_regulate_fees_are_known_by_their_words() {
        for title in ["Luật Phí và lệ phí", "Luật Giá", "Thông tư quy định mức thu, chế độ thu"]
        {
            assert!(names_a_charge(title), "{title}");
        }
        for title in ["Luật Đánh giá tác động", "Nghị định về chi phí", "Luật Hộ tịch", "Tổ chức quốc gia"]
        {
            assert!(!names_a_charge(title), "{title}");
        }
        assert!(cites_fee_rules("04/2020/NQ-HĐND") && cites_fee_rules("Thông tư số 287/2016/TT-BTC"));
        assert!(!cites_fee_rules("15/2020/TT-BTP"));
    }
}
