"""Made-up stops in the standard format of the Stanford Open Policing Project, any number of them."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

HEADER = (
    *("raw_row_number", "date", "time", "location", "lat", "lng", "county_name", "district", "subject_age"),
    *("subject_race", "subject_sex", "type", "arrest_made", "citation_issued", "warning_issued", "outcome"),
    *("contraband_found", "frisk_performed", "search_conducted", "search_basis", "reason_for_stop"),
)
RACES = ("white", "black", "hispanic", "asian/pacific islander", "other", "NA")
OUTCOMES = ("citation", "warning", "arrest")
REASONS = ("Speeding", "Equipment", "Moving violation", "Registration", "Other")
BASES = ("consent", "probable cause", "plain view")


def write(path: Path, rows: int, first: date, days: int, seed: int) -> None:
    """Write `rows` stops of the days from `first` on. The same seed gives the same file."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(_rows(rows, first, days, random.Random(seed)))  # noqa: S311  no secret


def _rows(rows: int, first: date, days: int, dice: random.Random) -> Iterator[list[object]]:
    dates = [f"{first + timedelta(days=day)}" for day in range(days)]
    for number in range(1, rows + 1):
        second = int(dice.triangular(0, 86_400, 61_200))
        outcome = dice.choices(OUTCOMES, (60, 36, 4))[0]
        searched = dice.random() < 0.05
        yield [
            number,
            dice.choice(dates),
            f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}",
            f"I-{dice.randrange(1, 400)} mile {dice.randrange(1, 500)}",
            f"{38 + 3 * dice.random():.6f}",
            f"{-100 + 5 * dice.random():.6f}",
            f"County {dice.randrange(60)}",
            f"District {dice.randrange(20)}",
            min(90, 16 + int(dice.expovariate(0.05))),
            dice.choices(RACES, (55, 20, 15, 5, 3, 2))[0],
            dice.choices(("male", "female"), (66, 34))[0],
            "vehicular",
            _mark(outcome == "arrest"),
            _mark(outcome == "citation"),
            _mark(outcome == "warning"),
            outcome,
            _mark(dice.random() < 0.3) if searched else "NA",
            _mark(searched and dice.random() < 0.4),
            _mark(searched),
            dice.choice(BASES) if searched else "NA",
            dice.choices(REASONS, (50, 20, 15, 10, 5))[0],
        ]


def _mark(yes: bool) -> str:
    return "TRUE" if yes else "FALSE"
