"""Ledgers of facts for the tests of small counts: alike persons by the dozen, or a skewed random lot."""

from __future__ import annotations

import random
from calendar import day_name
from datetime import date
from itertools import count
from typing import Any

from insights import cubes
from insights.codes import Codes
from insights.models import StopFact
from ledger.choices import AgeBand, Gender, Outcome
from ledger.models import Race, Violation
from ledger.tests.factories import make_agency, make_post

Row = dict[str, Any]
_ids = count(1)
FIRST_YEAR, YEARS = 2024, 2
DURATIONS = ("unknown", "short", "medium", "long")


def make_facts(**fields: Any) -> None:
    """So many (`persons`) alike facts."""
    agency = fields.pop("agency", None) or make_agency("India", "India")
    month = fields.pop("month", (FIRST_YEAR, 3))
    times = fields.pop("persons", 1)
    values = {
        "day": date(*month, 3), "year": month[0], "month": month[1], "hour": 9, "minute": 540, "post": 0, "area": 0,
        "agency": agency.pk, "country": agency.country_id, "violation": 0, "race": 0, "gender": Gender.MALE, "age": 30,
        "age_band": AgeBand.TO_34, "outcome": Outcome.WARNING, "duration_band": 1, "minutes_x10": 75,
        "searched": False, "arrested": False, "drugs": False,
    } | fields  # fmt: skip
    ids = [next(_ids) for _ in range(times)]
    StopFact.objects.bulk_create(StopFact(id=number, stop=number, **values) for number in ids)
    cubes.fold("id = ANY(%s)", [ids])


def write_ledger(seed: int, persons: int) -> None:
    """Skewed random facts: some groups are rare, outcome goes with arrest, as in real ledgers."""
    dice, further = random.Random(seed), random.Random(seed + 1)
    agencies = [make_agency(name, name) for name in ("Canada", "India", "USA")]
    posts = {
        agency.pk: [make_post(f"{agency.name} {number}", agency).pk for number in (1, 2)]
        for agency in agencies
    }
    violations, races = ([0, *model.objects.values_list("pk", flat=True)[:4]] for model in (Violation, Race))
    facts = []
    for number in range(persons):
        agency = dice.choices(agencies, (50, 35, 15))[0]
        month, hour = dice.randint(1, 12), dice.choices((-1, 3, 9, 10, 17, 23), (2, 5, 40, 30, 20, 15))[0]
        arrested = dice.choices((True, False, None), (15, 80, 5))[0]
        age = dice.choices((-1, 16, 20, 30, 40, 70), (2, 3, 20, 40, 30, 6))[0]
        band = dice.choices((0, 1, 2, 3), (3, 60, 30, 7))[0]
        facts.append(
            StopFact(
                id=1_000_000 + number, stop=1_000_000 + number, agency=agency.pk, country=agency.country_id,
                post=dice.choice(posts[agency.pk]), area=0, year=FIRST_YEAR + number % YEARS, month=month,
                day=date(FIRST_YEAR + number % YEARS, month, further.choice((5, 5, 5, 6, 7, 11))), hour=hour, minute=max(hour * 60, -1),
                violation=dice.choices(violations, (1, 50, 30, 15, 4))[0], race=dice.choices(races, (2, 45, 30, 20, 3))[0],
                gender=dice.choices((0, 1, 2, 3), (1, 65, 32, 2))[0], age=age,
                age_band=AgeBand.of(age if age >= 0 else None), duration_band=band, minutes_x10=(0, 75, 230, 450)[band],
                outcome=Outcome.ARREST if arrested and dice.random() < 0.95 else dice.choice((1, 2, 3)),
                searched=dice.random() < 0.15, arrested=arrested, drugs=dice.random() < 0.05,
                hit=further.choices((True, False, None), (20, 60, 20))[0],
            )
        )  # fmt: skip
    StopFact.objects.bulk_create(facts)
    cubes.fold("true", [])


def persons_as_leaves() -> list[Row]:
    codes = Codes()
    words = {name: codes.labels(name) for name in ("violation", "race", "gender", "age_band", "outcome")}
    countries, posts = codes.labels("country"), codes.labels("post")
    marks = {True: "yes", False: "no", None: "unknown"}
    return [
        {name: labels[getattr(fact, name)] for name, labels in words.items()}
        | {name: marks[getattr(fact, name)] for name in ("searched", "arrested", "drugs", "hit")}
        | {
            "place": (countries[fact.country], posts[fact.post]),
            "weekday": day_name[fact.day.weekday()],
            "month": (fact.year, fact.month),
            "hour": None if fact.hour < 0 else fact.hour,
            "duration": DURATIONS[fact.duration_band],
        }
        for fact in StopFact.objects.all()
    ]
