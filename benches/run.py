"""Measures kstt under load beside a bare actix-web server. Called by scripts/bench, which says how."""

import argparse
import base64
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import report
from report import Figure, Measured
from rows import LISTS, Registry, list_candidates, search_path
from servers import Failed, Process, Server, need, run_to_end, say, size_on_disk, stop_on_signals

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
CONNECTIONS = 32
WRK_THREADS = 2


@dataclass
class Bench:
    kstt: str
    bare: str
    source: Path
    temp: Path
    seconds: int
    workers: str
    postgres: str | None
    failures: list[str] = field(default_factory=list)

    @contextmanager
    def attempt(self, what: str) -> Iterator[None]:
        """A failure inside is told and remembered; what it was to measure stays unmeasured."""
        try:
            yield
        except (Failed, OSError, subprocess.SubprocessError, ValueError, KeyError) as error:
            say(f"FAILED {what}: {error}")
            self.failures.append(f"{what}: {error}")


def environment(bench: Bench, work: Path, database: str) -> dict[str, str]:
    """As production runs, with limits off; nothing of the caller's environment leaks in but two sizes."""
    kept = {
        name: value for name, value in os.environ.items()
        if name in ("KSTT_DB_CONNECTIONS", "KSTT_HTTP_WORKERS")
        or not (name.startswith("KSTT_") or name in ("DATABASE_URL", "RUST_LOG"))
    }
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    return kept | {
        "KSTT_MODE": "production", "KSTT_MASTER_KEY": key, "KSTT_AUDIT_KEY": key,
        "KSTT_ISSUER": "https://kstt.example.vn", "KSTT_ALLOW_SQLITE": "yes", "KSTT_ALLOW_PLAIN_POSTGRES": "yes",
        "KSTT_VAR_DIR": str(work / "var"), "DATABASE_URL": database,
        "KSTT_RATE_LIMIT": "off", "KSTT_HTTP_WORKERS": bench.workers,
    }


