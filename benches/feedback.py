"""Measures feedback: receiving it, its work lists, the public search, and the outbox of every change. Called by
scripts/bench-feedback, which says how."""

import argparse
import json
import shutil
import statistics
import sys
import tempfile
import time
import unicodedata
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from clients import UNIQUE, Load, load, request
from deadlines import call, login
from engines import NEW, TEXT, THIS, Postgres, Sqlite, database
from servers import Failed, Server, environment, say, stop_on_signals
from texts import Texts

BASE_ITEMS = 300
SEARCHES = 400
ROUNDS = 5
FEW = 3
# Who asks for which list, and how many items are on its first page.
LISTS = {
    "given to oneself": ("officer.sxd", "mine=true", 20),
    f"given to oneself: {FEW} in a large unit": ("officer.d916", "mine=true", FEW),
    "a department": ("head.sxd", "my_unit=true", 20),
    "overdue, a department": ("head.sxd", "overdue=true", 20),
    "a district with its communes": ("head.d916", "", 20),
    "the whole city": ("controller.vpubnd", "", 20),
    "overdue, the whole city": ("controller.vpubnd", "overdue=true", 20),
    "in one state, the whole city": ("controller.vpubnd", "state=transferred", 20),
    "of one class, the whole city": ("controller.vpubnd", "class=regulation", 20),
}
ID = "'01a227e1-0000-7000-' || CAST(1000000000000000 + {} AS TEXT)"
BARE = "CREATE TABLE bare (id TEXT PRIMARY KEY NOT NULL, content TEXT NOT NULL); "
COUNTER = (
    "CREATE TABLE bare_counter (name TEXT PRIMARY KEY NOT NULL, value BIGINT NOT NULL); "
    "INSERT INTO bare_counter VALUES ('one', 0)"
)
INSERT = f"INSERT INTO bare (id, content) VALUES ({ID.format(NEW)}, {TEXT})"
RAISE = "UPDATE bare_counter SET value = value + 1 WHERE name = 'one' RETURNING value"
# Numbers up to so many, each with what its copies add to an id, and texts where they are to have their own.
COPIES = "CREATE TABLE bench_copies (n BIGINT NOT NULL, tail TEXT NOT NULL, title TEXT, content TEXT, answer TEXT)"
NUMBERS = (
    "INSERT INTO bench_copies (n, tail) WITH RECURSIVE numbers (n) AS "
    "(SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {}) SELECT n, '-' || CAST(n AS TEXT) FROM numbers"
)
# Of the copies, which lie in ten years before and in this one, every fourth is still to be answered.
IS_OPEN = "c.n % 4 = 0"
IN_ITS_YEAR = "CAST(2010 + c.n % 10 AS TEXT) || substr(t.sort_key, 5) || c.tail"
COPIED_KEY = f"CASE WHEN {IS_OPEN} THEN {IN_ITS_YEAR} ELSE '9999-12-31 ' || t.id || c.tail END"
# The few that its officer has are not copied.
DISTRICT = "(SELECT id FROM units WHERE code = 'D916')"
STILL = "t.state NOT IN ('published', 'closed') AND t.sort_key < '9999' AND t.parent_id IS NULL"


@dataclass
class Row:
    """A line of a table."""

    cells: list[str]
    target: str = ""
    holds: bool | None = None

    def __str__(self) -> str:
        verdict = {None: "", True: "holds", False: "**missed**"}[self.holds]
        return line([*self.cells, self.target, verdict])


def line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


