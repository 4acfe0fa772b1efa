//! The changes feed: the sealed sequence in order, for integrators.

use actix_web::{HttpResponse, get};
use chrono::{DateTime, Utc};
use kstt_domain::policy::Action;
use kstt_persistence::audit::{self, ChangeRow};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::list::Subject;
use super::sight::FeedSight;
use crate::contract::problems;
use crate::http::{ApiError, Caller, Params, ProblemCode, Reply, limit, say};

/// Asks for changes.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ChangesQuery {
    /// `next_after` of the answer before; 0, or nothing, begins at the beginning.
    #[param(minimum = 0, maximum = 9007199254740991i64, default = 0)]
    after: Option<i64>,
    /// Items in an answer.
    #[param(minimum = 1, maximum = 200, default = 20)]
    limit: Option<u32>,
    /// Only changes to one kind of subject, such as `procedure`.
    #[param(min_length = 1, max_length = 40, pattern = "^[a-z_]{1,40}$", example = "procedure")]
    kind: Option<String>,
}

/// Changes in order.
#[derive(Debug, Serialize, ToSchema)]
struct Changes {
    /// The changes the caller may know of.
    #[schema(max_items = 200)]
    items: Vec<ChangeItem>,
    /// Send it back as `after`. It moves on past changes that are not shown; when it is the `after`
    /// that was sent, there is nothing new.
    #[schema(minimum = 0, maximum = 9007199254740991i64)]
    next_after: i64,
}

/// One change: read the subject itself for what it is now.
#[derive(Debug, Serialize, ToSchema)]
struct ChangeItem {
    /// Place in the sequence; it never changes, and no later change gets a lower one.
    #[schema(minimum = 1, maximum = 9007199254740991i64)]
    seq: i64,
    /// When, by the product's clock.
    at: DateTime<Utc>,
    /// What was done, a code of the list `action`.
    #[schema(max_length = 60, example = "units.rename")]
    action: String,
    /// What it was done to.
    subject: Subject,
}

impl From<ChangeRow> for ChangeItem {
    fn from(row: ChangeRow) -> Self {
        Self {
            seq: row.seq,
            at: row.at.and_utc(),
            action: row.action,
            subject: Subject { kind: row.subject_kind, id: row.subject_id, key: row.subject_key },
        }
    }
}

/// So many places are looked at for one answer, so that a reader with little sight gets on.
const EXAMINED: i64 = 1000;
/// The largest integer every JSON reader keeps exactly.
const MAX_PLACE: i64 = 9_007_199_254_740_991;

/// Read the changes feed
///
/// What changed, in one order that never changes, authorised like the records themselves. A change
/// appears here within moments of its transaction.
#[utoipa::path(tag = "audit", operation_id = "listChanges", params(ChangesQuery), responses(
    (status = 200, description = "Changes in order", body = Changes), problems::Open, problems::Guarded,
), extensions(("x-action" = json!("changes.read"))))]
#[get("/v1/changes")]
async fn list_changes(caller: Caller, query: Params<ChangesQuery>) -> Result<HttpResponse, ApiError> {
    caller.require(Action::ReadChanges)?;
    let ChangesQuery { after, limit: asked, kind } = query.0;
    let limit = usize::from(limit(asked)?);
    let after = after.unwrap_or(0);
    check(after, kind.as_deref())?;
    let (actor, today) = (caller.actor.clone(), caller.today());
    let (rows, sight) = caller
        .read(move |conn| {
            let sight = FeedSight::of(conn, &actor, today)?;
            Ok((audit::changes(conn, after, EXAMINED)?, sight))
        })
        .await?;
    let seen = |row: &ChangeRow| {
        kind.as_ref().is_none_or(|kind| *kind == row.subject_kind)
            && sight.sees(&row.subject_kind, row.unit_id.as_deref())
    };
    Ok(Reply::ok(&pick(rows, after, limit, seen))?.into_response())
}

/// The first `limit` rows that are seen, and the last place looked at to find them.
fn pick(rows: Vec<ChangeRow>, after: i64, limit: usize, seen: impl Fn(&ChangeRow) -> bool) -> Changes {
    let mut changes = Changes { items: Vec::new(), next_after: after };
    for row in rows {
        if changes.items.len() == limit {
            break;
        }
        changes.next_after = row.seq;
        if seen(&row) {
            changes.items.push(row.into());
        }
    }
    changes
}

fn check(after: i64, kind: Option<&str>) -> Result<(), ApiError> {
    if !(0..=MAX_PLACE).contains(&after) {
        let detail = say("Phải là số thứ tự đã nhận được.", "It must be a place that was given.");
        return Err(ApiError::parameter(ProblemCode::Malformed, "after", detail));
    }
    let proper = |kind: &str| {
        (1..=40).contains(&kind.len()) && kind.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    };
    if !kind.is_none_or(proper) {
        let detail = say("Phải là tên loại đối tượng.", "It must be the name of a kind of subject.");
        return Err(ApiError::parameter(ProblemCode::Malformed, "kind", detail));
    }
    Ok(())
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(list_changes);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(seq: i64) -> ChangeRow {
        ChangeRow {
            seq,
            at: chrono::DateTime::UNIX_EPOCH.naive_utc(),
            action: "units.rename".into(),
            subject_kind: "unit".into(),
            subject_id: "id".into(),
            subject_key: "key".into(),
            unit_id: None,
        }
    }

    fn seqs(changes: &Changes) -> Vec<i64> {
        changes.items.iter().map(|item| item.seq).collect()
    }

    #[test]
    fn hidden_rows_are_passed_over_and_never_looked_at_again() {
        let even = |row: &ChangeRow| row.seq % 2 == 0;
        let found = pick((1..=9).map(row).collect(), 0, 2, even);
        assert_eq!((seqs(&found), found.next_after), (vec![2, 4], 4));
        let rest = pick((5..=9).map(row).collect(), 4, 20, even);
        assert_eq!((seqs(&rest), rest.next_after), (vec![6, 8], 9));
        let end = pick(Vec::new(), 9, 20, even);
        assert_eq!((seqs(&end), end.next_after), (vec![], 9));
    }
}
