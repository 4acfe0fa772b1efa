//! What each subcommand does. Every error is one sentence for the operator.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use actix_web::web::Data;
use chrono::NaiveDate;
use clap::Subcommand;
use kstt_api::clock::SystemIds;
use kstt_api::config::ClockChoice;
use kstt_api::{ApiError, App, Config, counted, seed, worker};
use kstt_persistence::Target;

use crate::output::print;

/// Tasks of an administrator at the console.
#[derive(Subcommand)]
pub enum AdminTask {
    /// Create an account; its temporary password is printed once.
    CreateUser {
        /// Name to log in with: 3–60 of a–z, digits, . _ -
        username: String,
        /// Name of the person.
        #[arg(long)]
        name: String,
        /// admin, controller, chairman, head, officer or clerk.
        #[arg(long)]
        role: String,
        /// Code of the unit.
        #[arg(long)]
        unit: String,
    },
    /// Make a new token signing key; the old ones verify for another hour.
    RotateKeys,
}

/// Tasks about the audit trail.
#[derive(Subcommand)]
pub enum AuditTask {
    /// Check the whole trail: name every row that was changed, removed or cut off.
    Verify,
}

/// Prints the contract or its operations.
pub fn print_contract(operations: bool) -> Result<(), String> {
    let document = kstt_api::contract::document();
    if operations {
        return print(&kstt_api::contract::operations(&document));
    }
    let text = serde_json::to_string_pretty(&document).map_err(|e| e.to_string())?;
    print(&(text + "\n"))
}

/// Opens the application on this process's clock and randomness.
pub fn open(config: Config) -> Result<App, String> {
    App::open(config, None, Box::new(SystemIds::default()))
}

/// Serves until told to stop, with the background work beside.
pub fn serve(config: Config, listen: Option<SocketAddr>) -> Result<(), String> {
    #[allow(clippy::disallowed_methods)]
    let started = Instant::now();
    let listen = listen.unwrap_or(config.listen);
    let app = Data::new(open(config)?);
    let fresh = !app.config.production && seed_demo(&app)?;
    app.open_search()?;
    if fresh {
        // The demo registry is small: it is there to be searched from the first moment.
        worker::once(&app).map_err(|e| e.to_string())?;
    }
    actix_web::rt::System::new().block_on(async move {
        let (server, address) = kstt_api::serve(app.clone(), listen)?;
        print(&greeting(&app, address, fresh, started.elapsed()))?;
        let stop = Arc::new(AtomicBool::new(false));
        let background = work_beside(&app, &stop);
        let ended = server.await.map_err(|e| format!("the server stopped: {e}"));
        stop.store(true, Ordering::Relaxed);
        for worker in background {
            worker.join().map_err(|_| "the background work failed".to_owned())?;
        }
        worker::retire(&app).map_err(|e| e.to_string())?;
        ended
    })
}

fn seed_demo(app: &App) -> Result<bool, String> {
    let fresh = seed::reference(app).map_err(|e| e.to_string())?;
    seed::accounts(app).map_err(|e| e.to_string())?;
    seed::registry(app).map_err(|e| e.to_string())?;
    if fresh {
        seed::demo_feedback(app).map_err(|e| e.to_string())?;
    }
    Ok(fresh)
}

fn greeting(app: &App, address: SocketAddr, fresh: bool, took: Duration) -> String {
    let database = match &app.config.database {
        Target::Sqlite(path) => format!("SQLite, {}", path.display()),
        Target::Postgres(_) => "PostgreSQL".to_owned(),
    };
    let clock = match app.config.clock {
        ClockChoice::Real => "real time".to_owned(),
        ClockChoice::Demo(_) => {
            let now = app.clock.now().with_timezone(&kstt_domain::calendar::VIETNAM);
            format!("demo, now {}", now.format("%Y-%m-%dT%H:%M:%S%:z"))
        }
    };
    let new = if fresh { " (new, with demo data)" } else { "" };
    let accounts = if app.config.production { String::new() } else { list_of_demo_accounts() };
    format!(
        "kstt is ready after {} ms.\n  \
           API        http://{address}/v1/units\n  \
           docs       http://{address}/docs\n  \
           contract   http://{address}/openapi.json\n  \
           database   {database}{new}\n  \
           clock      {clock}\n\
         {accounts}",
        took.as_millis()
    )
}

fn list_of_demo_accounts() -> String {
    let accounts = seed::demo_accounts();
    let password = accounts.first().map_or("", |account| account.password);
    let mut list = format!("  accounts   for the demo, all with the password {password}:\n");
    for at in accounts.chunk_by(|a, b| a.unit == b.unit) {
        let names: Vec<&str> = at.iter().map(|account| account.username.as_str()).collect();
        list.push_str(&format!("             {}\n", names.join("  ")));
    }
    list
}

/// How long the background work rests when nothing was due.
const REST: Duration = Duration::from_millis(500);
/// How long it rests at least: what comes meanwhile is done in one go.
const BREATH: Duration = Duration::from_millis(100);
/// The same of whoever brings messages out, a few in a turn, and waits for receivers most of the time.
const SHORT_BREATH: Duration = Duration::from_millis(10);

