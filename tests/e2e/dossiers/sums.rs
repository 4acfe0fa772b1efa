//! What reports take from the counts.

use kstt_domain::dossiers::{CauseCounts, CountChannel};
use kstt_domain::units::UnitLevel;
use kstt_persistence::dossiers::{CountSums, Led, Stock, leads, stock_at, sums};
use kstt_persistence::units::by_code;
use kstt_persistence::{Conn, Error};
use serde_json::{Value, json};

use super::{import, record};
use crate::city::City;

fn read<T>(city: &City, work: impl FnOnce(&mut Conn) -> Result<T, Error>) -> T {
    city.app.db.read(work).unwrap()
}

fn window(from: &str, to: &str) -> (chrono::NaiveDate, chrono::NaiveDate) {
    (from.parse().unwrap(), to.parse().unwrap())
}

/// A record whose counts tell which it is.
fn numbered(unit: &str, period: &str, channel: &str, late: i64) -> Value {
    let mut row = record(unit, period);
    row["channel"] = json!(channel);
    row["counts"] = json!({ "received": 10 * late, "by_status": { "settled": 3 * late, "in_process": 2 * late },
        "early": late, "on_time": late, "late": late, "in_time": late, "overdue": late,
        "late_causes": { "law": late, "system": late } });
    row
}

#[test]
fn movements_are_added_and_stocks_are_of_the_end() {
    let city = City::new();
    let office = city.login("controller.vpubnd");
    let rows = [
        numbered("D916", "2018-12", "online", 7),
        numbered("D916", "2019-01", "online", 1),
        numbered("D916", "2019-02-01", "online", 2),
        numbered("D916", "2019-02-27", "direct", 3),
        numbered("C31117", "2019-01", "online", 4),
        numbered("SXD", "2019-01", "online", 5),
    ];
    assert_eq!(import(&office, &rows).expect(200).body["created"], json!(6));
    let ids = |codes: &[&str]| {
        let id = |code: &&str| read(&city, |conn| by_code(conn, code)).unwrap().id;
        codes.iter().map(id).collect::<Vec<String>>()
    };
    let both = ids(&["D916", "C31117"]);
    let added = |channel, n: i64| CountSums {
        field: "Hộ tịch".to_owned(),
        level: UnitLevel::District,
        channel,
        received: 10 * n,
        early: n,
        on_time: n,
        late: n,
        late_causes: CauseCounts { law: n, system: n, ..CauseCounts::default() },
    };
    let found = read(&city, |conn| sums(conn, &both, Led::ByAnyone, window("2019-01-01", "2019-03-31")));
    assert_eq!(found, [added(CountChannel::Direct, 3), added(CountChannel::Online, 1 + 2 + 4)]);
    // A month that the window cuts is in no sum.
    let found = read(&city, |conn| sums(conn, &both, Led::ByAnyone, window("2018-12-15", "2019-02-01")));
    assert_eq!(found, [added(CountChannel::Online, 7)]);
    assert_eq!(read(&city, |conn| sums(conn, &[], Led::ByAnyone, window("2018-01-01", "2019-12-31"))), []);

    let stock = |units: &[String], day: &str| {
        let found = read(&city, |conn| stock_at(conn, units, Led::ByAnyone, day.parse().unwrap()));
        let told = |stock: Stock| {
            assert_eq!(stock.in_time + stock.overdue, stock.by_status.in_hand());
            (stock.key.period.to_string(), stock.key.channel, stock.in_time, stock.overdue)
        };
        found.into_iter().map(told).collect::<Vec<_>>()
    };
    let at = |period: &str, channel, n| (period.to_owned(), channel, n, n);
    let d916 = ids(&["D916"]);
    assert_eq!(stock(&d916, "2018-12-30"), []);
    assert_eq!(stock(&d916, "2019-01-30"), [at("2018-12", CountChannel::Online, 7)]);
    assert_eq!(stock(&d916, "2019-01-31"), [at("2019-01", CountChannel::Online, 1)]);
    let last = [at("2019-02-27", CountChannel::Direct, 3), at("2019-02-01", CountChannel::Online, 2)];
    let mut found = stock(&d916, "2019-12-31");
    found.sort_by(|a, b| b.0.cmp(&a.0));
    assert_eq!(found, last);
    assert_eq!(stock(&both, "2019-12-31").len(), 3);
}

#[test]
fn what_another_unit_leads_is_told_apart() {
    let city = City::new();
    let office = city.login("controller.vpubnd");
    let mut with_lead = numbered("D916", "2019-01", "online", 2);
    with_lead["lead"] = json!("SXD");
    let mut as_lead = numbered("D916", "2019-02", "online", 3);
    as_lead["lead"] = json!("D916");
    let rows = [numbered("D916", "2019-01", "online", 1), with_lead, as_lead];
    assert_eq!(import(&office, &rows).expect(200).body["created"], json!(3));
    let items = office.get("/v1/dossier-counts?unit=D916").expect(200).body["items"].clone();
    let told: Vec<_> =
        items.as_array().unwrap().iter().map(|item| (&item["period"], &item["lead"])).collect();
    assert!(
        told.contains(&(&json!("2019-01"), &json!("SXD")))
            && told.contains(&(&json!("2019-02"), &Value::Null))
    );
    let id = |code: &str| read(&city, |conn| by_code(conn, code)).unwrap().id;
    let (own, lead) = ([id("D916")], id("SXD"));
    let day = |day: &str| day.parse().unwrap();
    assert_eq!(read(&city, |conn| leads(conn, &own, day("2019-03-31"))), std::slice::from_ref(&lead));
    assert_eq!(read(&city, |conn| leads(conn, &own, day("2018-12-31"))), [""; 0]);
    let quarter = window("2019-01-01", "2019-03-31");
    let received = |led: Led<'_>| -> i64 {
        read(&city, |conn| sums(conn, &own, led, quarter)).iter().map(|sum| sum.received).sum()
    };
    assert_eq!((received(Led::ByAnyone), received(Led::By(&lead)), received(Led::By(&own[0]))), (60, 20, 40));
    let stock = |led: Led<'_>| read(&city, |conn| stock_at(conn, &own, led, quarter.1)).len();
    assert_eq!((stock(Led::ByAnyone), stock(Led::By(&lead))), (2, 1), "each goes on by itself");
}
