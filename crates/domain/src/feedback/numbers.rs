//! Numbers of people in a text: of telephones and of identity papers, however they are written.

use super::redaction::{FindingKind, Found};

/// Digits with nothing between them: the place of the first among all, and the place after the last.
type Group = (usize, usize);

/// What may stand before a Vietnamese number as its owner dials it at home, the longest first.
const PREFIXES: [&str; 7] = ["00840", "0084", "840", "84", "00", "0", ""];

/// The numbers that look like those of a telephone or an identity paper.
pub fn strange(content: &str, found: &mut Vec<Found>) {
    let digits = Digits::of(content);
    found.extend(digits.numbers().into_iter().map(|(from, to, kind)| {
        let (start, end) = digits.span(from, to);
        (start, end, kind)
    }));
}

/// A telephone number as its owner wrote it, wherever it stands and whatever is between its digits.
pub fn known(content: &str, phone: &str, found: &mut Vec<Found>) {
    let (digits, given) = (Digits::of(content), Digits::of(phone));
    let whole = (8..=15).contains(&given.values.len()).then_some(given.values.as_str());
    // Some owners write two numbers.
    let several = given.numbers().into_iter().map(|(from, to, _)| &given.values[from..to]);
    for number in several.chain(whole) {
        for (from, to) in digits.places_of(national(number)) {
            let (start, end) = digits.span(from, to);
            found.push((start, end, FindingKind::Phone));
        }
    }
}

/// A number without the code of the country and without the zero before that of the network.
fn national(number: &str) -> &str {
    let abroad = number.strip_prefix("0084").or_else(|| number.strip_prefix("84"));
    let number = abroad.filter(|rest| rest.len() >= 9).unwrap_or(number);
    number.strip_prefix('0').unwrap_or(number)
}

/// The digits of a text, full-width ones too.
struct Digits<'a> {
    content: &'a str,
    /// All of them, one byte each.
    values: String,
    /// Where each begins and ends in the text.
    places: Vec<(usize, usize)>,
}

impl<'a> Digits<'a> {
    fn of(content: &'a str) -> Self {
        let (mut values, mut places) = (String::new(), Vec::new());
        for (at, c) in content.char_indices() {
            if let Some(value) = narrow(c) {
                values.push(value);
                places.push((at, at + c.len_utf8()));
            }
        }
        Self { content, values, places }
    }

