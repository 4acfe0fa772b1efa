//! Findings over the real rows.

use super::SAMPLE_ROWS;
use kstt_domain::codes::Code;
use kstt_domain::procedures::{FaultCode, FaultSeverity, FindingCode, MAX_FINDINGS, findings};
use std::collections::{BTreeMap, BTreeSet};

/// Rows with each finding, measured on the sample and read through where the rule is a judgement.
const ROWS_WITH: [(FindingCode, usize); 8] = [
    (FindingCode::RequirementsMissing, 358),
    (FindingCode::FeesMissing, 70),
    (FindingCode::ResultsMissing, 6),
    (FindingCode::MissingLegalBasis, 9),
    (FindingCode::PlaceholderText, 7),
    (FindingCode::StepTimeAboveLimit, 4),
    (FindingCode::FeeWithoutBasis, 16),
    (FindingCode::FormWithoutFile, 141),
];

#[test]
fn what_the_parser_misses_is_found_and_nothing_else_is_missed() {
    let pairs = [
        (FaultCode::MissingName, FindingCode::MissingName),
        (FaultCode::MissingSteps, FindingCode::MissingSteps),
        (FaultCode::MissingManner, FindingCode::MissingManner),
        (FaultCode::MissingDossier, FindingCode::MissingDossier),
        (FaultCode::DossierSetsMissing, FindingCode::DossierSetsMissing),
        (FaultCode::MissingTimeLimit, FindingCode::MissingTimeLimit),
        (FaultCode::MissingSubjects, FindingCode::MissingSubjects),
        (FaultCode::MissingSettlingAgency, FindingCode::MissingSettlingAgency),
        (FaultCode::LevelMissing, FindingCode::LevelUnknown),
        (FaultCode::NoCode, FindingCode::NationalCodeMissing),
        (FaultCode::LegalBasisWithoutNumber, FindingCode::LegalBasisWithoutNumber),
        (FaultCode::ArticleUnreadable, FindingCode::ArticleUnreadable),
    ];
    for (raw, parsed) in SAMPLE_ROWS.iter() {
        let found: BTreeSet<_> = findings(&parsed.content).iter().map(|finding| finding.code).collect();
        for (fault, finding) in pairs {
            let faulty = parsed.faults.iter().any(|of_row| of_row.code == fault);
            assert_eq!(found.contains(&finding), faulty, "{}: {finding}", raw["id"]);
        }
    }
}

#[test]
fn findings_point_into_the_content() {
    for (raw, parsed) in SAMPLE_ROWS.iter() {
        let json = serde_json::to_value(&parsed.content).unwrap();
        let found = findings(&parsed.content);
        assert!(found.len() <= MAX_FINDINGS && found.is_sorted_by_key(|finding| finding.part));
        for finding in &found {
            assert!(json.pointer(&finding.pointer).is_some(), "{}: {}", raw["id"], finding.pointer);
        }
        assert_eq!(findings(&parsed.content), found);
    }
}

#[test]
fn findings_are_as_many_as_were_read_through() {
    let mut rows: BTreeMap<FindingCode, usize> = BTreeMap::new();
    let mut fit = 0;
    for (_, parsed) in SAMPLE_ROWS.iter() {
        let found = findings(&parsed.content);
        let codes: BTreeSet<_> = found.iter().map(|finding| finding.code).collect();
        fit += usize::from(found.iter().all(|finding| finding.severity != FaultSeverity::Error));
        codes.into_iter().for_each(|code| *rows.entry(code).or_default() += 1);
    }
    println!("without an error: {fit}");
    for code in FindingCode::ALL {
        println!("{code}: {} rows", rows.get(code).unwrap_or(&0));
    }
    for (code, count) in ROWS_WITH {
        assert_eq!(rows.get(&code), Some(&count), "{code}");
    }
}
