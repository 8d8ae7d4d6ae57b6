"""The code lists as a form needs them: read once, offered to every person of the stop."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from ledger.models import Contraband, Race, SearchBasis, Violation

INCIDENT_TO_ARREST = "incident to arrest"
NONE, UNKNOWN, SOME = "none", "unknown", "some"

Choices = list[tuple[Any, str]]


@dataclass(frozen=True)
class Codes:
    violations: list[Violation]
    races: list[Race]
    bases: list[SearchBasis]
    finds: list[Contraband]

    @classmethod
    def read(cls) -> Codes:
        models = (Violation, Race, SearchBasis, Contraband)
        return cls(*(list(model.objects.all()) for model in models))  # type: ignore[arg-type]

    @property
    def drugs(self) -> set[int]:
        return {find.pk for find in self.finds if find.is_drug}

    @property
    def incident_to_arrest(self) -> set[int]:
        """Bases that need an arrest, found by their words: a force may have renamed the label."""
        return {
            basis.pk
            for basis in self.bases
            if INCIDENT_TO_ARREST in {basis.label.lower(), *(word.lower() for word in basis.words)}
        }


def offered(codes: Iterable[Any], day: date | None, kept: Collection[int] = ()) -> Choices:
    """Codes in use on a day and meant for the form, in the form's order; and those that a version before has."""
    return [
        (str(code.pk), code.label)
        for code in codes
        if code.pk in kept or (code.on_form and (day is None or in_use(code, day)))
    ]


def in_use(code: Any, day: date) -> bool:
    return (code.valid_from is None or code.valid_from <= day) and (
        code.valid_until is None or day <= code.valid_until
    )
