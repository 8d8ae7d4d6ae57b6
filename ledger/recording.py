"""The one way in which people write stops: log and correct. Each in one transaction with its line in the audit trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest

from ledger import audit, signals
from ledger.choices import AuditVerb, Flag
from ledger.entry import StopEntry, private_of
from ledger.flags import content_flags, is_late, is_same_stop
from ledger.models import Agency, Contraband, Draft, ImportUndo, Officer, Stop, StopPrivate, Vehicle

SHORTEST_REASON = 5


class NotRecorded(Exception):
    """Why nothing was written, in a sentence for the person who tried."""


class UsedAlready(NotRecorded):
    """The form was saved before with another content: it must be sent again under a new key."""


@dataclass(frozen=True)
class Saved:
    stop: Stop
    is_new: bool


@transaction.atomic
def record_stop(
    entry: StopEntry, *, author: Any, officer: Officer, client_key: UUID, request: HttpRequest | None
) -> Saved:
    """Log a stop. The same form sent again (pressed twice, reply lost) returns the stop that was saved first."""
    vehicle = _vehicle(entry.vehicle)
    stop = Stop(**entry.stop_values(), officer=officer, author=author, client_key=client_key)
    stop.number = _next_number()
    stop.flags = content_flags(entry, _drugs()) | _circumstances(entry, vehicle, officer.agency)
    if not _insert(stop):
        return _saved_before(client_key, author, entry)
    _insert_parts(stop, entry, vehicle)
    Draft.objects.filter(pk=client_key, user=author).delete()
    audit.record(
        request, AuditVerb.COLLECTION, "stop", stop.reference, user=author, version=1, flags=stop.flags
    )
    # Last: what follows holds sums that other desks add to until this one commits.
    signals.stops_added.send(sender=record_stop, stop_ids=[stop.pk])
    return Saved(stop, is_new=True)


@transaction.atomic
def correct_stop(
    before: Stop,
    entry: StopEntry,
    *,
    reason: str,
    author: Any,
    request: HttpRequest | None,
    client_key: UUID | None = None,
) -> Stop:
    """Write the next version of a stop, with who corrected it and why. The version before stays as it is."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise NotRecorded(f"Say why you correct this stop, in at least {SHORTEST_REASON} characters.")
    if entry == StopEntry.of(before):
        raise NotRecorded("Nothing was changed, so nothing was saved.")
    vehicle = _vehicle(entry.vehicle)
    stop = Stop(**entry.stop_values(), number=before.number, version=before.version + 1, supersedes=before)
    stop.officer_id, stop.author, stop.client_key = before.officer_id, author, client_key
    stop.flags = _content_flags_after(before, entry) | _kept_flags(before, entry, author)
    if not _insert_correction(stop, before):
        return _saved_before(client_key, author, entry).stop
    _insert_parts(stop, entry, vehicle, correction_reason=reason.strip(), recorded=_recorded(before))
    audit.record(request, AuditVerb.ALTERATION, "stop", stop.reference, user=author, version=stop.version)
    signals.stop_corrected.send(sender=correct_stop, old_id=before.pk, new_id=stop.pk)
    return stop


def _insert(stop: Stop) -> bool:
    """Insert a stop unless its form was saved before. Two at once: the second waits for the first, then learns of it."""
    try:
        with transaction.atomic():
            stop.save(force_insert=True)
    except IntegrityError as error:
        if _constraint(error) == "saved_once":
            return False
        raise
    return True


def _insert_correction(stop: Stop, before: Stop) -> bool:
    """As `_insert`; what the database's guards refuse becomes a sentence."""
    try:
        return _insert(stop)
    except IntegrityError as error:
        if stop.client_key and Stop.objects.filter(client_key=stop.client_key).exists():
            return False
        if _constraint(error) in ("one_successor", "one_version_of_a_number"):
            raise NotRecorded(corrected_meanwhile(before)) from error
        if ImportUndo.objects.filter(import_run_id=before.import_run_id).exists():
            raise NotRecorded(
                "The import that brought this stop was undone, so it is no longer counted and cannot be corrected."
            ) from error
        raise


def corrected_meanwhile(before: Stop) -> str:
    """Who was quicker. Empty when nobody was."""
    newest = Stop.objects.filter(number=before.number).select_related("author").order_by("-version").first()
    if newest is None or newest.pk == before.pk:
        return ""
    who = newest.author.get_username() if newest.author else "an import"
    return (
        f"This stop was corrected meanwhile by {who}. Nothing of yours was saved and what you typed still stands below: "
        "look at the newest version first."
    )


