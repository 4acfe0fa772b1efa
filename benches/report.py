"""The tables: what was measured, held against the targets. A figure that is missing is a dash."""

import os
import platform
import re
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from servers import Failed

DASH = "–"
LABELS = {
    "get": "one procedure, 500 hot codes",
    "get_all": "one procedure, all codes alike",
    "unchanged": "the same 500 with `If-None-Match`: 304",
    "list": "list of 20, 50 filters",
    "search": "search, 200 texts",
    "ranked": "ranked search, common words only",
}
SHARE_OF_BARE = {"get": 0.5, "unchanged": 0.7, "list": 0.35}
GROWTH = {"get": 1.3, "get_all": None, "unchanged": 1.3, "list": 1.3, "search": 1.3, "ranked": 2.0}
SEARCH_P99 = 15.0
# Key, label, decimals, target below which it holds.
FACTS = (
    ("ready", "ready on an existing database and index, slowest of 3 starts, s", 2, 1.0),
    ("idle", "resident memory idle, MB", 0, 60.0),
    ("loaded", "resident memory after the load, MB", 0, 200.0),
    ("own", "of that not backed by files, MB", 0, None),
    ("peak", "most resident memory during the load, MB", 0, None),
    ("import", "import, s", 1, None),
    ("import_memory", "most resident memory of the import, MB", 0, None),
    ("first_ready", "first start after the import: ready, s", 2, None),
    ("index", "first start after the import: search index complete, s", 1, None),
    ("index_memory", "most resident memory of that start, MB", 0, None),
    ("database_disk", "database on disk, MB", 0, None),
    ("index_disk", "search index on disk, MB", 0, None),
)


@dataclass(frozen=True)
class Figure:
    rate: float
    p50: float
    p99: float
    # How far the two measurements of a mean lie from it, as a share.
    spread: float = 0.0

    def __str__(self) -> str:
        return f"{self.rate:,.0f}/s p50 {self.p50:.2f} p99 {self.p99:.2f} ms"

    @staticmethod
    def mean(one: "Figure", other: "Figure") -> "Figure":
        rate = (one.rate + other.rate) / 2
        spread = abs(one.rate - other.rate) / 2 / rate
        return Figure(rate, (one.p50 + other.p50) / 2, (one.p99 + other.p99) / 2, spread)


@dataclass
class Measured:
    size: int
    kstt: dict[str, Figure] = field(default_factory=dict)
    bare: dict[str, Figure] = field(default_factory=dict)
    facts: dict[str, float] = field(default_factory=dict)

    def is_whole(self) -> bool:
        return (
            self.kstt.keys() == LABELS.keys() and self.bare.keys() == SHARE_OF_BARE.keys()
            and self.facts.keys() == {key for key, *_ in FACTS}
        )


@dataclass
class Run:
    engine: str
    source: str
    seconds: int
    connections: int
    wrk_threads: int
    workers: str
    db_connections: str
    binary: str
    load: tuple[float, float]
    minutes: float


class Place:
    """The part of a file between two markers."""

    def __init__(self, file: Path, name: str) -> None:
        self.file, self.begin, self.end = file, f"<!-- {name}:begin -->", f"<!-- {name}:end -->"

    def check(self) -> tuple[str, str]:
        text = self.file.read_text()
        before, begin, rest = text.partition(self.begin)
        _, end, after = rest.partition(self.end)
        if not begin or not end:
            raise Failed(f"{self.file} has no {self.begin} … {self.end}")
        return before, after

    def write(self, text: str) -> None:
        before, after = self.check()
        self.file.write_text(f"{before}{self.begin}\n{text.strip()}\n{self.end}{after}")


def markdown(root: Path, run: Run, results: list[Measured], failures: list[str]) -> str:
    parts = [*header(root, run), "", *throughput(results), "", *growth(results), "", *facts(results)]
    if failures:
        parts += ["", "Failed, and shown as –:", "", *(f"* {failure}" for failure in failures)]
    return "\n".join(parts)


