//! Signed keyset cursors and the shape of pages.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::NaiveDate;
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use utoipa::ToSchema;

use super::params::CountBody;
use super::{ApiError, ProblemCode, say};

/// Where a list goes on: the sort key and id of the last item, the list it belongs to, and the day
/// the first page was read as of.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
pub struct Cursor {
    #[serde(rename = "k")]
    pub key: String,
    #[serde(rename = "i", default, skip_serializing_if = "String::is_empty")]
    pub id: String,
    #[serde(rename = "f")]
    fingerprint: String,
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<NaiveDate>,
}

impl Cursor {
    /// A cursor after (`key`, `id`) of the list described by `filters`.
    pub fn after(
        key: impl Into<String>,
        id: impl Into<String>,
        filters: &str,
        as_of: Option<NaiveDate>,
    ) -> Self {
        Self { key: key.into(), id: id.into(), fingerprint: fingerprint(filters), as_of }
    }

    /// The text a caller gets.
    pub fn seal(&self, secret: &[u8]) -> String {
        let payload = serde_json::to_vec(self).unwrap_or_default();
        let tag = tag(secret, &payload);
        BASE64.encode([&tag[..], &payload].concat())
    }

    /// Reads a text a caller sent back with the same filters.
    pub fn open(text: &str, filters: &str, secret: &[u8]) -> Result<Self, ApiError> {
        let refused =
            |vi: &str, en: &str| ApiError::parameter(ProblemCode::InvalidCursor, "cursor", say(vi, en));
        let unreadable =
            || refused("Con trỏ không do máy chủ này cấp.", "The cursor was not given by this server.");
        let bytes = BASE64.decode(text).map_err(|_| unreadable())?;
        let (given, payload) = bytes.split_at_checked(TAG).ok_or_else(unreadable)?;
        if given != tag(secret, payload) {
            return Err(unreadable());
        }
        let cursor: Self = serde_json::from_slice(payload).map_err(|_| unreadable())?;
        if cursor.fingerprint != fingerprint(filters) {
            return Err(refused(
                "Con trỏ thuộc danh sách có bộ lọc khác.",
                "The cursor belongs to a list with other filters.",
            ));
        }
        Ok(cursor)
    }
}

const TAG: usize = 16;

fn tag(secret: &[u8], payload: &[u8]) -> [u8; TAG] {
    let mut tag = [0; TAG];
    if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) {
        mac.update(payload);
        tag.copy_from_slice(&mac.finalize().into_bytes()[..TAG]);
    }
    tag
}

fn fingerprint(filters: &str) -> String {
    super::canonical(filters.as_bytes())[..16].to_owned()
}

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    #[schema(max_items = 200)]
    pub items: Vec<T>,
    /// Send it back as `cursor` for the next page; null on the last one.
    #[schema(max_length = 2000)]
    pub next_cursor: Option<String>,
    /// Only when asked for with `count`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<CountBody>,
}

impl<T> Page<T> {
    /// A page from up to `limit + 1` rows: the extra row only tells that there are more.
    pub fn of<R>(
        mut rows: Vec<R>,
        limit: usize,
        count: Option<CountBody>,
        next: impl FnOnce(&R) -> String,
        view: impl FnMut(R) -> T,
    ) -> Self {
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = if more { rows.last().map(next) } else { None };
        Self { items: rows.into_iter().map(view).collect(), next_cursor, count }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_only_to_its_own_list() {
        let cursor = Cursor::after("key", "id", "kind=commune", None);
        let text = cursor.seal(b"secret");
        assert_eq!(Cursor::open(&text, "kind=commune", b"secret").unwrap(), cursor);
        assert!(Cursor::open(&text, "kind=district", b"secret").is_err());
        assert!(Cursor::open(&text, "kind=commune", b"other").is_err());
        assert!(Cursor::open(&text[1..], "kind=commune", b"secret").is_err());
        assert!(Cursor::open("", "", b"secret").is_err());
    }
}
