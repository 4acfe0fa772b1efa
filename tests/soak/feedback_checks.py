"""What has to hold of feedback at the end: numbers, clocks, senders, and nothing that is there by half."""

from collections import Counter, defaultdict
from datetime import datetime, timedelta

from client import Api
from feedback import OVER
from server import Server
from writers import KEEPER, Ledger

VIETNAM = timedelta(hours=7)
STARTED_BY_SENDING = ("K-40a", "K-42", "K-44")
# Owed until the result is in the national system, also when the item is over.
OWED_AFTERWARDS = {"K-46"}
# Acts on other things than the item itself.
BESIDE_THE_ITEM = "('feedback.enter', 'feedback.read_sender', 'feedback.erase_senders')"
WITHOUT = (
    "SELECT code FROM feedback f WHERE parent_id IS NULL "
    "AND NOT EXISTS (SELECT 1 FROM {} t WHERE t.feedback_id = f.id{})"
)
# By what is wrong with them: items that are not whole.
BY_HALF = {
    "has no sender": WITHOUT.format("feedback_senders", " AND t.sealed IS NOT NULL"),
    "has no page in the ledger": WITHOUT.format("feedback_ledger", ""),
    "has no fingerprint": WITHOUT.format("feedback_prints", ""),
    "has no number": "SELECT id FROM feedback WHERE code NOT LIKE 'PAKN.%'",
    "is not seen by the unit that handles it":
        "SELECT code FROM feedback f WHERE NOT EXISTS (SELECT 1 FROM visible_to v WHERE v.room = 'feedback' "
        "AND v.subject_id = f.id AND v.unit_id = f.handler_unit_id AND v.own)",
    "is seen in another state or place than its own":
        "SELECT DISTINCT code FROM feedback f JOIN visible_to v ON v.room = 'feedback' AND v.subject_id = f.id "
        "WHERE v.outcome <> f.state OR v.sort_key <> f.sort_key",
    "is seen, but not there":
        "SELECT DISTINCT subject_id FROM visible_to v WHERE room = 'feedback' "
        "AND NOT EXISTS (SELECT 1 FROM feedback f WHERE f.id = v.subject_id)",
    # What is said to the sender about a part is entered with the whole, too.
    "has another version than acts were entered":
        "SELECT code FROM feedback f WHERE NOT EXISTS (SELECT 1 FROM feedback part WHERE part.parent_id = f.id) "
        "AND version <> 1 + (SELECT count(*) FROM feedback_entries e WHERE e.feedback_id = f.id)",
    "has another version than audit rows":
        "SELECT code FROM feedback f WHERE version <> (SELECT count(*) FROM audit a "
        f"WHERE a.subject_kind = 'feedback' AND a.subject_id = f.id AND a.action NOT IN {BESIDE_THE_ITEM})",
    "is published, but not public":
        "SELECT code FROM feedback f WHERE state = 'published' "
        "AND NOT EXISTS (SELECT 1 FROM feedback_public p WHERE p.feedback_id = f.id)",
    "is closed, but public":
        "SELECT code FROM feedback f JOIN feedback_public p ON p.feedback_id = f.id WHERE state = 'closed'",
    "is not there, but has a clock":
        "SELECT id FROM obligations o WHERE subject_kind = 'feedback' "
        "AND NOT EXISTS (SELECT 1 FROM feedback f WHERE f.id = o.subject_id)",
    "is a clock of feedback that its unit does not see":
        "SELECT id FROM obligations o WHERE subject_kind = 'feedback' AND NOT EXISTS (SELECT 1 FROM visible_to v "
        "WHERE v.room = 'obligations' AND v.subject_id = o.id AND v.unit_id = o.unit_id AND v.own)",
    "is a clock with another outcome than its unit sees":
        "SELECT DISTINCT o.id FROM obligations o JOIN visible_to v ON v.room = 'obligations' AND v.subject_id = o.id "
        "WHERE o.subject_kind = 'feedback' AND (v.outcome <> o.outcome OR v.sort_key <> o.sort_key)",
    "is the start of more than one span of seven days":
        "SELECT subject_id || ' ' || trigger_at FROM obligations WHERE subject_kind = 'feedback' AND rule = 'K-45' "
        "GROUP BY subject_id, trigger_at HAVING count(*) > 1",
}