class Bench:
    def __init__(self, kstt: str, temp: Path, seconds: float, sizes: list[int], published: int) -> None:
        self.kstt, self.temp, self.seconds, self.sizes, self.published = kstt, temp, seconds, sizes, published
        self.texts = Texts()
        self.tables: dict[str, list] = {name: [] for name in ("about", "intake", "same", "lists", "search", "outbox")}

    def run(self, engine: str) -> None:
        for part in (self.intake, self.lists, self.search):
            with self.room(engine, part.__name__) as work:
                part(engine, work)

    @contextmanager
    def room(self, engine: str, part: str):
        work = self.temp / f"{engine}-{part}"
        work.mkdir()
        yield work
        shutil.rmtree(work)

    def serve(self, work: Path, store: Sqlite | Postgres) -> Server:
        return Server([self.kstt, "serve"], work / "serve.log", environment(work, store.url), "/health/ready")

    # ---- receiving

    def intake(self, engine: str, work: Path) -> None:
        letters = [json.dumps(self.texts.letter(number), ensure_ascii=False).encode() for number in range(500)]
        headers = {"Idempotency-Key": UNIQUE.decode()}
        requests = [request("POST", "/v1/public/feedback", letter, headers) for letter in letters]
        text = max(letters, key=len).decode()
        text = text[:round(statistics.mean(len(letter.decode()) for letter in letters))]
        kinds = {1: ("insert", [INSERT], 0.25), 32: ("counter and insert", [RAISE, INSERT], 0.35)}
        with database(engine, work, "bare") as bare, database(engine, work, "intake") as store:
            self.tables["about"].append([engine, store.durability])
            bare.script(BARE + COUNTER)
            before = {n: bare.rate(kind[1], text, n, self.seconds) for n, kind in kinds.items()}
            with self.serve(work, store) as server:
                server.wait_until_quiet(300)
                found = {n: load(server.port, requests, n, self.seconds, 201) for n in kinds}
                server.wait_until_quiet(300)
            after = {n: bare.rate(kind[1], text, n, self.seconds) for n, kind in kinds.items()}
            for clients, (what, _, target) in kinds.items():
                self.received(engine, clients, what, target, found[clients], (before[clients], after[clients]))
            self.check_numbers(store)
            self.outbox(engine, store, text)
            self.same_rows(engine, store, text, found[1].rate, statistics.mean((before[1], after[1])))

    def received(
        self, engine: str, clients: int, what: str, target: float, found: Load, bare: tuple[float, float]
    ) -> None:
        mean = statistics.mean(bare)
        spread, ratio = abs(bare[0] - bare[1]) / 2 / mean, found.rate / mean
        say(f"{engine}: {found.rate:.0f} received a second, bare {mean:.0f}; clients took {found.share:.2f} of a core")
        cells = [engine, str(clients), f"{found.rate:,.0f}", f"{found.at(0.5):.1f}", f"{found.at(0.99):.1f}", what,
                 f"{mean:,.0f} ± {spread:.0%}", f"{ratio:.2f}"]
        self.tables["intake"].append(Row(cells, f"≥ {target}", ratio >= target))

    def check_numbers(self, store: Sqlite | Postgres) -> None:
        """As many items as were counted, under load too: else the figures are of something else."""
        items = "SELECT count(*) FROM feedback WHERE parent_id IS NULL"
        found = store.rows(f"SELECT ({items}), (SELECT sum(value) FROM counters WHERE series = 'PAKN')")[0]
        if int(found[0]) != int(found[1]):
            raise Failed(f"there are {found[0]} items, but {found[1]} were counted")

    # ---- the outbox

    def outbox(self, engine: str, store: Sqlite | Postgres, text: str) -> None:
        """On the tables that were just filled, with rows as large as real ones."""
        store.script(BARE)
        columns = store.columns("audit")
        real = store.rows("SELECT * FROM audit WHERE action = 'feedback.send' ORDER BY id DESC LIMIT 1")[0]
        values = {name: literal(value) for name, value in zip(columns, real)}
        values |= {"id": ID.format(THIS), "at": "CURRENT_TIMESTAMP"}
        audit = f"INSERT INTO audit ({', '.join(columns)}) VALUES ({', '.join(values[name] for name in columns)})"
        queue = f"INSERT INTO seal_queue (audit_id) VALUES ({ID.format(THIS)})"
        kinds = {"bare": [INSERT], "whole": [INSERT, audit, queue]}
        # One after the other, so that what the machine does meanwhile falls on both.
        rates = {name: [] for name in kinds}
        for _ in range(ROUNDS):
            for name, statements in kinds.items():
                rates[name].append(store.rate(statements, text, 1, max(1, self.seconds / 2)))
        bare, whole = (statistics.median(rates[name]) for name in ("bare", "whole"))
        say(f"{engine}: {bare:.0f} bare inserts a second, {whole:.0f} with the outbox")
        self.tables["outbox"].append([engine, f"{bare:,.0f}", f"{whole:,.0f}", f"{whole / bare:.2f}"])

    # ---- the same rows

    def same_rows(self, engine: str, store: Sqlite | Postgres, text: str, received: float, bare: float) -> None:
        """What the engine itself needs for the rows of one item, with nobody asking and nothing looked up: as they are,
        only those that the target names, and without any index that is not a key."""
        item, code = store.rows("SELECT id, code FROM feedback ORDER BY id DESC LIMIT 1")[0]
        clocks = f"SELECT id FROM obligations WHERE subject_id = '{item}'"
        event = store.rows(f"SELECT id FROM audit WHERE subject_id = '{item}'")[0][0]
        of_item = f"feedback_id = '{item}'"
        tables = {
            "feedback": f"id = '{item}'", "feedback_facts": of_item, "feedback_senders": of_item,
            "feedback_prints": of_item, "feedback_ledger": of_item, "obligations": f"subject_id = '{item}'",
            "visible_to": f"subject_id = '{item}' OR subject_id IN ({clocks})", "audit": f"id = '{event}'",
        }
        old = [item, code, event, *(row[0] for row in store.rows(clocks))]
        kept = again(store, "idempotency_keys", f"body LIKE '%{code}%'", [], {"idempotency_key": ID.format(NEW)})
        rows = {table: again(store, table, which, old, {}) for table, which in tables.items()}
        ends = [
            f"INSERT INTO seal_queue (audit_id) VALUES ({ID.format(THIS)} || '-{old.index(event)}')",
            "UPDATE counters SET value = value + 1 WHERE series = 'PAKN'",
        ]
        # Its id is made by whatever comes first.
        item = rows["feedback"].replace(ID.format(THIS), ID.format(NEW), 1)
        indexes = store.secondary_indexes(["idempotency_keys", *tables])
        kinds = {
            "its rows alone": ([kept, *rows.values(), *ends], []),
            "of them item, number, audit, obligations, outbox": ([item, rows["obligations"], rows["audit"], *ends], []),
            f"its rows without {len(indexes)} indexes": ([kept, *rows.values(), *ends], indexes),
        }
        for name, (statements, dropped) in kinds.items():
            store.script("; ".join(f"DROP INDEX {index}" for index in dropped) or "SELECT 1")
            rate = statistics.median(store.rate(statements, text, 1, self.seconds) for _ in range(3))
            say(f"{engine}: {name}: {rate:.0f} a second")
            cells = [engine, name, f"{rate:,.0f}", f"{rate / bare:.2f}", f"{received / rate:.2f}"]
            self.tables["same"].append(cells)

    # ---- work lists

    def lists(self, engine: str, work: Path) -> None:
        small, large = self.sizes
        few, many = work / "few", work / "many"
        few.mkdir()
        many.mkdir()
        with database(engine, few, "few") as first, database(engine, many, "many") as second:
            self.fill(few, first, small)
            self.fill(many, second, large)
            with self.serve(few, first) as one, self.serve(many, second) as other:
                for server in (one, other):
                    server.wait_until_quiet(600)
                for name in LISTS:
                    self.list_of(engine, name, (one, other))

    def fill(self, work: Path, store: Sqlite | Postgres, items: int) -> None:
        with self.serve(work, store) as server:
            make_items(server, self.texts, BASE_ITEMS)
            server.wait_until_quiet(300)
        have = int(store.rows(f"SELECT count(*) FROM feedback t WHERE {STILL}")[0][0])
        say(f"{items:,} items: multiplying {have}")
        began = time.monotonic()
        store.script(COPIES + "; " + NUMBERS.format(max(1, round(items / have) - 1)))
        own = {
            "id": "t.id || c.tail", "code": "t.code || c.tail", "sort_key": COPIED_KEY, "next_window_at": "NULL",
            "state": f"CASE WHEN {IS_OPEN} THEN t.state ELSE 'closed' END",
            "ended_at": f"CASE WHEN {IS_OPEN} THEN NULL ELSE t.received_at END",
            "officer_id": f"CASE WHEN t.handler_unit_id <> {DISTRICT} THEN t.officer_id END",
        }
        copy(store, "feedback", own, STILL)
        seen = {
            "subject_id": "t.subject_id || c.tail", "sort_key": COPIED_KEY.replace("t.id", "t.subject_id"),
            "outcome": f"CASE WHEN {IS_OPEN} THEN t.outcome ELSE 'closed' END",
        }
        base = "(SELECT id FROM bench_base)"
        copy(store, "visible_to", seen, f"t.room = 'feedback' AND t.subject_id IN {base}")
        clock = {
            "id": "t.id || c.tail", "sort_key": IN_ITS_YEAR, "subject_id": "t.subject_id || c.tail",
            "remind_at": "NULL", "met_at": f"CASE WHEN {IS_OPEN} THEN NULL ELSE t.trigger_at END",
            "outcome": f"CASE WHEN {IS_OPEN} THEN 'pending' ELSE 'met' END",
        }
        copy(store, "obligations", clock, f"t.subject_kind = 'feedback' AND t.rule = 'K-44' AND t.subject_id IN {base}")
        owed = {
            "subject_id": "t.subject_id || c.tail", "sort_key": IN_ITS_YEAR,
            "outcome": f"CASE WHEN {IS_OPEN} THEN 'pending' ELSE 'met' END",
        }
        clocks = f"subject_kind = 'feedback' AND rule = 'K-44' AND subject_id IN {base}"
        which = f"t.room = 'obligations' AND t.subject_id IN (SELECT id FROM obligations WHERE {clocks})"
        copy(store, "visible_to", owed, which)
        finish(store)
        say(f"{items:,} items: filled in {time.monotonic() - began:.0f} s")

    def list_of(self, engine: str, name: str, servers: tuple[Server, Server]) -> None:
        username, query, wanted = LISTS[name]
        path = f"/v1/feedback?limit=20&{query}".rstrip("&")
        tokens = [login(server, username) for server in servers]
        took: tuple[list[float], list[float]] = ([], [])
        for number in range(ROUNDS + 1):
            for place, server in enumerate(servers):
                found = asked(server, path, tokens[place], self.seconds / ROUNDS)
                took[place].extend(found if number else [])
        few, many = (statistics.median(part) for part in took)
        items = len(json.loads(servers[1].get(path, {"Authorization": f"Bearer {tokens[1]}"})[2])["items"])
        if items != wanted:
            raise Failed(f"{path} as {username} has {items} items")
        say(f"{engine}: {name} {few:.2f} and {many:.2f} ms")
        cells = [engine, name, f"{few:.2f}", f"{many:.2f}", f"{many / few:.2f}"]
        self.tables["lists"].append(Row(cells, "≤ 1.3", many / few <= 1.3))

    # ---- the public search

    def search(self, engine: str, work: Path) -> None:
        with database(engine, work, "search") as store:
            with self.serve(work, store) as server:
                code = make_published(server, self.texts)
                server.wait_until_quiet(300)
            self.publish(store, code)
            # Built again from the tables when it is missing.
            shutil.rmtree(work / "var" / "index" / "feedback")
            with self.serve(work, store) as server:
                took = self.wait_for_index(server)
                server.wait_until_quiet(600)
                requests = [request("GET", f"/v1/public/feedback?q={query}") for query in self.queries()]
                found = {clients: load(server.port, requests, clients, self.seconds) for clients in (1, 8)}
        for clients, figure in found.items():
            say(f"{engine}: search, {clients} clients: {figure.at(0.5):.2f} and {figure.at(0.99):.2f} ms")
            cells = [engine, f"{self.published:,}", str(clients), f"{figure.rate:,.0f}", f"{figure.at(0.5):.2f}",
                     f"{figure.at(0.99):.2f}", f"{took:.0f} s"]
            target, holds = ("p99 < 20 ms", figure.at(0.99) < 20) if clients == 1 else ("", None)
            self.tables["search"].append(Row(cells, target, holds))

    def publish(self, store: Sqlite | Postgres, code: str) -> None:
        say(f"{self.published:,} published items: writing them")
        store.script(COPIES)
        texts = self.texts
        store.load("bench_copies", (
            (n, f"-{n}", f"{texts.run(9).capitalize()} ({n})", f"{texts.text(70)} Mã bench{n}.", texts.text(70))
            for n in range(1, self.published + 1)
        ))
        own = {"id": "t.id || c.tail", "code": "t.code || c.tail", "sort_key": "t.sort_key || c.tail",
               "title": "c.title", "content": "c.content", "answer": "c.answer"}
        copy(store, "feedback", own, f"t.code = '{code}'")
        public = {"feedback_id": "t.feedback_id || c.tail", "number": "t.number + c.n",
                  "title": "c.title", "content": "c.content", "answer": "c.answer"}
        copy(store, "feedback_public", public, "t.feedback_id IN (SELECT id FROM bench_base)")
        finish(store)

    def wait_for_index(self, server: Server) -> float:
        say(f"{self.published:,} published items: waiting for the index")
        while not json.loads(server.good(f"/v1/public/feedback?q=bench{self.published}")[1])["items"]:
            server.check()
            if time.monotonic() - server.started > 1200:
                raise Failed("the index did not come up with the tables within 20 minutes")
            time.sleep(0.5)
        return time.monotonic() - server.started

    def queries(self) -> list[str]:
        """One word to three that stand beside one another, half of them without diacritics; one in twenty for one
        item."""
        found = []
        for number in range(SEARCHES):
            words = self.texts.run(1 + number % 3)
            if number % 20 == 0:
                words = f"bench{1 + number * 211 % self.published}"
            found.append(quote(plain(words) if number % 2 else words))
        return found

    # ---- what was found

    def print(self) -> None:
        sizes = [f"{size:,} items" for size in self.sizes]
        print_table(self.tables["about"], ["engine", "durability"], 2)
        print_table(self.tables["intake"], [
            "feedback received", "clients", "a second", "p50 ms", "p99 ms", "bare transaction", "bare a second",
            "of bare",
        ])
        print_table(self.tables["same"], [
            "an item, one client", "", "a second", "of a bare insert", "kstt's part of it",
        ], 2)
        print_table(self.tables["lists"], ["work lists, p50 ms", "", *sizes, "ratio"], 2)
        search = ["public search", "published", "clients", "a second", "p50 ms", "p99 ms", "index built in"]
        print_table(self.tables["search"], search)
        print_table(self.tables["outbox"], ["outbox", "bare inserts a second", "with audit and queue row", "of bare"])


