//! A database is for a demo or for production from its first day, and is never opened for the other.

use kstt_domain::period::OPEN_START;
use kstt_persistence::accounts::{self, UserFilter};
use kstt_persistence::installation::{self, Mode};
use kstt_persistence::{Conn, Db, Error, calendar};

use crate::config::Config;
use crate::seed;

/// Opens the database of `config`, and brings its schema up to date where it `migrates`; answers the steps that were
/// applied. The error is one sentence for the operator.
pub fn open_database(config: &Config, connections: u32, migrates: bool) -> Result<(Db, Vec<String>), String> {
    let wanted = if config.production { Mode::Production } else { Mode::Demo };
    let db = Db::open(&config.database, connections).map_err(sentence)?;
    // Before anything is changed.
    if let Some(known) = db.read(installation::mode).map_err(sentence)? {
        require(known, wanted)?;
    }
    let mut applied = Vec::new();
    if migrates {
        applied = db.migrate().map_err(sentence)?;
    } else {
        db.require_known_schema().map_err(sentence)?;
    }
    require(settle(&db, wanted).map_err(sentence)?, wanted)?;
    Ok((db, applied))
}

fn sentence(error: Error) -> String {
    error.to_string()
}

fn require(known: Mode, wanted: Mode) -> Result<(), String> {
    match (known, wanted) {
        (Mode::Demo, Mode::Production) => {
            Err("this database is a demo's, whose passwords everybody can know: name \
             another one in DATABASE_URL, or unset KSTT_MODE to open the demo"
                .into())
        }
        (Mode::Production, Mode::Demo) => {
            Err("this database is production's: set KSTT_MODE=production to open it, \
             or name another one in DATABASE_URL"
                .into())
        }
        _ => Ok(()),
    }
}

/// What the database is for. One that does not remember does so from now on.
fn settle(db: &Db, wanted: Mode) -> Result<Mode, Error> {
    if let Some(known) = db.read(installation::mode)? {
        return Ok(known);
    }
    let judged = db.read(judge)?.unwrap_or(wanted);
    match db.write(|conn| installation::set_mode(conn, judged)) {
        Ok(()) => Ok(judged),
        // Another process was first.
        Err(error) if error.is_unique_violation() => Ok(db.read(installation::mode)?.unwrap_or(judged)),
        Err(error) => Err(error),
    }
}

/// What a database of an older program is for, if it shows: a demo has demo accounts, and only a demo has a demo
/// clock.
fn judge(conn: &mut Conn) -> Result<Option<Mode>, Error> {
    if seed::has_demo_accounts(conn)? {
        return Ok(Some(Mode::Demo));
    }
    let has_accounts = !accounts::list(conn, &UserFilter::default(), OPEN_START, None, 1)?.is_empty();
    let has_demo_clock = calendar::clock_offset(conn)?.is_some();
    Ok((has_accounts && !has_demo_clock).then_some(Mode::Production))
}
