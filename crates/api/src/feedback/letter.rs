//! What is written to the city: cleaned, and judged by what ND 20/2008 Art. 7 asks, before anything is stored.

use kstt_domain::calendar::vn_date;
use kstt_domain::codes::Code;
use kstt_domain::feedback::{
    FeedbackClass, FeedbackParameters, Fingerprint, Letter, RefusalGround, SampleItem, Sender, fingerprint,
    grounds,
};
use kstt_domain::procedures::is_national_code;
use kstt_persistence::units;

use super::wire::AboutView;
use crate::http::{Faults, Halt, Tx, say};

/// What was written, whoever brought it.
pub struct Written {
    pub title: String,
    pub content: String,
    pub kind: Option<FeedbackClass>,
    pub procedure_code: Option<String>,
    pub unit_code: Option<String>,
    pub about: Option<AboutView>,
    pub sender: Sender,
}

impl From<&SampleItem> for Written {
    fn from(item: &SampleItem) -> Self {
        Self {
            title: item.title.clone(),
            content: item.content.clone(),
            kind: None,
            procedure_code: None,
            unit_code: None,
            about: None,
            sender: item.sender.clone(),
        }
    }
}

/// The same as it is stored, and what is wrong with it.
pub struct Judged {
    pub title: String,
    pub content: String,
    pub kind: Option<FeedbackClass>,
    pub procedure_code: Option<String>,
    pub unit_code: Option<String>,
    pub about_unit_code: Option<String>,
    pub about_person: Option<String>,
    pub sender: Sender,
    pub print: Fingerprint,
    /// Why it may not be received.
    pub grounds: Vec<RefusalGround>,
    /// What cannot be stored.
    pub faults: Faults,
}

impl Written {
    pub fn judged(self, parameters: &FeedbackParameters) -> Judged {
        let mut faults = Faults::default();
        let title = faults.line("/title", &self.title, parameters.longest_title_characters);
        let content = faults.paragraphs("/content", &self.content, parameters.longest_content_characters);
        let sender = self.sender.cleaned();
        check_sender(&mut faults, &sender);
        let letter = Letter { title: &title, content: &content, sender: &sender };
        let (about_unit_code, person) = self.about.map(|about| (about.unit_code, about.person)).unzip();
        Judged {
            grounds: grounds(letter, parameters),
            print: fingerprint(&content),
            about_person: faults.optional_line("/about/person", person.flatten().as_deref(), 200),
            procedure_code: known_procedure(&mut faults, self.procedure_code.as_deref()),
            kind: self.kind,
            unit_code: self.unit_code,
            title,
            content,
            about_unit_code,
            sender,
            faults,
        }
    }
}

/// Refuses parts of a sender that no one has.
pub fn check_sender(faults: &mut Faults, sender: &Sender) {
    for (pointer, part, longest) in [
        ("/sender/name", &sender.name, 200),
        ("/sender/address", &sender.address, 500),
        ("/sender/phone", &sender.phone, 40),
        ("/sender/email", &sender.email, 200),
    ] {
        faults.optional_line(pointer, part.as_deref(), longest);
    }
}

pub fn refuse(faults: &mut Faults, ground: RefusalGround) {
    let pointer = match ground {
        RefusalGround::NotVietnamese | RefusalGround::Unclear => "/content",
        RefusalGround::NameMissing => "/sender/name",
        RefusalGround::AddressMissing => "/sender/address",
        RefusalGround::ContactMissing => "/sender/phone",
    };
    let detail = say(
        format!("{} ({}).", ground.label_vi(), ground.basis()),
        format!("{} ({}).", ground.label_en(), ground.basis()),
    );
    faults.add(pointer, ground.code(), detail);
}

/// Grounds as they are stored.
pub fn codes_of(grounds: &[RefusalGround]) -> String {
    grounds.iter().map(|ground| ground.code()).collect::<Vec<_>>().join(" ")
}

/// The code of a procedure someone named: it becomes public, so that it can be nothing else.
pub fn known_procedure(faults: &mut Faults, code: Option<&str>) -> Option<String> {
    let code = code?.trim();
    if !is_national_code(code) {
        let detail = say("Không phải mã thủ tục hành chính.", "It is not the code of a procedure.");
        faults.add("/procedure_code", "not_a_code", detail);
    }
    Some(code.to_owned())
}

/// The id of a unit someone named.
pub fn known(
    tx: &mut Tx<'_>,
    faults: &mut Faults,
    pointer: &str,
    code: Option<&str>,
) -> Result<Option<String>, Halt> {
    let Some(code) = code else { return Ok(None) };
    let unit = units::by_code(tx.conn, code)?;
    if unit.is_none() {
        faults.add(pointer, "unknown_unit", say("Không có đơn vị này.", "There is no such unit."));
    }
    Ok(unit.map(|unit| unit.id))
}

/// The id of a unit that is to handle something: it exists today.
pub fn existing(
    tx: &mut Tx<'_>,
    faults: &mut Faults,
    pointer: &str,
    code: &str,
) -> Result<Option<String>, Halt> {
    let unit = known(tx, faults, pointer, Some(code))?;
    if let Some(id) = &unit
        && units::period_on(tx.conn, id, vn_date(tx.now))?.is_none()
    {
        faults.add(
            pointer,
            "ended_unit",
            say("Đơn vị không còn hoạt động.", "The unit does not exist today."),
        );
    }
    Ok(unit)
}
