"""Measures work lists over 20,000 and 2,000,000 obligations. Called by scripts/bench-deadlines, which says how."""

import argparse
import http.client
import json
import sqlite3
import statistics
import sys
import tempfile
import time
from pathlib import Path

from servers import Failed, Server, environment, run_to_end, say, stop_on_signals

PASSWORD = "thu-nghiem-2019"
ASKED = {
    "mine": ("officer.sxd", "/v1/obligations?mine=true"),
    "overdue, a department": ("head.sxd", "/v1/obligations?overdue=true"),
    "overdue, a district with its communes": ("head.d916", "/v1/obligations?overdue=true"),
    "overdue, the whole city": ("controller.vpubnd", "/v1/obligations?overdue=true"),
    "duties of a unit for a year": ("head.sxd", "/v1/units/SXD/duties?from=2019-01-01&to=2020-01-01"),
    "list with counts by state, a department": ("head.sxd", "/v1/obligations?with_counts=true"),
    "list with counts by state, the whole city": ("controller.vpubnd", "/v1/obligations?with_counts=true"),
}
TARGET = {name: 1.3 for name in ASKED if "counts" not in name}
# A year's rows, copied into years before it; every other copy is still to be done, those of one department given to
# one officer.
COPIES = """
CREATE TEMPORARY TABLE copies AS WITH RECURSIVE numbers (n) AS
  (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {copies}) SELECT n, '-' || n AS tail FROM numbers;
INSERT INTO obligations SELECT id || tail, (2018 - n % 9) || substr(sort_key, 5) || tail, rule, rule_version,
  subject_kind, subject_id || tail, unit_id, sequence,
  CASE WHEN n % 2 = 0 AND unit_id = (SELECT id FROM units WHERE code = 'SXD')
    THEN (SELECT id FROM users WHERE username = 'officer.sxd') END,
  trigger_at, soon_at, warn_at, due_at, due_on, calendar_version, NULL,
  CASE WHEN n % 2 = 0 THEN NULL ELSE trigger_at END, NULL, CASE WHEN n % 2 = 0 THEN 'pending' ELSE 'met' END,
  NULL, 1, created_at, updated_at, NULL
  FROM obligations CROSS JOIN copies;
INSERT INTO visible_to SELECT unit_id, room, (2018 - n % 9) || substr(sort_key, 5) || tail, subject_id || tail,
  valid_from, valid_to, own, CASE WHEN n % 2 = 0 THEN 'pending' ELSE 'met' END FROM visible_to CROSS JOIN copies;
"""


def call(
    server: Server, method: str, path: str, body: dict | None = None, token: str | None = None,
    more: dict[str, str] | None = None,
) -> tuple[int, dict]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    headers |= more or {}
    connection.request(method, path, json.dumps(body) if body is not None else None, headers)
    response = connection.getresponse()
    return response.status, json.loads(response.read() or b"{}")


def login(server: Server, username: str) -> str:
    body = {"grant_type": "password", "username": username, "password": PASSWORD}
    status, answer = call(server, "POST", "/v1/auth/token", body)
    if status != 200:
        raise Failed(f"{username} cannot log in: {answer}")
    return answer["access_token"]


def latency(server: Server, token: str, path: str, seconds: float) -> tuple[float, int]:
    """Median milliseconds of one request after the other, and how many items there were."""
    headers, took, items = {"Authorization": f"Bearer {token}"}, [], 0
    for warm in (True, False):
        until = time.monotonic() + (seconds / 4 if warm else seconds)
        while time.monotonic() < until:
            began = time.perf_counter()
            status, _, body = server.get(path, headers)
            took += [] if warm else [time.perf_counter() - began]
            if status != 200:
                raise Failed(f"{path} was answered with {status}")
            items = len(json.loads(body)["items"])
    return statistics.median(took) * 1000, items


def measure(kstt: str, temp: Path, rows: int, seconds: float) -> tuple[dict[str, tuple[float, int]], float, int]:
    work = temp / str(rows)
    work.mkdir()
    url = f"sqlite:{work}/kstt.db"
    env = environment(work, url)
    serve = lambda: Server([kstt, "serve"], work / "serve.log", env, "/health/ready")
    with serve() as server:
        token = login(server, "controller.vpubnd")
        while not call(server, "GET", "/v1/obligations?limit=1", token=token)[1]["items"]:
            time.sleep(0.1)
        began = time.monotonic()
        status, opened = call(server, "POST", "/v1/obligations/open-year", {"year": 2020}, token)
        year = time.monotonic() - began
        if status != 200 or opened["opened"] < 600:
            raise Failed(f"the year was not opened: {opened}")
    with sqlite3.connect(work / "kstt.db") as database:
        database.execute("PRAGMA synchronous = OFF")
        database.execute("PRAGMA cache_size = -1000000")
        have = database.execute("SELECT count(*) FROM obligations").fetchone()[0]
        say(f"{rows:,} obligations: multiplying {have}")
        database.executescript(COPIES.format(copies=max(1, round(rows / have) - 1)))
        stored = database.execute("SELECT count(*) FROM obligations").fetchone()[0]
    database.close()
    run_to_end([kstt, "work", "--once"], work / "work.log", env, "working")
    found = {}
    with serve() as server:
        server.wait_until_quiet(300)
        for name, (username, path) in ASKED.items():
            found[name] = latency(server, login(server, username), path, seconds)
            say(f"{rows:,} obligations: {name} {found[name][0]:.2f} ms, {found[name][1]} items")
    return found, year, stored


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kstt", required=True)
    parser.add_argument("--sizes", default="20000,2000000")
    parser.add_argument("--seconds", type=float, default=3)
    args = parser.parse_args()
    stop_on_signals()
    small, large = (int(size) for size in args.sizes.split(","))
    with tempfile.TemporaryDirectory(prefix="kstt-deadlines-") as temp:
        results = [measure(str(Path(args.kstt).resolve()), Path(temp), size, args.seconds) for size in (small, large)]
    (few, first_year, few_rows), (many, second_year, many_rows) = results
    print(f"| one request after the other, p50 ms | {few_rows:,} obligations | {many_rows:,} obligations | ratio | target | |")
    print("|---|---:|---:|---:|---:|---|")
    for name in ASKED:
        ratio = many[name][0] / few[name][0]
        target = TARGET.get(name)
        verdict = "" if target is None else "holds" if ratio <= target else "**missed**"
        told = "" if target is None else f"≤ {target}"
        print(f"| {name} | {few[name][0]:.2f} | {many[name][0]:.2f} | {ratio:.2f} | {told} | {verdict} |")
    print(f"\nOpening the obligations of 2020 for all units took {first_year:.2f} and {second_year:.2f} s (target: 5 s).")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as failure:
        say(str(failure))
        sys.exit(1)
