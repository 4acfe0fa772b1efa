//! Papers in and out: the dossier (Decree 63/2010/NĐ-CP Art. 8.2 point d) and the results.

use super::reader::Reader;
use crate::procedures::content::ProcedureResult;
use crate::procedures::dossier::{Dossier, DossierCase, DossierComponent};
use crate::procedures::source::{SourceComponent, SourceResult, SourceRow};

pub(super) fn dossier(reader: &mut Reader, row: &SourceRow) -> Dossier {
    Dossier {
        cases: cases(reader, &row.dossier_components),
        components_text: reader.optional("/dossier_components_text", &row.dossier_components_text),
        sets: row.dossier_sets,
    }
}

fn cases(reader: &mut Reader, raw: &[SourceComponent]) -> Vec<DossierCase> {
    let mut cases: Vec<DossierCase> = Vec::new();
    for (pointer, row) in reader.items("/dossier_components", raw) {
        reader.unknown_keys(&pointer, &row.unknown_keys);
        let title = reader.optional(&format!("{pointer}/case"), &row.case);
        let component = component(reader, &pointer, row);
        match cases.last_mut() {
            Some(case) if case.title == title => case.components.push(component),
            _ => cases.push(DossierCase { title, components: vec![component] }),
        }
    }
    cases
}

fn component(reader: &mut Reader, pointer: &str, row: &SourceComponent) -> DossierComponent {
    let forms = reader.optional(&format!("{pointer}/template"), &row.template).unwrap_or_default();
    DossierComponent {
        name: reader.optional(&format!("{pointer}/name"), &row.name).unwrap_or_default(),
        forms: forms.lines().map(|form| form.trim().to_owned()).filter(|form| !form.is_empty()).collect(),
        originals: row.originals,
        copies: row.copies,
    }
}

pub(super) fn results(reader: &mut Reader, raw: &[SourceResult]) -> Vec<ProcedureResult> {
    let mut results = Vec::new();
    for (pointer, row) in reader.items("/results", raw) {
        reader.unknown_keys(&pointer, &row.unknown_keys);
        let name = reader.optional(&format!("{pointer}/name"), &row.name).unwrap_or_default();
        let code = reader.optional(&format!("{pointer}/code"), &row.code);
        if !name.is_empty() || code.is_some() {
            results.push(ProcedureResult { name, code });
        }
    }
    results
}
