//! The statements that a function really sends, as diesel tells them.

use std::sync::{Arc, Mutex};

use diesel::connection::{Connection, Instrumentation, InstrumentationEvent};
use kstt_persistence::{Conn, Error};

/// What a statement is for; it decides what its plan may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// A page of a list that may be long: its order has to come from an index.
    Page,
    /// A few rows, or a count.
    Lookup,
}

/// A value that was sent with a statement.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Bind {
    Text(String),
    Number(i64),
    Many(Vec<Bind>),
}

/// A statement and who sent it.
#[derive(Debug, Clone)]
pub struct Caught {
    pub sender: String,
    pub purpose: Use,
    pub sql: String,
    pub binds: Vec<Bind>,
}

/// A connection that is listened to.
pub struct Listener<'c> {
    conn: &'c mut Conn,
    heard: Arc<Mutex<Vec<String>>>,
    caught: Vec<Caught>,
}

impl<'c> Listener<'c> {
    pub fn on(conn: &'c mut Conn) -> Self {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let log = heard.clone();
        conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::StartQuery { query, .. } = event {
                log.lock().unwrap().push(query.to_string());
            }
        });
        Self { conn, heard, caught: Vec::new() }
    }

    /// Calls a function that reads, and keeps what it sends.
    pub fn call<T>(
        &mut self,
        purpose: Use,
        sender: impl Into<String>,
        read: impl FnOnce(&mut Conn) -> Result<T, Error>,
    ) -> T {
        let sender = sender.into();
        let answer = read(self.conn).unwrap_or_else(|error| panic!("{sender}: {error}"));
        let heard = std::mem::take(&mut *self.heard.lock().unwrap());
        assert!(!heard.is_empty(), "{sender} sent nothing");
        for heard in heard {
            let (sql, binds) = taken_apart(&heard);
            self.caught.push(Caught { sender: sender.clone(), purpose, sql, binds });
        }
        answer
    }

    /// Reads something that is no part of the test.
    pub fn unheard<T>(&mut self, read: impl FnOnce(&mut Conn) -> T) -> T {
        let answer = read(self.conn);
        self.heard.lock().unwrap().clear();
        answer
    }

    /// A list of any length, page by page.
    pub fn page<T>(
        &mut self,
        sender: impl Into<String>,
        read: impl FnOnce(&mut Conn) -> Result<T, Error>,
    ) -> T {
        self.call(Use::Page, sender, read)
    }

    /// Anything else.
    pub fn lookup<T>(
        &mut self,
        sender: impl Into<String>,
        read: impl FnOnce(&mut Conn) -> Result<T, Error>,
    ) -> T {
        self.call(Use::Lookup, sender, read)
    }

    /// What was sent, each statement with the same values once.
    pub fn stop(self) -> Vec<Caught> {
        self.conn.set_instrumentation(None::<Box<dyn Instrumentation>>);
        let mut seen = std::collections::HashSet::new();
        let mut caught = self.caught;
        caught.retain(|one| seen.insert((one.purpose == Use::Page, one.sql.clone(), one.binds.clone())));
        caught
    }
}

/// diesel shows a statement as `<sql> -- binds: [<value>, …]`, values as `Debug` has them.
fn taken_apart(heard: &str) -> (String, Vec<Bind>) {
    let Some((sql, binds)) = heard.split_once(" -- binds: [") else { return (heard.to_owned(), Vec::new()) };
    let mut rest = binds;
    let binds = list(&mut rest);
    assert!(rest.is_empty(), "{rest:?} is left of {heard}");
    (sql.to_owned(), binds)
}

/// The values up to the closing bracket.
fn list(rest: &mut &str) -> Vec<Bind> {
    let mut values = Vec::new();
    loop {
        *rest = rest.trim_start_matches([',', ' ']);
        match rest.chars().next().expect("a closed list") {
            ']' => {
                *rest = &rest[1..];
                return values;
            }
            '[' => {
                *rest = &rest[1..];
                values.push(Bind::Many(list(rest)));
            }
            '"' => values.push(Bind::Text(quoted(rest))),
            _ => values.push(bare(rest)),
        }
    }
}

/// A string as JSON would have it, but for the escapes of rarer characters.
fn quoted(rest: &mut &str) -> String {
    let mut text = String::new();
    let mut chars = rest.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => {
                *rest = &rest[at + 1..];
                return text;
            }
            '\\' => match chars.next().expect("an escape").1 {
                'u' => {
                    let code: String =
                        chars.by_ref().map(|(_, c)| c).skip(1).take_while(|c| *c != '}').collect();
                    text.extend(char::from_u32(u32::from_str_radix(&code, 16).unwrap()));
                }
                'n' => text.push('\n'),
                't' => text.push('\t'),
                'r' => text.push('\r'),
                '0' => text.push('\0'),
                other => text.push(other),
            },
            other => text.push(other),
        }
    }
    panic!("an open string: {rest}");
}

/// A number, a day, a moment, or a code of a list.
fn bare(rest: &mut &str) -> Bind {
    let end = rest.find([',', ']']).expect("a closed list");
    let word = &rest[..end];
    *rest = &rest[end..];
    match word.parse() {
        Ok(number) => Bind::Number(number),
        Err(_) => Bind::Text(word.replace('T', " ")),
    }
}
