"""Rows in words: one person stopped, as recorded, with the stop it belongs to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from insights.codes import UNKNOWN, Codes
from insights.filters import Facts
from ledger.choices import AgeBand, DurationBand
from ledger.models import Stop, Vehicle
from ledger.reference import reference_of

Row = dict[str, Any]
COLUMNS = (
    *(
        "id",
        "stop",
        "day",
        "minute",
        "agency",
        "post",
        "violation",
        "vehicle",
        "gender",
        "age",
        "age_band",
        "race",
    ),
    *("searched", "hit", "outcome", "arrested", "drugs", "duration_band"),
)
CHUNK = 2_000


@dataclass(frozen=True)
class Names:
    """What the rows of a page refer to: references of stops, numbers of vehicles, labels of codes."""

    stops: dict[int, tuple[int, int | None]]  # the stop's number and recorded minutes, by its key
    vehicles: dict[int, str]
    codes: Codes

    @classmethod
    def of(cls, rows: Iterable[Row], codes: Codes) -> Names:
        rows = list(rows)
        stops = Stop.objects.filter(pk__in={row["stop"] for row in rows})
        vehicles = Vehicle.objects.filter(pk__in={row["vehicle"] for row in rows if row["vehicle"]})
        told = {
            pk: (number, minutes)
            for pk, number, minutes in stops.values_list("pk", "number", "duration_minutes")
        }
        return cls(told, dict(vehicles.values_list("pk", "number")), codes)

    def label(self, dimension: str, code: int) -> str:
        return self.codes.labels(dimension).get(code, UNKNOWN)


Words = Callable[[Row, Names], Any]


def _coded(name: str) -> Words:
    return lambda row, names: names.label(name, row[name])


def _marked(name: str) -> Words:
    return lambda row, names: {True: "Yes", False: "No"}.get(row[name], UNKNOWN)


def _time(row: Row, names: Names) -> str:
    return f"{row['minute'] // 60:02}:{row['minute'] % 60:02}" if row["minute"] >= 0 else UNKNOWN


def _age(row: Row, names: Names) -> str:
    return str(row["age"]) if row["age"] >= 0 else str(AgeBand(row["age_band"]).label)


def _stop(row: Row, names: Names) -> str:
    return reference_of(names.stops[row["stop"]][0]) if row["stop"] in names.stops else ""


def _duration(row: Row, names: Names) -> str:
    """As recorded: minutes, else the band. The midpoint that stands for a band in the facts was written by nobody."""
    _, minutes = names.stops.get(row["stop"], (0, None))
    return f"{minutes} min" if minutes is not None else str(DurationBand(row["duration_band"]).label)


HEADINGS: dict[str, str] = {
    "stop": "Stop",
    "date": "Date",
    "time": "Time",
    "agency": "Agency",
    "post": "Post",
    "violation": "Violation",
    "vehicle": "Vehicle",
    "gender": "Gender",
    "age": "Age",
    "race": "Race",
    "searched": "Searched",
    "hit": "Found",
    "outcome": "Outcome",
    "arrested": "Arrested",
    "drugs": "Drug-related",
    "duration": "Duration",
}
WORDS: dict[str, Words] = {
    "stop": _stop,
    "date": lambda row, names: row["day"],
    "time": _time,
    "agency": _coded("agency"),
    "post": _coded("post"),
    "violation": _coded("violation"),
    "vehicle": lambda row, names: names.vehicles.get(row["vehicle"], ""),
    "gender": _coded("gender"),
    "age": _age,
    "race": _coded("race"),
    "searched": _marked("searched"),
    "hit": _marked("hit"),
    "outcome": _coded("outcome"),
    "arrested": _marked("arrested"),
    "drugs": _marked("drugs"),
    "duration": _duration,
}


def in_words(rows: list[Row], codes: Codes) -> list[dict[str, Any]]:
    """The rows of a page, by the keys of `HEADINGS`."""
    names = Names.of(rows, codes)
    return [{key: words(row, names) for key, words in WORDS.items()} for row in rows]


def exported(facts: Facts, order: tuple[str, ...], codes: Codes) -> Iterator[list[Any]]:
    """All rows for a download, read and named a chunk at a time."""
    chunk: list[Row] = []
    for row in facts.order_by(*order).values(*COLUMNS).iterator(chunk_size=CHUNK):
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield from (list(one.values()) for one in in_words(chunk, codes))
            chunk = []
    yield from (list(one.values()) for one in in_words(chunk, codes))
