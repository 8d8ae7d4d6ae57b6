"""Accepting flagged stops as recorded. Nobody accepts their own, and a decision is never changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Count
from django.http import HttpRequest

from ledger import audit
from ledger.choices import AuditVerb, Flag, ReviewVerdict
from ledger.models import ImportRun, ReviewDecision, Stop


class NotAccepted(Exception):
    """Why nothing was accepted, in a sentence."""


@dataclass(frozen=True)
class Group:
    """Waiting stops of one import that are flagged for one and the same reason."""

    run: ImportRun
    flag: Flag
    count: int


@transaction.atomic
def accept_one(stop: Stop, seen: str, *, note: str, user: Any, request: HttpRequest | None) -> ReviewDecision:
    """Accept the version of a stop that was on the screen."""
    if seen and seen != str(stop.version):
        raise NotAccepted("This stop was corrected meanwhile. Look at the newest version first.")
    if not Stop.objects.waiting_for_review().filter(pk=stop.pk).exists():
        raise NotAccepted(_why_not_waiting(stop))
    if Stop.objects.was_written_by(stop.number, user):
        raise NotAccepted("You wrote this stop yourself. Somebody else has to accept it.")
    try:
        with transaction.atomic():
            decision = ReviewDecision.objects.create(stop=stop, user=user, note=note)
    except IntegrityError as error:
        raise NotAccepted(_why_not_waiting(stop)) from error
    audit.record(
        request,
        AuditVerb.ALTERATION,
        "review",
        stop.reference,
        user=user,
        version=stop.version,
        flags=stop.flags,
    )
    return decision


def _why_not_waiting(stop: Stop) -> str:
    decision = ReviewDecision.objects.select_related("user").filter(stop=stop).first()
    if decision:
        return f"{decision.user.get_username()} has accepted this stop already."
    return "There is nothing to accept: this stop is not flagged, was corrected, or its import was undone."


def alike(reach: Any, run: ImportRun, flag: Flag, user: Any) -> Any:
    """Waiting stops of an import that have this reason and no other. What the user wrote stays out."""
    return (
        reach.waiting_for_review().filter(import_run=run).flagged_with_nothing_but(flag).not_written_by(user)
    )


def groups_alike(stops: Any, user: Any) -> list[Group]:
    """The imports and reasons that many of the waiting stops share, the largest group first."""
    alone = stops.filter(import_run__isnull=False, flags__in=Flag.values).not_written_by(user).order_by()
    counted = list(
        alone.values("import_run", "flags")
        .annotate(count=Count("pk"))
        .filter(count__gt=1)
        .order_by("-count")[:10]
    )
    runs = ImportRun.objects.in_bulk({row["import_run"] for row in counted})
    return [Group(runs[row["import_run"]], Flag(row["flags"]), row["count"]) for row in counted]


@transaction.atomic
def accept_alike(
    stops: Any, run: ImportRun, flag: Flag, *, note: str, user: Any, request: HttpRequest | None
) -> int:
    """Accept many at once, in one statement. Returns how many. One line in the trail says so."""
    chosen, params = (
        stops.order_by().values("pk").query.get_compiler(connection=connection, elide_empty=False).as_sql()
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_reviewdecision (stop_id, verdict, user_id, note) "
            f"SELECT chosen.id, %s, %s, %s FROM ({chosen}) AS chosen (id) ON CONFLICT (stop_id) DO NOTHING",
            [ReviewVerdict.ACCEPTED.value, user.pk, note, *params],
        )
        count: int = cursor.rowcount
    audit.record(request, AuditVerb.ALTERATION, "review", run.key, user=user, rule=flag.name, stops=count)
    return count
