"""What has to hold when the server has been killed for the last time, has come back and brought out everything."""

from collections import Counter
from datetime import datetime

from client import Api
from feedback_checks import FeedbackChecks
from receiver import Receiver
from writers import ADMIN, FEEDBACK, FIRST_DAY, KEEPER, OFFICERS, Ledger

# What changes an obligation, and with it its version.
ACTS = ("obligations.meet", "obligations.cancel", "obligations.assign", "obligations.suspend", "obligations.retime")
# Kinds of things that a controller of the centre has to learn of, and kinds that are none of a controller's business.
HEARD = {"unit", "procedure", "obligation_year", "obligation", "clock", "focal_officer", "feedback"}
HIDDEN = {"account", "grant", "session", "client", "webhook", "key", "preferences", "inbox"}
# What the keeper reads; an administrator reads the rest.
KEPT = ("obligations", "focal-officers", "feedback")
# By path of the receiver: the patterns of a webhook. The first one hears all.
SUBSCRIPTIONS = {
    "/all": ["*"], "/duties": ["obligations.*"], "/some": ["focal_officers.appoint", "units.*", "feedback.send"],
}


def matches(pattern: str, action: str) -> bool:
    return pattern in ("*", action) or (pattern.endswith(".*") and action.startswith(pattern[:-1]))


