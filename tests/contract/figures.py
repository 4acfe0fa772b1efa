"""The city's figures, added up again by plain Python over exports of a running demo server (KSTT_URL).

A quarter of dossier counts and some feedback are made from a seed and sent; every unit reports by two forms, some on
time and some late, some are sent back and correct a figure, some say that nothing arose, some say nothing. Then every
cell of the sums of the city, of every unit in it and of every district is compared with what the exports come to. No
sum of the server is used for it. Changes the server's data. Prints the cells that differ and exits 1.

KSTT_FIGURES_SEED      seed of everything that is made (2019)
KSTT_FIGURES_UNITS     units that send counts (all)
KSTT_FIGURES_FIELDS    fields of each, up to 8 (2)
KSTT_FIGURES_DAYS      working days up to the end of March 2019 (62, three of which are in December)
KSTT_FIGURES_FEEDBACK  items of feedback (48)
"""

import json
import os
import sys
from collections import Counter, defaultdict
from datetime import date, timedelta
from random import Random
from urllib.parse import quote

from added_up import (
    DOSSIERS, FIRST, LAST, LETTERS, Cells, added, cells_of_dossiers, cells_of_feedback, with_sums,
)
from api import Api
from made_counts import corrected, made
from made_letters import send_letters
from verdict import cells_in, closing, compare, expect

SEED = os.environ.get("KSTT_FIGURES_SEED", "2019")
UNITS = int(os.environ.get("KSTT_FIGURES_UNITS", "1000"))
FIELDS_OF_UNIT = int(os.environ.get("KSTT_FIGURES_FIELDS", "2"))
DAYS = int(os.environ.get("KSTT_FIGURES_DAYS", "62"))
FEEDBACK = int(os.environ.get("KSTT_FIGURES_FEEDBACK", "48"))

PERIOD = "2019-Q1"
TET = [date(2019, 2, day) for day in range(4, 9)]
# Some report on this day with what there is; the others when the quarter is over.
EARLY_DAY, LATE_DAY = date(2019, 3, 18), date(2019, 4, 1)
MOST_RECORDS, CORRECTED_RECORDS = 20_000, 30
# What a unit corrects, so that the form's balance goes on holding.
CORRECTION = {
    DOSSIERS: {"received_direct": 2, "pending_in_time": 2},
    LETTERS: {"received": 1, "received_regulation": 1, "in_progress": 1},
}
# What becomes of a unit's reports, by its place in a shuffled list. Steps on the early day, steps on the late one.
ROLES = (
    ("says that nothing arose", (), ("nothing", "submit", "accept")),
    ("is missing", ("prefill",), ()),
    ("waits", (), ("prefill", "submit")),
    ("is sent back and left", ("prefill", "submit"), ("send-back",)),
    ("is on time", ("prefill", "submit", "accept"), ()),
    ("is on time, accepted late", ("prefill", "submit"), ("accept",)),
    ("expects more", ("prefill", "estimate", "submit"), ("accept",)),
    ("is filled again", ("prefill", "submit"), ("send-back", "prefill", "correct", "submit", "accept")),
    ("takes back", ("prefill", "correct", "submit"), ("send-back", "prefill", "take-back", "submit", "accept")),
    ("is late", (), ("prefill", "submit", "accept")),
    ("corrects at once", (), ("prefill", "correct", "submit", "accept")),
    ("corrects when told", (), ("prefill", "submit", "send-back", "correct", "submit", "accept")),
    ("is accepted twice", (), ("prefill", "submit", "accept", "send-back", "submit", "accept")),
)
# Units that have feedback answered by people of the demo, so that it is part of the sums.
FIXED_ROLES = {"VPUBND": "is on time", "SXD": "is filled again", "D916": "is late", "C31117": "corrects at once"}
COUNTED_STATES = ("accepted", "frozen")