/// Threads that bring messages out: so many receivers may be slow at once before others wait.
const SENDERS: usize = 4;

/// Starts the background work: one thread for the city's own, and some that wait for receivers.
fn work_beside(app: &Data<App>, stop: &Arc<AtomicBool>) -> Vec<JoinHandle<()>> {
    let start = |work: fn(&App) -> Result<bool, ApiError>, breath| {
        let (app, stop) = (app.clone(), stop.clone());
        std::thread::spawn(move || work_until(&app, &stop, work, breath))
    };
    let senders = (0..SENDERS).map(|_| start(worker::send, SHORT_BREATH));
    std::iter::once(start(worker::once, BREATH)).chain(senders).collect()
}

fn work_until(app: &App, stop: &AtomicBool, work: fn(&App) -> Result<bool, ApiError>, breath: Duration) {
    while !stop.load(Ordering::Relaxed) {
        #[allow(clippy::disallowed_methods)]
        let began = Instant::now();
        let rest = match work(app) {
            // Whoever asks comes first: it rests as long as it worked.
            Ok(true) => began.elapsed().clamp(breath, REST),
            Ok(false) => REST,
            Err(error) => {
                log::error!("background work: {error}");
                REST * 4
            }
        };
        std::thread::sleep(rest);
    }
}

/// Brings the schema up to date.
pub fn migrate(config: &Config) -> Result<(), String> {
    let (_, applied) = kstt_api::mode::open_database(config, 1, true)?;
    match applied.len() {
        0 => println!("The schema was up to date."),
        count => println!("Applied {}: {}.", counted(count, "step"), applied.join(", ")),
    }
    Ok(())
}

/// Stores reference data, and in a demo the demo's data.
pub fn seed(config: Config, feedback: Option<usize>) -> Result<(), String> {
    let production = config.production;
    let app = open(config)?;
    let fresh = seed::reference(&app).map_err(|e| e.to_string())?;
    println!(
        "{}",
        if fresh { "Stored reference data that was not there." } else { "The reference data was there." }
    );
    if !app.config.production {
        seed::accounts(&app).map_err(|e| e.to_string())?;
        seed::registry(&app).map_err(|e| e.to_string())?;
        println!("The demo registry and the demo accounts are there.");
    }
    match feedback {
        Some(_) if production => Err("there is no made-up feedback in production".into()),
        Some(count) => {
            let today = kstt_domain::calendar::vn_date(app.clock.now());
            let year = (today - chrono::TimeDelta::days(365), today);
            let stored = seed::feedback(&app, count, year).map_err(|e| e.to_string())?;
            if stored == 0 && count > 0 {
                println!("There is feedback already: none was made up.");
            } else {
                let items = counted(stored, "item");
                println!("Lived through {items} of made-up feedback of the year before {today}.");
            }
            Ok(())
        }
        None => Ok(()),
    }
}

/// Does the background work, once or for ever.
pub fn work(config: Config, once: bool) -> Result<(), String> {
    let app = Data::new(open(config)?);
    if !once {
        for worker in work_beside(&app, &Arc::default()) {
            worker.join().map_err(|_| "the background work failed".to_owned())?;
        }
        return Ok(());
    }
    while worker::once(&app).map_err(|e| e.to_string())? {}
    while worker::send(&app).map_err(|e| e.to_string())? {}
    worker::retire(&app).map_err(|e| e.to_string())?;
    println!("Nothing more is due.");
    Ok(())
}

/// Lists the demo accounts.
pub fn demo_accounts(config: &Config, json: bool) -> Result<(), String> {
    if config.production {
        return Err("there are no demo accounts in production: use `kstt admin create-user`".into());
    }
    if !json {
        return print(&list_of_demo_accounts());
    }
    let text = serde_json::to_string_pretty(&seed::demo_accounts()).map_err(|e| e.to_string())?;
    print(&(text + "\n"))
}

/// Does an administrator's task.
pub fn admin(config: Config, task: AdminTask) -> Result<(), String> {
    let app = open(config)?;
    match task {
        AdminTask::CreateUser { username, name, role, unit } => {
            let password = kstt_api::accounts::create_from_console(&app, &username, &name, &role, &unit)?;
            println!("Created {username}. Temporary password, to be changed at the first login: {password}");
        }
        AdminTask::RotateKeys => {
            let kid = kstt_api::accounts::rotate_keys_from_console(&app)?;
            println!("New tokens are signed with {kid}; old tokens are good until they expire.");
        }
    }
    Ok(())
}

/// Looks after the audit trail.
pub fn audit(config: Config, task: AuditTask) -> Result<(), String> {
    let AuditTask::Verify = task;
    let app = open(config)?;
    let report =
        kstt_api::audit::verify(&app.db, &app.seal_key, &kstt_api::audit::heads_file(&app.config.var_dir))?;
    print(&format!("{report}\n"))?;
    if report.faults.is_empty() { Ok(()) } else { Err("the audit trail is not as it was written".into()) }
}

/// Reads a day such as 2019-03-01.
pub fn day(text: &str) -> Result<NaiveDate, String> {
    text.parse().map_err(|_| format!("{text:?} is not a day such as 2019-03-01"))
}