class Checks:
    """Reads everything once; `violations` says what does not hold."""

    def __init__(self, port: int, ledger: Ledger, receiver: Receiver, since: int) -> None:
        self.admin, self.keeper = Api(port, ADMIN), Api(port, KEEPER)
        self.ledger, self.receiver, self.since = ledger, receiver, since
        self.rows = {row["id"]: row for row in self.admin.all("/v1/audit")}
        found = {duty["id"]: duty for duty in self.keeper.all("/v1/obligations")}
        # What follows from an act on feedback has no audit row of its own.
        self.clocks = {key: duty for key, duty in found.items() if duty["subject"]["kind"] == FEEDBACK}
        self.duties = {key: duty for key, duty in found.items() if key not in self.clocks}
        self.feedback = FeedbackChecks(port, ledger, list(self.clocks.values()))
        self.violations: list[str] = self.feedback.violations
        self.look()

    def look(self) -> None:
        self.states()
        self.trail()
        self.acts_on_duties()
        self.outcomes()
        self.openings()
        self.duties_of_new_units()
        self.reminders()
        self.inboxes()
        for path, patterns in SUBSCRIPTIONS.items():
            self.deliveries(path, patterns)
        self.one_body_each()

    def expect(self, holds: object, message: str) -> None:
        if not holds:
            self.violations.append(message)

    def states(self) -> None:
        """What was acknowledged is there, as it was acknowledged."""
        for path, wanted in self.ledger.states.items():
            reader = self.keeper if any(f"/{room}/" in path for room in KEPT) else self.admin
            answer = reader.ask("GET", path)
            found = {name: answer.document.get(name) for name in wanted}
            self.expect(answer.status == 200 and found == wanted, f"{path} is {found} ({answer.status}), not {wanted}")
        now = self.admin.read("/v1/clock").document["now"]
        moved = self.ledger.moved_to or now
        self.expect(datetime.fromisoformat(now) >= datetime.fromisoformat(moved), f"the clock is at {now}, not {moved}")

    def trail(self) -> None:
        """Every act that was acknowledged has its row, once, and no other act on the same things has one."""
        kinds = {subject.split(":")[0] for _, subject in self.ledger.done}
        actions = {action for action, _ in self.ledger.done}
        told = Counter()
        for row in self.rows.values():
            of_people = row["actor"]["kind"] in ("user", "citizen")
            if of_people and row["action"] in actions and row["subject"]["kind"] in kinds:
                told[row["action"], f"{row['subject']['kind']}:{row['subject']['id']}"] += 1
        for act in sorted(told.keys() | self.ledger.done.keys()):
            rows, acknowledged = told[act], self.ledger.done[act]
            self.expect(rows == acknowledged, f"{act[0]} of {act[1]}: {rows} audit rows, {acknowledged} acknowledged")

    def acts_on_duties(self) -> None:
        """Every row names an obligation that is there, and every version has its row."""
        changes = Counter()
        for row in self.rows.values():
            if row["subject"]["kind"] != "obligation":
                continue
            there = row["subject"]["id"] in self.duties or row["subject"]["id"] in self.clocks
            self.expect(there, f"audit row {row['id']} ({row['action']}) names no obligation that is there")
            changes[row["subject"]["id"]] += row["action"] in ACTS
        for duty in self.duties.values():
            found, wanted = duty["version"], 1 + changes[duty["id"]]
            self.expect(found == wanted, f"{duty['id']} has version {found}, its rows give {wanted}")

    def outcomes(self) -> None:
        """What was met was met once, and not called off."""
        ends = Counter((row["subject"]["id"], row["action"]) for row in self.rows.values())
        for duty in self.duties.values():
            met, cancelled = ends[duty["id"], "obligations.meet"], ends[duty["id"], "obligations.cancel"]
            wanted = (int(duty["met_at"] is not None), int(duty["cancelled_at"] is not None))
            states = {(1, 0): ("met", "met_late"), (0, 1): ("cancelled",)}
            agree = (met, cancelled) == wanted and (wanted not in states or duty["state"] in states[wanted])
            self.expect(
                agree and wanted != (1, 1),
                f"{duty['id']} is {duty['state']}, with {met} rows of meeting and {cancelled} of calling off",
            )

    def openings(self) -> None:
        opened = sum(row["after"]["opened"] for row in self.rows.values() if row["action"] == "obligations.open")
        self.expect(opened == len(self.duties), f"{len(self.duties)} obligations, but {opened} were opened")

    def duties_of_new_units(self) -> None:
        """A unit and what it owes are stored together."""
        def of(unit: str) -> set[tuple]:
            return {
                (duty["rule"]["id"], duty["subject"]["id"], duty["due_on"])
                for duty in self.duties.values() if duty["unit"]["code"] == unit and duty["due_on"] >= FIRST_DAY
            }
        wanted = of("C31117")
        for unit in self.ledger.units:
            self.expect(of(unit) == wanted, f"{unit} owes {len(of(unit))} things, a commune owes {len(wanted)}")

    def reminders(self) -> None:
        sent = Counter(
            (row["subject"]["id"], row["after"]["step"], row["after"]["due_on"])
            for row in self.rows.values() if row["action"] == "obligations.remind"
        )
        for reminder, times in sent.items():
            self.expect(times == 1, f"reminder {reminder} was sent {times} times")

    def inboxes(self) -> None:
        """Whoever was given something was told once."""
        accounts = {account["username"]: account["id"] for account in self.admin.all("/v1/accounts")}
        for name in OFFICERS.values():
            found = Api(self.admin.port, name).all("/v1/notifications")
            told = Counter(item["event_id"] for item in found if item["kind"] == "obligation_assigned")
            given = Counter(
                row["id"] for row in self.rows.values()
                if row["action"] == "obligations.assign" and row["after"]["officer_id"] == accounts[name]
            )
            often, seldom = (told - given).total(), (given - told).total()
            self.expect(told == given, f"{name} was told {often} times too often, {seldom} times too seldom")

    def deliveries(self, path: str, patterns: list[str]) -> None:
        """Every event arrived, and nothing arrived that is no event or not for this receiver."""
        meant = {row["id"]: row for row in self.rows.values() if any(matches(one, row["action"]) for one in patterns)}
        wanted = {
            event for event, row in meant.items()
            if row["subject"]["kind"] in HEARD and (row["place"] or 0) > self.since
        }
        allowed = {event for event, row in meant.items() if row["subject"]["kind"] not in HIDDEN}
        for event in sorted(wanted - self.receiver.taken(path)):
            self.expect(False, f"{path}: event {event} ({self.rows[event]['action']}) never arrived")
        for event in sorted({delivery.event for delivery in self.receiver.deliveries[path]} - allowed):
            row = self.rows.get(event)
            self.expect(False, f"{path}: {event} arrived, which is {row['action'] if row else 'no audit row'}")

    def one_body_each(self) -> None:
        bodies: dict[str, set[bytes]] = {}
        for found in self.receiver.deliveries.values():
            for delivery in found:
                bodies.setdefault(delivery.event, set()).add(delivery.body)
        for event, said in bodies.items():
            self.expect(len(said) == 1, f"{len(said)} different bodies under webhook-id {event}: {said}")
