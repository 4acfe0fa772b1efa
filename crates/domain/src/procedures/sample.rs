//! A composed procedure that says everything it must and can say, for tests.

use super::{ProcedureContent, parse};
use serde_json::{Value, json};

const FILE: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// A source row with every key of the content filled.
pub(super) fn complete_row() -> Value {
    let file = |name: &str| json!({"name": name, "media_type": "application/pdf", "size_bytes": 1200, "sha256": FILE});
    json!({
        "code": "1.000001", "local_code": "1.000001.H13", "name": "Cấp phép thử nghiệm", "field": "Thử nghiệm",
        "level": ["tỉnh", "xã"], "level_basis": "stated", "keywords": ["thử", "mẫu"],
        "issuing_body": "Ủy ban nhân dân thành phố", "decision_number": "1/QĐ-UBND",
        "procedure_type": "Loại khác", "service_level": {"scale": "nd43", "value": "3"},
        "steps": [
            {"case": "Cấp mới", "steps": ["Bước 1: Nộp hồ sơ tại bộ phận một cửa", "Bước 2: Nhận kết quả\nđúng hẹn"]},
            {"case": "Cấp lại", "steps": ["Bước 1: Nộp đơn và bản cũ"]}
        ],
        "submission_channels": [
            {"channel": "Trực tiếp", "time_value": 5, "time_unit": "working_day", "fee": "Lệ phí: 50.000 đồng",
             "description": "Nộp tại quầy", "raw": "Trực tiếp: 5 ngày"},
            {"channel": "Trực tuyến", "time_value": 5, "time_unit": "working_day", "fee": "Miễn phí"}
        ],
        "dossier_components": [
            {"case": "Cấp mới", "name": "Đơn đề nghị", "template": "Mẫu số 1", "originals": 1, "copies": 0},
            {"case": "Cấp mới", "name": "Bản vẽ"},
            {"case": "Cấp lại", "name": "Giấy phép cũ", "originals": 1}
        ],
        "dossier_components_text": "Giấy tờ khác nếu có", "dossier_sets": 1, "time_limit": "5 ngày làm việc",
        "fee": "Lệ phí: 50.000 đồng | Phí: Theo nghị quyết", "subjects": ["Công dân Việt Nam", "Người đi thử"],
        "implementing_agency": "Sở Thử nghiệm", "settling_unit_codes": ["STN"],
        "deciding_agency": "Chủ tịch Ủy ban nhân dân", "authorised_agency": "Chi cục Thử nghiệm",
        "coordinating_agency": "Sở Tài chính", "reception_address": "Bộ phận một cửa",
        "results": [{"name": "Giấy phép", "code": "KQ.G15.000001"}], "requirements": "Có năng lực thử nghiệm",
        "legal_basis": [
            {"number": "1/2019/NQ-HĐND", "title": "Nghị quyết về lệ phí", "date": "2019-01-05",
             "issuer": "Hội đồng nhân dân", "articles": ["Điều 5 khoản 2 điểm đ", "Điều 6"]},
            {"number": "Thông tư số 2/2019/TT-BTN", "title": "Thông tư – có gạch"}
        ],
        "related_procedures": ["1.000002"], "interlinked_procedures": ["1.000003"],
        "status_text": "Còn hiệu lực", "effective_date": "2019-02-01", "valid_from": "01/02/2019",
        "forms": [{"name": "Mẫu số 1", "code": "M1", "file": file("mau-1.pdf")}],
        "sample_sets": [{"title": "Hồ sơ đã điền", "case": "Cấp mới", "files": [file("vi-du.pdf")]}]
    })
}

/// What the parser makes of [`complete_row`], which is without fault.
pub(super) fn complete() -> ProcedureContent {
    let parsed = parse(&serde_json::from_value(complete_row()).unwrap());
    let faults: Vec<_> =
        parsed.faults.iter().filter(|fault| fault.code != super::FaultCode::FeeUnreadable).collect();
    assert!(faults.is_empty(), "{faults:?}");
    parsed.content
}
