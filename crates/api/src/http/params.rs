//! Query parameters: an unknown one is refused with the nearest known name.

use std::any::TypeId;
use std::collections::HashMap;
use std::future::{Ready, ready};
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use actix_web::{FromRequest, HttpRequest, dev, web};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use regex::Regex;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::openapi::path::Parameter;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{IntoParams, ToSchema};

use super::{ApiError, ProblemCode, Say, say};

/// The query read into `T`; its known names come from the contract.
pub struct Params<T>(pub T);

impl<T: DeserializeOwned + IntoParams + 'static> FromRequest for Params<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(read(req.query_string()).map(Self))
    }
}

/// A query of two halves: what narrows a list, and how it is told.
pub struct Narrowed<N, H>(pub N, pub H);

impl<N, H> FromRequest for Narrowed<N, H>
where
    N: DeserializeOwned + IntoParams + 'static,
    H: DeserializeOwned + IntoParams + 'static,
{
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(read_both(req.query_string()).map(|(narrowing, how)| Self(narrowing, how)))
    }
}

/// A parameter as the contract declares it.
struct Known {
    name: String,
    shortest: Option<usize>,
    longest: Option<usize>,
    pattern: Option<Regex>,
}

impl Known {
    fn of(parameter: Parameter) -> Self {
        let text = match &parameter.schema {
            Some(RefOr::T(Schema::Object(object))) => Some(object),
            _ => None,
        };
        Self {
            shortest: text.and_then(|text| text.min_length),
            longest: text.and_then(|text| text.max_length),
            pattern: text.and_then(|text| Regex::new(text.pattern.as_ref()?).ok()),
            name: parameter.name,
        }
    }

    /// What is wrong with a value by the contract alone.
    fn refuse(&self, value: &str) -> Option<Say> {
        let length = value.chars().count();
        if self.longest.is_some_and(|longest| length > longest) {
            return Some(say("Dài hơn mức cho phép.", "It is longer than allowed."));
        }
        if self.shortest.is_some_and(|shortest| length < shortest) {
            return Some(say("Ngắn hơn mức cho phép.", "It is shorter than allowed."));
        }
        let pattern = self.pattern.as_ref().filter(|pattern| !pattern.is_match(value))?;
        Some(say(format!("Không đúng khuôn dạng {pattern}."), format!("It does not match {pattern}.")))
    }
}

/// The parameters of `T`, taken from the contract once.
fn known<T: IntoParams + 'static>() -> Arc<[Known]> {
    static KNOWN: LazyLock<RwLock<HashMap<TypeId, Arc<[Known]>>>> = LazyLock::new(RwLock::default);
    let of_type = TypeId::of::<T>();
    if let Some(known) = KNOWN.read().unwrap_or_else(PoisonError::into_inner).get(&of_type) {
        return known.clone();
    }
    let parameters = T::into_params(|| None).into_iter();
    let known: Arc<[Known]> = parameters.map(Known::of).collect();
    KNOWN.write().unwrap_or_else(PoisonError::into_inner).insert(of_type, known.clone());
    known
}

type Pairs = Vec<(String, String)>;

fn read<T: DeserializeOwned + IntoParams + 'static>(query: &str) -> Result<T, ApiError> {
    let pairs = pairs(query)?;
    check(&pairs, &[&known::<T>()])?;
    decode(query, &pairs)
}

fn read_both<A, B>(query: &str) -> Result<(A, B), ApiError>
where
    A: DeserializeOwned + IntoParams + 'static,
    B: DeserializeOwned + IntoParams + 'static,
{
    let (first, pairs) = (known::<A>(), pairs(query)?);
    check(&pairs, &[&first, &known::<B>()])?;
    let is_first = |(name, _): &(String, String)| first.iter().any(|parameter| parameter.name == *name);
    let (ours, others): (Pairs, Pairs) = pairs.into_iter().partition(is_first);
    Ok((decode(&encode(&ours), &ours)?, decode(&encode(&others), &others)?))
}

fn pairs(query: &str) -> Result<Pairs, ApiError> {
    let pairs = web::Query::<Pairs>::from_query(query).map_err(|_| ApiError::new(ProblemCode::Malformed))?;
    Ok(pairs.into_inner())
}

/// Refuses what the contract does not know.
fn check(pairs: &Pairs, known: &[&[Known]]) -> Result<(), ApiError> {
    for (index, (name, value)) in pairs.iter().enumerate() {
        let Some(parameter) = known.iter().copied().flatten().find(|parameter| parameter.name == *name)
        else {
            return Err(unknown(name, known));
        };
        if let Some(detail) = parameter.refuse(value) {
            return Err(ApiError::parameter(ProblemCode::Malformed, name, detail));
        }
        if pairs.iter().skip(index + 1).any(|(other, _)| other == name) {
            let twice = say("Tham số được nêu hai lần.", "The parameter is given twice.");
            return Err(ApiError::parameter(ProblemCode::Malformed, name, twice));
        }
    }
    Ok(())
}

