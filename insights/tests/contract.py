"""The contract of the navigator: whichever relation an insight is read from, its answer is the same to the last digit."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from unittest.mock import patch

from insights.catalogue import CATALOGUE
from insights.codes import Codes
from insights.filters import Filters
from insights.insight import Answer, Insight
from insights.models import CUBES, Cube
from insights.navigator import Route, _cube_route, _facts_route
from insights.sizes import UNKNOWN, Sizes
from insights.tests.securecheck_file import random_filters
from insights.viewer import Viewer

PERIODS = (
    "2019-01-01",
    "2020-01-01",
    "2020-03-01",
    "2021-01-01",
    "2021-07-01",
)  # where months and years begin


@dataclass
class Tried:
    """What was compared: how often, from which relations, and where answers differed."""

    cases: int = 0
    read: set[str] = field(default_factory=set)
    differences: list[str] = field(default_factory=list)


def filters_at_random(chance: random.Random) -> dict[str, str]:
    """Mostly such as a cube can answer: whole bands, whole periods, one or two filters."""
    given = random_filters(chance)
    given.pop("vehicle", None)
    if chance.random() < 0.7:
        for name in set(given) & {"age_min", "age_max"}:
            given[name] = chance.choice(("18", "25") if name == "age_min" else ("64", "34"))
    if chance.random() < 0.5 and "date_after" in given:
        given["date_after"] = chance.choice(PERIODS)
        given.pop("date_before", None)
    return given


def compare(seed: int, sets: int) -> Tried:
    """Every insight within some sets of filters, from the facts and from every cube that can answer."""
    chance, codes, tried = random.Random(seed), Codes(), Tried()
    for number in range(sets):
        given = {} if not number else filters_at_random(chance)
        filters = Filters.read(given, codes)
        for insight in CATALOGUE:
            for found, due in _answers(insight, filters):
                tried.cases += 1
                tried.read.add(found.reads)
                if (found.rows, found.summary) != (due.rows, due.summary):
                    tried.differences.append(f"seed {seed}: {insight.slug} within {given} from {found.reads}")
    return tried


def _answers(insight: Insight, filters: Filters) -> Iterator[tuple[Answer, Answer]]:
    """Pairs of answers, one from a cube (and facts for broken periods), one from the facts alone."""
    able = (
        []
        if insight.vehicles
        else [cube for cube in CUBES if _way(cube, filters, insight.dimensions(), insight.measures())]
    )
    if not able:
        return
    with read_from(None):
        due = insight.answer(filters, Viewer.system())
    for cube in able:
        with read_from(cube):
            yield insight.answer(filters, Viewer.system()), due


def _way(cube: type[Cube], filters: Filters, dims: Collection[str], measures: Sequence[str]) -> Route | None:
    return _cube_route(cube, filters, dims, list(dict.fromkeys(["stops", *measures])), UNKNOWN)


@contextmanager
def read_from(cube: type[Cube] | None) -> Iterator[None]:
    """Insights read this cube where it can answer, else the facts."""

    def way(filters: Filters, dims: Collection[str], measures: Sequence[str], sizes: Sizes) -> Route:
        found = _way(cube, filters, dims, measures) if cube else None
        return found or _facts_route(filters, list(dict.fromkeys(["stops", *measures])), UNKNOWN)

    with patch("insights.relation.best_route", way):
        yield