def print_table(rows: list[Row] | list[list[str]], head: list[str], words: int = 1) -> None:
    """The first columns hold words; rows with a target tell it last."""
    if not rows:
        return
    ruler = ["---"] * words + ["---:"] * (len(head) - words)
    if isinstance(rows[0], Row):
        head, ruler = [*head, "target", ""], [*ruler, "---", "---"]
    lines = [row if isinstance(row, Row) else line(row) for row in rows]
    print(line(head), "|" + "|".join(ruler) + "|", *lines, sep="\n", end="\n\n")


def literal(value: object) -> str:
    """As SQL has it. A colon would mean something to pgbench."""
    if value in (None, ""):
        return "NULL"
    text = str(value).replace("'", "''").replace(":", ";")
    return f"'{text}'"


def plain(words: str) -> str:
    """Without diacritics."""
    bare = unicodedata.normalize("NFD", words.replace("đ", "d"))
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


def again(store: Sqlite | Postgres, table: str, which: str, old: list[str], own: dict[str, str]) -> str:
    """A statement that inserts some rows of a table again, with new ids where they had old ones; `own` tells what else
    differs."""
    store.script(f"CREATE TABLE bench_{table} AS SELECT * FROM {table} WHERE {which}")
    rows, columns, values = store.rows(f"SELECT * FROM bench_{table}"), store.columns(table), []
    for place, name in enumerate(columns):
        value = own.get(name, name)
        for suffix, known in enumerate(old):
            if any(known in str(row[place]) for row in rows):
                value = f"replace({value}, '{known}', {ID.format(THIS)} || '-{suffix}')"
        values.append(value)
    return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM bench_{table}"


