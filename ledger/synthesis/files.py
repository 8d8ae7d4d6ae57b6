"""Made-up stops as text: the columns of the SecureCheck format, and a few more for the demo ledger."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ledger.choices import DurationBand
from ledger.synthesis.draw import RACES, Stops
from ledger.synthesis.effects import FINDS, VIOLATIONS
from ledger.synthesis.places import FORCES

SECURECHECK = (
    "stop_date",
    "stop_time",
    "country_name",
    "driver_gender",
    "driver_age_raw",
    "driver_age",
    "driver_race",
    "violation_raw",
    "violation",
    "search_conducted",
    "search_type",
    "stop_outcome",
    "is_arrested",
    "stop_duration",
    "drugs_related_stop",
    "vehicle_number",
)
# What the SecureCheck format has no column for; the source `synthetic` reads it.
MORE = ("post", "officer", "duration_minutes", "contraband_found", "contraband")
SYNTHETIC = SECURECHECK + MORE
RAW_VIOLATIONS = {"DUI": "Drunk Driving", "Signal": "Signal Violation"}


def write(path: Path, months: Iterable[Stops], columns: tuple[str, ...] = SECURECHECK) -> int:
    """Write stops as CSV, the last line without an end, as the published file is. Returns the number of rows.

    Written aside and put in place at the end: a broken-off run leaves no half file under the name.
    """
    aside, rows = path.with_name(path.name + ".part"), 0
    with aside.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(columns))
        for stops in months:
            file.write("\n" + _lines(stops, columns))
            rows += len(stops)
    os.replace(aside, path)
    return rows


def _lines(stops: Stops, columns: tuple[str, ...]) -> str:
    texts = dict(_columns(stops))
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(zip(*(texts[name] for name in columns), strict=True))
    return buffer.getvalue()[:-1]


def _columns(stops: Stops) -> Iterator[tuple[str, list[Any]]]:
    """Every column with its texts. Hours are not padded, and the word None stands for no search: so is the format."""
    yield (
        "stop_date",
        _words(
            [f"{stops.month.year}-{stops.month.month:02}-{d + 1:02}" for d in range(31)], stops.minute // 1440
        ),
    )
    yield "stop_time", _words([f"{m // 60}:{m % 60:02}:00" for m in range(1440)], stops.minute % 1440)
    yield "country_name", _words([force.country for force in FORCES], stops.force)
    yield "driver_gender", stops.gender.tolist()
    yield "driver_age_raw", stops.age.tolist()
    yield "driver_age", stops.age.tolist()
    yield "driver_race", _words(RACES, stops.race)
    yield "violation_raw", _words([RAW_VIOLATIONS.get(name, name) for name in VIOLATIONS], stops.violation)
    yield "violation", _words(VIOLATIONS, stops.violation)
    yield "search_conducted", _flags(stops.searched)
    yield "search_type", stops.search_type.tolist()
    yield "stop_outcome", stops.outcome.tolist()
    yield "is_arrested", _flags(stops.arrested)
    yield "stop_duration", [DurationBand.of(minutes).label for minutes in stops.minutes.tolist()]
    yield "drugs_related_stop", _flags(stops.drugs)
    yield "vehicle_number", stops.plate.tolist()
    yield "post", _of_force(stops, stops.post, [list(force.posts) for force in FORCES])
    yield "officer", _of_force(stops, stops.officer, [force.officer_numbers() for force in FORCES])
    yield "duration_minutes", stops.minutes.tolist()
    yield "contraband_found", _when_searched(stops, _flags(stops.found))
    yield "contraband", _words([*FINDS, ""], stops.contraband)


def _words(words: Iterable[str], codes: Any) -> list[Any]:
    import numpy as np

    found: list[Any] = np.array(list(words), dtype=object)[codes].tolist()
    return found


def _flags(marks: Any) -> list[Any]:
    return _words(["FALSE", "TRUE"], marks.astype(int))


def _when_searched(stops: Stops, texts: list[Any]) -> list[Any]:
    """Whether something was found is known only where someone searched."""
    return [text if searched else "" for text, searched in zip(texts, stops.searched.tolist(), strict=True)]


def _of_force(stops: Stops, codes: Any, words: list[list[str]]) -> list[Any]:
    """Words of a list that each force has of its own."""
    import numpy as np

    starts = np.cumsum([0, *map(len, words)])
    return _words([word for own in words for word in own], starts[stops.force] + codes)