    /// What stands between a digit and the one before it.
    fn gap(&self, index: usize) -> &'a str {
        &self.content[self.places[index - 1].1..self.places[index].0]
    }

    /// Whether a number can begin or end before this digit.
    fn is_edge(&self, index: usize) -> bool {
        index == 0 || index == self.places.len() || !self.gap(index).is_empty()
    }

    /// Whether no letter stands among these digits.
    fn is_chain(&self, from: usize, to: usize) -> bool {
        (from + 1..to).all(|index| !self.gap(index).contains(char::is_alphanumeric))
    }

    /// Where a number stands, with its prefix if it has one. Digits right beside it make it part of another number.
    fn places_of(&self, wanted: &str) -> Vec<Group> {
        let place = |at: usize| {
            let to = at + wanted.len();
            let prefixes = PREFIXES.iter().filter(|prefix| self.values[..at].ends_with(**prefix));
            let from = prefixes
                .map(|prefix| at - prefix.len())
                .find(|from| self.is_edge(*from) && self.is_chain(*from, to))?;
            self.is_edge(to).then_some((from, to))
        };
        let starts = 0..self.values.len();
        starts.filter(|at| self.values[*at..].starts_with(wanted)).filter_map(place).collect()
    }

    /// What is taken out with some digits: a plus before them, and a bracket whose other half is among them.
    fn span(&self, from: usize, to: usize) -> (usize, usize) {
        let (mut start, mut end) = (self.places[from].0, self.places[to - 1].1);
        if let Some(plus) = self.content[..start].chars().next_back().filter(|c| is_plus(*c)) {
            start -= plus.len_utf8();
        }
        let count = |bracket: char| self.content[start..end].matches(bracket).count();
        let (opened, closed) = (count('('), count(')'));
        if closed > opened && self.content[..start].ends_with('(') {
            start -= 1;
        } else if opened > closed && self.content[end..].starts_with(')') {
            end += 1;
        }
        (start, end)
    }

    /// Every run of whole groups that is a number by its length and its beginning. Where it is not plain to which of
    /// two numbers a group belongs, both are told.
    fn numbers(&self) -> Vec<(usize, usize, FindingKind)> {
        let mut found = Vec::new();
        for run in self.runs() {
            for (index, (from, _)) in run.iter().enumerate() {
                let groups = &run[index..];
                let phone = self.phone(groups).map(|to| (*from, to, FindingKind::Phone));
                let identity = || self.identity(groups).map(|to| (*from, to, FindingKind::IdentityNumber));
                found.extend(phone.or_else(identity));
            }
        }
        found
    }

    /// Where a telephone number ends that begins with the first of some groups.
    fn phone(&self, groups: &[Group]) -> Option<usize> {
        let (from, first_end) = *groups.first()?;
        let values = &self.values[from..];
        let is_whole = first_end - from >= 10;
        let lengths: &[usize] = if values.starts_with("0084") {
            &[13, 14, 15]
        } else if values.starts_with("84") {
            &[11, 12, 13]
        } else if values.starts_with('0') && (is_whole || !values.starts_with("00")) {
            &[10, 11]
        } else {
            &[]
        };
        let home = lengths.iter().find_map(|length| end_after(groups, *length));
        let is_abroad = self.content[..self.places[from].0].ends_with(is_plus);
        home.or_else(|| (8..=15).rev().filter(|_| is_abroad).find_map(|length| end_after(groups, length)))
    }

    /// Where a number of an identity paper ends that begins with the first of some groups. One in groups has to begin
    /// with the code of a province, or every sum of money would be one.
    fn identity(&self, groups: &[Group]) -> Option<usize> {
        let (from, first_end) = *groups.first()?;
        if [9, 12].contains(&(first_end - from)) {
            return Some(first_end);
        }
        let to = end_after(groups, 12)?;
        let mut parts = groups.iter().take_while(|(_, end)| *end <= to);
        let province = self.values[from..from + 3].parse::<u8>().unwrap_or_default();
        ((1..=96).contains(&province) && parts.all(|(start, end)| end - start >= 3)).then_some(to)
    }

    /// Groups between which only stands what may stand within a number, without dates.
    fn runs(&self) -> Vec<Vec<Group>> {
        let mut runs: Vec<Vec<Group>> = Vec::new();
        for group in self.groups() {
            match runs.last_mut() {
                Some(run) if self.gap(group.0).chars().all(is_separator) => run.push(group),
                _ => runs.push(vec![group]),
            }
        }
        runs.into_iter().flat_map(|run| self.without_dates(&run)).collect()
    }

    fn groups(&self) -> Vec<Group> {
        let edges: Vec<usize> = (0..=self.places.len()).filter(|index| self.is_edge(*index)).collect();
        edges.windows(2).map(|pair| (pair[0], pair[1])).collect()
    }

    fn without_dates(&self, run: &[Group]) -> Vec<Vec<Group>> {
        let mut kept = vec![Vec::new()];
        let mut at = 0;
        while at < run.len() {
            let date = [3, 2].into_iter().find(|length| self.is_date(run, at, *length));
            match (date, kept.last_mut()) {
                (None, Some(last)) => last.push(run[at]),
                _ => kept.push(Vec::new()),
            }
            at += date.unwrap_or(1);
        }
        kept
    }

    /// Whether so many groups from one on are a date or a month (`05.03.2019`, `3-2019`) that stands by itself.
    fn is_date(&self, run: &[Group], at: usize, length: usize) -> bool {
        let Some(groups) = run.get(at..at + length) else { return false };
        let between = self.gap(groups[1].0);
        let before = (at > 0).then_some(groups[0]);
        let after = run.get(at + length).copied();
        [".", "-"].contains(&between)
            && groups[1..].iter().all(|(from, _)| self.gap(*from) == between)
            && before.into_iter().chain(after).all(|(from, _)| self.gap(from) != between)
            && self.reads_as_date(groups)
    }

    fn reads_as_date(&self, groups: &[Group]) -> bool {
        let part = |group: &Group| {
            let written = &self.values[group.0..group.1];
            (written.len(), written.parse::<u32>().unwrap_or_default())
        };
        let is_day = |(length, value): (usize, u32)| length <= 2 && (1..=31).contains(&value);
        let is_month = |(length, value): (usize, u32)| length <= 2 && (1..=12).contains(&value);
        let is_year = |(length, value): (usize, u32)| length == 4 && (1900..2100).contains(&value);
        let parts: Vec<(usize, u32)> = groups.iter().map(part).collect();
        match parts[..] {
            [first, month, last] => {
                is_month(month) && (is_day(first) && is_year(last) || is_year(first) && is_day(last))
            }
            [month, year] => is_month(month) && is_year(year),
            _ => false,
        }
    }
}

/// Where so many digits end, if a group ends there.
fn end_after(groups: &[Group], length: usize) -> Option<usize> {
    let (from, _) = groups.first()?;
    let to = from + length;
    groups.iter().map(|(_, end)| *end).find(|end| *end >= to).filter(|end| *end == to)
}

fn narrow(c: char) -> Option<char> {
    match c {
        '0'..='9' => Some(c),
        '０'..='９' => char::from_digit(u32::from(c) - u32::from('０'), 10),
        _ => None,
    }
}

fn is_plus(c: char) -> bool {
    matches!(c, '+' | '＋')
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '.' | '-' | '(' | ')' | '\u{2010}'..='\u{2015}')
}