def copy(store: Sqlite | Postgres, table: str, own: dict[str, str], which: str) -> None:
    """Copies rows as often as `bench_copies` says; `own` tells what differs from copy to copy."""
    if table == "feedback":
        # The copies are none of those that are copied.
        store.script(f"CREATE TABLE bench_base AS SELECT t.id FROM feedback t WHERE {which}")
        which = "t.id IN (SELECT id FROM bench_base)"
    columns = store.columns(table)
    values = ", ".join(own.get(name, f"t.{name}") for name in columns)
    store.script(
        f"CREATE TABLE bench_rows AS SELECT * FROM {table} t WHERE {which}; "
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM bench_copies c CROSS JOIN bench_rows t; "
        f"DROP TABLE bench_rows"
    )


def finish(store: Sqlite | Postgres) -> None:
    store.script("DROP TABLE bench_copies; DROP TABLE bench_base")
    if isinstance(store, Postgres):
        store.psql("-c", "VACUUM ANALYZE")


def asked(server: Server, path: str, token: str, seconds: float) -> list[float]:
    """How long each request took, in ms."""
    took, until = [], time.monotonic() + seconds
    while time.monotonic() < until:
        began = time.perf_counter()
        status, _, _ = server.get(path, {"Authorization": f"Bearer {token}"})
        took.append((time.perf_counter() - began) * 1000)
        if status != 200:
            raise Failed(f"{path} was answered with {status}")
    return took


