"""Names of what is known of a stop and of what may come: labels for codes, codes for words. Each list is looked up once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from ledger.choices import DurationBand, Outcome, StopType
from ledger.forms.filter_fields import Word, words_in, words_of
from ledger.models import Agency, Area, Country, Post, Violation
from prediction.features import PARTS_OF_DAY, PARTS_OF_WEEK, WEEKDAYS, spot_of
from prediction.stops.codes import REST

UNKNOWN = "Unknown"
ANY_OTHER = "Any other"
MARKS = {-1: UNKNOWN, 0: "No", 1: "Yes"}
MARK_SENTENCES = {"searched": ("not searched", "searched"), "drugs": ("not drug-related", "drug-related")}


class StopWords:
    """Make one for a request or a command and pass it on."""

    @cached_property
    def countries(self) -> dict[int, str]:
        return dict(Country.objects.values_list("pk", "name"))

    @cached_property
    def agencies(self) -> dict[int, tuple[str, int]]:
        """Name and country of each agency."""
        return {
            pk: (name, country)
            for pk, name, country in Agency.objects.values_list("pk", "name", "country_id")
        }

    @cached_property
    def posts(self) -> dict[int, tuple[str, int]]:
        """Name and agency of each post."""
        return {
            pk: (name, agency) for pk, name, agency in Post.objects.values_list("pk", "name", "agency_id")
        }

    @cached_property
    def areas(self) -> dict[int, tuple[str, int | None]]:
        """Name and agency, if it has one, of each area."""
        return {
            pk: (name, agency) for pk, name, agency in Area.objects.values_list("pk", "name", "agency_id")
        }

    @cached_property
    def violations(self) -> list[tuple[int, str, list[str]]]:
        return list(Violation.objects.values_list("pk", "label", "words"))

    def label(self, feature: str, code: int) -> str:
        """What a feature's code is called."""
        return self._labels[feature](code)

    @cached_property
    def _labels(self) -> dict[str, Callable[[int], str]]:
        listed: dict[str, dict[int, str]] = {
            "part_of_day": PARTS_OF_DAY,
            "part_of_week": PARTS_OF_WEEK,
            "weekday": WEEKDAYS,
            "stop_type": {one.value: str(one.label) for one in StopType},
            "duration_band": {one.value: str(one.label) for one in DurationBand},
            "searched": MARKS,
            "drugs": MARKS,
            "outcome": {one.value: str(one.label) for one in Outcome} | {REST: ANY_OTHER},
        }
        plain = {name: _of(labels) for name, labels in listed.items()}
        return plain | {
            "country": lambda code: self.countries.get(code, UNKNOWN),
            "agency": lambda code: self.agencies.get(code, (UNKNOWN, 0))[0],
            "spot": self._spot,
            "hour": lambda code: f"{code:02}:00 to {code:02}:59" if code >= 0 else UNKNOWN,
            "violation": self._violation,
        }

    def _spot(self, code: int) -> str:
        known: Any = self.areas if code % 2 else self.posts
        return str(known[code // 2][0]) if code > 0 and code // 2 in known else UNKNOWN

    def _violation(self, code: int) -> str:
        return ANY_OTHER if code == REST else self._violation_labels.get(code, UNKNOWN)

    @cached_property
    def _violation_labels(self) -> dict[int, str]:
        return {code: label for code, label, _ in self.violations}

    def told(self, feature: str, code: int) -> str:
        """A feature's value as part of a list: marks need their name beside them, other values speak for themselves."""
        if feature in MARK_SENTENCES and code >= 0:
            return MARK_SENTENCES[feature][code]
        label = self.label(feature, code)
        names = {"spot": "place", "stop_type": "kind of stop", "duration_band": "duration"}
        return f"{names.get(feature, feature.replace('_', ' '))} unknown" if label == UNKNOWN else label

    def group(self, features: Iterable[str], codes: Iterable[int]) -> str:
        """A group of stops: “Speeding, Night, River bridge”. Of one ladder the finest step says it all."""
        known = dict(zip(features, codes, strict=True))
        for coarse, finer in (("part_of_day", "hour"), ("part_of_week", "weekday"), ("country", "agency")):
            if finer in known:
                known.pop(coarse, None)
        return ", ".join(self.told(name, code) for name, code in known.items()) or "all stops"

    def words(self, name: str) -> list[Word]:
        """What may be said of a stop in a field of this name, Unknown left out."""
        lists: dict[str, Callable[[], list[Word]]] = {
            "country": lambda: words_in((pk, label) for pk, label in self.countries.items()),
            "agency": lambda: words_in((pk, label) for pk, (label, _) in self.agencies.items()),
            "post": lambda: words_in((spot_of(post=pk), label) for pk, (label, _) in self.posts.items()),
            "area": lambda: words_in((spot_of(area=pk), label) for pk, (label, _) in self.areas.items()),
            "violation": lambda: words_in(self.violations),
            "stop_type": lambda: words_of(StopType),
            "weekday": lambda: words_in((code, label) for code, label in WEEKDAYS.items() if code),
        }
        return [word for word in lists[name]() if word.label != UNKNOWN]


def _of(labels: dict[int, str]) -> Callable[[int], str]:
    return lambda code: labels.get(code, UNKNOWN)
