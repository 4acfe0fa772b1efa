"""Two years of the city, added up again by plain Python over exports of a running demo server (KSTT_URL).

Every unit gives its counts of dossiers, day by day through the holidays of 2019, some of them of dossiers that another
unit leads; feedback is sent each quarter, or was lived through before. For every quarter of 2019, for that year, and for
the first quarters of 2020, in which a commune is merged into another, units report on time, late, with figures sent
back or corrected, or not at all. Then every cell of the sums of the city and of its districts is compared with what the
exports come to; and at the end every sum is asked for again as of the moment it was looked at. No sum of the server is
used for it. Changes the server's data. Prints what differs and exits 1.

KSTT_YEARS_SEED       seed of everything that is made (2019)
KSTT_YEARS_UNITS      units that give counts (all)
KSTT_YEARS_FIELDS     fields of each, up to 8 (1)
KSTT_YEARS_FEEDBACK   items of feedback sent each quarter of 2019 (16)
"""

import os
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from added_up import DOSSIERS, LETTERS, SUMS, Cells, added, cells_of_dossiers, cells_of_feedback, with_sums
from api import Api
from made_counts import made
from made_letters import send_letters
from verdict import cells_in, closing, compare, expect

SEED = os.environ.get("KSTT_YEARS_SEED", "2019")
UNITS = int(os.environ.get("KSTT_YEARS_UNITS", "1000"))
FIELDS = int(os.environ.get("KSTT_YEARS_FIELDS", "1"))
FEEDBACK = int(os.environ.get("KSTT_YEARS_FEEDBACK", "16"))

# When the units report, and when the others do: a period, the two days, and the first day of its letters.
PERIODS = {
    "2019-Q1": (date(2019, 3, 15), date(2019, 4, 1), date(2018, 12, 10)),
    "2019-Q2": (date(2019, 6, 14), date(2019, 7, 1), date(2019, 3, 20)),
    "2019-Q3": (date(2019, 9, 13), date(2019, 10, 1), date(2019, 6, 20)),
    "2019-Q4": (date(2019, 12, 13), date(2020, 1, 2), date(2019, 9, 20)),
    "2019": (date(2020, 1, 3), date(2020, 1, 6), None),
    "2020-Q1": (date(2020, 3, 16), date(2020, 4, 1), None),
    "2020-Q2": (date(2020, 6, 15), date(2020, 7, 1), None),
}
# Communes are merged on this day; the state's data say which.
MERGED_ON = date(2020, 3, 1)
FIRST_COUNTED, LAST_COUNTED = date(2018, 12, 20), date(2020, 6, 30)
TET = [date(2019, 2, day) for day in range(4, 9)]
# What becomes of a report: what is done on the early day, and on the late one.
ROLES = (
    ((), ()),
    (("prefill", "submit"), ("accept",)),
    (("prefill", "submit"), ("accept",)),
    ((), ("prefill", "submit", "accept")),
    (("prefill", "submit"), ("send-back", "prefill", "submit", "accept")),
    (("prefill", "correct", "submit"), ("accept",)),
    (("prefill", "submit"), ()),
)
# So that the balance of the form goes on holding.
CORRECTION = {
    DOSSIERS: {"received_direct": 2, "pending_in_time": 2},
    LETTERS: {"received": 1, "received_regulation": 1, "in_progress": 1},
}
# What may give way when the figure that is carried over has to be another.
CARRIED = {
    DOSSIERS: ("pending_in_time", "settled_on_time", "pending_overdue", "settled_late"),
    LETTERS: ("in_progress", "answered_carried", "answered_new"),
}
MOST_RECORDS = 20_000


@dataclass
class Said:
    """What a unit reported by one form: the report as it was told last, and what its figures come from."""

    report: dict
    filled: date | None = None
    # What it declared beyond its records.
    more: Cells = field(default_factory=dict)


