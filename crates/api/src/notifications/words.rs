//! The words of notifications and mails, made from templates and the facts of an event.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use kstt_domain::codes::Code;
use kstt_domain::notifications::NoticeKind;
use kstt_domain::obligations::Words;
use minijinja::{Environment, UndefinedBehavior};
use serde::Deserialize;
use serde_json::Value;

use crate::http::{ApiError, ProblemCode};

#[derive(Deserialize)]
struct TemplateFile {
    templates: BTreeMap<String, Texts>,
}

#[derive(Deserialize)]
struct Texts {
    title: Words,
    body: Words,
}

/// A title and a text in both languages.
pub struct Told {
    pub title: Words,
    pub body: Words,
}

/// Compiled templates, one for each kind, part and language.
pub struct Templates(Environment<'static>);

impl Templates {
    /// Reads the templates of all kinds. The error is one sentence for the operator.
    pub fn read(text: &str) -> Result<Self, String> {
        let file: TemplateFile =
            serde_json::from_str(text).map_err(|e| format!("message-templates.json cannot be read: {e}"))?;
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        environment.add_filter("day", day);
        for kind in NoticeKind::ALL {
            let texts = file.templates.get(kind.code()).ok_or(format!("there are no words for {kind}"))?;
            for (part, words) in [("title", &texts.title), ("body", &texts.body)] {
                for (language, source) in [("vi", &words.vi), ("en", &words.en)] {
                    environment
                        .add_template_owned(format!("{kind}.{part}.{language}"), source.clone())
                        .map_err(|e| format!("the words for {kind} cannot be read: {e}"))?;
                }
            }
        }
        Ok(Self(environment))
    }

    /// What a notification says; where its facts lack something its words ask for, the name of its kind.
    pub fn tell_or_name(&self, kind: NoticeKind, facts: &str) -> Told {
        self.tell(kind, facts).unwrap_or_else(|_| {
            let name = || Words { vi: kind.label_vi().to_owned(), en: kind.label_en().to_owned() };
            Told { title: name(), body: name() }
        })
    }

    /// What a notification says.
    fn tell(&self, kind: NoticeKind, facts: &str) -> Result<Told, ApiError> {
        let facts: Value = serde_json::from_str(facts).map_err(|error| broken(kind, &error))?;
        let say = |part: &str, language: &str| {
            let name = format!("{kind}.{part}.{language}");
            let template = self.0.get_template(&name).map_err(|error| broken(kind, &error))?;
            let facts = minijinja::Value::from(minijinja::value::Serde(&facts));
            let context = minijinja::context! { lang => language, ..facts };
            template.render(context).map_err(|error| broken(kind, &error))
        };
        let both = |part: &str| Ok::<_, ApiError>(Words { vi: say(part, "vi")?, en: say(part, "en")? });
        Ok(Told { title: both("title")?, body: both("body")? })
    }
}

fn broken(kind: NoticeKind, error: &dyn std::fmt::Display) -> ApiError {
    log::error!("a notification of kind {kind} has no words: {error}");
    ApiError::new(ProblemCode::Internal)
}

/// A date as people of the language write it.
fn day(state: &minijinja::State<'_, '_>, date: String) -> String {
    let vietnamese = state.lookup("lang").is_some_and(|lang| lang.as_str() == Some("vi"));
    match date.parse::<NaiveDate>() {
        Ok(day) if vietnamese => day.format("%d/%m/%Y").to_string(),
        _ => date,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_told_in_both_languages_without_a_gap() {
        let templates = Templates::read(include_str!("../../../../data/message-templates.json")).unwrap();
        let facts = serde_json::json!({
            "what": { "vi": "Báo cáo quý", "en": "Quarterly report" }, "rule": "K-30", "subject": "2019-Q1",
            "due_on": "2019-03-19", "unit": "C31117", "unit_name": "Phường <Cái Khế>", "code": "PAKN.20190304.0001",
        });
        for kind in NoticeKind::ALL {
            let told = templates.tell(*kind, &facts.to_string()).unwrap();
            let of_feedback = kind.code().starts_with("feedback") || kind.code().starts_with("citizen");
            let (vi, en) =
                if of_feedback { ("PAKN", "PAKN") } else { ("Báo cáo quý", "Quarterly report") };
            assert!(told.title.vi.contains(vi) && told.title.en.contains(en), "{kind}");
            let dated = told.body.vi.contains("19/03/2019") && told.body.en.contains("2019-03-19");
            assert!(dated || *kind == NoticeKind::CitizenNews, "{kind}");
        }
        let told = templates.tell(NoticeKind::ReminderOn, &facts.to_string()).unwrap();
        assert!(told.body.vi.contains("Phường <Cái Khế>"), "nothing is escaped: it is no page");
        assert!(templates.tell(NoticeKind::ReminderOn, "{}").is_err());
        assert_eq!(templates.tell_or_name(NoticeKind::ReminderOn, "{}").title.en, "A deadline is today");
    }
}
