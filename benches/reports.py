"""Measures reports over much feedback. Called by scripts/bench-reports, which says how."""

import argparse
import json
import sqlite3
import statistics
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from deadlines import call, login
from feedback import Row, print_table
from servers import Failed, Server, environment, say, stop_on_signals

ROUNDS = 5
UNIT, PERIOD, FORM = "SXD", "2019-Q1", "05/VPCP/KSTT"
# Every unit that existed has as many; they were received over ten years and answered within a month, but for one in
# a hundred.
FILL = """
CREATE TEMPORARY TABLE numbers AS WITH RECURSIVE counted (n) AS
  (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < {each}) SELECT n FROM counted;
INSERT INTO feedback (id, code, sort_key, state, class, channel, title, content, field, place_unit_id, received_at,
  registered_at, valid_at, handler_unit_id, handler_received_at, grounds, approved_at, ended_at, version, updated_at)
SELECT u.id || '-' || n, u.code || '-' || n, '9999-12-31 ' || u.id || '-' || n,
  CASE WHEN n % 100 = 0 THEN 'transferred' ELSE 'closed' END,
  CASE n % 3 WHEN 0 THEN 'conduct' WHEN 1 THEN 'regulation' ELSE 'mixed' END, 'portal', 'title', 'content',
  CASE n % 5 WHEN 0 THEN 'Hộ tịch' WHEN 1 THEN 'Đất đai' WHEN 2 THEN 'Chứng thực' ELSE 'Xây dựng' END, u.id,
  datetime('2010-01-01', '+' || (n * 37 % 3650) || ' days'), datetime('2010-01-01', '+' || (n * 37 % 3650) || ' days'),
  datetime('2010-01-01', '+' || (n * 37 % 3650) || ' days'), u.id,
  datetime('2010-01-01', '+' || (n * 37 % 3650) || ' days'), '',
  CASE WHEN n % 100 = 0 THEN NULL ELSE datetime('2010-01-01', '+' || (n * 37 % 3650 + n % 30) || ' days') END,
  CASE WHEN n % 100 = 0 THEN NULL ELSE datetime('2010-01-01', '+' || (n * 37 % 3650 + n % 30) || ' days') END,
  1, '2019-01-01 00:00:00'
FROM units u CROSS JOIN numbers WHERE u.kind IN ('department', 'district', 'commune');
INSERT OR IGNORE INTO feedback_facts (feedback_id, received_on, registered_on, due_on, answered_on, days_to_answer,
  on_time, unit_id, field, class, channel, state, received_month, answered_month)
SELECT id, date(received_at), date(received_at), date(received_at, '+20 days'), date(approved_at),
  CAST(julianday(approved_at) - julianday(received_at) AS INTEGER),
  CASE WHEN approved_at IS NULL THEN NULL ELSE approved_at <= datetime(received_at, '+20 days') END,
  handler_unit_id, field, class, channel, state, date(received_at, 'start of month'), date(approved_at, 'start of month')
FROM feedback WHERE place_unit_id = handler_unit_id;
"""


class City:
    """A server over so much feedback."""

    def __init__(self, kstt: str, work: Path, items: int) -> None:
        self.kstt, self.work, self.items = kstt, work, items

    def serve(self) -> Server:
        env = environment(self.work, f"sqlite:{self.work / 'kstt.db'}")
        return Server([self.kstt, "serve"], self.work / "serve.log", env, "/health/ready")

    def fill(self) -> None:
        with self.serve() as server:
            server.wait_until_quiet(300)
        with closing(sqlite3.connect(self.work / "kstt.db")) as database:
            units = "SELECT count(*) FROM units WHERE kind IN ('department', 'district', 'commune')"
            each = max(1, round(self.items / database.execute(units).fetchone()[0]))
            began = time.monotonic()
            database.executescript("PRAGMA synchronous = OFF; BEGIN;" + FILL.format(each=each) + "COMMIT; ANALYZE;")
            self.items = database.execute("SELECT count(*) FROM feedback").fetchone()[0]
        say(f"{self.items:,} items filled in {time.monotonic() - began:.0f} s")


def timed(work) -> float:
    """Milliseconds, the median of some rounds after one that does not count."""
    took = []
    for _ in range(ROUNDS + 1):
        began = time.monotonic()
        work()
        took.append((time.monotonic() - began) * 1000)
    return statistics.median(took[1:])


def good(answer: tuple[int, dict]) -> dict:
    if answer[0] != 200:
        raise Failed(f"{answer[0]}: {answer[1]}")
    return answer[1]


