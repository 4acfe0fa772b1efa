//! The code of a procedure in the national database (mã TTHC).

/// Length of `d.dddddd`.
const ROOT_LENGTH: usize = 8;

/// Whether `code` is well formed: `d.dddddd`, then an optional suffix of the agency, `.000.00.00.H13`
/// in the older form and `.H13` in the newer. The first digit has no confirmed meaning and is not
/// interpreted.
pub fn is_national_code(code: &str) -> bool {
    let mut groups = code.split('.');
    let is_root = groups.next().is_some_and(|g| matches!(g.as_bytes(), [b'1'..=b'9']))
        && groups.next().is_some_and(|g| is_digits(g, 6));
    let suffix: Vec<&str> = groups.collect();
    is_root
        && match suffix[..] {
            [] => true,
            [agency] => is_agency(agency),
            [a, b, c] => is_unit(a, b, c),
            [a, b, c, agency] => is_unit(a, b, c) && is_agency(agency),
            _ => false,
        }
}

/// The part of a well-formed code that is the same for every agency: `1.001193`.
pub fn root_code(code: &str) -> Option<&str> {
    is_national_code(code).then(|| &code[..ROOT_LENGTH])
}

fn is_unit(a: &str, b: &str, c: &str) -> bool {
    is_digits(a, 3) && is_digits(b, 2) && is_digits(c, 2)
}

fn is_agency(group: &str) -> bool {
    matches!(group.as_bytes(), [b'A'..=b'Y', b'0'..=b'9', b'0'..=b'9'])
}

fn is_digits(group: &str, length: usize) -> bool {
    group.len() == length && group.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_every_generation_are_well_formed() {
        for code in ["1.008377", "1.014383.H13", "1.008377.000.00.00.H13", "1.008377.000.00.00"] {
            assert!(is_national_code(code), "{code}");
            assert_eq!(root_code(code), Some(&code[..8]));
        }
    }

    #[test]
    fn anything_else_is_not() {
        for code in [
            "",
            "0.008377",
            "1.00837",
            "1.0083777",
            "1.008377.",
            "1.008377.Z13",
            "1.008377.H13.H13",
            "１.008377",
        ] {
            assert!(!is_national_code(code), "{code}");
        }
    }
}
