"""Schemathesis against live servers: once without login and once per role of the demo accounts.

Every run has a server and a copy of the prepared state of its own, so what one role changes or deletes never
disturbs another, and runs go side by side. Where a second account of the same role exists in another unit, not
at the centre, it is the peer that must not see the first one's objects (object_level_authorization).

KSTT_FUZZ_EXAMPLES  cases per operation in the fuzzing and stateful phases (5)
KSTT_FUZZ_SECONDS   budget for the whole suite (900); a run that reaches its share is stopped: what it found so
                    far counts, the summary says that it was cut short, and it fails if an operation was not
                    met at all by then
KSTT_FUZZ_SOAK      1: repeat fuzzing and stateful testing until the budget is spent
KSTT_FUZZ_JOBS      runs at the same time (number of processors)
KSTT_FUZZ_SEED      seed (1); "random" for a new one
KSTT_FUZZ_ROLES     comma-separated roles, "anonymous" among them (all)
"""

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import live

HERE = Path(__file__).resolve().parent
ANONYMOUS = "anonymous"
# units whose people see the whole city, by the printed policy
CENTRE = ("UBNDTP", "VPUBND")
# roles whose rights lie within another's: where that one runs too, the boundary cases of every parameter (most of a
# run) are left to it, and theirs are the examples, the random cases, the links, and what a peer must not see
WITHIN = {"chairman": "controller", "clerk": "officer"}
# how long a stopped run may take to write its report
GRACE_SECONDS = 60
stopping = threading.Event()


@dataclass
class Identity:
    """Who a run is: nobody, or a demo account with, perhaps, a peer in another unit."""

    role: str
    account: dict | None = None
    peer: dict | None = None
    # whether boundary cases are left to another run
    brief: bool = False


@dataclass
class Outcome:
    identity: Identity
    seconds: float = 0.0
    report: dict = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)
    cut_short: bool = False
    log: Path = Path()

    def line(self) -> str:
        operations, cases = self.report.get("operations", {}), self.report.get("test_cases", {})
        peer = f", peer {self.identity.peer['username']}" if self.identity.peer else ""
        cut = ", CUT SHORT by KSTT_FUZZ_SECONDS" if self.cut_short else ""
        brief = ", no boundary cases" if self.identity.brief else ""
        verdict = f"{len(self.troubles)} trouble(s)" if self.troubles else "ok"
        return (
            f"  {self.identity.role}: {verdict} ({operations.get('tested', 0)} of {operations.get('total', 0)} operations, "
            f"{operations.get('total', 0) - operations.get('selected', 0)} left out, {cases.get('generated', 0)} cases, {self.seconds:.0f} s{peer}{brief}{cut})"
        )


def identities(accounts: list[dict], wanted: str) -> list[Identity]:
    """Nobody, then the first account of each role with a peer of the same role in another unit, below the centre."""
    found = [Identity(ANONYMOUS)]
    for role in dict.fromkeys(account["role"] for account in accounts):
        of_role = [account for account in accounts if account["role"] == role]
        first = of_role[0]
        peer = next((a for a in of_role if a["unit"] not in (first["unit"], *CENTRE)), None)
        found.append(Identity(role, first, peer))
    if not wanted:
        return found
    names = {name.strip() for name in wanted.split(",")}
    unknown = names - {identity.role for identity in found}
    if unknown:
        sys.exit(f"KSTT_FUZZ_ROLES names no role of demo-accounts: {', '.join(sorted(unknown))}")
    return [identity for identity in found if identity.role in names]


def share_out(runs: list[Identity]) -> None:
    """Leaves boundary cases to the run of a role that may do as much."""
    roles = {identity.role for identity in runs}
    for identity in runs:
        identity.brief = WITHIN.get(identity.role) in roles


def password_grant(account: dict) -> str:
    grant = {"grant_type": "password", "username": account["username"], "password": account["password"]}
    if account.get("unit"):
        grant["unit"] = account["unit"]
    return json.dumps(grant)


def can_log_in(url: str, account: dict) -> str | None:
    """None, or why the account cannot get a token."""
    request = urllib.request.Request(
        f"{url}/v1/auth/token", password_grant(account).encode(), {"Content-Type": "application/json"}
    )
    try:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=30) as answer:
            return None if "access_token" in json.load(answer) else "the token answer has no access_token"
    except (OSError, ValueError) as error:
        return f"{account['username']} cannot log in: {error}"


