//! The `kstt` binary: reads the configuration once, then does one thing.

mod commands;
mod import;
mod lines;
mod output;

use clap::{Parser, Subcommand};
use kstt_api::Config;
use lines::Lines;

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// The open back end for administrative procedure control of a Vietnamese city.
#[derive(Parser)]
#[command(name = "kstt", version, after_help = environment_help(), max_term_width = 110)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API (the default); a demo is migrated and seeded first.
    Serve {
        /// Address and port to listen on, instead of KSTT_LISTEN.
        #[arg(long, value_name = "ADDR:PORT")]
        listen: Option<std::net::SocketAddr>,
    },
    /// Bring the database schema up to date.
    Migrate,
    /// Store the reference data (units, calendar, deadline rules, report forms) and, in a demo, the demo registry
    /// and accounts.
    Seed {
        /// Also live through so many made-up items of feedback of the year before the clock's day, if there is
        /// none yet.
        #[arg(long, value_name = "ITEMS")]
        feedback: Option<usize>,
    },
    /// Import data from a file.
    Import {
        #[command(subcommand)]
        what: import::What,
    },
    /// Print the contract (OpenAPI 3.1), or its operations one a line.
    Openapi {
        /// Print `operation id · method · path · action` lines instead.
        #[arg(long)]
        operations: bool,
    },
    /// Do the background work: seal the audit trail, remind, send messages, tidy up.
    Work {
        /// Do what is due now and stop, instead of going on for ever.
        #[arg(long)]
        once: bool,
    },
    /// List the demo accounts; refused in production.
    DemoAccounts {
        /// As JSON: [{username, password, role, unit}].
        #[arg(long)]
        json: bool,
    },
    /// Administer this installation.
    Admin {
        #[command(subcommand)]
        task: commands::AdminTask,
    },
    /// Look after the audit trail.
    Audit {
        #[command(subcommand)]
        task: commands::AuditTask,
    },
}

fn environment_help() -> String {
    let mut help = String::from("Environment:\n");
    for (name, default, meaning) in kstt_api::config::VARIABLES {
        help.push_str(&format!("  {name} [{default}]\n      {}\n", meaning.replace('`', "")));
    }
    help
}

fn main() -> std::process::ExitCode {
    let cli = Cli::parse();
    match run(cli.command.unwrap_or(Command::Serve { listen: None })) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("kstt: {sentence}");
            std::process::ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<(), String> {
    if let Command::Openapi { operations } = command {
        return commands::print_contract(operations);
    }
    let config = Config::from_environment()?;
    let lines = Lines::start();
    env_logger::Builder::new()
        .target(env_logger::Target::Pipe(Box::new(lines.clone())))
        .filter_module("actix_server", log::LevelFilter::Warn)
        .parse_filters(&config.log)
        .format_target(false)
        .init();
    let done = perform(command, config);
    lines.finish();
    done
}

fn perform(command: Command, config: Config) -> Result<(), String> {
    match command {
        Command::Serve { listen } => commands::serve(config, listen),
        Command::Migrate => commands::migrate(&config),
        Command::Seed { feedback } => commands::seed(config, feedback),
        Command::Import { what } => import::run(config, what),
        Command::Work { once } => commands::work(config, once),
        Command::DemoAccounts { json } => commands::demo_accounts(&config, json),
        Command::Admin { task } => commands::admin(config, task),
        Command::Audit { task } => commands::audit(config, task),
        Command::Openapi { .. } => Ok(()),
    }
}
