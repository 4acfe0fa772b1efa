"""The database engines as a bench uses them beside kstt: one database each, filled by SQL, and bare transactions."""

import csv
import itertools
import os
import re
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from servers import Failed, need

# What a bare transaction may name: a new id, the id it has made, and a text.
NEW, THIS, TEXT = ":new", ":this", ":text"


class Sqlite:
    name = "SQLite"
    durability = (
        "WAL and synchronous=FULL, for kstt and for the bare transactions (of many clients the faster of two ways: "
        "connections of their own, or taking turns on one)"
    )

    def __init__(self, file: Path) -> None:
        self.url, self.file, self.numbers = f"sqlite:{file}", file, itertools.count(1)

    def script(self, sql: str) -> None:
        """Without waiting for the disk."""
        with closing(sqlite3.connect(self.file)) as database:
            database.executescript("PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000; PRAGMA temp_store = FILE;")
            database.executescript(f"BEGIN; {sql}; COMMIT;")

    def rows(self, sql: str) -> list[tuple]:
        with closing(sqlite3.connect(self.file)) as database:
            return database.execute(sql).fetchall()

    def columns(self, table: str) -> list[str]:
        return [row[1] for row in self.rows(f"PRAGMA table_info({table})")]

    def secondary_indexes(self, tables: list[str]) -> list[str]:
        """Those that are no key of a table."""
        named = ", ".join(f"'{table}'" for table in tables)
        found = f"SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ({named})"
        return [row[0] for row in self.rows(found)]

    def load(self, table: str, rows: Iterable[tuple]) -> None:
        with closing(sqlite3.connect(self.file)) as database:
            rows = iter(rows)
            first = next(rows)
            insert = f"INSERT INTO {table} VALUES ({', '.join('?' * len(first))})"
            database.executemany(insert, itertools.chain([first], rows))
            database.commit()

    def connect(self) -> sqlite3.Connection:
        database = sqlite3.connect(self.file, timeout=60, isolation_level=None, check_same_thread=False)
        # As kstt does.
        database.executescript(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -8000; "
            "PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 8000;"
        )
        return database

    def rate(self, statements: list[str], text: str, clients: int, seconds: float) -> float:
        """Transactions a second. Many clients are tried in two ways, of which the faster one counts: each with a
        connection of its own, waiting for the lock of the file; and taking turns on one connection, as in kstt."""
        if clients == 1:
            return self.taking_turns(statements, text, 1, seconds)
        return max(way(statements, text, clients, seconds) for way in (self.each_its_own, self.taking_turns))

    def transact(self, database: sqlite3.Connection, statements: list[str], text: str) -> None:
        number = next(self.numbers)
        values = {"new": number, "this": number, "text": text}
        if len(statements) == 1:
            database.execute(statements[0], values)
            return
        database.execute("BEGIN IMMEDIATE")
        for statement in statements:
            database.execute(statement, values).fetchall()
        database.execute("COMMIT")

    def each_its_own(self, statements: list[str], text: str, clients: int, seconds: float) -> float:
        def work() -> int:
            done = 0
            with closing(self.connect()) as database:
                while time.monotonic() < until:
                    self.transact(database, statements, text)
                    done += 1
            return done
        until = time.monotonic() + seconds
        return sum(in_threads(work, clients)) / seconds

    def taking_turns(self, statements: list[str], text: str, clients: int, seconds: float) -> float:
        turn = threading.Lock()

        def work() -> int:
            done = 0
            while time.monotonic() < until:
                with turn:
                    self.transact(database, statements, text)
                done += 1
            return done
        with closing(self.connect()) as database:
            until = time.monotonic() + seconds
            return sum(in_threads(work, clients)) / seconds


class Postgres:
    name = "PostgreSQL"

    def __init__(self, url: str, scripts: Path) -> None:
        self.url, self.scripts = url, scripts
        on = {name: self.rows(f"SHOW {name}")[0][0] for name in ("fsync", "synchronous_commit")}
        told = ", ".join(f"{name}={value}" for name, value in on.items())
        self.durability = f"{told}, for kstt and for the bare transactions (pgbench, prepared statements)"
        self.script("CREATE SEQUENCE IF NOT EXISTS bench_ids CACHE 1000")

    def psql(self, *arguments: str) -> str:
        command = [need("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", *arguments, self.url]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise Failed(f"psql: {done.stderr.strip()}")
        return done.stdout

    def script(self, sql: str) -> None:
        self.psql("--single-transaction", "-c", sql)

    def rows(self, sql: str) -> list[tuple]:
        return [tuple(row) for row in csv.reader(self.psql("-t", "--csv", "-c", sql).splitlines())]

    def columns(self, table: str) -> list[str]:
        return [row[0] for row in self.rows(
            f"SELECT column_name FROM information_schema.columns WHERE table_name = '{table}' ORDER BY ordinal_position"
        )]

    def secondary_indexes(self, tables: list[str]) -> list[str]:
        """Those that are no key of a table."""
        named = ", ".join(f"'{table}'::regclass" for table in tables)
        found = f"SELECT indexrelid::regclass FROM pg_index WHERE NOT indisunique AND indrelid IN ({named})"
        return [row[0] for row in self.rows(found)]

    def load(self, table: str, rows: Iterable[tuple]) -> None:
        file = self.scripts / f"{table}.csv"
        with file.open("w", newline="") as out:
            csv.writer(out).writerows(rows)
        self.psql("-c", f"\\copy {table} FROM '{file}' CSV")
        file.unlink()

    def rate(self, statements: list[str], text: str, clients: int, seconds: float) -> float:
        """Transactions a second. A colon means something to pgbench."""
        quoted = "'" + text.replace(":", ";").replace("'", "''") + "'"
        values = {NEW: "nextval('bench_ids')", THIS: "currval('bench_ids')", TEXT: quoted}
        script = self.scripts / "transaction.sql"
        lines = ["BEGIN", *statements, "COMMIT"] if len(statements) > 1 else statements
        for name, value in values.items():
            lines = [line.replace(name, value) for line in lines]
        script.write_text(";\n".join(lines) + ";\n")
        command = [need("pgbench"), "-n", "-M", "prepared", "-c", str(clients), "-j", str(min(clients, 2)),
                   "-T", str(max(1, round(seconds))), "-f", str(script), self.url]
        done = subprocess.run(command, capture_output=True, text=True)
        told = re.search(r"^tps = ([\d.]+)", done.stdout, re.M)
        if done.returncode != 0 or not told:
            raise Failed(f"pgbench: {done.stderr.strip()}")
        return float(told[1])


def in_threads(work, number: int) -> list[int]:
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(work())) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(found) != number:
        raise Failed("a bare transaction failed")
    return found


@contextmanager
def database(engine: str, work: Path, name: str) -> Iterator[Sqlite | Postgres]:
    """An empty database, thrown away afterwards."""
    if engine == Sqlite.name:
        yield Sqlite(work / f"{name}.db")
        return
    server = os.environ["KSTT_TEST_PG_URL"]
    own = f"kstt_bench_{os.getpid()}_{name}"
    psql = [need("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", server, "-c"]
    options = "TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
    subprocess.run([*psql, f"CREATE DATABASE {own} {options}"], check=True)
    try:
        yield Postgres(urlsplit(server)._replace(path=f"/{own}").geturl(), work)
    finally:
        subprocess.run([*psql, f"DROP DATABASE {own} WITH (FORCE)"], check=True)
