//! Keys of the legal texts of the real rows.

use super::SAMPLE_ROWS;
use kstt_domain::procedures::LegalBasis;
use std::collections::{BTreeMap, BTreeSet};

fn bases() -> impl Iterator<Item = &'static LegalBasis> {
    SAMPLE_ROWS.iter().flat_map(|(_, parsed)| &parsed.content.legal_bases)
}

#[test]
fn every_key_is_legal_and_holds_its_number() {
    let mut numbers: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    let mut by_title = 0;
    for basis in bases() {
        let Some(key) = basis.document_key() else {
            assert!(basis.number.is_none() && basis.title.is_none(), "{basis:?}");
            continue;
        };
        assert!((1..=120).contains(&key.len()), "{key}");
        assert!(key.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-')), "{key}");
        match &basis.number {
            Some(number) => drop(numbers.entry(key).or_default().insert(number)),
            None => by_title += 1,
        }
    }
    let shared = numbers.values().filter(|numbers| numbers.len() > 1);
    println!("{} keys of numbers, {by_title} mentions by title", numbers.len());
    for numbers in shared.clone() {
        println!("one document: {numbers:?}");
    }
    assert!(numbers.len() > 500, "{}", numbers.len());
}

#[test]
fn places_are_read_where_an_article_is() {
    let references = bases().flat_map(|basis| &basis.articles);
    let mut read = 0;
    for reference in references {
        let places = reference.places();
        assert_eq!(places.is_empty(), reference.article.is_none(), "{reference:?}");
        assert!(places.iter().all(|place| place.is_ascii() && !place.ends_with('.')), "{places:?}");
        read += usize::from(!places.is_empty());
    }
    println!("{read} references with a place");
}
