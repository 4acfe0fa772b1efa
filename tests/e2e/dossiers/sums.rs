//! What reports take from the counts.

use kstt_domain::dossiers::{CauseCounts, CountChannel};
use kstt_domain::units::UnitLevel;
use kstt_persistence::dossiers::{CountSums, Stock, stock_at, sums};
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
    row["counts"] = json!({ "received": 10 * late, "interlinked": late, "by_status": { "settled": 3 * late, "in_process": 2 * late },
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
        interlinked: n,
        early: n,
        on_time: n,
        late: n,
        late_causes: CauseCounts { law: n, system: n, ..CauseCounts::default() },
    };
    let found = read(&city, |conn| sums(conn, &both, window("2019-01-01", "2019-03-31")));
    assert_eq!(found, [added(CountChannel::Direct, 3), added(CountChannel::Online, 1 + 2 + 4)]);
    // A month that the window cuts is in no sum.
    let found = read(&city, |conn| sums(conn, &both, window("2018-12-15", "2019-02-01")));
    assert_eq!(found, [added(CountChannel::Online, 7)]);
    assert_eq!(read(&city, |conn| sums(conn, &[], window("2018-01-01", "2019-12-31"))), []);

    let stock = |units: &[String], day: &str| {
        let found = read(&city, |conn| stock_at(conn, units, day.parse().unwrap()));
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
