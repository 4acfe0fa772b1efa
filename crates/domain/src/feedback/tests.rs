use super::*;
use crate::codes::Code;

fn parameters() -> FeedbackParameters {
    serde_json::from_str(include_str!("../../../../data/feedback-parameters.json")).unwrap()
}

fn sender() -> Sender {
    let part = |text: &str| Some(text.to_owned());
    Sender {
        name: part("Nguyễn Thị Mỹ Linh"),
        address: part("Khu vực 2, phường An Khánh"),
        phone: part("0900 000 001"),
        email: None,
    }
}

#[test]
fn every_state_meets_every_event() {
    let mut printed = String::from(
        "# States of feedback\n\nPrinted from the transition function by a test; edit the function, not this file. An empty \
         cell: nothing leads on from there by that event.\n\n| state |",
    );
    for event in FeedbackEvent::ALL {
        printed.push_str(&format!(" {event} |"));
    }
    printed.push_str(&format!("\n|---|{}\n", "---|".repeat(FeedbackEvent::ALL.len())));
    for state in FeedbackState::ALL {
        printed.push_str(&format!("| `{state}` |"));
        for event in FeedbackEvent::ALL {
            let cell = match next(*state, *event) {
                Ok(after) => after.to_string(),
                Err(refused) => {
                    assert_eq!(refused, NoSuchMove { state: *state, event: *event });
                    String::new()
                }
            };
            printed.push_str(&format!(" {cell} |"));
        }
        printed.push('\n');
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/states/feedback.md");
    if std::fs::read_to_string(path).unwrap_or_default() != printed {
        std::fs::write(path, printed).unwrap();
        panic!("docs/states/feedback.md was old and has been printed anew: review and commit it");
    }
}

#[test]
fn what_is_over_only_opens_again_closes_or_is_published() {
    use FeedbackEvent as E;
    for state in FeedbackState::ALL.iter().filter(|state| state.is_over()) {
        for event in E::ALL {
            let moves = next(*state, *event).is_ok();
            assert!(
                !moves || matches!(event, E::Reopen | E::Close | E::Publish | E::Note),
                "{state} {event}"
            );
        }
    }
    // From everywhere else something leads on to an end.
    for state in FeedbackState::ALL.iter().filter(|state| !state.is_over()) {
        assert!(E::ALL.iter().any(|event| next(*state, *event).is_ok()), "{state}");
    }
}

#[test]
fn all_grounds_are_told_at_once() {
    let nobody = Sender::default();
    let found = grounds(Letter { title: "x", content: "Xem lại", sender: &nobody }, &parameters());
    use RefusalGround::*;
    assert_eq!(found, [Unclear, NameMissing, AddressMissing, ContactMissing]);
    for ground in RefusalGround::ALL {
        assert!(ground.basis().contains("20/2008/NĐ-CP"));
    }
}

#[test]
fn vietnamese_in_any_dress_is_vietnamese() {
    let sender = sender();
    let judged = |content: &str| grounds(Letter { title: "x", content, sender: &sender }, &parameters());
    let fine = [
        "Tôi đến nộp hồ sơ ba lần nhưng đều bị trả lại mà không có lý do.",
        "Toi den nop ho so ba lan nhung deu bi tra lai ma khong co ly do.",
        "Tooi muoons phanr anhs vieecj caapf giaays pheps chamaj treex.",
    ];
    for content in fine {
        assert_eq!(judged(content), [], "{content}");
    }
    let foreign = [
        "My work permit application was submitted in March and the office has not answered for two months.",
        "我的工作许可申请已经提交两个月了，但是办公室还没有答复我。",
    ];
    for content in foreign {
        assert!(judged(content).contains(&RefusalGround::NotVietnamese), "{content}");
    }
}

#[test]
fn a_number_too_short_is_no_contact_and_mail_is_enough() {
    let short = Sender { phone: Some("0900".into()), ..sender() };
    let content = "Hồ sơ của tôi bị trả lại nhiều lần không có lý do.";
    let judged = |sender: &Sender| grounds(Letter { title: "x", content, sender }, &parameters());
    assert_eq!(judged(&short), [RefusalGround::ContactMissing]);
    let mail = Sender { email: Some("linh@example.com".into()), ..short };
    assert_eq!(judged(&mail), []);
}

#[test]
fn near_equal_texts_share_a_band_and_others_do_not_come_near() {
    let text = "Hiện nay khi đăng ký hộ kinh doanh, người dân phải nộp bản sao chứng thực chứng minh nhân dân ở bộ phận một \
                cửa cấp huyện, sau đó khi làm thủ tục về thuế lại phải nộp thêm một bản nữa, gây tốn chi phí và thời gian.";
    let shouted = text.to_uppercase().replace(',', " ;");
    assert_eq!(fingerprint(text), fingerprint(&shouted));
    let other = "Đường trước nhà tôi bị ngập mỗi khi trời mưa, đã phản ánh nhiều lần nhưng chưa được giải quyết dứt điểm.";
    assert!(fingerprint(text).distance(fingerprint(other)) > 10);
    let near = Fingerprint(fingerprint(text).0 ^ 0b101 << 20);
    let shared = fingerprint(text).bands().iter().zip(near.bands()).filter(|(a, b)| *a == b).count();
    assert_eq!((fingerprint(text).distance(near), shared), (2, 3));
    assert_eq!(fingerprint(""), Fingerprint(0));
}

#[test]
fn what_shows_who_someone_is_is_found_and_taken_out() {
    let content = "Tôi là Nguyễn Thị Mỹ Linh, số điện thoại 0900 000 001, CMND 362123456, CCCD 092087001234, thư \
                   linh.nguyen@example.com. Ông Trần Văn Bảy ở bộ phận một cửa hẹn ngày 12/03/2019, phí 15.000 đồng, hồ sơ số \
                   1.001193. NGUYỄN THỊ MỸ LINH.";
    let found = findings(content, Some(&sender()), &[]);
    let told: Vec<(FindingKind, &str)> =
        found.iter().map(|finding| (finding.kind, finding.text.as_str())).collect();
    use FindingKind::*;
    assert_eq!(
        told,
        [
            (Name, "Nguyễn Thị Mỹ Linh"),
            (Phone, "0900 000 001"),
            (IdentityNumber, "362123456"),
            (IdentityNumber, "092087001234"),
            (Email, "linh.nguyen@example.com"),
            (Name, "Trần Văn Bảy"),
            (Name, "NGUYỄN THỊ MỸ LINH"),
        ]
    );
    let clean = redact(content, Some(&sender()), &[]);
    assert!(findings(&clean, Some(&sender()), &[]).is_empty(), "{clean}");
    assert!(clean.contains("hẹn ngày 12/03/2019, phí 15.000 đồng"), "{clean}");
    assert_eq!(redact("Ông Bảy hẹn", None, &["ông Bảy hẹn"]), "[…]");
}

/// What is found of the sender [`sender`] and of others, as it stands there.
fn told(content: &str) -> Vec<String> {
    findings(content, Some(&sender()), &[]).into_iter().map(|finding| finding.text).collect()
}

#[test]
fn what_is_found_is_taken_out_where_it_stands() {
    let content = "Biên nhận số 80900000001 đã có. Tôi gọi từ số 0900000001.";
    for sender in [None, Some(sender())] {
        let clean = redact(content, sender.as_ref(), &[]);
        assert_eq!(clean, "Biên nhận số 80900000001 đã có. Tôi gọi từ số […].");
    }
    let found = findings(content, None, &[]);
    assert_eq!((found.len(), found[0].text.as_str(), found[0].at), (1, "0900000001", 46));
}

#[test]
fn a_senders_number_is_found_however_it_is_written() {
    let ways = [
        "0900000001",
        "0900   000   001",
        "0900\u{a0}000\u{a0}001",
        "0900.000.001",
        "0900-000-001",
        "0900 - 000 - 001",
        "0900/000/001",
        "0 9 0 0 0 0 0 0 0 1",
        "(0900) 000 001",
        "0900 (000 001)",
        "0900\n000 001",
        "0900, 000, 001",
        "+84 900 000 001",
        "+84900000001",
        "(+84) 900 000 001",
        "+84 (0) 900 000 001",
        "0084 900 000 001",
        "84900000001",
        "900 000 001",
        "０９００ ０００ ００１",
        "＋８４９００００００１",
    ];
    for way in ways {
        for (before, after) in [
            ("", ""),
            ("Gọi ", " nhé, ngày 5 tháng 3."),
            ("ĐT", "(Zalo)"),
            ("Ngày 05.03.2019 ", ", tổ 12"),
            ("ở tổ 5 ", "."),
        ] {
            let content = format!("{before}{way}{after}");
            assert_eq!(redact(&content, Some(&sender()), &[]), format!("{before}[…]{after}"), "{content}");
        }
    }
    for owner in ["+84 900 000 001", "84900000001", "０９００ ０００ ００１", "0900 000 001 / 0292 3820 000"]
    {
        let sender = Sender { phone: Some(owner.to_owned()), ..Sender::default() };
        assert_eq!(redact("Gọi 0900/000/001", Some(&sender), &[]), "Gọi […]", "{owner}");
    }
}

#[test]
fn numbers_of_others_are_found_within_other_digits() {
    for (content, expected) in [
        ("ngày 05.03.2019 0912 345 678", vec!["0912 345 678"]),
        ("05/03/2019 0912 345 678", vec!["0912 345 678"]),
        ("tổ 5 0912 345 678 lúc 8", vec!["0912 345 678"]),
        ("0912.345.678 - 0987.654.321", vec!["0912.345.678", "0987.654.321"]),
        ("(0292) 3820 000 hoặc +84 292 3820000", vec!["(0292) 3820 000", "+84 292 3820000"]),
        ("số 2 84912345678, +1 202 555 0123", vec!["84912345678", "+1 202 555 0123"]),
        ("ngày 05.03.2019 362123456", vec!["362123456"]),
        ("tổ 5 092087001234; 092 087 001 234", vec!["092087001234", "092 087 001 234"]),
        // Whose the middle group is cannot be told.
        ("05 03 2019 0912 345 678", vec!["03 2019 0912 345 678"]),
    ] {
        assert_eq!(told(content), expected, "{content}");
    }
    for nobody in [
        "từ 01/01/2019 - 31/12/2019",
        "từ 01.01.2019 - 31.12.2019, 01-01-2019 - 31-12-2019",
        "tháng 03.2019 - 04.2019, ngày 2019-03-05 08.30 - 11.30",
        "hồ sơ H13.05-190304-0001, thủ tục 1.001193.000.00.00.H13",
        "phí 1.500.000 đồng, tổng 100.000.000.000 đồng",
    ] {
        assert_eq!(told(nobody), [""; 0], "{nobody}");
    }
}

#[test]
fn a_name_and_a_mail_address_are_found_in_any_dress() {
    let linh = Sender { email: Some("Linh.Nguyen90@Example.com".to_owned()), ..sender() };
    for shown in [
        "Nguyen Thi My Linh",
        "NGUYỄN  THỊ\u{a0}MỸ LINH",
        "nguyễn thị\nmỹ linh",
        "Nguye\u{302}\u{303}n Thị Mỹ Linh",
        "linh.nguyen90@example.com",
        "LINH.NGUYEN90@EXAMPLE.COM",
        "linh.nguyen90 @ example.com",
        "khu vực 2 phường an khánh",
    ] {
        let content = format!("Hỏi {shown}, nhé");
        assert_eq!(redact(&content, Some(&linh), &[]), "Hỏi […], nhé", "{content}");
    }
    assert_eq!(redact("Nguyễn Thị Mỹ Linh-0900000001", Some(&linh), &[]), "[…]-[…]");
    assert_eq!(redact("Minh, MINH và mình", None, &["Minh"]), "[…], […] và mình");
}

#[test]
fn what_overlaps_is_taken_out_as_one() {
    let people = ["Trần Văn", "Văn Bảy Tám"];
    assert_eq!(redact("Hỏi Trần Văn Bảy Tám rồi.", None, &people), "Hỏi […] rồi.");
    let found = findings("Hỏi Trần Văn Bảy Tám rồi.", None, &people);
    assert_eq!((found.len(), found[0].text.as_str()), (1, "Trần Văn Bảy Tám"));
}

/// What people put between the digits of a number.
const BETWEEN: &[&str] = &["", "", " ", "  ", "\u{a0}", ".", "-", " - ", "/", "(", ")", ") ", ",", "\n", "–"];

proptest::proptest! {
    #[test]
    fn no_digits_of_a_sender_remain(
        phone in "0[1-9][0-9]{8}",
        between in proptest::collection::vec(proptest::sample::select(BETWEEN), 10),
        abroad in proptest::sample::select(vec!["0", "+84", "84 ", "(+84) 0"]),
        before in proptest::sample::select(vec!["", "Gọi ", "tổ 5 ", "ngày 05.03.2019 ", "+", "số 12-"]),
        after in proptest::sample::select(vec!["", " nhé", ", tổ 12", " 7", ")"]),
    ) {
        let mut content = format!("{before}{abroad}");
        for (digit, gap) in phone.chars().skip(1).zip(&between) {
            content.push_str(gap);
            content.push(digit);
        }
        content.push_str(after);
        let sender = Sender { phone: Some(phone.clone()), ..Sender::default() };
        let clean = redact(&content, Some(&sender), &[]);
        let left: String = clean.chars().filter(char::is_ascii_digit).collect();
        proptest::prop_assert!(!left.contains(&phone[1..]), "{content}: {clean}");
        proptest::prop_assert!(clean.contains("[…]"), "{content}: {clean}");
    }

    #[test]
    fn nothing_written_breaks_a_judgement(content in "\\PC{0,400}") {
        let sender = sender();
        grounds(Letter { title: &content, content: &content, sender: &sender }, &parameters());
        let clean = redact(&content, Some(&sender), &[]);
        proptest::prop_assert!(findings(&content, Some(&sender), &[]).is_empty() || clean != content);
        fingerprint(&content).bands();
    }
}
