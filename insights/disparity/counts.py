"""The counts behind a test, in words instead of codes: exact for those who may see them so, else with small counts hidden.

What is computed from hidden counts would give them away. So for readers from whom small counts are hidden every figure of
a test is computed from the counts that they are shown, and from nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from insights.codes import UNKNOWN, Codes
from insights.columns import HIDDEN, Column, Count, Label
from insights.disparity.arguments import Arguments
from insights.fairness.cells import ACTIONS, BASES, GROUPS, group_cells, rate_cells
from insights.filters import FilterError, Filters
from insights.insight import Insight
from insights.viewer import Viewer
from ledger.models import Agency, Area, Post

Row = dict[str, Any]
ONLY_EXACT = "{} are shown to analysts only: their small counts cannot be hidden one by one. Choose another."


@dataclass(frozen=True)
class Counts:
    """Rows with the labels `group` (and `place`), `stops` and the action; `hidden` names those with a hidden count.

    `unknown` are the persons stopped whose group is unknown; None where that is hidden.
    """

    rows: list[Row]
    hidden: list[Row] = field(default_factory=list)
    unknown: int | None = 0


def of_groups(viewer: Viewer, filters: Filters, group: str, action: str = "") -> Counts:
    """Persons stopped, and those who met with the action, by group over all places."""
    if viewer.sees_exact(filters):
        rows = group_cells(filters, group, action or "searches")
        labels = filters.codes.labels(group)
        named = [row | {"group": labels.get(row["group"], UNKNOWN), "code": row["group"]} for row in rows]
        named.sort(key=lambda row: row["code"])
    else:
        _refuse_unprotected(action, "")
        named = _protected(viewer, filters, (group,), action)
    return _parted(named, ("stops", action) if action else ("stops",))


def of_places(viewer: Viewer, filters: Filters, group: str, place: str, action: str) -> Counts:
    """The same by group and place; unknown groups and places are left out."""
    if viewer.sees_exact(filters):
        return Counts(named_cells(rate_cells(filters, group, place, action), filters.codes, group, place))
    _refuse_unprotected(action, place)
    dims = (group, "agency") if place == "agency" else (group, "agency", place)
    rows = _protected(viewer, filters, dims, action)
    for row in rows:
        row["place"] = row["agency"] if place == "agency" else f"{row[place]}, {row['agency']}"
    known = [row for row in rows if UNKNOWN not in (row.get(place), row["agency"])]
    return _parted(known, ("stops", action))


def _refuse_unprotected(action: str, place: str) -> None:
    errors = {}
    if action in BASES:
        errors["action"] = [ONLY_EXACT.format(f"“{ACTIONS[action]}”: figures")]
    if place == "area":
        errors["place"] = [ONLY_EXACT.format("Figures by area")]
    if errors:
        raise FilterError(errors)


class GroupedCounts(Insight):
    """The same counts as a unit whose small counts can be hidden. It is in no catalogue: the tests show it."""

    slug = "fairness"
    title = question = why = ""
    limits = ()

    def __init__(self, dims: Sequence[str], action: str) -> None:
        columns: dict[str, Column] = {dim: Label(dim, dim) for dim in dims}
        columns["stops"] = Count("Persons stopped", "stops")
        if action:
            columns[action] = Count(ACTIONS[action], action)
        self.columns = columns  # type: ignore[misc]  # of this one question only
        self.headline = {}  # type: ignore[misc]
        self.order = tuple(dims)  # type: ignore[misc]


def _protected(viewer: Viewer, filters: Filters, dims: Sequence[str], action: str) -> list[Row]:
    answer = GroupedCounts(dims, action).answer(filters, viewer)
    return [row | {"group": row[dims[0]]} for row in answer.rows]


def _parted(rows: Iterable[Row], counts: tuple[str, ...]) -> Counts:
    """Shown rows, rows with a hidden count, and how many are of unknown group."""
    shown: list[Row] = []
    hidden: list[Row] = []
    unknown: int | None = 0
    for row in rows:
        covered = any(row[name] == HIDDEN for name in counts)
        if row["group"] == UNKNOWN:
            unknown = None if covered or unknown is None else unknown + row["stops"]
        elif covered:
            hidden.append(row)
        else:
            shown.append(row)
    return Counts(shown, hidden, unknown)


def named_cells(rows: Iterable[Row], codes: Codes, group: str, place: str) -> list[Row]:
    """Cells with labels for the codes of group and place, in the order of the codes."""
    table = sorted(rows, key=lambda row: (row["place"], row["group"]))
    groups, places = codes.labels(group), place_labels(place, {row["place"] for row in table})
    return [
        row | {"group": groups.get(row["group"], UNKNOWN), "place": places.get(row["place"], UNKNOWN)}
        for row in table
    ]


def place_labels(place: str, wanted: set[int]) -> dict[int, str]:
    """A name for each place, different for different places."""
    if place == "agency":
        return dict(Agency.objects.filter(pk__in=wanted).values_list("pk", "name"))
    if place == "post":
        posts = Post.objects.filter(pk__in=wanted).values_list("pk", "name", "agency__name")
        return {pk: f"{name}, {agency}" for pk, name, agency in posts}
    areas = list(Area.objects.filter(pk__in=wanted).values_list("pk", "name", "kind", "code"))
    named = Counter(name for _, name, _, _ in areas)
    return {
        pk: name if named[name] == 1 else f"{name} ({kind}{f' {code}' if code else ''}, {pk})"
        for pk, name, kind, code in areas
    }


def reference_of(arguments: Arguments, sizes: dict[str, int], other_than: str = "") -> str:
    """The group asked for, else the largest; empty when there is none."""
    if arguments.reference:
        return arguments.reference
    left = {group: size for group, size in sizes.items() if group != other_than}
    return max(left, key=lambda group: left[group], default="")


def unknown_note(arguments: Arguments, counts: Counts) -> tuple[str, ...]:
    """How many are in no comparison because their group is unknown."""
    if not counts.unknown:
        return ()
    return (
        f"Of {counts.unknown:,} persons stopped the {GROUPS[arguments.group].lower()} is unknown; they are in no comparison.",
    )


def hidden_note(hidden: Sequence[Row], one: str, many: str) -> tuple[str, ...]:
    """That some figures are hidden, and that everything else rests on the others."""
    if not hidden:
        return ()
    return (
        f"[c]: small counts, or counts that would give small ones away, are hidden for "
        f"{len(hidden):,} {one if len(hidden) == 1 else many}. "
        "Every figure here is computed from the counts shown, so it leaves them out.",
    )


PLACE_WORDS = {"agency": "agencies", "post": "posts", "area": "areas"}