@contextmanager
def database(bench: Bench, work: Path, size: int) -> Iterator[str]:
    """The URL of an empty database, thrown away afterwards."""
    if bench.postgres is None:
        yield f"sqlite:{work / 'kstt.db'}"
        return
    name = f"kstt_bench_{os.getpid()}_{size}"
    psql(bench.postgres, f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'")
    try:
        yield urlsplit(bench.postgres)._replace(path=f"/{name}").geturl()
    finally:
        psql(bench.postgres, f"DROP DATABASE {name} WITH (FORCE)")


def psql(url: str, statement: str) -> str:
    done = subprocess.run(
        [need("psql"), "-X", "-At", "-v", "ON_ERROR_STOP=1", "-c", statement, url], capture_output=True, text=True
    )
    if done.returncode != 0:
        raise Failed(f"psql: {done.stderr.strip()}")
    return done.stdout.strip()


def fill(bench: Bench, work: Path, env: dict[str, str], registry: Registry, measured: Measured) -> None:
    """A database of that many versions, with its audit trail sealed."""
    log, file = work / "import.log", work / "rows.ndjson"
    say(f"{registry.size:,} versions: writing rows")
    registry.write(file)
    run_to_end([bench.kstt, "migrate"], log, env, "migrate")
    run_to_end([bench.kstt, "seed"], log, env, "seed")
    say(f"{registry.size:,} versions: importing {file.stat().st_size / 1e6:,.0f} MB")
    took, most = run_to_end([bench.kstt, "import", "procedures", str(file)], log, env, "importing")
    summary = log.read_text().splitlines()[-1]
    if f"{registry.size} rows: {registry.size} created," not in summary:
        raise Failed(f"the import did not create every row: {summary}")
    file.unlink()
    measured.facts |= {"import": took, "import_memory": most}
    say(f"{registry.size:,} versions: imported in {took:.1f} s; sealing the audit trail")
    if bench.postgres:
        psql(env["DATABASE_URL"], "ANALYZE")
    run_to_end([bench.kstt, "work", "--once"], log, env, "sealing")


def start(bench: Bench, work: Path, env: dict[str, str], registry: Registry, measured: Measured) -> None:
    """The first start fills the search index; three more show how soon an existing one is ready."""
    with serve(bench, work, env) as kstt:
        measured.facts["first_ready"] = kstt.ready_after
        say(f"{registry.size:,} versions: filling the search index")
        wanted, told = search_path(registry.code(registry.size - 1)), time.monotonic()
        while not json.loads(kstt.good(wanted)[1])["items"]:
            kstt.check()
            if time.monotonic() - told > 30:
                told = time.monotonic()
                say(f"… filling the index: {told - kstt.started:.0f} s")
            time.sleep(0.1)
        measured.facts["index"] = time.monotonic() - kstt.started
        kstt.wait_until_quiet(600)
        measured.facts["index_memory"] = kstt.memory("VmHWM")
    ready = []
    for _ in range(3):
        with serve(bench, work, env) as kstt:
            ready.append(kstt.ready_after)
    measured.facts["ready"] = max(ready)


def serve(bench: Bench, work: Path, env: dict[str, str]) -> Server:
    return Server([bench.kstt, "serve"], work / "serve.log", env, "/health/ready")


@dataclass
class Asked:
    """What is asked of kstt, and where the bare server has the same bodies."""
    codes: list[str]
    lists: list[str]
    files: dict[str, Path] = field(default_factory=dict)


def prepare(kstt: Server, registry: Registry, work: Path) -> Asked:
    """Reads every body once, so that what is asked for is known to be there, and stores it for the bare server."""
    bodies = work / "bodies"
    bodies.mkdir()
    asked = Asked([f"/v1/procedures/{code}" for code in registry.hot_codes()], choose_lists(kstt, registry))
    tags = []
    for number, path in enumerate(asked.codes + asked.lists):
        etag, body = kstt.good(path)
        (bodies / f"{number:04d}.json").write_bytes(body)
        tags.append(etag)
        if number < len(asked.codes):
            if json.loads(body)["national_code"] != path.rsplit("/", 1)[1] or not etag:
                raise Failed(f"{path} is another procedure, or has no ETag")
            (bodies / f"{number:04d}.etag").write_text(etag)
    searches, ranked = map(search_path, registry.queries()), map(search_path, registry.common_queries())
    hot = range(len(asked.codes))
    lines = {
        "get": asked.codes,
        "get_all": [f"/v1/procedures/{code}" for code in registry.all_codes()],
        "unchanged": [f"{asked.codes[n]}\t{tags[n]}" for n in hot],
        "list": asked.lists,
        "search": [path for path in searches if found(kstt, path)],
        "ranked": [path for path in ranked if found(kstt, path)],
        "bare_get": [f"/b/{n}" for n in hot],
        "bare_unchanged": [f"/n/{n}\t{tags[n]}" for n in hot],
        "bare_list": [f"/b/{len(asked.codes) + n}" for n in range(len(asked.lists))],
    }
    for name, paths in lines.items():
        if not paths:
            raise Failed(f"nothing to ask for: {name}")
        asked.files[name] = work / f"{name}.txt"
        asked.files[name].write_text("".join(f"{path}\n" for path in paths))
    return asked


def found(kstt: Server, path: str) -> bool:
    """Every query is made of words of a name that is in the registry."""
    if not json.loads(kstt.good(path)[1])["items"]:
        raise Failed(f"{path} found nothing")
    return True


def choose_lists(kstt: Server, registry: Registry) -> list[str]:
    """Lists that have items, by filters that occur in the registry."""
    def items(path: str) -> list[dict]:
        return json.loads(kstt.good(path)[1])["items"]
    seen = [item for code in registry.hot_codes()[:60] for item in items(search_path(code))]
    fields = list(dict.fromkeys(item["field"]["slug"] for item in seen if item["field"]))
    units = [item["code"] for item in items("/v1/units?limit=200")]
    settling = [code for code in units if items(f"/v1/procedures?unit={code}&limit=1")]
    chosen: list[str] = []
    for path in list_candidates(fields, settling):
        if len(chosen) < LISTS and items(path):
            chosen.append(path)
    return chosen


def same_bytes(kstt: Server, bare: Server, asked: Asked, step: int) -> None:
    """Both servers answer every `step`-th question with the same bytes, and 304 to who has them."""
    for number, path in list(enumerate(asked.codes + asked.lists))[::step]:
        etag, body = kstt.good(path)
        if bare.good(f"/b/{number}") != (etag, body):
            raise Failed(f"{path}: the bare server has other bytes")
        if etag:
            for server, same in ((kstt, path), (bare, f"/n/{number}")):
                status, _, rest = server.get(same, {"If-None-Match": etag})
                if (status, rest) != (304, b""):
                    raise Failed(f"{same} was answered with {status}, not 304, to the tag it gave")


def answers_by_status(kstt: Server) -> dict[str, int]:
    counts: dict[str, int] = {}
    for line in kstt.good("/metrics")[1].decode().splitlines():
        if line.startswith('kstt_http_requests_total{') and 'route="/v1/procedures' in line:
            labels, count = line.rsplit(" ", 1)
            status = labels.split('status="')[1].split('"')[0]
            counts[status] = counts.get(status, 0) + int(float(count))
    return counts


def wrk(server: Server, questions: Path, seconds: int, status: int) -> Figure:
    done = subprocess.run(
        [need("wrk"), f"-t{WRK_THREADS}", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "10s",
         "-s", str(HERE / "load.lua"), f"http://127.0.0.1:{server.port}", "--", str(questions)],
        capture_output=True, text=True, timeout=seconds + 60,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode != 0 or not lines:
        raise Failed(f"wrk: {(done.stderr or done.stdout).strip()[-300:]}")
    told = json.loads(lines[0])
    bad = {name: told[name] for name in ("refused", "broken", "timed_out") if told[name]}
    if bad or not told["requests"]:
        raise Failed(f"of {told['requests']} requests: {bad}")
    if status == 304 and told["bytes"] / told["requests"] > 1000:
        raise Failed("answers of 304 had bodies")
    return Figure(told["requests"] / (told["microseconds"] / 1e6), told["p50"], told["p99"])


def measure(bench: Bench, server: Server, questions: Path, status: int = 200, kstt: bool = True) -> Figure:
    """One second to warm up, then the measurement; kstt's own counters must agree that every answer was right."""
    before = answers_by_status(server) if kstt else {}
    wrk(server, questions, 1, status)
    figure = wrk(server, questions, bench.seconds, status)
    after = answers_by_status(server) if kstt else {}
    other = {code for code in after if after[code] != before.get(code, 0)} - {str(status)}
    if other:
        raise Failed(f"answered with {', '.join(sorted(other))} besides {status}")
    server.check()
    return figure


def under_load(bench: Bench, kstt: Server, bare: Server, asked: Asked, measured: Measured) -> None:
    files = asked.files
    for name in ("get", "unchanged", "list"):
        with bench.attempt(f"{name} at {measured.size:,}"):
            status = 304 if name == "unchanged" else 200
            beside: Callable[[], Figure] = lambda: measure(bench, bare, files[f"bare_{name}"], status, kstt=False)
            before, here, after = beside(), measure(bench, kstt, files[name], status), beside()
            measured.kstt[name], measured.bare[name] = here, Figure.mean(before, after)
            say(f"{measured.size:,} versions: {name} {here}, bare {before} and {after}")
    for name in ("get_all", "search", "ranked"):
        with bench.attempt(f"{name} at {measured.size:,}"):
            measured.kstt[name] = measure(bench, kstt, files[name])
            say(f"{measured.size:,} versions: {name} {measured.kstt[name]}")


def one_size(bench: Bench, measured: Measured) -> None:
    work = bench.temp / str(measured.size)
    work.mkdir()
    registry = Registry(bench.source, measured.size)
    with database(bench, work, measured.size) as url:
        env = environment(bench, work, url)
        fill(bench, work, env, registry, measured)
        start(bench, work, env, registry, measured)
        measured.facts["index_disk"] = size_on_disk(work / "var" / "index")
        measured.facts["database_disk"] = (
            int(psql(url, "SELECT pg_database_size(current_database())")) / 1e6 if bench.postgres
            else sum(file.stat().st_size for file in work.glob("kstt.db*")) / 1e6
        )
        with serve(bench, work, env) as kstt:
            kstt.wait_until_quiet(600)
            measured.facts["idle"] = kstt.memory("VmRSS")
            asked = prepare(kstt, registry, work)
            bare_command = [bench.bare, "--workers", bench.workers, str(work / "bodies")]
            with Server(bare_command, work / "bare.log", None, "/b/0") as bare:
                same_bytes(kstt, bare, asked, step=1)
                under_load(bench, kstt, bare, asked, measured)
                same_bytes(kstt, bare, asked, step=25)
            if measured.kstt.keys() == report.LABELS.keys():  # Else it was not the whole load.
                measured.facts |= {
                    "loaded": kstt.memory("VmRSS"), "own": kstt.memory("RssAnon"), "peak": kstt.memory("VmHWM"),
                }
        with (work / "serve.log").open(errors="replace") as lines:
            faults = [line for line in lines if "panicked" in line or " ERROR]" in line]
        if faults:
            raise Failed(f"the log shows {len(faults)} faults, the first: {faults[0].strip()}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kstt", required=True)
    parser.add_argument("--bare", required=True)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--sizes")
    parser.add_argument("--seconds", type=int)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    stop_on_signals()
    sizes = [int(size) for size in (args.sizes or ("2000,10000" if args.quick else "10000,100000")).split(",")]
    if sizes != sorted(set(sizes)) or not 1 <= sizes[0] <= sizes[-1] <= 999_999:
        parser.error("--sizes are rising numbers of versions, such as 10000,100000")
    place = report.Place(ROOT / "docs" / "PERFORMANCE.md", "bench-postgres" if args.postgres else "bench")
    if args.write:
        place.check()
    real = ROOT.parent / "shared" / "data" / "procedures-sample.json"
    with tempfile.TemporaryDirectory(prefix="kstt-bench-") as temp:
        bench = Bench(
            kstt=str(Path(args.kstt).resolve()), bare=str(Path(args.bare).resolve()),
            source=real if real.exists() else ROOT / "data" / "demo-registry.json", temp=Path(temp),
            seconds=args.seconds or (3 if args.quick else 10), workers=os.environ.get("KSTT_HTTP_WORKERS", "2"),
            postgres=os.environ["KSTT_TEST_PG_URL"] if args.postgres else None,
        )
        engine = f"PostgreSQL {psql(bench.postgres, 'SHOW server_version')}" if bench.postgres else "SQLite"
        began, load_before = time.monotonic(), os.getloadavg()[0]
        results = [Measured(size) for size in sizes]
        for measured in results:
            with bench.attempt(f"{measured.size:,} versions"):
                one_size(bench, measured)
        run = report.Run(
            engine=engine, source=bench.source.name, seconds=bench.seconds, connections=CONNECTIONS,
            wrk_threads=WRK_THREADS, workers=bench.workers, db_connections=os.environ.get("KSTT_DB_CONNECTIONS", "4"),
            binary=bench.kstt, load=(load_before, os.getloadavg()[0]), minutes=(time.monotonic() - began) / 60,
        )
        text = report.markdown(ROOT, run, results, bench.failures)
    print(text)
    whole = not bench.failures and all(measured.is_whole() for measured in results)
    if args.write and whole:
        place.write(text)
        say(f"wrote {place.file}")
    elif args.write:
        say(f"{place.file} keeps what it had: not everything was measured")
    return 0 if whole else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as failure:
        say(str(failure))
        sys.exit(1)