class Period:
    """One period, from the first report to its sums."""

    def __init__(self, city: "City", code: str) -> None:
        self.city, self.code, self.office = city, code, city.office
        told = self.office.read(f"/v1/reporting-periods/{code}")
        self.days = date.fromisoformat(told["data_from"]), date.fromisoformat(told["data_to"])
        units = self.office.all("/v1/units", as_of=told["last_day"])
        self.parents = {unit["code"]: unit["parent_code"] for unit in units}
        self.said = {form: self.owed(form) for form in (DOSSIERS, LETTERS)}
        dice = Random(f"{SEED}/{code}")
        self.roles = {unit: dice.choice(ROLES) for unit in sorted(self.said[LETTERS])}

    def owed(self, form: str) -> dict[str, Said]:
        reports = self.office.all("/v1/reports", period=self.code, form=form)
        return {report["unit"]: Said(report) for report in reports}

    def report(self, today: date, which: int) -> None:
        for form, said in self.said.items():
            for unit, one in said.items():
                for step in self.roles[unit][which]:
                    self.step(form, one, step, today)

    def step(self, form: str, one: Said, step: str, today: date) -> None:
        if step == "prefill":
            if one.more:
                cells = [{"row": row, "column": column, "value": None} for row, column in one.more]
                one.more = {}
                self.change(one, "save", {"cells": cells})
            self.change(one, "prefill", {})
            one.filled = today
        elif step == "correct":
            self.declare(one, CORRECTION[form], "Bổ sung hồ sơ giấy chưa nhập")
        elif step == "send-back":
            self.change(one, step, {"objections": [{"reason": "Đề nghị rà soát lại số liệu"}]})
        elif step == "submit":
            self.carry_over(form, one)
            if not one.report["cells"] and not one.report["nothing_arose"]:
                self.change(one, "save", {"nothing_arose": True})
            self.change(one, "submit", {})
        else:
            self.carry_over(form, one)
            self.change(one, "accept", {"comment": "Đã đối chiếu với sổ theo dõi"})

    def declare(self, one: Said, more: dict[str, int], reason: str) -> None:
        """In the first row, so much more than the records say."""
        if one.report["cells"]:
            row = min(cell["row"] for cell in one.report["cells"])
            self.save(one, {(row, column): plus for column, plus in more.items()}, reason)

    def carry_over(self, form: str, one: Said) -> None:
        """What was left the period before is carried over: a unit declares so, and of what it is part."""
        broken = [check for check in one.report["checks"] if check["check"] == "carried_over"]
        was_sent = one.report["state"] not in ("drafting", "returned")
        if broken and was_sent:
            self.change(one, "send-back", {"objections": [{"reason": "Số kỳ trước chuyển sang không khớp"}]})
        for check in broken:
            change = {(check["row"], "carried_over"): check["expected"] - check["found"]}
            rest = check["expected"] - check["found"]
            for column in CARRIED[form]:
                there = self.declared(one, check["row"], column)
                part = max(rest, -there)
                change[check["row"], column], rest = part, rest - part
            expect(rest == 0, f"{self.code} of {one.report['unit']}: {check} cannot be carried over")
            self.save(one, change, "Theo báo cáo kỳ trước")
        if broken and was_sent:
            self.change(one, "submit", {})

    def declared(self, one: Said, row: str, column: str) -> int:
        cells = (cell for cell in one.report["cells"] if (cell["row"], cell["column"]) == (row, column))
        return next((cell["value"] or 0 for cell in cells), 0)

    def save(self, one: Said, change: Cells, reason: str) -> None:
        cells = []
        for (row, column), plus in change.items():
            value = self.declared(one, row, column) + plus
            one.more[row, column] = one.more.get((row, column), 0) + plus
            cells.append({"row": row, "column": column, "value": value, "reason": reason})
        self.change(one, "save", {"cells": cells})

    def change(self, one: Said, act: str, body: dict) -> None:
        path = f"/v1/reports/{one.report['id']}/{act}"
        told, _ = self.office.ask("POST", path, body, If_Match=f'"{one.report["version"]}"')
        one.report = told

    # --- what it comes to ---

    def check(self) -> None:
        records, items = self.city.exported()
        for form, said in self.said.items():
            counted = {unit: one for unit, one in said.items() if one.report["state"] == "accepted"}
            tables = {unit: self.table(form, one, unit, records, items) for unit, one in counted.items()}
            city = self.roll_up(form)
            expect(city["included"] == sorted(counted), f"{self.code} {form}: included are {city['included']}")
            expect(city["left_out"] == sorted(said.keys() - counted.keys()), f"{self.code} {form}: who is left out")
            for unit, cells in tables.items():
                given = {
                    (cell["row"], cell["column"]): share["value"]
                    for cell in city["cells"] for share in cell["origins"] if share["unit"] == unit
                }
                compare(f"{self.code} {form} of {unit}", given, cells)
            self.compare_sum(f"{self.code} {form} of the city", form, city, tables, records)
            for unit in sorted(unit for unit in said if self.parents[unit] not in said):
                below = {other: table for other, table in tables.items() if other in self.below(unit)}
                told = self.roll_up(form, unit=unit)
                self.compare_sum(f"{self.code} {form} of {unit} and below", form, told, below, records)
            self.city.asked(self.code, form, city)

    def compare_sum(self, what: str, form: str, told: dict, tables: dict[str, Cells], records: dict) -> None:
        """Each dossier once: what a unit has of another's goes where that one is part of the sum."""
        leads = {unit for reporter in tables for unit in self.whose(reporter)}
        parts, interlinked = [], 0
        for unit, table in tables.items():
            mine = [record for of in self.whose(unit) for record in records.get(of, [])]
            of_others = [record for record in mine if record["lead"] in leads - {None, *self.whose(unit)}]
            filled = self.said[form][unit].filled
            if form == DOSSIERS and of_others and filled:
                shared = cells_of_dossiers(of_others, filled - timedelta(1), self.days)
                sums = SUMS[form]
                own = {key: value - min(value, shared.get(key, 0)) for key, value in table.items() if key[1] not in sums}
                interlinked += sum(min(table[key], shared.get(key, 0)) for key in table if key[1].startswith("received_")
                                   and key[1] not in sums)
                table = with_sums(form, own)
            parts.append(table)
        compare(what, cells_in(told), added(parts))
        expect(told["interlinked"] == interlinked, f"{what}: {told['interlinked']} are interlinked, not {interlinked}")

    def table(self, form: str, one: Said, unit: str, records: dict, items: dict) -> Cells:
        """What a unit declared: its records and those of whom it took over, and what it said beyond them."""
        cells: Cells = {}
        if one.filled and form == DOSSIERS:
            mine = [record for of in self.whose(unit) for record in records.get(of, [])]
            cells = cells_of_dossiers(mine, one.filled - timedelta(1), self.days)
        elif one.filled:
            cells = cells_of_feedback([item for of in self.whose(unit) for item in items.get(of, [])], self.days)
        return with_sums(form, added([cells, one.more]))

    def whose(self, unit: str) -> list[str]:
        merged = self.days[1] >= MERGED_ON
        return [unit, *(self.city.taken_over.get(unit, []) if merged else [])]

    def below(self, unit: str) -> set[str]:
        """The unit and all under it."""
        found = {unit}
        while more := {code for code, parent in self.parents.items() if parent in found} - found:
            found |= more
        return found

    def roll_up(self, form: str, **query: str) -> dict:
        return self.office.read(f"/v1/reporting-periods/{self.code}/roll-up", form=form, origins="true", **query)


