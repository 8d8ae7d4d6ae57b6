"""The words of every code: labels for tables, vocabularies for filters. Each list is looked up once a request."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from ledger.choices import AgeBand, DurationBand, Gender, Outcome, Weekday, Words
from ledger.models import Agency, Country, Post, Race, Violation

UNKNOWN = "Unknown"
ENUMS: dict[str, type[Words]] = {
    "outcome": Outcome,
    "gender": Gender,
    "age_band": AgeBand,
    "duration_band": DurationBand,
    "weekday": Weekday,
}
Labelled = list[tuple[int, str, list[str]]]  # code, label, other words of sources


class Codes:
    """Labels and vocabularies by dimension. Make one for a request or a command and pass it on."""

    @cached_property
    def country(self) -> Labelled:
        return [(pk, name, []) for pk, name in Country.objects.values_list("pk", "name")]

    @cached_property
    def agency(self) -> Labelled:
        return [(pk, name, []) for pk, name in Agency.objects.values_list("pk", "name")]

    @cached_property
    def post(self) -> Labelled:
        return [(pk, name, []) for pk, name in Post.objects.values_list("pk", "name")]

    @cached_property
    def violation(self) -> Labelled:
        return list(Violation.objects.values_list("pk", "label", "words"))

    @cached_property
    def race(self) -> Labelled:
        return list(Race.objects.values_list("pk", "label", "words"))

    def _listed(self, dimension: str) -> Labelled:
        if dimension in ENUMS:
            return _of_enum(ENUMS[dimension])
        listed: Labelled = getattr(self, dimension)
        return listed

    def labels(self, dimension: str) -> dict[int, str]:
        """The label of each code; zero is always Unknown."""
        return {0: UNKNOWN} | {code: label for code, label, _ in self._listed(dimension)}

    def choices(self, dimension: str) -> list[str]:
        """The labels on offer in a filter, each once (posts of two agencies may share a name), Unknown last."""
        named = dict.fromkeys(label for code, label, _ in self._listed(dimension) if code)
        return [*named, UNKNOWN]

    def vocabulary(self, dimension: str) -> dict[str, tuple[str, tuple[int, ...]]]:
        """Lower-case word → the label it means and its codes. A label goes before another code's word."""
        listed = self._listed(dimension)
        found: dict[str, tuple[str, tuple[int, ...]]] = {}
        for code, label, words in listed:
            for word in words:
                found[plain(word)] = (label, (code,))
        found[plain(UNKNOWN)] = (UNKNOWN, (0,))
        for label, codes in _grouped((label, code) for code, label, _ in listed):
            found[plain(label)] = (label, codes)
        return found


def plain(word: str) -> str:
    """A word as vocabularies hold it: lower case, single blanks."""
    return " ".join(word.lower().split())


def _grouped(pairs: Iterable[tuple[str, int]]) -> Iterable[tuple[str, tuple[int, ...]]]:
    """Codes by label; a list's own “Unknown” joins the code zero."""
    groups: dict[str, list[int]] = {}
    for label, code in pairs:
        groups.setdefault(label, [0] if label == UNKNOWN and code else []).append(code)
    return [(label, tuple(codes)) for label, codes in groups.items()]


def _of_enum(words: type[Words]) -> Labelled:
    others: dict[int, list[str]] = {}
    for word, code in words.source_words().items():
        others.setdefault(int(code), []).append(word)
    return [(int(member.value), str(member.label), others.get(int(member.value), [])) for member in words]
