"""Benchmarks to compare stops with: those that analysts typed in, and figures of areas that were imported.

An imported set is all figures of one source, year and kind of area (and agency, or vendor's client). Which measure is of
which group is told by its name: “black_alone”, “Population: Black” and “Black” are all of Black.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Sum

from insights.codes import UNKNOWN, Codes, plain
from insights.fairness.cells import GROUPS
from insights.models import Benchmark
from ledger.models import Agency, AreaFigure

# Words of a measure that say nothing of the group.
SAYS_NOTHING = {
    "population",
    "pop",
    "people",
    "residents",
    "persons",
    "alone",
    "number",
    "of",
    "estimate",
    "total",
}
CAUTION = (
    "Residents are not road users: those who drive through, drive more, or are counted badly by the census move these "
    "ratios without any officer doing anything. Read a second test before drawing a conclusion."
)


@dataclass(frozen=True)
class People:
    """A benchmark: how many people by label of the group, and by area where it has areas."""

    key: str
    label: str
    group: str
    people: dict[str, int]
    says: str
    agency: Agency | None = None
    unused: tuple[str, ...] = ()
    by_area: dict[int, dict[str, int]] = field(default_factory=dict)


def choices(codes: Codes) -> dict[str, str]:
    """Every benchmark on offer, by its key in the address."""
    typed = {f"b{one.pk}": _typed_label(one) for one in Benchmark.objects.filter(withdrawn_at=None)}
    return typed | {key: label for key, label, _ in _sets()}


def find(key: str, codes: Codes) -> People | None:
    """The benchmark of a key. One that was withdrawn is still found: old addresses go on telling what they told."""
    if re.fullmatch(r"b\d{1,9}", key):
        kept = Benchmark.objects.select_related("agency").filter(pk=int(key[1:])).first()
        return _typed(kept) if kept else None
    chosen = next((condition for one, _, condition in _sets() if one == key), None)
    return _imported(key, chosen, codes) if chosen is not None else None


def _typed_label(one: Benchmark) -> str:
    return f"{one.name}, {one.year} ({GROUPS[one.group].lower()})"


def _typed(one: Benchmark) -> People:
    says = f"{one.name}, {one.year}. Source: {one.source}."
    if one.withdrawn_at:
        says += " This benchmark was withdrawn."
    return People(f"b{one.pk}", _typed_label(one), one.group, dict(one.people), says, one.agency)


def _current_figures() -> Any:
    """Figures whose import was not undone."""
    return AreaFigure.objects.current()


def _sets() -> list[tuple[str, str, dict[str, Any]]]:
    """Key, label and condition of every set of imported figures."""
    found = (
        _current_figures()
        .values("source", "year", "area__kind", "area__agency", "area__agency__name", "client")
        .annotate(areas=Count("area", distinct=True))
        .order_by("source", "year", "area__kind", "area__agency__name", "client")
    )
    sets = []
    for row in found:
        names = ("source", "year", "area__kind", "area__agency", "client")
        condition = {
            name if row[name] is not None else f"{name}__isnull": row[name] if row[name] is not None else True
            for name in names
        }
        parts = [row["source"] or "no source given", row["year"], row["area__agency__name"], row["client"]]
        label = ", ".join(str(part) for part in parts if part)
        kind = str(row["area__kind"]).replace("-", " ")
        key = "~".join(str(row[name] or "") for name in names)
        sets.append((key, f"{label}: {row['areas']:,} area(s) of kind {kind}", condition))
    return sets


def _imported(key: str, condition: dict[str, Any], codes: Codes) -> People | None:
    """The grouping whose words most measures hold, with the people of each group."""
    figures = _current_figures().filter(**condition)
    sums = {row["measure"]: row["people"] for row in figures.values("measure").annotate(people=Sum("value"))}
    best = max(GROUPS, key=lambda group: len({*groups_of(sums, group, codes).values()}))
    told = groups_of(sums, best, codes)
    if not told:
        return None
    people: dict[str, int] = {}
    by_area: dict[int, dict[str, int]] = {}
    for area, measure, value in figures.filter(measure__in=told).values_list("area", "measure", "value"):
        label, number = told[measure], round(value)
        people[label] = people.get(label, 0) + number
        of_area = by_area.setdefault(area, {})
        of_area[label] = of_area.get(label, 0) + number
    owner = condition.get("area__agency")
    agency = Agency.objects.filter(pk=owner).first() if owner else None
    source, year = condition.get("source") or "not given", condition.get("year") or "year not given"
    says = f"Imported figures of {len(by_area):,} areas, {year}. Source: {source}."
    unused = tuple(sorted(set(sums) - set(told)))
    return People(key, says, best, people, says, agency, unused, by_area)


def groups_of(measures: Iterable[str], group: str, codes: Codes) -> dict[str, str]:
    """Measure → label of the group it is of, for those that name one."""
    words = codes.vocabulary(group)
    found = {}
    for measure in measures:
        told = words.get(plain(measure)) or words.get(_bare(measure))
        if told and told[0] != UNKNOWN:
            found[measure] = told[0]
    return found


def _bare(measure: str) -> str:
    parts = re.sub(r"[_:/,()]", " ", measure.lower()).split()
    return " ".join(part for part in parts if part not in SAYS_NOTHING)