class Office:
    """Acts on items as the accounts of the demo."""

    def __init__(self, server: Server) -> None:
        self.server, self.tokens = server, {}

    def ask(self, username: str, method: str, path: str, body: dict | None = None, version: int | None = None) -> dict:
        if username and username not in self.tokens:
            self.tokens[username] = login(self.server, username)
        headers = {"If-Match": f'"{version}"'} if version else {}
        status, answer = call(self.server, method, path, body, self.tokens.get(username), headers)
        if status not in (200, 201):
            raise Failed(f"{method} {path}: {status} {answer}")
        return answer

    def send(self, letter: dict) -> dict:
        receipt = self.ask("", "POST", "/v1/public/feedback", letter)
        return self.ask("controller.vpubnd", "GET", f"/v1/feedback/{receipt['code']}")

    def act(self, username: str, item: dict, act: str, body: dict) -> dict:
        return self.ask(username, "POST", f"/v1/feedback/{item['id']}/{act}", body, item["version"])


def make_items(server: Server, texts: Texts, number: int) -> None:
    """Through the API: in the hands of a department, a district, one of its communes and the office itself."""
    say(f"making {number} items")
    office = Office(server)
    officers = {unit: office.ask(f"officer.{unit.lower()}", "GET", "/v1/me")["id"] for unit in ("SXD", "D916")}
    given = {"SXD": range(0, number, 40), "D916": range(1, 4 * FEW, 4)}
    for place in range(number):
        item = office.send(texts.letter(place))
        item = office.act("controller.vpubnd", item, "accept", {"class": ("regulation", "conduct")[place % 2]})
        unit = ("SXD", "D916", "C31117", None)[place % 4]
        if unit:
            item = office.act("controller.vpubnd", item, "transfer", {"unit": unit})
        if place in given.get(unit, ()):
            office.act(f"head.{unit.lower()}", item, "assign", {"officer_id": officers[unit]})


