#!/usr/bin/env python3
"""Independent oracle of the working calendar.

Writes crates/domain/tests/fixtures/holidays-oracle.json from the PyPI package `holidays` and plain
Python, without a look at this project's table or Rust code:

    python3 -m venv /tmp/oracle && /tmp/oracle/bin/pip install holidays==0.109
    /tmp/oracle/bin/python scripts/oracle/holidays.py

The package knows days off, days in lieu and make-up Saturdays. The arithmetic indexes the sorted list
of working days where the product walks day by day, so that both cannot share a mistake in walking.
"""

import calendar
import json
import random
import sys
from bisect import bisect_left, bisect_right
from datetime import date, datetime, time, timedelta
from pathlib import Path

sys.path.pop(0)  # the folder of this file, which has the name of the package
import holidays

YEARS = range(2018, 2028)
FIXTURE = Path(__file__).parents[2] / "crates/domain/tests/fixtures/holidays-oracle.json"
CASES_PER_SHAPE = 400
MINUTES_PER_DAY = 8 * 60

vietnam = holidays.VN(years=YEARS)
first_day, day_after_last = date(YEARS[0], 1, 1), date(YEARS[-1] + 1, 1, 1)
all_days = [first_day + timedelta(n) for n in range((day_after_last - first_day).days)]
worked = [day for day in all_days if vietnam.is_working_day(day)]
is_worked = set(worked)


def is_weekday_off(day):
    return day.weekday() < 5 and day not in is_worked


def at_minute(day, minute):
    return datetime.combine(day, time()) + timedelta(minutes=minute)


def rolled(day):
    return worked[bisect_left(worked, day)]


def add_months(day, months):
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def working_days(day, amount, direction):
    if amount == 0:
        return day
    if direction == "after":
        return worked[bisect_right(worked, day) + amount - 1]
    return worked[bisect_left(worked, day) - amount]


def office_minutes_before(moment):
    """Office minutes from the start of the day to `moment`: 07:30–11:30 and 13:00–17:00."""
    minute = moment.hour * 60 + moment.minute
    return min(max(minute - 450, 0), 240) + min(max(minute - 780, 0), 240)


def wall_clock(minutes, closing):
    """The wall clock after so many office minutes; on a break, its start when `closing`, else its end."""
    in_morning = minutes <= 240 if closing else minutes < 240
    return 450 + minutes if in_morning else 540 + minutes


def office_hours(moment, amount, direction):
    if amount == 0:
        return moment
    today = moment.date()
    done = bisect_left(worked, today) * MINUTES_PER_DAY
    if today in is_worked:
        done += office_minutes_before(moment)
    end = done + amount * 60 * (1 if direction == "after" else -1)
    closing = direction == "after"
    index, minutes = divmod(end - 1, MINUTES_PER_DAY) if closing else divmod(end, MINUTES_PER_DAY)
    minutes += closing
    return at_minute(worked[index], wall_clock(minutes, closing))


def day_case(start, amount, unit, direction):
    if unit == "working_day":
        return working_days(start, amount, direction)
    sign = 1 if direction == "after" else -1
    end = start + timedelta(sign * amount) if unit == "calendar_day" else add_months(start, sign * amount)
    return rolled(end) if direction == "after" and amount > 0 else end


def main():
    rng = random.Random(2019)
    middle = [day for day in all_days if 2019 <= day.year <= 2026]
    cases = []
    for unit, longest in (("working_day", 90), ("calendar_day", 120), ("month", 9), ("hour", 200)):
        for direction in ("after", "before"):
            for _ in range(CASES_PER_SHAPE):
                start, amount = rng.choice(middle), rng.randint(0, longest)
                if unit == "hour":
                    start = at_minute(start, rng.randrange(1440))
                    due = office_hours(start, amount, direction)
                else:
                    due = day_case(start, amount, unit, direction)
                cases.append([start.isoformat(), amount, unit, direction, due.isoformat()])

    years = {
        year: {
            "weekdays_off": [str(d) for d in all_days if is_weekday_off(d) and d.year == year],
            "weekend_days_worked": [str(d) for d in worked if d.weekday() >= 5 and d.year == year],
        }
        for year in YEARS
    }
    lines = ",\n".join(json.dumps(case) for case in cases)
    FIXTURE.write_text(
        f'{{"package": "holidays {holidays.__version__}",\n"years": {json.dumps(years)},\n"cases": [\n{lines}\n]}}\n'
    )


if __name__ == "__main__":
    main()
