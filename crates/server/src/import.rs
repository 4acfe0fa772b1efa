//! `kstt import`: rows from a file, with a progress bar on a terminal and a report of every row that
//! was not stored.

use std::fs::File;
use std::io::{IsTerminal, Read};
use std::path::PathBuf;

use chrono::NaiveDate;
use clap::Subcommand;
use indicatif::{ProgressBar, ProgressStyle};
use kstt_api::procedures::{Format, ImportReport, ImportSettings, Outcome, import};
use kstt_api::{Config, counted};
use kstt_api::{Halt, Tx};
use kstt_domain::policy::Actor;

use crate::commands::{day, open};
use crate::output::print;

/// What can be imported.
#[derive(Subcommand)]
pub enum What {
    /// Import procedures: {"procedures": [row, …]}, or one row a line in a .ndjson file.
    /// Exits with 1 when a row failed; the others are stored all the same.
    Procedures {
        /// The file to read.
        file: PathBuf,
        /// Only report what would happen.
        #[arg(long)]
        dry_run: bool,
        /// From when changed rows hold, and new ones that state no date.
        #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
        valid_from: Option<NaiveDate>,
        /// Print the whole report as JSON instead of a summary.
        #[arg(long)]
        json: bool,
    },
}

/// Runs an import.
pub fn run(config: Config, what: What) -> Result<(), String> {
    let What::Procedures { file, dry_run, valid_from, json } = what;
    let reader = File::open(&file).map_err(|e| format!("cannot read {}: {e}", file.display()))?;
    let length = reader.metadata().map(|meta| meta.len()).unwrap_or_default();
    let lines = file.extension().is_some_and(|extension| extension == "ndjson" || extension == "jsonl");
    let format = if lines { Format::Lines } else { Format::Document };
    let settings = ImportSettings { format, dry_run, valid_from };
    let bar = progress(length);
    let app = open(config)?;
    let report = store(&app, bar.wrap_read(reader), &settings)?;
    bar.finish_and_clear();
    let text = if json {
        serde_json::to_string_pretty(&report).map_err(|e| e.to_string())? + "\n"
    } else {
        summary(&report)
    };
    print(&text)?;
    if report.failed == 0 {
        return Ok(());
    }
    let rows = counted(report.failed, "row");
    Err(if dry_run {
        format!("{rows} would fail")
    } else {
        format!("{rows} failed; what became of the others is told above")
    })
}

fn store(app: &kstt_api::App, reader: impl Read, settings: &ImportSettings) -> Result<ImportReport, String> {
    let actor = Actor::system("import");
    let mut rehearsed = None;
    let stored = app.db.write(|conn| {
        let report = import(&mut Tx::of_system(conn, app, &actor), reader, settings)?;
        if settings.dry_run {
            rehearsed = Some(report);
            return Err(Halt::Raced);
        }
        Ok(report)
    });
    match (stored, rehearsed) {
        (Ok(report), _) | (Err(_), Some(report)) => Ok(report),
        (Err(halt), None) => Err(format!("nothing was imported: {halt}")),
    }
}

fn progress(length: u64) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:40} {percent:>3} %  {bytes} of {total_bytes}  {elapsed}");
    ProgressBar::new(length).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn summary(report: &ImportReport) -> String {
    let mut text = String::new();
    for item in report.items.iter().filter(|item| matches!(item.outcome, Outcome::Conflict | Outcome::Failed))
    {
        let reason = item.reason.as_deref().unwrap_or_default();
        text.push_str(&format!("row {} ({}): {reason}\n", item.row, item.key));
    }
    let doubtful = report.items.iter().filter(|item| !item.faults.is_empty()).count();
    text + &format!(
        "{}{}: {} created, {} changed, {} unchanged, {}, {} failed; {doubtful} with doubts (--json lists them).\n",
        if report.dry_run { "Dry run, nothing stored. " } else { "" },
        counted(report.rows, "row"),
        report.created,
        report.changed,
        report.unchanged,
        counted(report.conflicts, "conflict"),
        report.failed,
    )
}