class FeedbackChecks:
    """Reads everything once. `ledger` knows afterwards what became of that which nobody waited for."""

    def __init__(self, port: int, ledger: Ledger, clocks: list[dict]) -> None:
        self.port, self.ledger, self.violations = port, ledger, []
        items = Api(port, KEEPER).all("/v1/feedback")
        self.wholes = [item for item in items if not item["parent_id"]]
        self.items = {item["code"]: item for item in items}
        self.clocks = defaultdict(list)
        for clock in clocks:
            self.clocks[clock["subject"]["id"]].append(clock)
        self.sent()
        self.followed()
        self.numbers()
        for item in items:
            self.clocks_of(item)

    def expect(self, holds: object, message: str) -> None:
        if not holds:
            self.violations.append(message)

    def sent(self) -> None:
        """What was acknowledged is there once; what nobody waited for once or not at all."""
        sent = [item for item in self.wholes if item["code"] not in self.ledger.before]
        there = Counter(item["title"] for item in sent)
        for title, receipt in self.ledger.receipts.items():
            item = self.items.get(receipt["code"], {})
            told = (item.get("title"), item.get("received_at")) == (title, receipt["received_at"])
            self.expect(told, f"{receipt['code']} is {item.get('title')!r}, not {title!r}")
        for title, times in there.items():
            known = title in self.ledger.receipts or title in self.ledger.hasty
            by_nobody = "" if known else ", sent by nobody"
            self.expect(times == 1 and known, f"{title!r} is there {times} times{by_nobody}")
        for item in sent:
            self.ledger.acknowledged("feedback.send", f"feedback:{item['id']}")

    def followed(self) -> None:
        citizen = Api(self.port)
        for receipt in self.ledger.receipts.values():
            seen = citizen.ask("GET", f"/v1/public/feedback/{receipt['code']}", Feedback_Secret=receipt["secret"])
            state, wanted = seen.document.get("state"), self.items.get(receipt["code"], {}).get("state")
            self.expect(seen.status == 200 and state == wanted, f"{receipt['code']} is told as {seen}, not {wanted}")

    def numbers(self) -> None:
        """Of each day from one on, each once."""
        days = defaultdict(list)
        for item in self.wholes:
            _, day, number = item["code"].split(".")
            days[day].append(int(number))
            registered = (datetime.fromisoformat(item["registered_at"]) + VIETNAM).strftime("%Y%m%d")
            self.expect(day == registered, f"{item['code']} was registered on {registered}")
        self.last = {day: max(numbers) for day, numbers in days.items()}
        for day, numbers in days.items():
            missing = sorted(set(range(1, len(numbers) + 1)) - set(numbers))
            self.expect(not missing, f"of {len(numbers)} numbers of {day} are missing: {missing[:20]}")

    def clocks_of(self, item: dict) -> None:
        clocks = self.clocks[item["id"]]
        started = Counter(clock["rule"]["id"] for clock in clocks)
        wanted = ("K-44",) if item["parent_id"] else STARTED_BY_SENDING
        self.expect(all(started[rule] for rule in wanted), f"{item['code']} has only the clocks {sorted(started)}")
        registered = started["K-40a"]
        self.expect(registered == (not item["parent_id"]), f"{item['code']} was registered {registered} times")
        running = [clock for clock in clocks if not clock["met_at"] and not clock["cancelled_at"]]
        run = Counter(clock["rule"]["id"] for clock in running)
        if item["state"] in OVER:
            owed = sorted(set(run) - OWED_AFTERWARDS)
            self.expect(not owed, f"{item['code']} is {item['state']}, but owes {owed}")
        elif item["state"] != "answer_accepted":
            self.expect(run["K-44"] == 1, f"{item['code']} is {item['state']} and owes {run['K-44']} answers")
        answering = {clock["unit"]["code"] for clock in running if clock["rule"]["id"] == "K-44"}
        late = answering - {item["handler"]} if item["state"] not in OVER else set()
        self.expect(not late, f"{item['code']} is handled by {item['handler']}, but {late} owe the answer")

    def stored(self, server: Server) -> list[str]:
        """What the tables say once the server has ended."""
        found = [f"{row[0]} {wrong}" for wrong, sql in BY_HALF.items() for row in server.query(sql)]
        counted = {day: int(value) for day, value in server.query(
            "SELECT period, value FROM counters WHERE series = 'PAKN'"
        )}
        if counted != self.last:
            found.append(f"the last numbers of the days are {self.last}, but were counted to {counted}")
        return found
