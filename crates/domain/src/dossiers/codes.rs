//! The code lists of dossiers.

crate::codes! {
    /// Why a dossier is late (form 07, II.06c).
    pub enum DossierCause : "dossier_cause" {
        Dossier = "dossier", "Do hồ sơ", "The dossier itself";
        Staff = "staff", "Do cán bộ, công chức, viên chức", "Staff";
        Coordination = "coordination", "Do phối hợp giữa các cơ quan", "Coordination of agencies";
        Law = "law", "Do quy định của pháp luật", "The law";
        System = "system", "Do hệ thống thông tin", "Information systems";
        Other = "other", "Nguyên nhân khác", "Other causes";
    }
}

crate::codes! {
    /// How a dossier reached the one-stop shop (ND 61/2018 Art. 16).
    pub enum CountChannel : "count_channel" {
        Online = "online", "Trực tuyến", "Online";
        Direct = "direct", "Trực tiếp", "In person";
        Post = "post", "Bưu chính công ích (BCCI)", "Public postal service";
    }
}

crate::codes! {
    /// What is wrong with, or doubtful about, a record of dossier counts.
    pub enum CountFault : "count_fault" {
        Shape = "shape", "Không đúng khuôn dạng", "It is not of the right shape";
        Text = "text", "Cần 1 đến 200 ký tự trên một dòng", "One line of 1 to 200 characters is needed";
        Level = "level", "Cấp phải là thành phố, huyện hoặc xã", "The level must be city, district or commune";
        Period = "period", "Kỳ phải là một ngày (2019-03-04) hoặc một tháng (2019-03), từ năm 2000 đến năm 2199", "The period must be a day (2019-03-04) or a month (2019-03) of the years 2000 to 2199";
        NotOver = "not_over", "Kỳ chưa kết thúc", "The period is not over";
        UnknownUnit = "unknown_unit", "Không có đơn vị này", "There is no such unit";
        UnitNotThere = "unit_not_there", "Đơn vị không tồn tại trong kỳ", "The unit does not exist in the period";
        NotYours = "not_yours", "Không được ghi số liệu của đơn vị này", "The counts of this unit are not yours to give";
        OutOfRange = "out_of_range", "Phải từ 0 đến 1 tỷ", "It must be from 0 to 1,000,000,000";
        MoreTimedThanSettled = "more_timed_than_settled", "Sớm hạn, đúng hạn và quá hạn cộng lại nhiều hơn số đã xử lý xong và đã trả kết quả", "Early, on time and late together are more than were settled or returned";
        MorePendingThanOpen = "more_pending_than_open", "Đang giải quyết trong hạn và quá hạn cộng lại nhiều hơn số hồ sơ ở các trạng thái chưa kết thúc", "In time and overdue together are more than stand in a status that is not final";
        MoreCausesThanLate = "more_causes_than_late", "Số theo nguyên nhân nhiều hơn số quá hạn", "More have a cause of lateness than are late or overdue";
        Overlaps = "overlaps", "Đã có số liệu của một kỳ trùng ngày", "Counts of a period that shares days are stored";
        Differs = "differs", "Khác số liệu đã lưu; cần nêu lý do để đính chính", "It differs from what is stored; a correction needs a reason";
        Twice = "twice", "Đã có bản ghi của cùng đơn vị, lĩnh vực, cấp, kênh, đơn vị chủ trì và kỳ trước đó trong tệp", "An earlier record of the file has the same unit, field, level, channel, lead and period";
        SettledUntimed = "settled_untimed", "Có hồ sơ đã xử lý xong chưa tính sớm, đúng hay quá hạn", "Some that were settled are neither early, on time nor late";
        PendingUntimed = "pending_untimed", "Có hồ sơ đang xử lý chưa tính trong hạn hay quá hạn", "Some that are in process are neither in time nor overdue";
        CausesMissing = "causes_missing", "Có hồ sơ quá hạn chưa nêu nguyên nhân", "Some that are late have no cause";
        MoreReceivedThanFound = "more_received_than_found", "Số tiếp nhận nhiều hơn số hồ sơ ở mọi trạng thái", "More were received than stand in any status";
    }
}

impl CountFault {
    /// Whether a record with it is refused; else it is only told.
    pub fn refuses(self) -> bool {
        let told =
            [Self::SettledUntimed, Self::PendingUntimed, Self::CausesMissing, Self::MoreReceivedThanFound];
        !told.contains(&self)
    }
}
