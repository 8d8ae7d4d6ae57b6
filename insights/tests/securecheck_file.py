"""Draws files in the SecureCheck format, with the dirt of real ones: unpadded hours, contradictions, returning vehicles."""

from __future__ import annotations

import csv
import random
from datetime import date, timedelta
from pathlib import Path

HEADER = [
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
]
RAW = {
    "DUI": "Drunk Driving",
    "Other": "Other",
    "Seatbelt": "Seatbelt",
    "Signal": "Signal Violation",
    "Speeding": "Speeding",
}


def one_row(draw: random.Random) -> dict[str, str]:
    """One stop; shares are skewed, so that every group, large or tiny, comes up."""
    day = date(2018, 11, 20) + timedelta(days=int(draw.triangular(0, 1500, 900)))
    hour, minute = (
        int(draw.triangular(0, 24, 17)) % 24 if draw.random() < 0.7 else draw.randrange(24),
        draw.randrange(60),
    )
    violation = draw.choices(list(RAW), (2, 1, 4, 5, 9))[0]
    age = draw.choice((16, 17, 18, 24, 25, 34, 35, 44, 45, 54, 55, 64, 65, 80, draw.randint(16, 80)))
    eager = 0.55 if violation == "DUI" else 0.2
    return {
        "stop_date": day.isoformat(),
        "stop_time": f"{hour}:{minute:02}:00",
        "country_name": draw.choices(("Canada", "India", "USA"), (1, 6, 3))[0],
        "driver_gender": draw.choice("MMF"),
        "driver_age_raw": str(draw.randint(16, 80)),
        "driver_age": str(age),
        "driver_race": draw.choices(("Asian", "Black", "Hispanic", "Other", "White"), (4, 3, 2, 1, 6))[0],
        "violation_raw": RAW[draw.choice(list(RAW))],
        "violation": violation,
        "search_conducted": str(draw.random() < eager).upper(),
        "search_type": draw.choice(("Frisk", "None", "Vehicle Search")),
        "stop_outcome": draw.choice(("Arrest", "Ticket", "Warning")),
        "is_arrested": str(draw.random() < eager - 0.1).upper(),
        "stop_duration": draw.choices(("0-15 Min", "16-30 Min", "30+ Min"), (5, 3, 1))[0],
        "drugs_related_stop": str(draw.random() < 0.4).upper(),
        "vehicle_number": f"RJ{draw.randint(1, 3):02}AB{int(draw.triangular(0, 90, 5)):04}",
    }


def with_gaps(row: dict[str, str], draw: random.Random) -> dict[str, str]:
    """The same with things that were not recorded: empty cells."""
    may_lack = (
        "stop_time",
        "driver_gender",
        "driver_age",
        "driver_race",
        "violation",
        "search_conducted",
        "is_arrested",
    )
    gone = {
        name
        for name in (*may_lack, "stop_duration", "drugs_related_stop", "vehicle_number")
        if draw.random() < 0.05
    }
    return {name: "" if name in gone else value for name, value in row.items()}


def planted_rows(draw: random.Random) -> list[dict[str, str]]:
    """Two violations with equal rates (a tie), and one with exactly ten stops and the highest arrest rate of all."""
    rows = []
    for violation, count, every in (
        ("Equipment", 12, 3),
        ("Registration/plates", 12, 3),
        ("Moving violation", 10, 1),
    ):
        for number in range(count):
            mark = str(number % every == 0).upper()
            rows.append(
                one_row(draw) | {"violation": violation, "search_conducted": mark, "is_arrested": mark}
            )
    return rows


def write_file(path: Path, seed: int, rows: int, gaps: bool) -> Path:
    """A file of drawn stops; `gaps` also leaves cells empty and plants ties."""
    draw = random.Random(seed)
    drawn = [one_row(draw) for _ in range(rows)]
    if gaps:
        drawn = [with_gaps(row, draw) for row in drawn] + planted_rows(draw)
        draw.shuffle(drawn)
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, HEADER)
        writer.writeheader()
        writer.writerows(drawn)
    return path


def random_filters(draw: random.Random) -> dict[str, str]:
    """Up to four filters, in the words a reader or a source would use."""
    first, last = sorted(date(2018, 11, 20) + timedelta(days=draw.randrange(1500)) for _ in range(2))
    youngest, oldest = sorted((draw.randint(16, 80), draw.randint(16, 80)))
    offers = {
        "country": draw.choice(("Canada", "India", "usa", "Unknown")),
        "agency": draw.choice(("Canada", "India", "USA")),
        "violation": draw.choice((*RAW, "speeding", "Equipment", "Unknown", "Drunk Driving")),
        "outcome": draw.choice(("Warning", "Citation", "Ticket", "arrest")),
        "race": draw.choice(("Asian", "Black", "Hispanic", "Other", "White", "Unknown")),
        "gender": draw.choice(("Male", "Female", "F", "m", "Unknown")),
        "age_min": str(youngest),
        "age_max": str(oldest),
        "date_after": first.isoformat(),
        "date_before": last.isoformat(),
        "hour_min": str(draw.randrange(24)),
        "hour_max": str(draw.randrange(24)),
        "searched": draw.choice(("yes", "no")),
        "arrested": draw.choice(("true", "0")),
        "drugs": draw.choice(("1", "FALSE")),
        "vehicle": f"RJ{draw.randint(1, 3):02}AB{draw.randrange(12):04}",
    }
    chosen = draw.sample(list(offers), draw.randint(1, 4))
    return {name: offers[name] for name in offers if name in chosen}