def write_config(identity: Identity, folder: Path) -> Path:
    """schemathesis.toml plus the identity, in the run's folder."""
    lines = [(HERE / "schemathesis.toml").read_text(), "[auth]", "auto-signup = false"]
    if identity.account:
        users = [identity.account] + ([identity.peer] if identity.peer else [])
        token = {
            "extractFrom": "body", "extractSelector": "/access_token",
            "sendIn": "header", "sendName": "Authorization", "sendTemplate": "Bearer {token}",
        }
        document = {"auth": [
            {"name": user["username"], "loginEndpointAuth": {
                "endpoint": "/v1/auth/token", "verb": "POST", "contentType": "application/json",
                "payloadRaw": password_grant(user), "token": token,
            }} for user in users
        ]}
        (folder / "wfc.json").write_text(json.dumps(document, indent=2))
        lines += ["[auth.wfc]", f"path = {json.dumps(str(folder / 'wfc.json'))}",
                  f"user = {json.dumps(identity.account['username'])}",
                  # access tokens live 15 minutes
                  "refresh_interval = 600"]
        if identity.peer:
            lines.append(f"peers = {json.dumps([user['username'] for user in users])}")
    config = folder / "schemathesis.toml"
    config.write_text("\n".join(lines) + "\n")
    return config


def command(args: argparse.Namespace, identity: Identity, config: Path, url: str, folder: Path, seconds: int) -> list[str]:
    line = [
        str(args.st), "--config-file", str(config), "run", str(args.contract), "--url", url, "--no-color",
        "--max-examples", str(args.examples), "--generation-database", "none",
        "--report", "json", "--report-json-path", str(folder / "report.json"),
    ]
    if identity.brief:
        line += ["--phases", "examples,fuzzing,stateful"]
    if args.seed != "random":
        line += ["--seed", args.seed]
    if args.soak:
        line += ["--max-time", str(max(seconds - GRACE_SECONDS, 30))]
    return line


