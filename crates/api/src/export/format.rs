//! The formats of tables, and how the contract tells of them.

use std::collections::BTreeMap;

use serde::Deserialize;
use utoipa::openapi::{Content, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoParams, IntoResponses};

kstt_domain::codes! {
    /// What a table is written as.
    pub enum ExportFormat : "export_format" {
        Csv = "csv", "CSV (UTF-8 có BOM)", "CSV (UTF-8 with BOM)";
        Xlsx = "xlsx", "Bảng tính Excel", "Excel workbook";
        Json = "json", "JSON, một danh sách", "JSON, one list";
        Ndjson = "ndjson", "NDJSON, mỗi dòng một bản ghi", "NDJSON, one record a line";
    }
}

impl ExportFormat {
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Json => "application/json",
            Self::Ndjson => "application/x-ndjson",
        }
    }

    /// What names of such files end with.
    pub fn ending(self) -> &'static str {
        kstt_domain::codes::Code::code(self)
    }
}

/// Which format.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExportQuery {
    /// What the table is written as.
    pub format: ExportFormat,
    /// A name of the caller's own, best a UUID, under which `/v1/exports/{key}` tells meanwhile how far it is.
    #[param(min_length = 16, max_length = 64)]
    pub progress: Option<String>,
}

/// The answer that is a table.
pub struct File;

impl IntoResponses for File {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let mut answer = ResponseBuilder::new().description("The table, in the format that was asked for");
        for format in <ExportFormat as kstt_domain::codes::Code>::ALL {
            let media_type = format.media_type().split(';').next().unwrap_or_default();
            let schema = if *format == ExportFormat::Json { "ExportedRecords" } else { "ExportedTable" };
            answer = answer.content(media_type, Content::new(Some(Ref::from_schema_name(schema))));
        }
        BTreeMap::from([("200".to_owned(), answer.into())])
    }
}