def _constraint(error: IntegrityError) -> str:
    """The name of the violated constraint; empty for a trigger's refusal."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return str(getattr(diagnosis, "constraint_name", None) or "")


def _saved_before(client_key: UUID | None, author: Any, entry: StopEntry) -> Saved:
    """The stop that this form made the first time. Another content under its key is not thrown away in silence."""
    stop = Stop.objects.with_parts().get(client_key=client_key)
    if stop.author_id != author.pk or StopEntry.of(stop) != entry:
        raise UsedAlready(
            f"This form was saved before, as {stop.reference}, with other content. "
            "What stands here now is not saved yet: look it over and save it once more."
        )
    return Saved(stop, is_new=False)


def _insert_parts(stop: Stop, entry: StopEntry, vehicle: Vehicle | None, **private: str) -> None:
    for position, person in enumerate(entry.persons, start=1):
        person.row(stop, position).save(force_insert=True)
    if entry.has_private_part or any(private.values()):
        StopPrivate.objects.create(stop=stop, vehicle=vehicle, **entry.text_values(), **private)


def _vehicle(number: str) -> Vehicle | None:
    """The vehicle, locked until the end: of two entries at once the second sees the first as a likely duplicate, and
    nobody erases it meanwhile."""
    locked = None
    while number and locked is None:  # once more only where it was erased between finding and locking
        vehicle, _made = Vehicle.objects.get_or_create(number=number)
        locked = Vehicle.objects.select_for_update(no_key=True).filter(pk=vehicle.pk).first()
    return locked


def _circumstances(entry: StopEntry, vehicle: Vehicle | None, agency: Agency) -> int:
    """Flags that follow from when a stop is logged, and what is there already."""
    flags = 0
    if is_late(entry.stopped_on, entry.stopped_at, agency.now(), agency.max_backdate_days):
        flags |= Flag.LATE
    if vehicle and likely_same(entry, vehicle.number):
        flags |= Flag.DUPLICATE
    return flags


def likely_same(entry: StopEntry, number: str, *, but: int = 0) -> list[Stop]:
    """Current stops of the own agency that may be the very stop which is being logged."""
    around = Stop.objects.of_agency(entry.agency_id).current().of_vehicle_around(number, entry.stopped_on)
    others = around.exclude(number=but)
    return [stop for stop in others if is_same_stop(stop, entry.stopped_on, entry.stopped_at)]


def _content_flags_after(before: Stop, entry: StopEntry) -> int:
    """What the corrected content contradicts. A search whose kind its source never recorded is no new contradiction."""
    flags = content_flags(entry, _drugs())
    searches = [(person.searched, person.search_bases) for person in entry.persons]
    were = [(person.searched, person.search_bases) for person in StopEntry.of(before).persons]
    if searches == were and not before.flags & Flag.SEARCH_MISMATCH:
        flags &= ~Flag.SEARCH_MISMATCH
    return flags


def _kept_flags(before: Stop, entry: StopEntry, author: Any) -> int:
    """Late and duplicate stay until a second person has looked: who reviews and corrects another's entry has looked.

    What the correction itself moves (day, time, vehicle) is judged anew.
    """
    was = StopEntry.of(before)
    looked = author.has_perm("ledger.review_stop") and not Stop.objects.was_written_by(before.number, author)
    flags = 0 if looked else before.flags & (Flag.LATE | Flag.DUPLICATE)
    if (entry.vehicle, entry.stopped_on, entry.stopped_at) != (was.vehicle, was.stopped_on, was.stopped_at):
        flags &= ~Flag.DUPLICATE
        flags |= (
            Flag.DUPLICATE if entry.vehicle and likely_same(entry, entry.vehicle, but=before.number) else 0
        )
    recorded = recorded_first(before) if entry.stopped_on != was.stopped_on else None
    if recorded and is_late(entry.stopped_on, entry.stopped_at, recorded, before.agency.max_backdate_days):
        flags |= Flag.LATE
    return flags


def _drugs() -> set[int]:
    return set(Contraband.objects.filter(is_drug=True).values_list("pk", flat=True))


def _recorded(before: Stop) -> str:
    private = private_of(before)
    return private.recorded if private else ""


def _next_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('ledger_stop_number')")
        return int(cursor.fetchone()[0])


def recorded_first(stop: Stop) -> datetime | None:
    """When a stop was logged, by its agency's clock; None for one that came with an import."""
    first = stop if stop.version == 1 else Stop.objects.get(number=stop.number, version=1)
    return None if first.import_run_id else first.recorded_at.astimezone(stop.agency.now().tzinfo)