class Quarter:
    """Sends what is made, and keeps what each unit did with its reports."""

    def __init__(self) -> None:
        self.office, self.admin = Api("controller.vpubnd"), Api("admin.vpubnd")
        self.dice = Random(SEED)
        units = self.office.all("/v1/units", as_of=f"{LAST}")
        self.parents = {unit["code"]: unit["parent_code"] for unit in units}
        self.levels = {unit["code"]: unit["level"] for unit in units}
        self.reports = {form: self.listed(form) for form in (DOSSIERS, LETTERS)}
        self.roles = self.cast()
        self.filled: dict[tuple[str, str], date] = {}
        self.added: dict[tuple[str, str], Cells] = defaultdict(dict)
        self.silent: set[tuple[str, str]] = set()
        self.on_time: set[tuple[str, str]] = set()

    def listed(self, form: str) -> dict[str, dict]:
        reports = self.office.all("/v1/reports", period=PERIOD, form=form)
        return {report["unit"]: report for report in reports}

    def cast(self) -> dict[str, tuple]:
        units = sorted(self.reports[LETTERS])
        self.dice.shuffle(units)
        roles = {unit: ROLES[place % len(ROLES)] for place, unit in enumerate(units)}
        named = {role[0]: role for role in ROLES}
        return roles | {unit: named[name] for unit, name in FIXED_ROLES.items()}

    def move_clock(self, day: date) -> None:
        self.admin.ask("PUT", "/v1/clock", {"now": f"{day}T08:00:00+07:00"})

    def working_days(self) -> list[date]:
        """By the state's calendar, the make-up Saturday of January included. One at least lies before the quarter: what
        is in hand at its end is carried over."""
        found: list[date] = []
        first = LAST
        while len(found) < DAYS or found[0] >= FIRST:
            first, last = first - timedelta(90), first
            days = self.office.read("/v1/calendar/days", **{"from": first + timedelta(1), "to": last})["days"]
            found = [date.fromisoformat(day["date"]) for day in days if day["working"]] + found
        expect(not set(TET) & set(found), "the calendar works through Tết")
        eve = max(day for day in found if day < FIRST)
        return sorted({eve, *found[-DAYS:]})

    # --- counts ---

    def make_counts(self) -> None:
        silent = {unit for unit, role in self.roles.items() if role[0] == ROLES[0][0]}
        giving = sorted(self.reports[DOSSIERS].keys() - silent)[:UNITS]
        self.records = made(SEED, {unit: self.levels[unit] for unit in giving}, FIELDS_OF_UNIT, self.working_days())

    def send_counts(self, since: date, before: date) -> list[dict]:
        """Those of periods that ended meanwhile; then some of them again, which changes nothing."""
        records = [record for last, record in self.records if since <= last < before]
        for start in range(0, len(records), MOST_RECORDS):
            part = records[start:start + MOST_RECORDS]
            self.expect_import(part, created=len(part))
        again = records[:100]
        self.expect_import(again, as_lines=True, unchanged=len(again))
        return records

    def correct_counts(self, records: list[dict]) -> None:
        """Without a reason they are refused."""
        changed = [record for record in map(corrected, records) if record]
        changed = self.dice.sample(changed, min(CORRECTED_RECORDS, len(changed)))
        refused = self.expect_import(changed)["refused"]
        expect({fault["code"] for fault in refused} <= {"differs"}, f"changed counts: refused for {refused[:3]}")
        self.expect_import(changed, reason="Rà soát lại sổ theo dõi", corrected=len(changed))

    def expect_import(
        self, records: list[dict], reason: str | None = None, as_lines: bool = False, **wanted: int
    ) -> dict:
        path = "/v1/dossier-counts/import"
        if as_lines:
            lines = "\n".join(json.dumps(record) for record in records)
            report = self.office.create(f"{path}?source={quote('Một cửa')}", lines.encode())
        else:
            report = self.office.create(path, {"source": "Một cửa", "reason": reason, "items": records})
        told = {name: report[name] for name in ("rows", "created", "unchanged", "corrected")}
        wanted = {"rows": len(records), "created": 0, "unchanged": 0, "corrected": 0, **wanted}
        expect(told == wanted, f"import: {told} instead of {wanted}: {report['refused'][:3]}")
        expect(not report["notes"], f"import: notes on sound records: {report['notes'][:3]}")
        return report

    # --- reports ---

    def report(self, today: date, steps_of: int) -> None:
        """What every unit does on a day: the early steps of its role, or the late ones."""
        for form, reports in self.reports.items():
            for unit, report in reports.items():
                steps = self.roles[unit][steps_of]
                for step in steps:
                    self.step(form, unit, report, step, today)

    def step(self, form: str, unit: str, report: dict, step: str, today: date) -> None:
        key = (form, unit)
        if step == "prefill":
            self.change(report, "prefill", {})
            self.filled[key] = today
        elif step == "nothing":
            self.state_nothing(key, report)
        elif step in ("correct", "take-back", "estimate"):
            self.save(key, report, step)
        elif step == "send-back":
            self.change(report, step, {"objections": [{"reason": "Đề nghị rà soát lại số liệu"}]})
        elif step == "submit":
            # Without any record of it a report has no cells, and says nothing.
            if not report["cells"] and not report["nothing_arose"]:
                self.state_nothing(key, report)
            self.change(report, "submit", {})
            if today <= date.fromisoformat(report["due_on"] or f"{date.max}"):
                self.on_time.add(key)
        else:
            self.change(report, "accept", {"comment": "Đã đối chiếu với sổ theo dõi"})

    def state_nothing(self, key: tuple[str, str], report: dict) -> None:
        self.silent.add(key)
        self.change(report, "save", {"nothing_arose": True})

    def save(self, key: tuple[str, str], report: dict, step: str) -> None:
        """Of the first row; what is declared is told as so much more than the records say."""
        known = {(cell["row"], cell["column"]): cell for cell in report["cells"]}
        if not known:
            return
        row = min(row for row, _ in known)
        cells, more = [], CORRECTION[key[0]]
        for column, plus in more.items():
            cell = {"row": row, "column": column, "value": None}
            says = known.get((row, column), {}).get("computed") or 0
            if step == "correct":
                cell |= {"value": says + plus, "reason": "Bổ sung hồ sơ giấy chưa nhập"}
            elif step == "estimate":
                cell |= {"value": says, "estimated": plus}
            cells.append(cell)
        self.added[key] = {} if step == "take-back" else {(row, column): plus for column, plus in more.items()}
        self.change(report, "save", {"cells": cells})

    def change(self, report: dict, act: str, body: dict) -> None:
        """Does it, and keeps how the report stands then."""
        path = f"/v1/reports/{report['id']}/{act}"
        told, _ = self.office.ask("POST", path, body, If_Match=f'"{report["version"]}"')
        report.setdefault("cells", [])
        report.update(told)

    # --- what it comes to ---

    def recomputed(self, form: str) -> dict[str, Cells]:
        """What each unit whose report was accepted gave, by the exports."""
        by_unit: dict[str, list[dict]] = defaultdict(list)
        if form == DOSSIERS:
            for record in self.office.lines("/v1/dossier-counts/export"):
                by_unit[record["unit"]].append(record)
        else:
            for item in self.office.lines("/v1/feedback/export"):
                by_unit[item["handler"]].append(item)
        found = {}
        for unit, report in self.reports[form].items():
            if report["state"] not in COUNTED_STATES:
                continue
            cells: Cells = {}
            if (filled := self.filled.get((form, unit))) and form == DOSSIERS:
                cells = cells_of_dossiers(by_unit[unit], filled - timedelta(1))
            elif filled:
                cells = cells_of_feedback(by_unit[unit])
            found[unit] = with_sums(form, added([cells, self.added[form, unit]]))
        return found

    def below(self, unit: str) -> set[str]:
        """The unit and all under it."""
        found = {unit}
        while more := {code for code, parent in self.parents.items() if parent in found} - found:
            found |= more
        return found

    def check(self, form: str) -> int:
        """Every sum of a form; how many units are part of the city's."""
        mine = self.recomputed(form)
        city = self.roll_up(form, origins="true")
        expect(city["included"] == sorted(mine), f"{form}: included are {city['included']}")
        left_out = sorted(self.reports[form].keys() - mine.keys())
        expect(city["left_out"] == left_out, f"{form}: left out are {city['left_out']}, not {left_out}")
        sums = added(list(mine.values()))
        compare(f"{form} of the city", cells_in(city), sums)
        empty = {column for _, column in cells_in(city)} - {column for (_, column), value in sums.items() if value}
        expect(not empty or UNITS < len(mine), f"{form}: nothing was made that comes under {sorted(empty)}")
        given: dict[str, Cells] = defaultdict(dict)
        for cell in city["cells"]:
            for share in cell["origins"]:
                given[share["unit"]][cell["row"], cell["column"]] = share["value"]
        for unit in sorted(mine | given):
            compare(f"{form} of {unit} in the city's", given[unit], mine.get(unit, {}))
        self.check_export(form, city)
        # Districts and departments: whoever reports and stands below nobody who does.
        tops = [unit for unit in self.reports[form] if self.parents[unit] not in self.reports[form]]
        parts = []
        for unit in sorted(tops):
            parts.append(cells_in(self.roll_up(form, unit=unit)))
            wanted = [cells for other, cells in mine.items() if other in self.below(unit)]
            compare(f"{form} of {unit} and below", parts[-1], added(wanted))
        compare(f"{form}: the parts of the city together", cells_in(city), added(parts))
        return len(mine)

    def check_export(self, form: str, city: dict) -> None:
        path = f"/v1/reporting-periods/{PERIOD}/roll-up/export"
        rows = self.office.lines(path, form=form)
        cells: Cells = {}
        for row in rows:
            name = row.pop("row")
            cells |= {(name, column): value or 0 for column, value in row.items()}
        compare(f"{form}, exported", cells, cells_in(city))

    def roll_up(self, form: str, **query: str) -> dict:
        return self.office.read(f"/v1/reporting-periods/{PERIOD}/roll-up", form=form, **query)

    def check_silence(self) -> None:
        """Whoever said that nothing arose cannot be filled with figures and go on saying so."""
        unit = self.records[0][1]["unit"]
        report = self.office.read("/v1/reports", period="2019-Q2", form=DOSSIERS, unit=unit)["items"][0]
        self.change(report, "save", {"nothing_arose": True})
        tag = f'"{report["version"]}"'
        status, _, content = self.office.send("POST", f"/v1/reports/{report['id']}/prefill", {}, If_Match=tag)
        told = json.loads(content)
        figures = status == 200 and any(cell["value"] for cell in told["cells"])
        expect(not figures or not told["nothing_arose"], f"{unit} is filled with figures and says that nothing arose")

    def check_status(self) -> None:
        """Who is late, missing or silent, and the sums of it by level."""
        status = self.office.read(f"/v1/reporting-periods/{PERIOD}/status")
        sums: dict[str, Counter] = defaultdict(Counter)
        for unit in status["units"]:
            for report in unit["reports"]:
                self.check_standing(unit["unit"], report)
                sums[unit["level"]] += self.standing(report)
        for level in status["levels"]:
            told = Counter({name: level[name] for name in level if name != "level"})
            mine = sums[level["level"]]
            expect(+told == mine, f"status of level {level['level']}: {dict(told)}, the units come to {dict(mine)}")

    def check_lists(self) -> None:
        """A report in a list is late when it came late, or did not come."""
        for form, reports in self.reports.items():
            for unit, listed in self.listed(form).items():
                submitted = listed["first_submitted_at"] is not None
                wanted = (form, unit) not in self.on_time if submitted else listed["due_on"] is not None
                expect(listed["late"] == wanted, f"list: {form} of {unit} is late: {listed['late']}, not {wanted}")
                for name in ("state", "revision", "nothing_arose"):
                    expect(listed[name] == reports[unit][name], f"list: {form} of {unit}: {name} is {listed[name]}")

    def check_standing(self, unit: str, told: dict) -> None:
        known = self.reports.get(told["form"], {}).get(unit)
        if not known:
            return
        key = (told["form"], unit)
        submitted = known["first_submitted_at"] is not None
        wanted = {"state": known["state"], "nothing_arose": key in self.silent}
        if known["due_on"]:
            wanted |= {"missing": not submitted}
            if submitted:
                wanted["late"] = key not in self.on_time
        for name, value in wanted.items():
            role = self.roles[unit][0]
            place = f"status of {unit}, {told['form']} ({role})"
            expect(told[name] == value, f"{place}: {name} is {told[name]}, not {value}")

    def standing(self, report: dict) -> Counter:
        submitted = report["first_submitted_at"] is not None
        flags = {
            "owed": True, "submitted": submitted, "late": submitted and report["late"], "missing": report["missing"],
            "returned": report["state"] == "returned", "accepted": report["state"] in COUNTED_STATES,
            "nothing_arose": report["nothing_arose"],
        }
        return Counter(name for name, holds in flags.items() if holds)


def main() -> int:
    quarter = Quarter()
    quarter.make_counts()
    send_letters(quarter.office, quarter.dice, FEEDBACK, date(2018, 12, 10), sorted(quarter.reports[LETTERS]))
    quarter.move_clock(EARLY_DAY)
    quarter.send_counts(date.min, EARLY_DAY)
    quarter.report(EARLY_DAY, 1)
    quarter.move_clock(LATE_DAY)
    quarter.correct_counts(quarter.send_counts(EARLY_DAY, LATE_DAY))
    quarter.report(LATE_DAY, 2)
    stored = len(quarter.office.lines("/v1/dossier-counts/export"))
    expect(stored == len(quarter.records), f"{len(quarter.records)} records were sent, {stored} are exported")
    units = max(quarter.check(form) for form in quarter.reports)
    quarter.check_status()
    quarter.check_lists()
    quarter.check_silence()
    return closing("figures", f"{units} units, {stored} records of counts")


if __name__ == "__main__":
    sys.exit(main())
