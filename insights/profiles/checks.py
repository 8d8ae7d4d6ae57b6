"""What looks wrong in a profile: each check says ok, warn or fail, in a sentence with its count.

Checks of columns read the profile itself; checks of stops and persons ask the database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from statistics import median
from typing import Any

from django.db.models import Count, ExpressionWrapper, F, IntegerField, Q
from django.db.models.functions import ExtractHour, ExtractMinute, TruncMonth
from django.utils import timezone

from ledger.choices import Flag
from ledger.models import Person, Stop

OK, WARN, FAIL = "ok", "warn", "fail"
MUCH_MISSING = 0.30
YOUNGEST, OLDEST = 10, 110
# Shares above which a check warns, and fails.
CONTRADICTIONS = (0.01, 0.10)
DUPLICATES = (0.01, 0.10)
LATE = (0.05, 0.25)
UNKNOWN_GROUP = (0.10, 0.50)
MIDNIGHT = (0.01, 0.10)  # of all known times; 0.07 % would be expected
FULL_HOURS = (0.05, 0.20)  # 1.7 % would be expected
LEAST = 200  # records from which shares say anything
THIN_MONTH = 1 / 3  # of the median month


@dataclass(frozen=True)
class Check:
    name: str
    state: str
    says: str

    def as_json(self) -> dict[str, str]:
        return asdict(self)


def worst(checks: Sequence[dict[str, str]]) -> str:
    states = {check["state"] for check in checks}
    return next((state for state in (FAIL, WARN) if state in states), OK)


def by_share(name: str, part: int, whole: int, limits: tuple[float, float], what: str) -> Check:
    """A share against the two limits; too few records say nothing."""
    if whole < LEAST:
        return Check(name, OK, f"Too few records to judge ({whole:,}).")
    share = part / whole
    state = FAIL if share > limits[1] else WARN if share > limits[0] else OK
    return Check(name, state, f"{part:,} of {whole:,} ({share:.1%}) {what}.")


def none_of(name: str, part: int, what: str, state: str = FAIL) -> Check:
    """There should be none at all."""
    return Check(name, state if part else OK, f"{part:,} {what}." if part else f"None {what}.")


# Of every kind, from its columns


def of_columns(columns: Sequence[dict[str, Any]], rows: int) -> Iterator[Check]:
    empty = [one["label"] for one in columns if rows and not one["known"]]
    thin = [
        f"{one['label']} ({one['missing'] / rows:.0%})"
        for one in columns
        if rows and one["known"] and one["missing"] / rows > MUCH_MISSING
    ]
    single = [one["label"] for one in columns if one["distinct"] == 1 and one["known"] == rows > 1]
    yield _named("Columns without any value", empty, "hold nothing")
    yield _named("Columns more than 30% empty", thin, "are often empty")
    yield _named("Columns with one value only", single, "never differ")


def _named(name: str, labels: list[str], what: str) -> Check:
    if not labels:
        return Check(name, OK, "None.")
    return Check(name, WARN, f"{', '.join(labels)}: {len(labels)} column(s) that {what}.")


# Of stops


def of_stops(stops: Any) -> Iterator[Check]:
    total = stops.count()
    tomorrow = timezone.localdate() + timedelta(days=1)
    yield none_of("Dates in the future", stops.filter(stopped_on__gt=tomorrow).count(), "lie in the future")
    yield none_of(
        "Places at 0° north, 0° east",
        stops.filter(latitude=0, longitude=0).count(),
        "lie at 0, 0, where is only sea",
    )
    yield from of_times(stops, "stopped_at")
    yield from of_months(stops, "stopped_on", "stop")
    wrong = Q(flags__in=_with_bits(Flag.ARREST_MISMATCH)) | Q(flags__in=_with_bits(Flag.SEARCH_MISMATCH))
    yield by_share(
        "Records that contradict themselves", stops.filter(wrong).count(), total, CONTRADICTIONS,
        "have an outcome or a kind of search that contradicts the mark",
    )  # fmt: skip
    yield by_share(
        "Likely logged twice", stops.filter(flags__in=_with_bits(Flag.DUPLICATE)).count(), total, DUPLICATES,
        "are likely duplicates",
    )  # fmt: skip
    yield _late(stops)


def _with_bits(flag: Flag) -> list[int]:
    """Every sum of flags that holds this one."""
    return [bits for bits in range(2 * max(flag.value for flag in Flag)) if bits & flag.value]


def of_times(rows: Any, moment: str) -> Iterator[Check]:
    """Times that stand for “unknown” or were rounded. `moment` is a time, or a date and time."""
    known = rows.filter(**{f"{moment}__isnull": False})
    total = known.count()
    minute = ExpressionWrapper(ExtractHour(moment) * 60 + ExtractMinute(moment), IntegerField())
    timed = known.annotate(minute=minute)
    midnight = timed.filter(minute=0).count()
    hours = timed.annotate(past=F("minute") % 60).filter(past=0).count()
    yield by_share(
        "Times heaped at midnight", midnight, total, MIDNIGHT,
        "are at 00:00, which often means that no time was known; 0.1% would be expected",
    )  # fmt: skip
    yield by_share(
        "Times heaped on full hours", hours, total, FULL_HOURS, "are on a full hour; 1.7% would be expected"
    )


def of_months(rows: Any, day: str, what: str) -> Iterator[Check]:
    """Months without records between an agency's first and last, and months with less than a third of its median one."""
    found = (
        rows.filter(**{f"{day}__isnull": False})
        .annotate(at=TruncMonth(day))
        .values("agency__name", "at")
        .annotate(n=Count("pk"))
        .order_by("at")
    )
    by_agency: dict[str, dict[Any, int]] = {}
    for row in found:
        by_agency.setdefault(row["agency__name"], {})[row["at"]] = row["n"]
    gaps, thin = [], []
    for agency, months in by_agency.items():
        first, last = min(months), max(months)
        span = (last.year - first.year) * 12 + last.month - first.month + 1
        if span > len(months):
            gaps.append(f"{agency} ({span - len(months)})")
        middle = median(months.values())
        few = [at for at, count in months.items() if count < middle * THIN_MONTH and at not in (first, last)]
        if few:
            thin.append(
                f"{agency} ({', '.join(f'{at:%b %Y}' for at in few[:3])}{' …' if len(few) > 3 else ''})"
            )
    yield _listed(f"Months without any {what}", gaps, "between its first and its last month")
    yield _listed(f"Months with few {what}s", thin, "with less than a third of its usual number")


