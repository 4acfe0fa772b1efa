//! Tables that are written to be taken away.

crate::codes! {
    /// How far a table is.
    pub enum ExportState : "export_state" {
        Writing = "writing", "Đang xuất", "It is being written";
        Written = "written", "Đã xuất xong", "It is written";
        Failed = "failed", "Không xuất được", "It could not be written";
    }
}