def header(root: Path, run: Run) -> list[str]:
    dirty = command(root, "git", "status", "--porcelain", "--untracked-files=no")
    commit = (command(root, "git", "rev-parse", "--short=10", "HEAD") or DASH) + (", changed since" if dirty else "")
    build = "debug build" if "/debug/" in run.binary else f"`{Path(run.binary).name}`"
    build = "release build" if "/release/" in run.binary else build
    rows = {
        "machine": f"{cpu()}, {os.cpu_count()} cores, {memory()}",
        "system": f"Linux {platform.release()}, {platform.machine()}",
        "program": f"kstt at {commit}, {build}, {command(root, 'rustc', '--version') or DASH}",
        "database": f"{run.engine}, {run.db_connections} connections; rows of {run.source}, multiplied",
        "load": f"wrk, {run.connections} connections, {run.wrk_threads} threads, {run.seconds} s each after 1 s of "
        f"warming up; {run.workers} HTTP workers in kstt and in the bare server",
        "when": f"{time.strftime('%Y-%m-%d %H:%M %Z')}, {run.minutes:.0f} minutes; "
        f"load average {run.load[0]:.1f} before, {run.load[1]:.1f} at the end",
    }
    return [
        "| | |", "|---|---|", *(f"| {name} | {text} |" for name, text in rows.items()), "",
        "wrk shares the cores with the servers: compare the figures as ratios. *Bare* is actix-web alone answering the",
        "same bodies from memory, measured right before and right after and averaged. kstt ran as in production, with",
        "its log lines and without rate limits; nothing was compressed. Latencies are wrk's, which counts a slow answer",
        "also for the requests that it held up.",
    ]


def throughput(results: list[Measured]) -> list[str]:
    lines = [
        "| versions | what | requests/s | p50 ms | p99 ms | bare requests/s | of bare | target | |",
        "|---:|---|---:|---:|---:|---:|---:|---|---|",
    ]
    for one in results:
        for name, label in LABELS.items():
            here, bare = one.kstt.get(name), one.bare.get(name)
            share = here.rate / bare.rate if here and bare else None
            target, held = "", ""
            if name in SHARE_OF_BARE:
                target = f"≥ {SHARE_OF_BARE[name]} of bare"
                held = verdict(share, lambda value: value >= SHARE_OF_BARE[name])
            elif name == "search":
                target = f"p99 < {SEARCH_P99:.0f} ms"
                held = verdict(here and here.p99, lambda value: value < SEARCH_P99)
            lines.append(row(
                f"{one.size:,}", label, number(here and here.rate, 0), number(here and here.p50, 2),
                number(here and here.p99, 2), beside(bare) if name in SHARE_OF_BARE else "",
                number(share, 2) if name in SHARE_OF_BARE else "", target, held,
            ))
    return lines


def growth(results: list[Measured]) -> list[str]:
    small, large = results[0], results[-1]
    if small is large:
        return []
    lines = [
        f"| latency at {large.size:,} ÷ at {small.size:,} versions | p50 | p99 | target | |",
        "|---|---:|---:|---|---|",
    ]
    for name, most in GROWTH.items():
        few, many = small.kstt.get(name), large.kstt.get(name)
        p50, p99 = (many.p50 / few.p50, many.p99 / few.p99) if few and many else (None, None)
        worse = max(p50, p99) if p50 is not None and p99 is not None else None
        held = verdict(worse, lambda value: value <= most) if most else ""
        lines.append(row(LABELS[name], number(p50, 2), number(p99, 2), f"≤ {most}" if most else "", held))
    return lines


def facts(results: list[Measured]) -> list[str]:
    sizes = [f"{one.size:,} versions" for one in results]
    lines = [row("start, memory, disk", *sizes, "target", ""), "|---|" + "---:|" * len(results) + "---|---|"]
    for key, label, decimals, most in FACTS:
        values = [one.facts.get(key) for one in results]
        known = [value for value in values if value is not None]
        worst = max(known) if len(known) == len(values) else None
        held = verdict(worst, lambda value: value < most) if most else ""
        shown = [number(value, decimals) for value in values]
        lines.append(row(label, *shown, f"< {most:.0f}" if most else "", held))
    return lines


def row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def number(value: float | None, decimals: int) -> str:
    return DASH if value is None else f"{value:,.{decimals}f}"


def beside(bare: Figure | None) -> str:
    return f"{bare.rate:,.0f} ± {bare.spread:.0%}" if bare else DASH


def verdict(value: float | None, holds: Callable[[float], bool]) -> str:
    return DASH if value is None else ("holds" if holds(value) else "**missed**")


def command(root: Path, *words: str) -> str:
    try:
        return subprocess.run(words, cwd=root, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def cpu() -> str:
    named = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.M)
    return named.group(1).strip() if named else platform.machine()


def memory() -> str:
    total = re.search(r"^MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text(), re.M)
    return f"{int(total.group(1)) / 2**20:.0f} GiB" if total else DASH
