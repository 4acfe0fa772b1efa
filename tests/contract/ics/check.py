"""The calendars of duties of a running demo server, read by a parser of others:
check.py http://127.0.0.1:8080 accounts.json

The form of RFC 5545, then that a calendar shows just what the list of duties says. What the parser forgives is
looked at here. Broken copies are tried as well and have to be refused. Changes the server's data. Asks no other
host. Prints what is wrong and exits 1.
"""

import json
import re
import sys
import time
import urllib.error
import urllib.request
from datetime import date, timedelta
from pathlib import Path

from icalendar import Calendar, Component

UNIT, HEAD, KEEPER, ADMIN = "SXD", "head.sxd", "controller.vpubnd", "admin.vpubnd"
# What a calendar shows, in days before and after today.
BACK, AHEAD = timedelta(92), timedelta(400)
LINE_OCTETS = 75
OPENED_SECONDS = 30
MOST_SHOWN = 20


def without_ends(body: bytes) -> bytes:
    return re.sub(rb"\r\nDTEND[^\r]*", b"", body)


# A change that breaks a calendar, and a word of the fault that it has to bring.
BROKEN = (
    (lambda body: re.sub(rb"\r\nUID:[^\r]*", b"", body, count=1), "UID"),
    (lambda body: re.sub(rb"\r\nUID:[^\r]*", b"\r\nUID:one", body), "twice"),
    (lambda body: re.sub(rb"\r\nDTSTAMP:[^\r]*", b"", body, count=1), "DTSTAMP"),
    (lambda body: re.sub(rb"(\r\nDTSTAMP:[^\r]*)", rb"\1\1", body, count=1), "DTSTAMP"),
    (lambda body: re.sub(rb"(\r\nDTSTART);VALUE=DATE:([^\r]*)", rb"\1:\2T000000Z", body, count=1), "DTSTART"),
    (lambda body: body.replace(b"DTSTART;VALUE=DATE:", b"DTSTART:", 1), "DTSTART"),
    (lambda body: re.sub(rb"(\r\nDTSTART;VALUE=DATE:\d{4})\d{4}", rb"\g<1>0231", body, count=1), "DTSTART"),
    (lambda body: re.sub(rb"(\r\nDTSTART(;[^\r]*))", rb"\1\r\nDTEND\2", without_ends(body)), "DTEND"),
    (lambda body: re.sub(rb"\r\nSUMMARY:[^\r]*(\r\n [^\r]*)*", b"\r\nSUMMARY:", body, count=1), "SUMMARY"),
    (lambda body: re.sub(rb"\r\nVERSION:[^\r]*", b"", body), "VERSION"),
    (lambda body: re.sub(rb"\r\nPRODID:[^\r]*", b"", body), "PRODID"),
    (lambda body: body.replace(b"\r\n ", b""), "octets"),
    (lambda body: body.replace(b"\r\n", b"\n"), "CRLF"),
    (lambda body: re.sub(rb"([\xc3-\xe1])([\x80-\xbf])", rb"\1\r\n \2", body, count=1), "character"),
    (lambda body: body.replace(b"END:VCALENDAR\r\n", b""), "parse"),
)

faults: list[str] = []


def expect(holds: object, message: str) -> bool:
    """Notes a fault unless it holds."""
    if not holds:
        faults.append(message)
    return bool(holds)


