"""Rules of consistency: what makes a stop ask for a second look.

At the form a contradiction is refused; in an import the record is kept as it was made and flagged. Both mean the same
by a contradiction, and it is written here once. Unknown contradicts nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from ledger.choices import Flag, Outcome
from ledger.entry import PersonEntry, StopEntry
from ledger.models import Stop

LONG_MINUTES = 240
YOUNGEST_DRIVER = 15
SAME_STOP = timedelta(minutes=30)


def arrest_contradicts(person: PersonEntry) -> bool:
    """Arrested is recorded, and the outcome says otherwise."""
    if person.arrested is None or person.outcome == Outcome.UNKNOWN:
        return False
    return person.arrested != (person.outcome == Outcome.ARREST)


def search_contradicts(person: PersonEntry) -> bool:
    """Searched without any kind of search, or a kind of search although none was made."""
    return person.searched is not None and person.searched != bool(person.search_bases)


def drugs_contradict(entry: StopEntry, drugs: Iterable[int]) -> bool:
    """Drugs were found, and the stop is marked as not drug-related."""
    found = {code for person in entry.persons for code in person.contraband}
    return entry.drugs_related is False and not found.isdisjoint(drugs)


def content_flags(entry: StopEntry, drugs: Iterable[int]) -> int:
    """The flags that follow from what a stop says, whoever recorded it. `drugs`: codes of contraband that are drugs."""
    flags = 0
    if any(arrest_contradicts(person) for person in entry.persons):
        flags |= Flag.ARREST_MISMATCH
    if any(search_contradicts(person) for person in entry.persons):
        flags |= Flag.SEARCH_MISMATCH
    if drugs_contradict(entry, drugs):
        flags |= Flag.DRUGS_MISMATCH
    if (entry.duration_minutes or 0) > LONG_MINUTES:
        flags |= Flag.LONG_DURATION
    return flags


def is_late(stopped_on: date, stopped_at: time | None, recorded: datetime, max_days: int) -> bool:
    """Whether a stop is logged more than so many days of 24 hours after it, or at nought after its day.

    All in the agency's own clock.
    """
    if max_days == 0:
        return stopped_on < recorded.date()
    stopped = datetime.combine(stopped_on, stopped_at or time(23, 59), tzinfo=recorded.tzinfo)
    return recorded.replace(tzinfo=None) - stopped.replace(tzinfo=None) > timedelta(days=max_days)


def is_same_stop(one: Stop, stopped_on: date, stopped_at: time | None) -> bool:
    """Whether a stop of the same vehicle lies so near in time that it may be the same one."""
    if one.stopped_at is None or stopped_at is None:
        return one.stopped_on == stopped_on
    gap = datetime.combine(one.stopped_on, one.stopped_at) - datetime.combine(stopped_on, stopped_at)
    return abs(gap) <= SAME_STOP
