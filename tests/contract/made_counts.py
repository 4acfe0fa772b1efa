"""Counts of dossiers made from a seed: the same seed and days give the same records.

Every unit, field and channel begins with some dossiers in hand. Each working day brings new ones, some are settled,
some go past what is due: carried over and received are settled and pending, on every day. A day on which nothing
happened has no record, as systems do it. A few units send months instead of days.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

FIELDS = (
    "Hộ tịch", "Đất đai", "Chứng thực", "Môi trường", "Người có công", "Hoạt động xây dựng", "Đường bộ",
    "Giáo dục và Đào tạo",
)
CHANNELS = (("online", "direct"), ("online", "post"))
CAUSES = ("dossier", "staff", "coordination", "law", "system", "other")
OPEN = ("accepted", "in_process", "supplement_requested", "financial_duty_requested")
# Every so many units send months, and every so many take part in dossiers of others.
MONTHLY, INTERLINKED = 10, 4


@dataclass
class Day:
    """What one day came to."""

    first: date
    last: date
    received: int
    early: int
    on_time: int
    late: int
    in_time: int
    overdue: int

    def joined(self, later: "Day") -> "Day":
        """Both as one period: movements are added, what is in hand is that of the later end."""
        moved = (getattr(self, name) + getattr(later, name) for name in ("received", "early", "on_time", "late"))
        return Day(self.first, later.last, *moved, later.in_time, later.overdue)


def days_of(dice: Random, days: list[date]) -> Iterator[Day]:
    """A working day after the other, for one unit, field and channel."""
    in_time, overdue = dice.randint(2, 12), dice.randint(0, 2)
    for number, day in enumerate(days):
        gone_past = dice.choice((0, 0, 0, 1)) if in_time else 0
        in_time, overdue = in_time - gone_past, overdue + gone_past
        received, late = dice.choice((0, 0, 1, 2, 3, 5)), dice.randint(0, min(overdue, 2))
        in_time += received
        timely = dice.randint(0, min(in_time, 5))
        early = dice.randint(0, timely)
        in_time, overdue = in_time - timely, overdue - late
        if number == 0 or gone_past or received or timely or late:
            yield Day(day, day, received, early, timely - early, late, in_time, overdue)


def months_of(days: Iterator[Day]) -> Iterator[Day]:
    """The same, a record a month."""
    joined: dict[tuple[int, int], Day] = {}
    for day in days:
        month = (day.first.year, day.first.month)
        joined[month] = joined[month].joined(day) if month in joined else day
    for month in joined.values():
        first = month.first.replace(day=1)
        last = (first + timedelta(31)).replace(day=1) - timedelta(1)
        month.first, month.last = first, last
        yield month


def split(dice: Random, total: int, names: tuple[str, ...]) -> dict[str, int]:
    """A number in parts, one by one while it is small."""
    parts = dict.fromkeys(names, 0)
    for _ in range(total):
        parts[dice.choice(names)] += 1
    return {name: count for name, count in parts.items() if count}


def record_of(dice: Random, key: dict, day: Day) -> dict:
    """As an import reads it."""
    statuses = split(dice, day.early + day.on_time + day.late, ("settled", "result_returned"))
    statuses |= split(dice, day.in_time + day.overdue, OPEN)
    counts = {name: getattr(day, name) for name in ("received", "early", "on_time", "late", "in_time", "overdue")}
    counts["by_status"] = statuses
    counts["late_causes"] = split(dice, day.late + day.overdue, CAUSES)
    period = f"{day.first}" if day.first == day.last else f"{day.first:%Y-%m}"
    return {**key, "period": period, "counts": counts}


def made(
    seed: str, units: dict[str, str], fields: int, days: list[date], leads: list[str] | None = None
) -> list[tuple[date, dict]]:
    """Records of units (code and level), each with the last day of its period, in the order of these. With `leads`,
    every so many units take part in dossiers of one of these units, and not in their own, by their second channel."""
    found = []
    for number, (unit, level) in enumerate(sorted(units.items())):
        of_unit = Random(f"{seed}/{unit}")
        for field in of_unit.sample(FIELDS, min(fields, len(FIELDS))):
            for channel in CHANNELS[number % len(CHANNELS)]:
                dice = Random(f"{seed}/{unit}/{field}/{channel}")
                key = {"unit": unit, "field": field, "level": level, "channel": channel}
                if leads and number % INTERLINKED == 0 and channel != "online":
                    key["lead"] = of_unit.choice([lead for lead in leads if lead != unit])
                line = days_of(dice, days)
                line = months_of(line) if number % MONTHLY == MONTHLY - 1 else line
                found += [(day.last, record_of(dice, key, day)) for day in line]
    return sorted(found, key=lambda pair: pair[0])


def corrected(record: dict) -> dict | None:
    """The same with one late dossier settled on time after all; None where there was none."""
    counts = record["counts"]
    if not counts["late"]:
        return None
    causes = dict(counts["late_causes"])
    cause = next(iter(causes))
    causes[cause] -= 1
    counts = {**counts, "late": counts["late"] - 1, "on_time": counts["on_time"] + 1, "late_causes": causes}
    return {**record, "counts": counts}
