//! Versions in time, and what is derived from them.

use std::collections::HashMap;

use chrono::Days;
use diesel::prelude::*;
use proptest::prelude::*;

use super::*;
use crate::schema::{procedure_facets, procedure_references, procedure_versions};

fn every_version(registry: &Registry) -> Vec<VersionRow> {
    registry.read(|conn| {
        Ok(procedure_versions::table
            .order((procedure_versions::procedure_id.asc(), procedure_versions::number.asc()))
            .select(VersionRow::as_select())
            .load(conn)?)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever is imported with whatever dates: versions never overlap, and none ever says anything else.
    #[test]
    fn validity_never_overlaps(imports in prop::collection::vec((0u8..3, 0u8..4, prop::option::of(0u64..60), prop::option::of(0u64..60)), 1..12)) {
        let mut registry = Registry::new();
        let mut said: HashMap<String, String> = HashMap::new();
        let start = day("2019-01-01");
        for (which, wording, stated, given) in imports {
            let source = SourceRow {
                valid_from: stated.map(|days| (start + Days::new(days)).to_string()),
                ..row(&format!("1.00000{which}"), &format!("Thủ tục {wording}"))
            };
            registry.import(&[source], given.map(|days| start + Days::new(days)));
            let rows = every_version(&registry);
            for pair in rows.windows(2).filter(|pair| pair[0].procedure_id == pair[1].procedure_id) {
                prop_assert!(pair[0].valid_to <= pair[1].valid_from);
                prop_assert_eq!(pair[0].number + 1, pair[1].number);
            }
            for version in rows {
                prop_assert!(version.valid_from < version.valid_to);
                let content = registry.read(|conn| texts(conn, &version.id)).unwrap().content;
                let before = said.entry(version.id).or_insert_with(|| content.clone());
                prop_assert_eq!(&*before, &content);
            }
        }
    }
}

type Derivation = (Vec<(String, String, String, String)>, Vec<(String, String, String)>);

fn derivation(registry: &Registry) -> Derivation {
    registry.read(|conn| {
        let facets = procedure_facets::table.order(procedure_facets::all_columns).load(conn)?;
        let references = procedure_references::table.order(procedure_references::all_columns).load(conn)?;
        Ok((facets, references))
    })
}

#[test]
fn after_an_upgrade_everything_is_derived_again() {
    let naming = SourceRow { related_procedures: vec!["1.000009".into()], ..row("1.000001", "Một") };
    let registry = Registry::with(&[naming, row("1.000002", "Hai"), row("1.000003", "Ba")]);
    let before = derivation(&registry);
    let revision = registry.read(crate::revision).procedures;
    // As a version before this table of facets would have left it.
    let written = registry.db.write(|conn| {
        diesel::update(procedure_versions::table).set(procedure_versions::derived.eq(0)).execute(conn)?;
        diesel::delete(procedure_references::table).execute(conn)?;
        diesel::delete(procedure_facets::table.filter(procedure_facets::facet.ne("every"))).execute(conn)?;
        Ok::<_, Error>(())
    });
    written.unwrap();
    assert!(registry.read(waits_for_derivation));
    let again = || registry.db.write(|conn| derive_again(conn, &[], 2)).unwrap();
    assert_eq!([again(), again(), again()], [2, 1, 0]);
    assert!(!registry.read(waits_for_derivation));
    assert_eq!(derivation(&registry), before);
    assert!(registry.read(crate::revision).procedures > revision, "searches and caches learn of it");
}

#[test]
fn counts_are_those_of_lists() {
    let registry = Registry::with(&[
        row("1.000001", "Đăng ký một"),
        SourceRow { level: vec!["tỉnh".into()], ..row("1.000002", "Đăng ký hai") },
        SourceRow { level: vec!["tỉnh".into()], ..row("1.000003", "Cấp ba") },
    ]);
    let index = registry.index();
    let on = day("2019-03-04");
    let counted = |text: Option<&str>| index.counted(text, on, &Filter::default()).unwrap();
    let levels = |text| counted(text).by(FacetKind::Level).unwrap().into_iter().collect::<Vec<_>>();
    assert_eq!(levels(None), [("city".to_owned(), 2), ("commune".to_owned(), 1)]);
    assert_eq!(levels(Some("dang ky")), [("city".to_owned(), 1), ("commune".to_owned(), 1)]);
    assert_eq!(levels(Some("")), []);
    let city = counted(None).narrowed(&Facet::level(kstt_domain::procedures::Level::City).into()).unwrap();
    assert_eq!((city.len(), city.is_empty()), (2, false));
    assert!(
        index
            .counted(
                None,
                on,
                &Filter { conditions: vec![Condition::any(FacetKind::Unit, vec![])], updated_since: None }
            )
            .unwrap()
            .is_empty()
    );
    assert_eq!(index.reached(), registry.read(crate::revision).procedures);
}