class Api:
    """The server, as one account sees it, or nobody."""

    def __init__(self, base: str, account: dict | None = None) -> None:
        self.base, self.token = base, None
        if account:
            names = ("username", "password", "unit")
            grant = {"grant_type": "password"} | {name: account[name] for name in names if account.get(name)}
            self.token = self.sent("POST", "/v1/auth/token", grant)["access_token"]

    def ask(self, method: str, path: str, body: object = None, **headers: str):
        """Status, headers and body; also of answers that are not 200."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            named["Authorization"] = f"Bearer {self.token}"
        if body is not None:
            named["Content-Type"] = "application/json"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, named, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.headers, answer.read()

    def sent(self, method: str, path: str, body: object = None, **headers: str) -> dict:
        """The document of an answer that has to be a success."""
        status, _, answer = self.ask(method, path, body, **headers)
        if status not in (200, 201):
            sys.exit(f"{method} {path}: answered {status}: {answer.decode()[:500]}")
        return json.loads(answer)

    def changed(self, path: str, act: str, body: object) -> None:
        """Does something to a thing as it stands."""
        etag = self.ask("GET", path)[1]["ETag"]
        self.sent("POST", f"{path}/{act}", body, If_Match=etag)

    def duties(self, since: date) -> list[dict]:
        found, cursor = [], ""
        while cursor is not None:
            page = self.sent("GET", f"/v1/units/{UNIT}/duties?from={since}&limit=200{cursor}")
            found += page["items"]
            cursor = f"&cursor={page['next_cursor']}" if page.get("next_cursor") else None
        return found


def faults_of_lines(body: bytes) -> list[str]:
    """What RFC 5545 3.1 forbids."""
    found = []
    if not body.endswith(b"\r\n") or re.search(rb"\r(?!\n)|(?<!\r)\n", body):
        found.append("a line does not end in CRLF")
    for line in body.split(b"\r\n"):
        if len(line) > LINE_OCTETS:
            found.append(f"a line of {len(line)} octets: {line.decode(errors='replace')}")
        try:
            line.decode()
        except UnicodeDecodeError:
            found.append(f"a line is folded inside a character: {line!r}")
    return found


def one(component: Component, name: str) -> object:
    """A property that is there once, else None."""
    value = component.get(name)
    return None if isinstance(value, list) else value


def faults_of_event(event: Component) -> list[str]:
    name = str(event.get("UID", "an event without UID"))
    if event.errors:
        return [f"{name}: does not parse: {fault}" for fault in event.errors]
    found = [f"{name}: no {key}" for key in ("UID", "DTSTAMP", "SUMMARY") if not str(event.get(key, "")).strip()]
    found += [f"{name}: {key} twice" for key in event.singletons if isinstance(event.get(key), list)]
    start, end = one(event, "DTSTART"), one(event, "DTEND")
    # A datetime is a date, too.
    if start is None or start.params.get("VALUE") != "DATE" or type(start.dt) is not date:
        found.append(f"{name}: DTSTART is no date")
    elif end is not None and not (type(end.dt) is date and end.dt > start.dt):
        # RFC 5545 3.8.2.2: an end is not part of the event, and must be later than its start.
        found.append(f"{name}: DTEND is no date after DTSTART ({start.dt})")
    return found


def faults_of(body: bytes) -> list[str]:
    """All that is wrong with the form of a calendar."""
    found = faults_of_lines(body)
    try:
        calendars = Calendar.from_ical(body, multiple=True)
    except ValueError as error:
        return [*found, f"does not parse: {error}"]
    if len(calendars) != 1 or calendars[0].name != "VCALENDAR":
        return [*found, f"does not parse as one calendar, but as {len(calendars)}"]
    calendar = calendars[0]
    found += [f"does not parse: {fault}" for fault in calendar.errors]
    if calendar.get("VERSION") != "2.0":
        found.append(f"VERSION is {calendar.get('VERSION')}, not 2.0")
    if not isinstance(calendar.get("PRODID"), str) or not calendar["PRODID"]:
        found.append("there is not one PRODID")
    events = calendar.walk("VEVENT")
    names = [str(event.get("UID")) for event in events]
    found += [f"UID {name} twice" for name in sorted(set(names)) if names.count(name) > 1]
    return found + [fault for event in events for fault in faults_of_event(event)]


def fetch(base: str, address: str) -> bytes:
    status, headers, body = Api(base).ask("GET", address)
    if status != 200:
        sys.exit(f"the address answered {status}: {body.decode()[:500]}")
    expect(headers.get_content_type() == "text/calendar", f"the calendar is of type {headers['Content-Type']}")
    expect(headers.get_content_charset("utf-8") == "utf-8", f"the calendar is not UTF-8: {headers['Content-Type']}")
    again = Api(base).ask("GET", address, If_None_Match=headers["ETag"])[0] if headers["ETag"] else "nothing"
    expect(again == 304, f"If-None-Match with its ETag answered {again}")
    return body


def compare(body: bytes, duties: list[dict], today: date) -> int:
    """The events against the rows; how many there are."""
    shown = [
        duty for duty in duties
        if duty["cancelled_at"] is None and today - BACK <= date.fromisoformat(duty["due_on"]) < today + AHEAD
    ]
    rows = {(duty["due_on"], duty["rule"]["id"], duty["subject"]["id"]): duty for duty in shown}
    left, events = dict(rows), Calendar.from_ical(body).walk("VEVENT")
    for event in events:
        if event.errors or one(event, "DTSTART") is None:
            continue
        day, summary = f"{event['DTSTART'].dt}", str(event.get("SUMMARY"))
        rule = re.search(r"\((K-\w+)\)$", summary)
        of_day = [key for key in left if rule and key[:2] == (day, rule[1]) and key[2] in summary]
        if not expect(of_day, f"an event that is no row of the list: {day} {summary}"):
            continue
        duty = left.pop(of_day[0])
        title, english = duty["rule"]["title"]["vi"], duty["rule"]["title"]["en"]
        expect(title in summary, f"the summary {summary!r} lacks the title {title!r}")
        text, wanted = str(event.get("DESCRIPTION")), f"{duty['unit']['name']}\n{english}"
        expect(text == wanted, f"the description is {text!r}, not {wanted!r}")
    for day, rule, subject in left:
        expect(False, f"a row that is no event: {day} {rule} {subject}")
    # Otherwise neither the window nor what was called off has been tried.
    before, after, off = (
        sum(date.fromisoformat(duty["due_on"]) < today - BACK for duty in duties),
        sum(date.fromisoformat(duty["due_on"]) >= today + AHEAD for duty in duties),
        sum(duty["cancelled_at"] is not None for duty in duties),
    )
    seen = f"{len(rows)} shown, {before} before, {after} after, {off} called off"
    expect(rows and before and after and off, f"too little to see: {seen}")
    return len(events)


def prepare(base: str, accounts: dict) -> tuple[Api, date, list[dict]]:
    """Duties of three years, of which one is met and one is called off; also what JSON says of them."""
    head, keeper = Api(base, accounts[HEAD]), Api(base, accounts[KEEPER])
    today = date.fromisoformat(head.sent("GET", "/v1/clock")["today"])
    since = date(today.year - 1, 1, 1)
    until = time.monotonic() + OPENED_SECONDS
    while not head.duties(since):
        if time.monotonic() > until:
            sys.exit(f"{UNIT} owes nothing: the worker opened no duty within {OPENED_SECONDS} s")
        time.sleep(0.2)
    for year in (today.year - 1, today.year, today.year + 1):
        keeper.sent("POST", "/v1/obligations/open-year", {"year": year})
    rows = [row for row in head.duties(since) if today - BACK <= date.fromisoformat(row["due_on"]) < today + AHEAD]
    keeper.changed(f"/v1/obligations/{rows[0]['id']}", "meet", {"note": "Kế hoạch số 12"})
    keeper.changed(f"/v1/obligations/{rows[-1]['id']}", "cancel", {"reason": "Không còn phải làm"})
    return head, today, head.duties(since)


def check_names(base: str, admin: dict, address: str) -> None:
    """Names that need escapes, and of every length, so that lines end everywhere around the fold."""
    api, basis = Api(base, admin), {"on": "2019-01-02", "legal_basis": "Nghị quyết"}
    escaped = r"Sở X; Y, Z \n C:\d “ụ”"
    for name in (escaped, *("x" * length for length in range(40, 40 + LINE_OCTETS)), "Sở Xây dựng " * 20):
        api.changed(f"/v1/units/{UNIT}", "rename", {**basis, "name": name.strip()})
        body = Api(base).ask("GET", address)[2]
        faults.extend(f"with a name of {len(name)} letters: {fault}" for fault in faults_of_lines(body))
        texts = {str(event.get("DESCRIPTION")).rsplit("\n", 1)[0] for event in Calendar.from_ical(body).walk("VEVENT")}
        expect(name.strip() in texts, f"the name {name!r} is not in the calendar: {texts}")


def main(base: str, accounts: str) -> int:
    base = base.rstrip("/")
    people = {account["username"]: account for account in json.loads(Path(accounts).read_text())}
    head, today, duties = prepare(base, people)
    feed = head.sent("POST", f"/v1/units/{UNIT}/duty-feeds", {"label": "Lịch"})
    body = fetch(base, feed["address"])
    faults.extend(faults_of(body))
    events = compare(body, duties, today)
    for number, (broken, word) in enumerate(BROKEN, 1):
        copy = broken(body)
        refused = copy != body and any(word in fault for fault in faults_of(copy))
        expect(refused, f"broken copy {number} is not refused for {word}")
    check_names(base, people[ADMIN], feed["address"])

    status, _, _ = Api(base).ask("GET", feed["address"][:-1] + ("A" if feed["address"][-1] != "A" else "E"))
    expect(status == 404, f"another token answered {status}")
    status, _, _ = head.ask("DELETE", f"/v1/units/{UNIT}/duty-feeds/{feed['id']}")
    expect(status == 204, f"revoking the address answered {status}")
    status, _, _ = Api(base).ask("GET", feed["address"])
    expect(status == 404, f"the revoked address answered {status}")
    sys.stderr.writelines(f"{fault}\n" for fault in faults[:MOST_SHOWN])
    print(f"calendar: {len(faults)} faults" if faults else f"calendar: {events} events, no fault")
    return 1 if faults else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("check.py URL ACCOUNTS")
    sys.exit(main(*sys.argv[1:]))
