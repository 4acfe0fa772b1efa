//! An event as other systems get it: a CloudEvent under a Standard Webhooks signature.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use hmac::{Hmac, Mac};
use kstt_persistence::audit::AuditRow;
use serde_json::{Value, json};
use sha2::Sha256;

/// The event in CloudEvents 1.0 JSON. It holds references only: who may know more reads it.
pub fn cloud_event(source: &str, event: &AuditRow, unit: Option<&str>, seq: i64) -> Value {
    json!({
        "specversion": "1.0",
        "id": event.id,
        "source": source,
        "type": format!("kstt.{}", event.action),
        "subject": format!("{}/{}", event.subject_kind, event.subject_key),
        "time": event.at.and_utc(),
        "datacontenttype": "application/json",
        // Ordered as text, as the extension has it.
        "sequence": format!("{seq:020}"),
        "data": {
            "action": event.action,
            "event": happened(event),
            "subject": { "kind": event.subject_kind, "id": event.subject_id, "key": event.subject_key },
            "unit": unit,
        },
    })
}

/// What happened, where one action covers several events; null otherwise.
fn happened(event: &AuditRow) -> Value {
    let after = event.after_state.as_deref().and_then(|after| serde_json::from_str::<Value>(after).ok());
    after.map_or(Value::Null, |after| after["event"].clone())
}

/// A CloudEvent that only says that events arrive.
pub fn test_event(source: &str, id: &str, webhook: &str, now: DateTime<Utc>) -> Value {
    json!({
        "specversion": "1.0",
        "id": id,
        "source": source,
        "type": "kstt.webhooks.test",
        "subject": format!("webhook/{webhook}"),
        "time": now,
        "datacontenttype": "application/json",
        "data": {},
    })
}

/// The value of `webhook-signature`: one signature for each secret.
pub fn signature(secrets: &[Vec<u8>], id: &str, timestamp: i64, body: &str) -> String {
    let sign = |secret: &Vec<u8>| {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret).ok()?;
        mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
        Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
    };
    secrets.iter().filter_map(sign).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the Standard Webhooks specification.
    #[test]
    fn the_signature_is_the_one_of_the_specification() {
        let secret = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signed = signature(
            std::slice::from_ref(&secret),
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
        );
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        let both = signature(&[secret, vec![1; 32]], "a", 1, "{}");
        assert_eq!(both.split(' ').count(), 2);
    }
}
