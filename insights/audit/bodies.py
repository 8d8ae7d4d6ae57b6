"""A body of predictions: what an audit is of, whoever made it. Apps above this one hand theirs over by `register`.

A body names its areas with their people, its predictions with their places and days, and, where it knows them, the later
reports. What it does not know it leaves out, and the audit says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from insights.audit.matching import Report
from insights.audit.people import Figure


@dataclass(frozen=True)
class DeclaredArea:
    """An area that the predictions were made for. `boundary` is a GeoJSON geometry."""

    name: str
    people: Mapping[str, Figure] = field(default_factory=dict)
    boundary: Mapping[str, Any] | None = None
    counted: int | None = None  # predictions in it as a file counts them, where there are no places


@dataclass(frozen=True)
class Spot:
    """Predictions at one place: a point, an area by its name, or a named place; `day` to `until` where they are dated."""

    count: int = 1
    longitude: float | None = None
    latitude: float | None = None
    area: str = ""
    label: str = ""
    kind: str = ""
    day: date | None = None
    until: date | None = None

    @property
    def has_point(self) -> bool:
        return self.longitude is not None and self.latitude is not None


@dataclass(frozen=True)
class Later:
    """A crime reported later: where, when, of which kind in the words of the predictions."""

    day: date
    longitude: float | None = None
    latitude: float | None = None
    area: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Scored:
    """A back-test of one period: `foreseen` of its `reports` lay in the `places` that were flagged before it, which have the
    `land` (0 to 1) of all; that part would be met by flagging at random."""

    period: str
    reports: int
    foreseen: int
    places: int
    land: float | None = None


@dataclass(frozen=True)
class Body:
    """`days`: how many days the predictions were made for; `made`: how many there were in the time of the matched reports.

    `matched` are reports that a study set against predictions; `later` are reports that the audit sets against dated
    predictions itself; `scored` are back-tests that whoever made the predictions ran.
    """

    slug: str
    name: str
    about: str
    ours: bool = False
    areas: Sequence[DeclaredArea] = ()
    spots: Sequence[Spot] = ()
    first_day: date | None = None
    last_day: date | None = None
    made: int | None = None
    matched: Sequence[Report] = ()
    later: Sequence[Later] = ()
    scored: Sequence[Scored] = ()
    actual: Sequence[tuple[float, float]] = ()  # longitude and latitude of reports, for the map
    facts: Mapping[str, Any] = field(
        default_factory=dict
    )  # what else is known of whose they are, for the flags
    notes: Sequence[str] = ()

    @property
    def days(self) -> int | None:
        if self.first_day is None or self.last_day is None:
            return None
        return (self.last_day - self.first_day).days + 1


@dataclass(frozen=True)
class Offer:
    """A body that can be had: `mark` changes whenever what it rests on does; `load` reads it."""

    slug: str
    mark: str
    load: Callable[[], Body]


Source = Callable[[], Iterable[Offer]]
_SOURCES: dict[str, Source] = {}


def register(name: str, source: Source) -> None:
    """Hand a source of bodies over, when the app is ready. The same name again replaces it."""
    _SOURCES[name] = source


def offers() -> list[Offer]:
    """Every body that there is, by its slug; of two with one slug the first stands."""
    found: dict[str, Offer] = {}
    for source in _SOURCES.values():
        for offer in source():
            found.setdefault(offer.slug, offer)
    return sorted(found.values(), key=lambda offer: offer.slug)
