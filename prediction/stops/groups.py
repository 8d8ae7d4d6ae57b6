"""Groups of the served table: the one that a stop belongs to, the coarser ones above it, and those most alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from prediction.models import StopGroup

MOST_ALIKE = 20


@dataclass(frozen=True)
class Group:
    """Persons stopped who agree in some features. `depth` is the number of these; `agrees` how many of them one shares."""

    known: int
    codes: tuple[int, ...]
    stops: int
    weight: float  # persons, each counted less the longer ago
    counts: tuple[int, ...]
    shares: tuple[float, ...]
    agrees: int = 0
    exact: bool = True  # whether the reader may see its figures as they are

    @property
    def depth(self) -> int:
        return len(self.codes)


@dataclass(frozen=True)
class Protection:
    """What is hidden from those who may not see small counts: groups with a count from 1 to `less` - 1 do not answer, numbers of
    stops come in tens and shares in whole percent, so that no difference of two groups tells a small count.

    `own` is the agency whose persons the reader sees exactly, with its place in the chain. A question may name it and yet be
    answered by a coarser group, or stand beside groups of others: each group is looked at by itself.
    """

    exact: bool
    less: int
    own: tuple[int, int] | None = None

    def marked(self, group: Group) -> Group:
        return replace(group, exact=self.exact or self._is_own(group))

    def allows(self, group: Group) -> bool:
        return group.exact or all(count == 0 or count >= self.less for count in group.counts)

    def _is_own(self, group: Group) -> bool:
        """Whether everybody of a group was stopped by the own agency."""
        if self.own is None:
            return False
        place, agency = self.own
        before = (group.known & ((1 << place) - 1)).bit_count()
        return bool(group.known >> place & 1) and group.codes[before] == agency


def stops_for(group: Group) -> int:
    """The number of stops as the reader may see it."""
    return group.stops if group.exact else round(group.stops, -1)


def share_for(group: Group, share: float) -> float:
    """A share of a group, or an end of its interval, as the reader may see it."""
    return share if group.exact else round(share, 2)


def mask_of(chain: Sequence[str], features: Sequence[str]) -> int:
    return sum(1 << chain.index(name) for name in features)


def line_of(
    run_id: int, chain: Sequence[str], line: Sequence[str], held: Mapping[str, int], hide: Protection
) -> list[Group]:
    """From everybody to the finest group that has enough persons and may be shown: every step one feature more."""
    keys = [
        (mask_of(chain, line[:length]), [held[name] for name in line[:length]])
        for length in range(len(line) + 1)
    ]
    wanted = ", ".join(["(%s, %s::int[])"] * len(keys))
    sql = (
        f"SELECT known, codes, stops, weight, counts, shares FROM {StopGroup._meta.db_table} "
        f"WHERE run_id = %s AND (known, codes) IN ({wanted})"
    )
    rows = _groups(sql, [run_id, *(part for key in keys for part in key)])
    found = {group.depth: hide.marked(group) for group in rows}
    steps = [found[0]]
    for length in range(1, len(line) + 1):
        if length in found and hide.allows(found[length]):
            steps.append(found[length])
    return steps


def alike(
    run_id: int, chain: Sequence[str], line: Sequence[str], own: Group, hide: Protection
) -> Iterator[Group]:
    """Groups of the same features that agree with this one in as many of the first ones as can be, the larger first.

    The first features tell most, so what agrees in them is most alike. The group itself comes first.
    """
    known, mine = mask_of(chain, line), list(own.codes)
    given, seen = 0, set()
    for length in range(len(mine), -1, -1):
        for group in map(hide.marked, _beginning(run_id, known, mine[:length], hide.exact)):
            if group.codes not in seen and hide.allows(group):
                seen.add(group.codes)
                agrees = sum(one == other for one, other in zip(group.codes, mine, strict=False))
                given += 1
                yield replace(group, agrees=agrees)
            if given == MOST_ALIKE:
                return


def _beginning(run_id: int, known: int, codes: list[int], exact: bool) -> Iterator[Group]:
    """The largest groups of a set of features whose codes begin so. The key's order makes them one range of it.

    Where numbers are shown in tens their order is that of the tens, rounded as Python does: half to even.
    """
    sql = (
        f"SELECT known, codes, stops, weight, counts, shares FROM {StopGroup._meta.db_table} "
        "WHERE run_id = %s AND known = %s"
    )
    params: list[Any] = [run_id, known]
    if codes:
        sql += " AND codes >= %s::int[] AND codes < %s::int[]"
        params += [codes, [*codes[:-1], codes[-1] + 1]]
    size = "stops" if exact else "round((stops / 10.0)::float8)"
    return _groups(f"{sql} ORDER BY {size} DESC, codes LIMIT {3 * MOST_ALIKE}", params)


def _groups(sql: str, params: list[Any]) -> Iterator[Group]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        for known, codes, stops, weight, counts, shares in cursor.fetchall():
            yield Group(known, tuple(codes), stops, weight, tuple(counts), tuple(shares))
