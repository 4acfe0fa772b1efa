//! The forms the product ships with.

use super::{ReportForm, WindowTable};

macro_rules! files {
    ($($name:literal)+) => {
        &[$(include_str!(concat!("../../../../data/report-forms/", $name, ".json")),)+]
    };
}

const FILES: &[&str] = files! {
    "01-vpcp-kstt" "02-vpcp-kstt" "03-vpcp-kstt" "04-vpcp-kstt"
    "05-vpcp-kstt" "06-vpcp-kstt" "07-vpcp-kstt" "08-vpcp-kstt"
    "XII"
    "I.02" "II.01" "II.02" "II.03" "II.04" "II.05a" "II.05b" "II.05c"
    "II.06a" "II.06b" "II.06c" "II.07b" "II.08"
};

/// Every form of `data/report-forms`: TT 02/2017, then TT 01/2020. A test reads them all, so that an error
/// means a file was changed without it.
pub fn shipped_forms() -> Result<Vec<ReportForm>, serde_json::Error> {
    FILES.iter().map(|file| serde_json::from_str(file)).collect()
}

/// The windows of `data/report-parameters.json`; an error is of the same kind.
pub fn shipped_windows() -> Result<WindowTable, serde_json::Error> {
    serde_json::from_str(include_str!("../../../../data/report-parameters.json"))
}