class City:
    """Lives through the two years."""

    def __init__(self) -> None:
        self.office, self.admin = Api("controller.vpubnd"), Api("admin.vpubnd")
        self.looked_at: list[tuple[str, str, str, dict]] = []
        reports = self.office.all("/v1/reports", period="2019-Q1", form=DOSSIERS)
        levels = {unit["code"]: unit["level"] for unit in self.office.all("/v1/units", as_of="2019-03-31")}
        giving = dict(sorted((report["unit"], levels[report["unit"]]) for report in reports)[:UNITS])
        self.taken_over = self.mergers()
        merged = [unit for units in self.taken_over.values() for unit in units]
        # All communes of the merger, and who leads.
        giving |= {unit: levels[unit] for unit in ("SXD", *self.taken_over, *merged)}
        self.records = made(SEED, giving, FIELDS, self.working_days(), ["SXD", *self.taken_over])
        self.records = [pair for pair in self.records if pair[1]["unit"] not in merged or pair[0] < MERGED_ON]
        self.sent = 0

    def working_days(self) -> list[date]:
        found, first = [], FIRST_COUNTED
        while first <= LAST_COUNTED:
            last = min(first + timedelta(89), LAST_COUNTED)
            days = self.office.read("/v1/calendar/days", **{"from": first, "to": last})["days"]
            found += [date.fromisoformat(day["date"]) for day in days if day["working"]]
            first = last + timedelta(1)
        expect(not set(TET) & set(found), "the calendar works through Tết")
        return found

    def move_clock(self, day: date) -> None:
        self.admin.ask("PUT", "/v1/clock", {"now": f"{day}T08:00:00+07:00"})

    def send_counts(self, before: date) -> None:
        """Those of periods that have ended."""
        until = next((place for place, (last, _) in enumerate(self.records) if last >= before), len(self.records))
        while self.sent < until:
            part = [record for _, record in self.records[self.sent:min(until, self.sent + MOST_RECORDS)]]
            told = self.office.create("/v1/dossier-counts/import", {"source": "Một cửa", "items": part})
            expect(told["created"] == len(part), f"import: {told['created']} of {len(part)}: {told['refused'][:3]}")
            self.sent += len(part)

    def mergers(self) -> dict[str, list[str]]:
        """Whom each heir of that day takes over."""
        before, after = (
            {unit["code"] for unit in self.office.all("/v1/units", as_of=day, kind="commune")}
            for day in (MERGED_ON - timedelta(1), MERGED_ON)
        )
        found = defaultdict(list)
        for unit in sorted(before - after):
            heirs = [heir["code"] for heir in self.office.read(f"/v1/units/{unit}")["successors"]]
            expect(len(heirs) == 1, f"{unit} has the heirs {heirs}")
            found[heirs[0]].append(unit)
        expect(found, f"no commune ends on {MERGED_ON}")
        return dict(found)

    def exported(self) -> tuple[dict[str, list[dict]], dict[str, list[dict]]]:
        records, items = defaultdict(list), defaultdict(list)
        for record in self.office.lines("/v1/dossier-counts/export"):
            records[record["unit"]].append(record)
        for item in self.office.lines("/v1/feedback/export"):
            items[item["handler"]].append(item)
        return records, items

    def asked(self, period: str, form: str, told: dict) -> None:
        self.looked_at.append((period, form, self.office.read("/health/ready")["now"], told))

    def ask_again(self) -> None:
        """Every sum, as of the moment it was looked at."""
        for period, form, moment, told in self.looked_at:
            path = f"/v1/reporting-periods/{period}/roll-up"
            again = self.office.read(path, form=form, origins="true", as_of=moment)
            expect(again == told | {"as_of": again["as_of"]}, f"{period} {form} as of {moment} is not what it was")


def main() -> int:
    city = City()
    units = sorted(report["unit"] for report in city.office.all("/v1/reports", period="2019-Q1", form=LETTERS))
    for code, (early, late, letters_from) in PERIODS.items():
        if code == "2020-Q1":
            city.office.create("/v1/reporting-periods/open-year", {"year": 2020})
        city.move_clock(early)
        city.send_counts(early)
        if letters_from and FEEDBACK:
            send_letters(city.office, Random(f"{SEED}/{code}/letters"), FEEDBACK, letters_from, units)
        period = Period(city, code)
        period.report(early, 0)
        city.move_clock(late)
        city.send_counts(late)
        period.report(late, 1)
        period.check()
    city.move_clock(LAST_COUNTED + timedelta(30))
    city.ask_again()
    return closing("years", f"{len(city.records)} records of counts")


if __name__ == "__main__":
    sys.exit(main())
