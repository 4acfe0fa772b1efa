"""Torments kstt on one engine. Called by scripts/soak, which says how."""

import argparse
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path

import kills
import receivers
from live import stop_on_signals
from server import Database, Server

SHORT = 3
MOST_SHOWN = 40


def one_part(name: str, part, engine: str, kstt: str, home: Path) -> int:
    """Runs a part on a fresh state; how much was violated."""
    with Database() if engine == "postgres" else nullcontext() as database:
        with Server(kstt, home / name, database) as server:
            try:
                figures, violations = part(server)
            except (RuntimeError, AssertionError, OSError) as error:
                figures, violations = "could not be brought to its end", [f"{type(error).__name__}: {error}"]
    print(f"{engine}, {name}: {figures}: " + (f"{len(violations)} VIOLATIONS" if violations else "nothing violated"))
    for violation in violations[:MOST_SHOWN]:
        print(f"  {violation}")
    sys.stdout.flush()
    return len(violations)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kstt", required=True)
    parser.add_argument("--engine", choices=("sqlite", "postgres"), required=True)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--seed", type=int, default=2019)
    args = parser.parse_args()
    stop_on_signals()
    home = Path(tempfile.mkdtemp(prefix=f"kstt-soak-{args.engine}-"))
    parts = {"receivers": receivers.beside_bad_ones}
    number, pace = (SHORT, kills.SHORT) if args.short else (args.kills, kills.FULL)
    if number:
        parts = {"kills": lambda server: kills.torment(server, number, args.seed, pace)} | parts

    def run(name: str) -> int:
        return one_part(name, parts[name], args.engine, args.kstt, home)

    # Both parts wait most of the time.
    with ThreadPoolExecutor() if args.short else nullcontext() as pool:
        violated = sum((pool.map if pool else map)(run, parts))
    if violated:
        print(f"  state and log: {home}")
    else:
        shutil.rmtree(home)
    return 1 if violated else 0


if __name__ == "__main__":
    sys.exit(main())