fn decode<T: DeserializeOwned>(query: &str, pairs: &Pairs) -> Result<T, ApiError> {
    web::Query::<T>::from_query(query).map(web::Query::into_inner).map_err(|error| {
        let reason = error.to_string().replace("Query deserialize error: ", "");
        let missing = reason.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`'));
        // Of what is there, the decoder does not say which parameter it was: try them one by one.
        let fails = |pair: &&(String, String)| {
            let alone = encode(std::slice::from_ref(*pair));
            web::Query::<T>::from_query(&alone).is_err_and(|alone| alone.to_string() == error.to_string())
        };
        let culprit = || pairs.iter().find(fails).map(|(name, _)| name.as_str());
        let name = missing.or_else(culprit).unwrap_or_default();
        ApiError::parameter(
            ProblemCode::Malformed,
            name,
            say(
                format!("Tham số không đọc được: {reason}."),
                format!("The parameter cannot be read: {reason}."),
            ),
        )
    })
}

/// Pairs as a query again.
fn encode(pairs: &[(String, String)]) -> String {
    let escaped = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    let pairs = pairs.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value)));
    pairs.collect::<Vec<_>>().join("&")
}

fn unknown(name: &str, known: &[&[Known]]) -> ApiError {
    let names = known.iter().copied().flatten().map(|known| &known.name);
    let nearest = names.min_by_key(|candidate| distance(name, candidate));
    let detail = match nearest {
        Some(near) => say(format!("Gần nhất là `{near}`."), format!("The nearest known name is `{near}`.")),
        None => say("Thao tác này không có tham số.", "This operation takes no parameters."),
    };
    let name: String = name.chars().filter(|c| !c.is_control()).take(60).collect();
    ApiError::parameter(ProblemCode::UnknownParameter, &name, detail)
}

/// Levenshtein distance of short names.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().take(60).collect();
    let mut row: Vec<usize> = (0..=a.len()).collect();
    for (j, cb) in b.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = j + 1;
        for (i, ca) in a.iter().enumerate() {
            let substituted = diagonal + usize::from(*ca != cb);
            diagonal = row[i + 1];
            row[i + 1] = substituted.min(diagonal + 1).min(row[i] + 1);
        }
    }
    row[a.len()]
}

/// The page size asked for: 1 to 200, 20 when not named.
pub fn limit(asked: Option<u32>) -> Result<u8, ApiError> {
    match u8::try_from(asked.unwrap_or(20)) {
        Ok(limit @ 1..=200) => Ok(limit),
        _ => {
            let detail = say("Từ 1 đến 200.", "From 1 to 200.");
            Err(ApiError::parameter(ProblemCode::Malformed, "limit", detail))
        }
    }
}

/// Whether and how a list is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Count {
    Exact,
    Estimated,
}

/// No list is counted beyond this.
const COUNT_CAP: i64 = 10_000;

/// The wire form of a count: `counting` counts at most so many.
pub fn counted(
    count: Option<Count>,
    counting: impl FnOnce(i64) -> Result<i64, ApiError>,
) -> Result<Option<CountBody>, ApiError> {
    let Some(_) = count else { return Ok(None) };
    Ok(Some(CountBody::of(counting(CountBody::ASKED)?)))
}

/// How many items the whole list has.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = ListCount)]
pub struct CountBody {
    /// Number of items.
    #[schema(minimum = 0, maximum = 10000)]
    pub value: i64,
    /// There are more than `value`.
    pub at_least: bool,
}

impl CountBody {
    /// So many are asked for: one more than is told.
    pub const ASKED: i64 = COUNT_CAP + 1;

    /// What is told of so many found.
    pub fn of(found: i64) -> Self {
        Self { value: found.min(COUNT_CAP), at_least: found > COUNT_CAP }
    }
}

/// The day a list is asked for: `as_of`, else today. Beyond the last day that can be recorded
/// everything is as on that day.
pub fn as_of(day: Option<NaiveDate>, today: NaiveDate) -> NaiveDate {
    const LAST: NaiveDate = NaiveDate::from_ymd_opt(9999, 12, 30).unwrap();
    day.unwrap_or(today).clamp(kstt_domain::period::OPEN_START, LAST)
}

/// A moment as both databases compare it; one of a year nobody can mean becomes the nearest such year's.
pub fn stored_moment(moment: DateTime<Utc>) -> NaiveDateTime {
    use kstt_domain::period::{OPEN_END, OPEN_START};
    moment.naive_utc().clamp(OPEN_START.into(), OPEN_END.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize, IntoParams)]
    #[allow(dead_code)]
    struct Sample {
        as_of: Option<NaiveDate>,
        limit: Option<i64>,
    }

    #[test]
    fn a_near_name_is_offered() {
        let error = read::<Sample>("asof=2019-01-01").unwrap_err();
        assert_eq!(error.0.code, ProblemCode::UnknownParameter);
        assert!(error.0.detail.unwrap().en.contains("as_of"));
    }

    #[test]
    fn the_wrong_parameter_is_named() {
        let error = read::<Sample>("as_of=2019-01-01&limit=many").unwrap_err();
        assert_eq!(error.0.errors[0].pointer, "/query/limit");
    }

    #[test]
    fn twice_is_once_too_often() {
        assert!(read::<Sample>("limit=1&limit=2").is_err());
    }
}