def prefill(server: Server, token: str) -> None:
    page = good(call(server, "GET", f"/v1/reports?period={PERIOD}&form={FORM}&unit={UNIT}", token=token))
    report = page["items"][0]["id"]
    etag = server.get(f"/v1/reports/{report}", {"Authorization": f"Bearer {token}"})[1]
    good(call(server, "POST", f"/v1/reports/{report}/prefill", {}, token, {"If-Match": etag}))


def roll_up(server: Server, token: str) -> None:
    forms = good(call(server, "GET", "/v1/report-forms?as_of=2019-01-01"))["items"]
    for form in forms:
        code = form["form"]["code"]
        path = f"/v1/reporting-periods/{PERIOD}/roll-up?form={code}&with_submitted=true"
        good(call(server, "GET", path, token=token))


def analytics(server: Server, token: str) -> None:
    query = {"measure": "feedback_received", "dimensions": ["unit", "month"], "from": "2018-01-01", "to": "2018-12-31"}
    answer = good(call(server, "POST", "/v1/analytics/query", {"queries": {"one": query}}, token))
    if not answer["results"]["one"]["rows"]:
        raise Failed(f"nothing was counted: {answer}")


def submit_all(server: Server, token: str) -> int:
    """Fills and submits every report of the quarter, so that there is something to add up."""
    cursor, done = "", 0
    while True:
        page = good(call(server, "GET", f"/v1/reports?period={PERIOD}&limit=200{cursor}", token=token))
        for report in page["items"]:
            path = f"/v1/reports/{report['id']}"
            for act, body in (("prefill", {}), ("save", {"nothing_arose": False}), ("submit", {})):
                etag = server.get(path, {"Authorization": f"Bearer {token}"})[1]
                done += call(server, "POST", f"{path}/{act}", body, token, {"If-Match": etag})[0] == 200 and act == "submit"
        if page["next_cursor"] is None:
            return done
        cursor = f"&cursor={page['next_cursor']}"


def export(server: Server, token: str) -> tuple[float, float, float]:
    """Megabytes above idle at most, seconds, and megabytes of the table."""
    server.wait_until_quiet(300)
    before = server.memory("VmRSS")
    Path(f"/proc/{server.child.pid}/clear_refs").write_text("5")
    began = time.monotonic()
    body = server.get("/v1/feedback/export?format=ndjson", {"Authorization": f"Bearer {token}"})[2]
    return server.memory("VmHWM") - before, time.monotonic() - began, len(body) / 1e6


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kstt", required=True)
    parser.add_argument("--sizes", default="100000,1000000")
    args = parser.parse_args()
    stop_on_signals()
    figures: list[dict[str, float]] = []
    sizes: list[int] = []
    with tempfile.TemporaryDirectory(prefix="kstt-reports-") as temp:
        for size in args.sizes.split(","):
            work = Path(temp) / size
            work.mkdir()
            city = City(str(Path(args.kstt).resolve()), work, int(size))
            city.fill()
            sizes.append(city.items)
            with city.serve() as server:
                server.wait_until_quiet(1200)
                token = login(server, "controller.vpubnd")
                found = {"filling a unit's quarter": timed(lambda: prefill(server, token))}
                say(f"{submit_all(server, token)} reports submitted")
                token = login(server, "controller.vpubnd")
                found["adding up all forms of a quarter"] = timed(lambda: roll_up(server, token))
                found["analytics by unit and month"] = timed(lambda: analytics(server, token))
                more, took, length = export(server, token)
                say(f"export: {more:.0f} MB above idle, {took:.1f} s, {length:.0f} MB")
                found["export of everything: MB above idle"] = more
            figures.append(found)
            say(json.dumps(found))
    targets = {"filling a unit's quarter": 100, "adding up all forms of a quarter": 2000,
               "analytics by unit and month": 1000, "export of everything: MB above idle": 50}
    rows = []
    for name, most in targets.items():
        values = [found[name] for found in figures]
        unit = "" if "MB" in name else " ms"
        ratio = values[-1] / values[0] if values[0] else 0
        holds = values[-1] < most and (unit == "" or ratio <= 3)
        cells = [name, *(f"{value:,.1f}{unit}" for value in values), f"{ratio:.2f}"]
        rows.append(Row(cells, f"< {most}{unit}" + (", ≤ 3 times" if unit else ""), holds))
    print_table(rows, ["reports, SQLite", *(f"{size:,} items" for size in sizes), "ratio"])
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as failure:
        say(str(failure))
        sys.exit(1)