def schemathesis(line: list[str], log: Path, cwd: Path, seconds: int) -> tuple[int, bool]:
    """Run it; its exit code, and whether its time ran out."""
    cut = False
    with log.open("wb") as out:
        process = subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, cwd=cwd,
                                   env={**os.environ, "PYTHONUNBUFFERED": "1", "SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(HERE)})
    until = time.monotonic() + seconds
    while process.poll() is None:
        if not cut and (time.monotonic() > until or stopping.is_set()):
            cut, until = True, time.monotonic() + GRACE_SECONDS
            process.send_signal(signal.SIGINT)
        elif cut and (time.monotonic() > until or stopping.is_set()):
            process.kill()
        time.sleep(0.1)
    return process.returncode, cut


def fuzz(args: argparse.Namespace, identity: Identity, seconds: int) -> Outcome:
    outcome = Outcome(identity)
    folder = args.out / re.sub(r"[^A-Za-z0-9_-]", "_", identity.role)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").unlink(missing_ok=True)
    outcome.log, server_log = folder / "schemathesis.log", folder / "server.log"
    started = time.monotonic()
    try:
        state = live.copy_state(args.prepared, args.states / folder.name)
        with live.Kstt(args.bin, state, server_log) as url:
            people = [person for person in (identity.account, identity.peer) if person]
            outcome.troubles += filter(None, (can_log_in(url, person) for person in people))
            if not outcome.troubles:
                line = command(args, identity, write_config(identity, folder), url, folder, seconds)
                code, outcome.cut_short = schemathesis(line, outcome.log, folder, seconds)
                outcome.troubles += judge(outcome, code, folder)
                lost = filter(None, (can_log_in(url, person) for person in people))
                outcome.troubles += [
                    f"after the run {why}: an operation destroyed the run's own account; "
                    "leave it out in schemathesis.toml with the reason" for why in lost
                ]
    except (RuntimeError, OSError) as error:
        outcome.troubles.append(str(error))
    if server_log.exists() and (faults := live.faults_in(server_log)):
        outcome.troubles.append(f"the server's log shows {len(faults)} fault(s): " + "\n    ".join(faults[:5]))
    outcome.seconds = time.monotonic() - started
    return outcome


def judge(outcome: Outcome, code: int, folder: Path) -> list[str]:
    """Everything the report holds against the run; nothing when it is clean."""
    path = folder / "report.json"
    if not path.exists():
        return [f"schemathesis ended with {code} and wrote no report"]
    report = outcome.report = json.loads(path.read_text())
    troubles = [
        f"{failure['code']} {failure['title']}: {failure['count']} in {', '.join(failure['operations'])}"
        for failure in report["failures"]
    ]
    troubles += [f"error: {json.dumps(error, ensure_ascii=False)[:500]}" for error in report["errors"]]
    tested, selected = report["operations"]["tested"], report["operations"]["selected"]
    if tested < selected:
        advice = ": raise KSTT_FUZZ_SECONDS" if outcome.cut_short else ""
        troubles.append(f"only {tested} of {selected} operations were tested{advice}")
    if code != 0 and not troubles and not outcome.cut_short:
        troubles.append(f"schemathesis ended with {code}")
    if report["auth"]["reauth_broke"]:
        troubles.append("logging in again failed during the run")
    return troubles


def never_accepted(outcomes: list[Outcome], contract: Path) -> list[str]:
    """Operations that no run ever got a 2xx from: tested only from outside."""
    paths = json.loads(contract.read_text())["paths"]
    methods = ("get", "put", "post", "delete", "patch", "head", "options")
    every = {f"{method.upper()} {path}" for path, item in paths.items() for method in item if method in methods}
    accepted = {
        label for outcome in outcomes for label, phases in outcome.report.get("valid_rates", {}).items()
        if any(rate["accepted"] for rate in phases.values())
    }
    return sorted(every - accepted)


def sections(log: Path) -> list[tuple[str, str]]:
    """(what fails where, text with the curl line) for each operation the run's output complains about."""
    text = log.read_text(errors="replace") if log.exists() else ""
    start = re.search(r"^=+ (FAILURES|ERRORS) =+$", text, re.M)
    if not start:
        return [("", "\n".join(text.splitlines()[-30:]))]
    end = re.search(r"^=+ (WARNINGS|SUMMARY) =+$", text, re.M)
    parts = re.split(r"^(_+ .+ _+)$", text[start.end():end.start() if end else len(text)], flags=re.M)
    found = []
    for title, body in zip(parts[1::2], parts[2::2]):
        codes = sorted(set(re.findall(r"^- (ST\d+)", body, re.M)))
        lines = body.strip().splitlines()
        more = [f"… {len(lines) - 60} more lines in {log}"] if len(lines) > 60 else []
        found.append((f"{title.strip('_ ')} {codes}", "\n".join([title, *lines[:60], *more])))
    return found


def explain(outcomes: list[Outcome]) -> None:
    """Each run's troubles; the text of a failure only the first time that it is met."""
    shown: set[str] = set()
    for outcome in outcomes:
        if not outcome.troubles:
            continue
        print(f"\n--- {outcome.identity.role} ({outcome.log})")
        print(*(f"- {trouble}" for trouble in outcome.troubles), sep="\n")
        for what, text in sections(outcome.log):
            if what not in shown:
                shown.add(what)
                print(text)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--st", required=True, help="the schemathesis program")
    parser.add_argument("--contract", type=Path, required=True)
    parser.add_argument("--accounts", type=Path, required=True, help="output of kstt demo-accounts --json")
    parser.add_argument("--prepared", type=Path, required=True, help="state folder of a stopped server, never changed")
    parser.add_argument("--states", type=Path, required=True, help="where the copies go")
    parser.add_argument("--out", type=Path, required=True, help="logs and reports")
    args = parser.parse_args()
    env = os.environ.get
    args.examples = int(env("KSTT_FUZZ_EXAMPLES", "5"))
    args.soak = env("KSTT_FUZZ_SOAK", "") not in ("", "0")
    args.seed = env("KSTT_FUZZ_SEED", "1")
    jobs = max(1, int(env("KSTT_FUZZ_JOBS", str(os.cpu_count() or 1))))
    total = int(env("KSTT_FUZZ_SECONDS", "900"))

    runs = identities(json.loads(args.accounts.read_text()), env("KSTT_FUZZ_ROLES", ""))
    share_out(runs)
    rounds = -(-len(runs) // jobs)
    share = max(total // rounds, 1)

    live.stop_on_signals()
    try:
        with ThreadPoolExecutor(jobs) as pool:
            try:
                outcomes = list(pool.map(lambda identity: fuzz(args, identity, share), runs))
            except BaseException:
                stopping.set()
                pool.shutdown(cancel_futures=True)
                raise
    except KeyboardInterrupt:
        return 130

    for outcome in outcomes:
        print(outcome.line())
    explain(outcomes)
    unreached = never_accepted(outcomes, args.contract)
    if unreached:
        print(f"  note: no run got a 2xx from {len(unreached)} operation(s): {', '.join(unreached)}")
    return 1 if any(outcome.troubles for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
