//! Members of a body that are what they are said to be: a list is not taken for an object whose members it
//! would name in order, nor null for what may be missing.

use std::fmt::{Formatter, Result as Written};
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

/// An object.
pub fn object<'de, D: Deserializer<'de>, T: Deserialize<'de>>(input: D) -> Result<T, D::Error> {
    input.deserialize_map(Members(PhantomData))
}

/// An object, or null.
pub fn optional_object<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    input: D,
) -> Result<Option<T>, D::Error> {
    #[derive(serde::Deserialize)]
    #[serde(bound = "T: Deserialize<'de>")]
    struct Present<T>(#[serde(deserialize_with = "object")] T);
    Ok(Option::<Present<T>>::deserialize(input)?.map(|present| present.0))
}

/// What may be missing, but is not null when it is there.
pub fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(input: D) -> Result<Option<T>, D::Error> {
    T::deserialize(input).map(Some)
}

struct Members<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
    type Value = T;

    fn expecting(&self, f: &mut Formatter<'_>) -> Written {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(members))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Inner {
        #[serde(default)]
        name: Option<String>,
    }

    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Outer {
        #[serde(deserialize_with = "super::object")]
        needed: Inner,
        #[serde(default, deserialize_with = "super::optional_object")]
        wanted: Option<Inner>,
        #[serde(default, deserialize_with = "super::present")]
        listed: Option<Vec<u8>>,
    }

    #[test]
    fn null_is_not_missing() {
        let outer = |listed| from_value::<Outer>(json!({ "needed": {}, "listed": listed }));
        assert_eq!(outer(json!([1])).unwrap().listed, Some(vec![1]));
        assert_eq!(from_value::<Outer>(json!({ "needed": {} })).unwrap().listed, None);
        assert!(outer(json!(null)).is_err());
    }

    #[test]
    fn a_list_is_no_object() {
        let outer = |needed, wanted| from_value::<Outer>(json!({ "needed": needed, "wanted": wanted }));
        let whole = outer(json!({}), json!({ "name": "An" })).unwrap();
        assert_eq!(whole.wanted.unwrap().name.as_deref(), Some("An"));
        assert_eq!(outer(json!({}), json!(null)).unwrap().wanted, None);
        assert_eq!(from_value::<Outer>(json!({ "needed": {} })).unwrap().wanted, None);
        assert!(outer(json!([null]), json!(null)).unwrap_err().to_string().contains("an object"));
        assert!(outer(json!({}), json!([null])).unwrap_err().to_string().contains("an object"));
    }
}
