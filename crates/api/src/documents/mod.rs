//! Forms and other files that procedures carry, stored by their checksum.

mod routes;
mod wire;
mod work;

pub use routes::routes;
