//! Building lines from which what they were made of could be read back.
//!
//! Two contents that differ must differ in a line, so nothing written here may mean two things. A line
//! begins with a fixed label, or is the source's own text. Text that could be taken for something else is
//! marked with `›`; its further lines are indented by four spaces; facts that belong to the line above by
//! two; values read out of a text stand behind it in square brackets, where they are not plain from it.

/// What begins a line that is not the source's own text.
const MARK: char = '›';
/// What begins the title of a case.
const TITLE: char = '▸';

/// Lines of one part.
#[derive(Default)]
pub(super) struct Rendered {
    lines: Vec<String>,
    labels: &'static [&'static str],
}

impl Rendered {
    /// A part in which these labels stand beside the source's own texts.
    pub(super) fn with_labels(labels: &'static [&'static str]) -> Self {
        Self { lines: Vec::new(), labels }
    }

    pub(super) fn into_lines(self) -> Vec<String> {
        self.lines
    }

    /// The source's own words.
    pub(super) fn text(&mut self, text: &str) {
        let labelled = self
            .labels
            .iter()
            .any(|label| text.strip_prefix(label).is_some_and(|rest| rest.starts_with(':')));
        let ambiguous = text.starts_with([MARK, TITLE]) || text.starts_with(char::is_whitespace);
        if text.is_empty() {
            self.push("", &MARK.to_string());
        } else if labelled || ambiguous {
            self.push("", &format!("{MARK} {text}"));
        } else {
            self.push("", text);
        }
    }

    /// The title of a case; a line without words for a case without one.
    pub(super) fn title(&mut self, title: Option<&str>) {
        match title {
            Some(title) => self.push("", &format!("{TITLE} {title}")),
            None => self.push("", &TITLE.to_string()),
        }
    }

    /// A labelled fact.
    pub(super) fn fact(&mut self, label: &str, text: &str) {
        self.push("", &format!("{label}: {text}"));
    }

    pub(super) fn optional(&mut self, label: &str, text: &Option<String>) {
        if let Some(text) = text {
            self.fact(label, text);
        }
    }

    /// A line of our own words.
    pub(super) fn note(&mut self, words: &str) {
        self.push("", words);
    }

    /// A labelled fact about the line above.
    pub(super) fn detail(&mut self, label: &str, text: &str) {
        self.push("  ", &format!("{label}: {text}"));
    }

    fn push(&mut self, indent: &str, text: &str) {
        let mut lines = text.split('\n');
        let first = lines.next().unwrap_or_default();
        self.lines.push(format!("{indent}{first}"));
        self.lines.extend(lines.map(|line| format!("    {line}")));
    }
}

/// A text with the value read from it, unless the value is the one the text has by itself.
pub(super) fn tagged(text: &str, plain: bool, value: &str) -> String {
    if plain && !text.ends_with(']') { text.to_owned() } else { format!("{text} [{value}]") }
}

/// Texts on one line, in quotation marks where one of them could be taken for two.
pub(super) fn joined<'a>(separator: &str, texts: impl IntoIterator<Item = &'a str>) -> String {
    let quoted = |text: &str| {
        let plain = !text.is_empty() && !text.starts_with(['“', '(']) && !text.contains(separator.trim());
        if plain { text.to_owned() } else { format!("“{}”", text.replace('”', "””")) }
    };
    texts.into_iter().map(quoted).collect::<Vec<_>>().join(separator)
}
