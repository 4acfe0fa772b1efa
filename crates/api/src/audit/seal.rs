//! Sealing the trail, logging its head outside the database, and checking both.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use chrono::TimeDelta;
use kstt_persistence::audit::{self, Fault, Head, SealKey};
use kstt_persistence::{Db, Error, leases};

use crate::app::App;
use crate::counted;
use crate::http::{ApiError, ProblemCode};

/// So many rows are sealed in one transaction.
const BATCH: i64 = 1000;
/// A process that stops sealing is replaced after this time.
const LEASE: TimeDelta = TimeDelta::seconds(30);
const HEADS: &str = "audit-heads.log";

/// Where heads are logged: outside the database, so that a cut tail is seen.
pub fn heads_file(var_dir: &Path) -> PathBuf {
    var_dir.join(HEADS)
}

/// Seals rows that wait, if no other process is doing so; answers whether there may be more at once.
pub fn seal_tick(app: &App) -> Result<bool, ApiError> {
    // An idle process writes nothing: on SQLite every commit waits for the disk.
    if !app.db.read(audit::is_waiting)? {
        return Ok(false);
    }
    let now = app.clock.real_now();
    let sealed = app.db.write(|conn| {
        let (now, until) = (now.naive_utc(), (now + LEASE).naive_utc());
        if !leases::take(conn, "audit.seal", process(app), now, until)? {
            return Ok(None);
        }
        let sealed = audit::seal(conn, &app.seal_key, BATCH)?;
        Ok(Some((sealed, audit::head(conn)?)))
    });
    match sealed {
        // Another process took the lease, or a place, in the same moment.
        Err(error) if Error::is_unique_violation(&error) => Ok(false),
        Err(error) => Err(error.into()),
        Ok(None) => Ok(false),
        Ok(Some((sealed, head))) => {
            if let Some(head) = head {
                log_head(&heads_file(&app.config.var_dir), &head).map_err(|error| {
                    log::error!("the head of the audit trail cannot be logged: {error}");
                    ApiError::new(ProblemCode::Internal)
                })?;
            }
            Ok(sealed > 0)
        }
    }
}

/// Lets another process seal at once.
pub fn stop_sealing(app: &App) -> Result<(), ApiError> {
    Ok(app.db.write(|conn| leases::give_up(conn, process(app)))?)
}

/// The name of this process among all that ever ran on the database.
fn process(app: &App) -> &'static str {
    static NAME: OnceLock<String> = OnceLock::new();
    NAME.get_or_init(|| app.ids.id())
}

/// Appends `head` if it lies beyond the last one logged. What a crash kept from being logged is
/// caught up with the next time.
fn log_head(path: &Path, head: &Head) -> io::Result<()> {
    if let Some(directory) = path.parent() {
        std::fs::create_dir_all(directory)?;
    }
    let mut file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
    let (last, torn) = last_line(&mut file)?;
    if last.and_then(|line| read_head(&line)).is_some_and(|last| last.seq >= head.seq) {
        return Ok(());
    }
    let line = format!("{}{} {}\n", if torn { "\n" } else { "" }, head.seq, head.hash);
    file.write_all(line.as_bytes())?;
    file.sync_data()
}

/// The last whole line, and whether half a line follows it.
fn last_line(file: &mut File) -> io::Result<(Option<String>, bool)> {
    /// Longer than two lines of a head.
    const TAIL: u64 = 400;
    let length = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    let text = String::from_utf8_lossy(&tail);
    let Some((whole, rest)) = text.rsplit_once('\n') else { return Ok((None, !text.is_empty())) };
    Ok((whole.lines().next_back().map(str::to_owned), !rest.is_empty()))
}

fn read_head(line: &str) -> Option<Head> {
    let (seq, hash) = line.split_once(' ')?;
    let seq = seq.parse().ok().filter(|seq| *seq > 0)?;
    (hash.len() == 64).then(|| Head { seq, hash: hash.to_owned() })
}

/// What `kstt audit verify` found.
#[derive(Debug)]
pub struct Report {
    /// Sealed rows looked at.
    pub checked: i64,
    /// Rows that wait for their seal.
    pub waiting: i64,
    /// Heads compared with the log outside the database.
    pub heads: usize,
    /// What is wrong, a sentence each; empty when the trail is whole.
    pub faults: Vec<String>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 100;
        writeln!(
            f,
            "{} checked, {}, {} not sealed yet",
            counted(self.checked, "row"),
            counted(self.heads, "logged head"),
            counted(self.waiting, "row")
        )?;
        if self.heads == 0 && self.checked > 0 {
            writeln!(f, "no head was logged here: a trail that was cut at its end would not be seen")?;
        }
        for fault in self.faults.iter().take(SHOWN) {
            writeln!(f, "{fault}")?;
        }
        match self.faults.len() {
            0 => f.write_str("the trail is whole"),
            found if found > SHOWN => f.write_str(&counted(found - SHOWN, "more fault")),
            found => f.write_str(&counted(found, "fault")),
        }
    }
}

/// Checks the whole trail against its seals and the heads logged in `heads`. The error is one sentence
/// for the operator.
pub fn verify(db: &Db, key: &SealKey, heads: &Path) -> Result<Report, String> {
    let text = match std::fs::read_to_string(heads) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(format!("cannot read {}: {error}", heads.display())),
    };
    let lines = text.lines().enumerate().filter(|(_, line)| !line.is_empty());
    let (mut logged, mut faults) = (Vec::new(), Vec::new());
    for (index, line) in lines {
        match read_head(line) {
            Some(head) => logged.push(head),
            None => faults.push(format!("line {} of {} cannot be read", index + 1, heads.display())),
        }
    }
    let found = db
        .read(|conn| audit::verify(conn, key, &logged))
        .map_err(|error: Error| format!("cannot read the audit trail: {error}"))?;
    faults.extend(found.faults.iter().map(Fault::to_string));
    Ok(Report { checked: found.checked, waiting: found.waiting, heads: logged.len(), faults })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(seq: i64) -> Head {
        Head { seq, hash: format!("{seq:064x}") }
    }

    #[test]
    fn heads_are_appended_as_they_advance() {
        let directory = std::env::temp_dir().join(format!("kstt-heads-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let path = heads_file(&directory);
        for seq in [3, 3, 7, 5] {
            log_head(&path, &head(seq)).unwrap();
        }
        let logged = |path: &Path| -> Vec<Option<i64>> {
            std::fs::read_to_string(path)
                .unwrap()
                .lines()
                .map(|line| read_head(line).map(|head| head.seq))
                .collect()
        };
        assert_eq!(logged(&path), [Some(3), Some(7)]);
        // Power went in the middle of a line.
        OpenOptions::new().append(true).open(&path).unwrap().write_all(b"8 00").unwrap();
        log_head(&path, &head(9)).unwrap();
        assert_eq!(logged(&path), [Some(3), Some(7), None, Some(9)]);
        std::fs::remove_dir_all(&directory).unwrap();
    }
}
