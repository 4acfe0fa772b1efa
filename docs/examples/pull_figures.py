#!/usr/bin/env python3
"""Pulls the figures of a reporting period, as a service client with the scope reports.read.

    KSTT_URL=http://127.0.0.1:8080 KSTT_CLIENT_ID=… KSTT_CLIENT_SECRET=… \\
        python3 pull_figures.py 2019-Q1 06/VPCP/KSTT figures.csv

Prints how the reports of the form stand and what they add up to, and writes the sums as CSV. Exits 0 when all was
pulled, 1 with a sentence when it was not.
"""

import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path

ATTEMPTS, LONGEST_WAIT_SECONDS, TIMEOUT_SECONDS = 5, 120, 60


class Refused(Exception):
    """What the server answered instead, in a sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class Figures:
    """The server, as the service client sees it."""

    def __init__(self, base: str, client_id: str, client_secret: str) -> None:
        self.base, self.token = base.rstrip("/"), ""
        self.grant = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}

    def log_in(self) -> None:
        self.token = ""
        self.token = json.loads(self.send("/v1/auth/token", self.grant))["access_token"]

    def get(self, path: str, **query: object) -> bytes:
        """A token lives 15 minutes: when it is over, one more is asked for, once."""
        path += f"?{urllib.parse.urlencode(query)}" if query else ""
        if not self.token:
            self.log_in()
        try:
            return self.send(path)
        except Refused as refused:
            if refused.status != 401:
                raise
        self.log_in()
        return self.send(path)

    def items(self, path: str, **query: object) -> Iterator[dict]:
        """A whole list: each page names the next one, until there is none."""
        page = json.loads(self.get(path, **query))
        yield from page["items"]
        while page["next_cursor"] is not None:
            page = json.loads(self.get(path, **query, cursor=page["next_cursor"]))
            yield from page["items"]

    def send(self, path: str, body: dict | None = None) -> bytes:
        """429 and 503 say how long to wait, and then the same is asked again."""
        named = {"Accept-Language": "en"}
        if self.token:
            named["Authorization"] = f"Bearer {self.token}"
        if body is not None:
            named["Content-Type"] = "application/json"
        data = None if body is None else json.dumps(body).encode()
        for attempt in range(1, ATTEMPTS + 1):
            request = urllib.request.Request(self.base + path, data, named)
            try:
                with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
                    return answer.read()
            except urllib.error.HTTPError as answer:
                if answer.code not in (429, 503) or attempt == ATTEMPTS:
                    raise Refused(answer.code, sentence_of(answer)) from None
                asked = answer.headers.get("Retry-After") or ""
                time.sleep(min(int(asked) if asked.isdecimal() else 2**attempt, LONGEST_WAIT_SECONDS))
        raise AssertionError("the last attempt returns or raises")


def sentence_of(answer: urllib.error.HTTPError) -> str:
    """A problem (RFC 9457) in one line."""
    path = urllib.parse.urlsplit(answer.url).path
    if answer.headers.get_content_type() != "application/problem+json":
        return f"{path}: the server answered {answer.code} without saying why."
    problem = json.loads(answer.read())
    faults = [fault["detail"] for fault in problem.get("errors", [])]
    said = " ".join(dict.fromkeys([problem.get("detail") or problem["title"], *faults]))
    return f"{path}: {said.rstrip('.')} ({answer.code} {problem['code']}, trace {problem['trace_id']})."


def print_standing(status: dict, form: str) -> None:
    """How many reports of the form are where, by level."""
    counts = {unit["level"]: Counter() for unit in status["units"]}
    for unit in status["units"]:
        for report in unit["reports"]:
            if report["form"] == form:
                flags = [flag for flag in ("late", "missing", "nothing_arose") if report[flag]]
                flags = [flag for flag in flags if flag != "late" or not report["missing"]]  # which is late as well
                counts[unit["level"]].update(["owed", report["state"], *flags])
    heads = ("owed", "accepted", "late", "missing", "returned", "nothing_arose")
    print(f"{'level':<10}" + "".join(f"{head:>15}" for head in heads))
    for level, count in counts.items():
        print(f"{level:<10}" + "".join(f"{count[head]:>15}" for head in heads))


def print_sums(roll_up: dict) -> None:
    """Every column of the form over all its rows, and how many units gave to it."""
    sums, givers = Counter(), {}
    for cell in roll_up["cells"]:
        sums[cell["column"]] += cell["value"]
        givers.setdefault(cell["column"], set()).update(origin["unit"] for origin in cell["origins"])
    print(f"{'column':<25}{'sum':>12}{'units':>8}")
    for column, units in givers.items():
        print(f"{column:<25}{sums[column]:>12}{len(units):>8}")


def pull(figures: Figures, period: str, form: str, file: Path) -> None:
    address = f"/v1/reporting-periods/{urllib.parse.quote(period, safe='')}"
    print_standing(json.loads(figures.get(f"{address}/status")), form)
    reports = list(figures.items("/v1/reports", period=period, form=form, limit=100))
    roll_up = json.loads(figures.get(f"{address}/roll-up", form=form, origins="true"))
    print(f"\n{period} {form}: {len(reports)} reports, {len(roll_up['included'])} of them in the sums\n")
    print_sums(roll_up)
    file.write_bytes(figures.get(f"{address}/roll-up/export", form=form, format="csv"))
    print(f"\nwritten: {file}")


def main() -> str | None:
    names = ("KSTT_URL", "KSTT_CLIENT_ID", "KSTT_CLIENT_SECRET")
    missing = [name for name in names if not os.environ.get(name)]
    if len(sys.argv) != 4 or missing:
        return f"usage: pull_figures.py PERIOD FORM FILE.csv, with {', '.join(missing or names)} in the environment"
    try:
        pull(Figures(*(os.environ[name] for name in names)), sys.argv[1], sys.argv[2], Path(sys.argv[3]))
    except Refused as refused:
        return str(refused)
    except (OSError, HTTPException) as error:
        return f"Not pulled: {error}"
    return None


if __name__ == "__main__":
    sys.exit(main())