def make_published(server: Server, texts: Texts) -> str:
    """One item, brought to its published answer; its code."""
    office = Office(server)
    item = office.send(texts.letter(1) | {"content": "Hồ sơ đăng ký khai sinh nộp đã lâu nhưng chưa có kết quả."})
    for username, act, body in (
        ("controller.vpubnd", "accept", {"class": "regulation"}), ("controller.vpubnd", "transfer", {"unit": "SXD"}),
        ("officer.sxd", "draft", {"answer": "Đã trả kết quả."}), ("head.sxd", "approve", {}),
        ("officer.sxd", "submit", {}), ("controller.vpubnd", "accept-answer", {}),
        ("controller.vpubnd", "publish", {"title": "Chậm trả kết quả", "confirmed": []}),
    ):
        item = office.act(username, item, act, body)
    return item["code"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kstt", required=True)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--sizes", default="10000,1000000")
    parser.add_argument("--published", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=10)
    args = parser.parse_args()
    stop_on_signals()
    engines = [Sqlite.name, Postgres.name] if args.postgres else [Sqlite.name]
    sizes = [int(size) for size in args.sizes.split(",")]
    with tempfile.TemporaryDirectory(prefix="kstt-feedback-") as temp:
        bench = Bench(str(Path(args.kstt).resolve()), Path(temp), args.seconds, sizes, args.published)
        try:
            for engine in engines:
                bench.run(engine)
        finally:
            # What was measured before something failed is worth telling.
            bench.print()
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as failure:
        say(str(failure))
        sys.exit(1)
