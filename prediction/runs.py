"""The life of a run: kept as a candidate, signed off and put in use, rolled back, switched off. Every step leaves a line."""

from __future__ import annotations

import subprocess
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest
from django.utils import timezone

from ledger.audit import record
from ledger.choices import AuditVerb
from prediction.kinds import Draft
from prediction.models import CrimeRate, ModelRun, RunAct, RunEvent, RunState, StopGroup, TrustForecast

KEPT_TABLES = 5  # of each kind and state: older runs keep their card and lose their served table
ONE_AT_A_TIME = 7310  # first key of the advisory lock; the second is the kind's


class NotAllowed(Exception):
    """Why a step was not taken, in a sentence."""


@transaction.atomic
def keep(draft: Draft, seconds: float, user: Any = None, request: HttpRequest | None = None) -> ModelRun:
    """Keep what was learned as a candidate, with its served table, all or none of it."""
    run = ModelRun.objects.create(
        kind=draft.kind,
        gate=draft.gate,
        why=draft.why,
        data_first=draft.data_first,
        data_last=draft.data_last,
        data_rows=draft.data_rows,
        digest=draft.digest,
        features=draft.features,
        parameters=draft.parameters,
        seed=draft.seed,
        code_version=code_version(),
        metrics=draft.metrics,
        card=draft.card,
        serving=draft.serving,
        trained_by=user,
        seconds=seconds,
    )
    if draft.write:
        draft.write(run)
    _note(run, RunAct.TRAINED, user, "", request)
    _forget_old_tables(draft.kind)
    run.refresh_from_db()
    return run


@transaction.atomic
def sign_off(run: ModelRun, user: Any = None, note: str = "", request: HttpRequest | None = None) -> ModelRun:
    """Put a run in use; what was in use is retired. Nobody signs off what they trained themselves."""
    run = _locked(run)
    if run.state == RunState.IN_USE:
        raise NotAllowed("This run is in use already.")
    if not has_table(run):
        raise NotAllowed("The table that this run answers from was removed, as it is old. Train anew.")
    if user is not None and run.trained_by_id == user.pk:
        raise NotAllowed("You trained this run yourself. Somebody else signs it off.")
    _retire(run.kind, RunAct.RETIRED, user, f"Replaced by the run of {run.trained_at:%d %b %Y}.", request)
    run.signed_by, run.signed_at, run.note = user, timezone.now(), note
    _put_in_use(run, RunAct.PUT_IN_USE, user, note, request)
    return run


@transaction.atomic
def put_refit_in_use(run: ModelRun) -> bool:
    """Put a run in use that the same method learned from newer records; whether it was done.

    Only of a kind that refits, once somebody signed a run of it off, and only while the gate is open.
    """
    run = _locked(run)
    before = in_use(run.kind)
    if run.of is None or not run.of.refits or before is None or run.gate != "open":
        return False
    reason = f"Learned anew by the same method, as newer {run.of.records} came."
    _retire(run.kind, RunAct.RETIRED, None, f"Replaced by the run of {run.trained_at:%d %b %Y}.", None)
    run.signed_at, run.note = timezone.now(), reason
    _put_in_use(run, RunAct.PUT_IN_USE, None, reason, None)
    return True


def has_table(run: ModelRun) -> bool:
    """Whether the table that a run answers from is still there, or it needs none."""
    if not run.serving or "model" in run.serving:
        return True
    return run.groups.exists() or run.crime_rates.exists() or run.trust_forecasts.exists()


@transaction.atomic
def roll_back(
    kind: str,
    user: Any = None,
    reason: str = "",
    request: HttpRequest | None = None,
    seen: ModelRun | None = None,
) -> ModelRun:
    """Put the run back that was in use before; the one in use is retired. `seen`: the run that the user took to be in use."""
    _lock(kind)
    _refuse_unless_in_use(seen)
    before = previous_of(kind)
    if before is None:
        raise NotAllowed("There is no earlier signed-off run to go back to.")
    _retire(kind, RunAct.WITHDRAWN, user, reason, request)
    _put_in_use(before, RunAct.ROLLED_BACK, user, reason, request)
    return before