def _listed(name: str, found: list[str], what: str) -> Check:
    if not found:
        return Check(name, OK, "None.")
    more = f" and {len(found) - 5} agencies more" if len(found) > 5 else ""
    return Check(name, WARN, f"{', '.join(found[:5])}{more}: months {what}.")


def _late(stops: Any) -> Check:
    """Of what was logged at a desk. When a file was made up is not known, so an import is never late."""
    logged = stops.filter(import_run=None)
    total = logged.count()
    if not total:
        return Check("Logged late", OK, "Imported: when each record was written is not known.")
    late = logged.filter(flags__in=_with_bits(Flag.LATE)).count()
    return by_share("Logged late", late, total, LATE, "were logged later than the agency's rule allows")


# Of persons


def of_persons(persons: Any) -> Iterator[Check]:
    total = persons.count()
    outside = persons.filter(Q(age__lt=YOUNGEST) | Q(age__gt=OLDEST)).count()
    yield none_of(
        f"Ages outside {YOUNGEST} to {OLDEST}", outside, f"have an age outside {YOUNGEST} to {OLDEST}", WARN
    )
    yield by_share(
        "Race unknown", persons.filter(race=None).count(), total, UNKNOWN_GROUP, "have no recorded race"
    )
    yield by_share(
        "Gender unknown", persons.filter(gender=0).count(), total, UNKNOWN_GROUP, "have no recorded gender"
    )
    searched = persons.filter(searched=True)
    yield by_share(
        "Finds of searches unknown", searched.filter(contraband_found=None).count(), searched.count(), UNKNOWN_GROUP,
        "were searched and it was not recorded whether something was found",
    )  # fmt: skip
    without = persons.filter(searched=False, contraband_found=True).count()
    yield none_of(
        "Finds without a search", without, "were not searched and something was found on them", WARN
    )


# Of published figures


SHARES = ("share", "search_rate", "hit_rate", "inferred_threshold")


def of_shares(rows: Any, names: set[str]) -> Iterator[Check]:
    for name in SHARES:
        if name in names:
            outside = rows.filter(Q(**{f"{name}__lt": 0}) | Q(**{f"{name}__gt": 1})).count()
            yield none_of(
                f"{name.replace('_', ' ').capitalize()} outside 0 to 1", outside, "lie outside 0 to 1"
            )
    if {"latitude", "longitude"} <= names:
        yield none_of(
            "Places at 0° north, 0° east",
            rows.filter(latitude=0, longitude=0).count(),
            "lie at 0, 0, where is only sea",
        )
    if "stop_rate" in names:
        yield none_of(
            "Stop rate above 1", rows.filter(stop_rate__gt=1).count(), "tell of more than one stop a resident and year, as percentages would", WARN
        )  # fmt: skip


OF_MODEL: dict[Any, Callable[[Any], Iterator[Check]]] = {Stop: of_stops, Person: of_persons}
