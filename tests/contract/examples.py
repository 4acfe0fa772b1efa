"""The example scripts of docs/examples against a running demo server (KSTT_URL).

One report is accepted, and both scripts have to tell of it and write the same table, also behind a server that is busy
at first; what goes wrong has to end them with a sentence. Changes the server's data. Prints what is wrong and exits 1.
"""

import csv
import io
import os
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from api import Api

EXAMPLES = Path(__file__).resolve().parents[2] / "docs/examples"
SCRIPTS = {"py": [sys.executable, "-B", f"{EXAMPLES}/pull_figures.py"], "sh": ["bash", f"{EXAMPLES}/pull_figures.sh"]}
PERIOD, FORM, UNIT, FIELD = "2019-Q1", "06/VPCP/KSTT", "D916", "Hộ tịch"
DECLARED = {"received_online": 3, "received_direct": 4, "settled_on_time": 5, "pending_in_time": 2}
SUMS = {"received_total": 7, "settled_total": 5, "in_process_total": 2}
SECONDS = 60

faults: list[str] = []


def expect(holds: object, message: str) -> None:
    """Notes a fault unless it holds."""
    if not holds:
        faults.append(message)


class Busy(BaseHTTPRequestHandler):
    """Stands before the server and refuses the first two addresses once, by 429 and by 503."""

    target = ""
    refused: list[str] = []

    def do_GET(self) -> None:
        self.pass_on(None)

    def do_POST(self) -> None:
        self.pass_on(self.rfile.read(int(self.headers["Content-Length"])))

    def pass_on(self, body: bytes | None) -> None:
        if self.path not in self.refused and len(self.refused) < 2:
            self.refused.append(self.path)
            return self.answer(429 if len(self.refused) % 2 else 503, b"{}", {"Retry-After": "1"})
        named = {name: self.headers[name] for name in ("Authorization", "Content-Type") if self.headers[name]}
        try:
            with urlopen(Request(self.target + self.path, body, named, method=self.command), timeout=SECONDS) as answer:
                self.answer(answer.status, answer.read(), {})
        except HTTPError as answer:
            self.answer(answer.code, answer.read(), {"Content-Type": answer.headers["Content-Type"]})

    def answer(self, status: int, body: bytes, named: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**named, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def accept_one_report() -> None:
    """The unit declares a few figures and the control office accepts them."""
    office = Api("controller.vpubnd")
    report = office.read("/v1/reports", period=PERIOD, form=FORM, unit=UNIT)["items"][0]
    cells = [{"row": FIELD, "column": column, "value": value} for column, value in DECLARED.items()]
    etag = f'"{report["version"]}"'
    for act, body in (("save", {"cells": cells}), ("submit", {}), ("accept", {})):
        _, etag = office.ask("POST", f"/v1/reports/{report['id']}/{act}", body, If_Match=etag)


def make_client(scopes: list[str]) -> dict[str, str]:
    """The environment by which the scripts know a client that is made for them."""
    made = Api("admin.vpubnd").create("/v1/clients", {"name": "Ví dụ", "scopes": scopes})
    return {**os.environ, "KSTT_CLIENT_ID": made["client"]["id"], "KSTT_CLIENT_SECRET": made["client_secret"]}


def run(kind: str, env: dict[str, str], *args: str) -> subprocess.CompletedProcess:
    return subprocess.run([*SCRIPTS[kind], *args], env=env, capture_output=True, text=True, timeout=SECONDS)


def check_success(kind: str, env: dict[str, str], file: Path) -> None:
    done = run(kind, env, PERIOD, FORM, str(file))
    expect(done.returncode == 0, f"{kind}: ended with {done.returncode}: {done.stderr}")
    expect("Traceback" not in done.stderr, f"{kind}: {done.stderr}")
    if kind == "py":
        standing = {line.split()[0]: line.split()[1:] for line in done.stdout.splitlines() if line}
        districts = ["9", "1", "0", "0", "0", "0"]
        expect(standing.get("district") == districts, f"py: districts stand otherwise: {done.stdout}")
        expect("113 reports, 1 of them in the sums" in done.stdout, f"py: not all reports were listed: {done.stdout}")
        for column, value in {**DECLARED, **SUMS}.items():
            expect(standing.get(column) == [str(value), "1"], f"py: {column} is told as {standing.get(column)}")
    else:
        district = next((line for line in done.stdout.splitlines() if line.startswith("level:district")), "")
        expect("accepted:1 " in district, f"sh: districts stand otherwise: {done.stdout}")
        expect("(1 rows)" in done.stdout, f"sh: {done.stdout}")


def check_table(file: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(file.read_bytes().decode("utf-8-sig"))))
    expect(len(rows) == 1 and rows[0]["row"] == FIELD, f"{file.name}: {rows}")
    for column, value in {**DECLARED, **SUMS}.items():
        expect(rows and rows[0][column] == str(value), f"{file.name}: {column} is not {value}: {rows}")


def check_failures(kind: str, env: dict[str, str], stranger: dict[str, str], file: str) -> None:
    """What was asked, and what the one line on standard error has to say."""
    failures = (
        ({**env, "KSTT_CLIENT_SECRET": "wrong"}, (PERIOD, FORM, file), "401 invalid_credentials"),
        (stranger, (PERIOD, FORM, file), "403 forbidden"),
        (env, ("2019-Q9", FORM, file), "/v1/reporting-periods/2019-Q9/status: Not found (404 not_found"),
        (env, (PERIOD, "66/VPCP/KSTT", file), "No such form is in force in that period (422 invalid"),
        ({**env, "KSTT_URL": "http://127.0.0.1:1"}, (PERIOD, FORM, file), "Not pulled"),
        (env, (PERIOD,), "usage"),
    )
    with ThreadPoolExecutor(len(failures)) as pool:
        outcomes = list(pool.map(lambda failure: run(kind, failure[0], *failure[1]), failures))
    for (_, args, sentence), done in zip(failures, outcomes):
        expect(done.returncode == 1, f"{kind} {args}: ended with {done.returncode} and not 1")
        expect(sentence in done.stderr, f"{kind} {args}: says no word of {sentence!r}: {done.stderr}")
        for word in ("Traceback", env["KSTT_CLIENT_SECRET"]):
            expect(word not in done.stderr, f"{kind} {args}: {done.stderr}")
    expect(not Path(file).exists(), f"{kind}: wrote a table although it failed")


def check_busy(kind: str, env: dict[str, str], file: Path) -> None:
    Busy.target, Busy.refused = env["KSTT_URL"], []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Busy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    check_success(kind, {**env, "KSTT_URL": f"http://127.0.0.1:{server.server_port}"}, file)
    server.shutdown()
    expect(len(Busy.refused) == 2, f"{kind}: only {Busy.refused} were refused")
    expect(file.exists() and file.read_bytes(), f"{kind}: nothing was written behind a busy server")


def main() -> int:
    accept_one_report()
    env, stranger = make_client(["reports.read"]), make_client(["registry.write"])
    with tempfile.TemporaryDirectory() as folder:
        for kind in SCRIPTS:
            for check, name in ((check_success, kind), (check_busy, f"busy-{kind}")):
                file = Path(folder, f"{name}.csv")
                check(kind, env, file)
                if file.exists():
                    check_table(file)
            check_failures(kind, env, stranger, f"{folder}/failed-{kind}.csv")
        written = {file.read_bytes() for file in Path(folder).glob("*.csv")}
        expect(len(written) == 1, f"the scripts wrote {len(written)} different tables")
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
