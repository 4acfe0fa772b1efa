//! What can go wrong below the API.

/// A failure of the database layer. None of these texts is for a caller of the API.
#[derive(Debug)]
pub enum Error {
    /// Wrong configuration or environment; the text is one sentence for the operator.
    Setup(String),
    /// No connection was free in time.
    Busy(String),
    /// The engine refused a statement.
    Query(diesel::result::Error),
    /// The search index failed.
    Search(String),
    /// A stored value is not what the program writes.
    Corrupt(String),
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Setup(text) | Self::Busy(text) | Self::Search(text) | Self::Corrupt(text) => {
                f.write_str(text)
            }
            Self::Query(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        match &error {
            // SQLite: another process is writing longer than anyone waits.
            diesel::result::Error::DatabaseError(_, info) if info.message() == "database is locked" => {
                Self::Busy(info.message().to_owned())
            }
            _ => Self::Query(error),
        }
    }
}

impl From<r2d2::Error> for Error {
    fn from(error: r2d2::Error) -> Self {
        Self::Busy(error.to_string())
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Corrupt(error.to_string())
    }
}

impl Error {
    /// A row that had to be unique was there already.
    pub fn is_unique_violation(&self) -> bool {
        use diesel::result::{DatabaseErrorKind::UniqueViolation, Error::DatabaseError};
        matches!(self, Self::Query(DatabaseError(UniqueViolation, _)))
    }
}
