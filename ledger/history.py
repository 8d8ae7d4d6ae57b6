"""A stop in words: its facts by label, what changed between versions, and what its source wrote."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from ledger.choices import AgeBand, DurationBand, Gender, Outcome, PersonRole, StopType
from ledger.entry import private_of
from ledger.models import Contraband, ImportUndo, Person, SearchBasis, Stop

NOT_RECORDED = "Not recorded"


@dataclass(frozen=True)
class Names:
    """Labels of the codes that stand in lists. Read once a page."""

    bases: dict[int, str]
    finds: dict[int, str]

    @classmethod
    def read(cls) -> Names:
        return cls(
            dict(SearchBasis.objects.values_list("pk", "label")),
            dict(Contraband.objects.values_list("pk", "label")),
        )


@dataclass(frozen=True)
class Change:
    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Chapter:
    """One version in the history of a stop."""

    version: int
    what: str
    who: str
    at: datetime
    reason: str
    changes: list[Change]


def stop_facts(stop: Stop) -> dict[str, dict[str, str]]:
    """What is known of the stop itself, in three groups: label → words."""
    private = private_of(stop)
    vehicle = private.vehicle.number if private and private.vehicle else NOT_RECORDED
    facts = {
        "When and where": {
            "Date": f"{stop.stopped_on:%A, {stop.stopped_on.day} %B %Y}",
            "Time": f"{stop.stopped_at:%H:%M}" if stop.stopped_at else NOT_RECORDED,
            "Agency": stop.agency.name,
            "Post": stop.post.name if stop.post else NOT_RECORDED,
            "Area": stop.area.name if stop.area else "",
            "Place": private.place if private else "",
            "Coordinates": f"{stop.latitude:.3f}, {stop.longitude:.3f}" if stop.latitude is not None else "",
        },
        "Vehicle and reason": {
            "Type": _label(StopType, stop.stop_type),
            "Vehicle number": vehicle,
            "Violation": stop.violation.label if stop.violation else NOT_RECORDED,
            "In the officer’s words": private.words if private else "",
        },
        "What happened": {
            "Duration": duration_words(stop),
            "Drugs related": mark_words(stop.drugs_related),
            "Why it was logged late": private.late_reason if private else "",
        },
    }
    return {
        group: {label: words for label, words in members.items() if words} for group, members in facts.items()
    }


def person_facts(person: Person, names: Names) -> dict[str, str]:
    """What is known of one person: label → words."""
    searched = mark_words(person.searched)
    bases = ", ".join(names.bases.get(code, f"code {code}") for code in sorted(person.search_bases))
    finds = ", ".join(names.finds.get(code, f"code {code}") for code in sorted(person.contraband))
    facts = {
        "Age": age_words(person) or NOT_RECORDED,
        "Gender": _label(Gender, person.gender),
        "Race, as perceived": person.race.label if person.race else NOT_RECORDED,
        "Outcome": _label(Outcome, person.outcome),
        "Arrested": mark_words(person.arrested),
        "Searched": searched,
        "Kind of search": bases,
        "Frisked": mark_words(person.frisked) if person.frisked is not None else "",
        "Contraband found": mark_words(person.contraband_found)
        if person.contraband_found is not None
        else "",
        "What was found": finds,
    }
    return {label: words for label, words in facts.items() if words}


def person_title(person: Person) -> str:
    role = _label(PersonRole, person.role)
    return f"Person {person.position}" if role == NOT_RECORDED else f"{role} (person {person.position})"


def all_facts(stop: Stop, names: Names) -> dict[str, str]:
    """Everything in one list, for comparing versions."""
    facts = {label: words for members in stop_facts(stop).values() for label, words in members.items()}
    for person in stop.persons.all():
        facts[f"Person {person.position}: Role"] = _label(PersonRole, person.role)
        facts |= {
            f"Person {person.position}: {label}": words
            for label, words in person_facts(person, names).items()
        }
    return facts


def changes_between(before: Stop, after: Stop, names: Names) -> list[Change]:
    old, new = all_facts(before, names), all_facts(after, names)
    labels = [*new, *(label for label in old if label not in new)]
    return [
        Change(label, old.get(label, "–"), new.get(label, "–"))
        for label in labels
        if old.get(label) != new.get(label)
    ]


def history_of(versions: list[Stop], names: Names) -> list[Chapter]:
    """Who wrote which version when and why, the newest first. `versions` are all of one stop, the first one first."""
    chapters = [_chapter(versions[0], "Imported" if versions[0].import_run_id else "Logged", [])]
    for before, after in pairwise(versions):
        chapters.append(_chapter(after, "Corrected", changes_between(before, after, names)))
    return chapters[::-1]


def _chapter(stop: Stop, what: str, changes: list[Change]) -> Chapter:
    private = private_of(stop)
    who = stop.author.get_username() if stop.author else ""
    reason = private.correction_reason if private else ""
    return Chapter(stop.version, what, who, stop.recorded_at, reason, changes)


def undo_of(versions: list[Stop]) -> ImportUndo | None:
    """The undoing of the import that brought a stop, if it was undone."""
    run = versions[0].import_run_id
    return ImportUndo.objects.select_related("user").filter(import_run=run).first() if run else None


def as_recorded(versions: list[Stop]) -> list[tuple[str, str]]:
    """The source's own record, column by column, where the source's header is known."""
    first, private = versions[0], private_of(versions[0])
    if private is None or not private.recorded:
        return []
    values = next(csv.reader([private.recorded]), [])
    header = (first.import_run.notes or {}).get("header", []) if first.import_run else []
    names = [header[i] if i < len(header) else f"column {i + 1}" for i in range(len(values))]
    return list(zip(names, values, strict=True))


def duration_words(stop: Stop) -> str:
    if stop.duration_minutes is not None:
        return f"{stop.duration_minutes} {'minute' if stop.duration_minutes == 1 else 'minutes'}"
    return _label(DurationBand, stop.duration_band)


def age_words(person: Person) -> str:
    """The age, or the range of ages that the source recorded instead; empty when neither is known."""
    if person.age is not None:
        return str(person.age)
    return str(AgeBand(person.age_band).label) if person.age_band else ""


def mark_words(mark: bool | None) -> str:
    return NOT_RECORDED if mark is None else "Yes" if mark else "No"


def state_of(stop: Stop) -> str:
    """Where a current stop stands, in one or two words. Needs `with_review`."""
    if getattr(stop, "review", None):
        return "Accepted"
    if stop.flags:
        return "To be reviewed"
    if stop.version > 1:
        return "Corrected"
    return "Imported" if stop.import_run_id else "Logged"


def _label(choices: Any, code: int) -> str:
    return NOT_RECORDED if code == 0 else str(choices(code).label)
