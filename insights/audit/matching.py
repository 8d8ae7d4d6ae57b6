"""Predictions against later reports, as a study matched them: each report with the types that had been predicted for its
place and shift, and the types that would have been right.

Types come joined: by `|` within one kind of prediction (“Robbery|Aggravated Assault” is one kind), and by `%` between
kinds; where the joins were lost all types stand joined by `|`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from insights.fairness.intervals import Rate

WITHIN, BETWEEN = "|", "%"


@dataclass(frozen=True)
class Report:
    """One reported crime. `fits`: types of prediction that it would prove right; `predicted`: those made for its place and
    shift, `count` of them."""

    fits: frozenset[str]
    predicted: frozenset[str]
    count: int

    @property
    def is_predictable(self) -> bool:
        return bool(self.fits)

    @property
    def is_hit(self) -> bool:
        """Some prediction of a fitting type stood at the place and shift. Equals the match of whole kinds in the
        published file, where no two kinds share a type."""
        return bool(self.fits & self.predicted)


@dataclass(frozen=True)
class Outcome:
    """Reports that could have been predicted, those that were, and the predictions that stood where they were right."""

    reports: int
    hits: int
    right: int
    made: int | None = None

    @property
    def recall(self) -> Rate:
        return Rate(self.hits, self.reports)

    @property
    def hit_share(self) -> Rate | None:
        """Right predictions of all that were made, which the matched reports alone do not tell."""
        return Rate(self.right, self.made) if self.made else None


def types(text: str) -> frozenset[str]:
    parts = text.replace(BETWEEN, WITHIN).split(WITHIN)
    return frozenset(part.strip() for part in parts if part.strip())


def outcome(reports: Iterable[Report], made: int | None = None) -> Outcome:
    """Every prediction that stood at the place and shift of a report that was hit counts as right, as in the study."""
    predictable = [one for one in reports if one.is_predictable]
    hits = [one for one in predictable if one.is_hit]
    return Outcome(len(predictable), len(hits), sum(one.count for one in hits), made)


def by_type(reports: Iterable[Report]) -> dict[str, Outcome]:
    """Reports by the types that would have fitted, the most first."""
    found: dict[str, list[Report]] = {}
    for one in reports:
        if one.is_predictable:
            found.setdefault(", ".join(sorted(one.fits)), []).append(one)
    ordered = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    return {name: outcome(several) for name, several in ordered}
