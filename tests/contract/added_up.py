"""Forms 05 and 06 of a period from exported records, by plain arithmetic. Nothing here knows a server."""

from collections import Counter
from datetime import date, datetime, timedelta, timezone

# The first quarter of 2019: first and last day.
QUARTER = FIRST, LAST = date(2019, 1, 1), date(2019, 3, 31)
VIETNAM = timezone(timedelta(hours=7))
DOSSIERS, LETTERS = "06/VPCP/KSTT", "05/VPCP/KSTT"
# The columns that are sums, each after those it is the sum of, as the forms print them.
SUMS = {
    DOSSIERS: {
        "received_total": ("received_online", "carried_over", "received_direct"),
        "settled_total": ("settled_on_time", "settled_late"),
        "in_process_total": ("pending_in_time", "pending_overdue"),
    },
    LETTERS: {"total": ("carried_over", "received"), "answered": ("answered_new", "answered_carried")},
}
NOT_COUNTED_FEEDBACK = ("refused", "out_of_scope", "merged", "withdrawn")

Cells = dict[tuple[str, str], int]


def day_of(moment: str) -> date:
    """In Vietnam."""
    return datetime.fromisoformat(moment.replace("Z", "+00:00")).astimezone(VIETNAM).date()


def stock_at(records: list[dict], day: str) -> list[dict]:
    """The latest record of each field, level, channel and lead that ends on the day or before."""
    latest: dict[tuple, dict] = {}
    for record in records:
        key = tuple(record[name] for name in ("unit", "field", "level", "channel", "lead"))
        if record["last_day"] <= day and (key not in latest or latest[key]["last_day"] < record["last_day"]):
            latest[key] = record
    return list(latest.values())


def cells_of_dossiers(records: list[dict], known_until: date, days: tuple[date, date] = QUARTER) -> Cells:
    """Form 06 of one unit, from the records that were there when it was filled."""
    (first, last), cells = days, Counter()
    known = [record for record in records if record["last_day"] <= f"{known_until}"]
    for record in known:
        if record["first_day"] >= f"{first}" and record["last_day"] <= f"{last}":
            row, way = record["field"], "online" if record["channel"] == "online" else "direct"
            cells[row, f"received_{way}"] += record["received"]
            cells[row, "settled_on_time"] += record["early"] + record["on_time"]
            cells[row, "settled_late"] += record["late"]
    for record in stock_at(known, f"{first - timedelta(1)}"):
        cells[record["field"], "carried_over"] += record["in_time"] + record["overdue"]
    for record in stock_at(known, f"{last}"):
        cells[record["field"], "pending_in_time"] += record["in_time"]
        cells[record["field"], "pending_overdue"] += record["overdue"]
    return cells


def cells_of_feedback(items: list[dict], days: tuple[date, date] = QUARTER) -> Cells:
    """Form 05 of one unit. A part of an item that was split counts with the whole."""
    (first, last), cells = days, Counter()
    for item in items:
        received = day_of(item["received_at"])
        if "/" in item["code"] or item["state"] in NOT_COUNTED_FEEDBACK or not item["valid_at"] or received > last:
            continue
        row, is_new = item["field"] or "—", received >= first
        over_at = item["approved_at"] or item["ended_at"]
        answered = day_of(over_at) if over_at else date.max
        if answered < first:
            continue
        cells[row, "received" if is_new else "carried_over"] += 1
        if is_new and item["class"] in ("conduct", "regulation", "mixed"):
            cells[row, f"received_{item['class']}"] += 1
        if answered > last:
            cells[row, "in_progress"] += 1
        else:
            cells[row, "answered_new" if is_new else "answered_carried"] += 1
    for item in items:
        is_public = item["state"] == "published" and "/" not in item["code"]
        if is_public and first <= day_of(item["ended_at"]) <= last:
            cells[item["field"] or "—", "published"] += 1
    return cells


def with_sums(form: str, cells: Cells) -> Cells:
    full = dict(cells)
    for row in {row for row, _ in cells}:
        for column, parts in SUMS[form].items():
            full[row, column] = sum(full.get((row, part), 0) for part in parts)
    return full


def added(tables: list[Cells]) -> Cells:
    total: Cells = Counter()
    for table in tables:
        for key, value in table.items():
            total[key] += value
    return total
