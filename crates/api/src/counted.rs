//! Numbers in sentences for the operator.

use std::fmt::Display;

/// So many of a thing: `1 row`, `2 rows`.
pub fn counted<N: Display + PartialEq + From<u8>>(count: N, noun: &str) -> String {
    let plural = if count == N::from(1) { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_one() {
        let told = [counted(0_i64, "row"), counted(1_u64, "row"), counted(2_usize, "logged head")];
        assert_eq!(told, ["0 rows", "1 row", "2 logged heads"]);
    }
}
