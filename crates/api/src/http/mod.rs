//! The vocabulary of handlers: who calls, what they sent, how to answer and how to refuse.

mod body;
mod ctx;
mod cursor;
mod faults;
mod file;
mod headers;
mod object;
mod params;
mod problem;
mod reply;
mod write;

pub use body::{Body, FileBody, JsonLines, RawBody, canonical, pointer_of, unsupported_type};
pub use ctx::{Caller, Ctx, MAX_TAGS, Visitor, knows};
pub use cursor::{Cursor, Page};
pub use faults::{Faults, list};
pub use file::file_body;
pub use headers::{IdempotencyKey, IfMatch, IfNoneMatch};
pub use object::{object, optional_object, present};
pub use params::{Count, CountBody, Narrowed, Params, as_of, counted, limit, stored_moment};
pub use problem::{ApiError, FieldFault, Problem, ProblemBody, ProblemCode, Say, say};
pub use reply::{Reply, etag_version};
pub use write::{Halt, Tx};