@transaction.atomic
def switch_off(
    kind: str,
    user: Any = None,
    reason: str = "",
    request: HttpRequest | None = None,
    seen: ModelRun | None = None,
) -> ModelRun:
    """Take the run in use out, and put nothing in its place. `seen` as in `roll_back`."""
    _lock(kind)
    _refuse_unless_in_use(seen)
    run = _retire(kind, RunAct.SWITCHED_OFF, user, reason, request)
    if run is None:
        raise NotAllowed("Nothing of this kind is in use.")
    return run


def in_use(kind: str) -> ModelRun | None:
    return ModelRun.objects.filter(kind=kind, state=RunState.IN_USE).first()


def newest(kind: str) -> ModelRun | None:
    """The run in use, else the newest candidate: for the command line, which says which of them it is."""
    candidates = ModelRun.objects.filter(kind=kind, state=RunState.CANDIDATE)
    return in_use(kind) or candidates.first()


def previous_of(kind: str) -> ModelRun | None:
    """The run that was in use before the one in use now, and still has its served table.

    After a roll-back the run that was rolled back is not gone back to: the one before it is.
    """
    signed = ModelRun.objects.filter(kind=kind, state=RunState.RETIRED, signed_at__isnull=False)
    current = in_use(kind)
    if current is not None:
        signed = signed.filter(signed_at__lt=current.signed_at)
    return next((run for run in signed.order_by("-signed_at") if has_table(run)), None)


def was_ever_in_use(kind: str) -> bool:
    return ModelRun.objects.filter(kind=kind, signed_at__isnull=False).exists()


def _refuse_unless_in_use(seen: ModelRun | None) -> None:
    """Another may have taken its place while the user looked at its card."""
    if seen is not None and not ModelRun.objects.filter(pk=seen.pk, state=RunState.IN_USE).exists():
        raise NotAllowed("This run is no longer in use. Look at the list of runs.")


def _locked(run: ModelRun) -> ModelRun:
    _lock(run.kind)
    return ModelRun.objects.select_for_update(of=("self",)).get(pk=run.pk)


def _lock(kind: str) -> None:
    """Two people who act on one kind at once: the second waits and then sees what the first did."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [ONE_AT_A_TIME, kind])


def _retire(kind: str, act: RunAct, user: Any, reason: str, request: HttpRequest | None) -> ModelRun | None:
    run = in_use(kind)
    if run is not None:
        run.state = RunState.RETIRED
        run.save(update_fields=["state"])
        _note(run, act, user, reason, request)
    return run


def _put_in_use(run: ModelRun, act: RunAct, user: Any, reason: str, request: HttpRequest | None) -> None:
    run.state = RunState.IN_USE
    run.save(update_fields=["state", "signed_by", "signed_at", "note"])
    _note(run, act, user, reason, request)
    if run.of is not None:
        run.of.put_in_use(run)


def _note(run: ModelRun, act: RunAct, user: Any, reason: str, request: HttpRequest | None) -> None:
    RunEvent.objects.create(run=run, act=act, user=user, reason=reason)
    record(request, AuditVerb.ADMINISTRATION, "model run", run.key, user=user, act=act.value, kind=run.kind)


def _forget_old_tables(kind: str) -> None:
    """Served tables of runs that nobody will put in use any more."""
    for state in (RunState.CANDIDATE, RunState.RETIRED):
        old = ModelRun.objects.filter(kind=kind, state=state).values_list("pk", flat=True)[KEPT_TABLES:]
        for table in (StopGroup, CrimeRate, TrustForecast):
            table.objects.filter(run_id__in=list(old)).delete()


@lru_cache
def code_version() -> str:
    """The version, and the commit where the code is a checkout."""
    asked = ["git", "-C", str(settings.BASE_DIR), "rev-parse", "--short", "HEAD"]
    try:
        commit = subprocess.run(asked, capture_output=True, text=True, timeout=5, check=True).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return str(settings.VERSION)
    return f"{settings.VERSION}+{commit}"
