"""How long uploads and refused rows are kept: they hold plates and words, and serve no purpose once all is decided."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from ledger.choices import ImportState
from ledger.imports import uploads
from ledger.models import ImportRun, RefusedRow

KEPT_DAYS = 30  # an undecided upload, and the values of refused rows
FAILED_HOURS = 24  # a file that could not be read: how it is read may still be changed
DECIDED = (ImportState.LOADED, ImportState.ABANDONED)
UNDECIDED = (ImportState.ASKING, ImportState.CHECKED)


def give_up(run: ImportRun) -> None:
    """Nothing of a file is wanted any longer: it goes, with its refused rows. Expects a transaction."""
    RefusedRow.objects.filter(Q(import_run=run) | Q(import_run__parent=run)).delete()
    ImportRun.objects.filter(parent=run).update(state=ImportState.ABANDONED)
    run.state, run.finished_at = ImportState.ABANDONED, timezone.now()
    run.save(update_fields=["state", "finished_at"])
    forget_file(run)


def forget_file(run: ImportRun) -> None:
    """Remove the kept file of a run, once that is certain."""
    stored, run.stored_name = run.stored_name, ""
    run.save(update_fields=["stored_name"])
    transaction.on_commit(lambda: uploads.drop(stored))


def tidy() -> None:
    """Drop what is kept for too long. The counts and causes of every import stay."""
    now = timezone.now()
    before, kept = now - timedelta(days=KEPT_DAYS), ImportRun.objects.exclude(stored_name="")
    failed = kept.filter(state=ImportState.FAILED, created_at__lt=now - timedelta(hours=FAILED_HOURS))
    for run in [*kept.filter(state__in=DECIDED), *failed]:
        forget_file(run)
    for run in kept.filter(state__in=UNDECIDED, created_at__lt=before):
        with transaction.atomic():
            give_up(run)
    RefusedRow.objects.filter(import_run__created_at__lt=before).exclude(value="", text="").update(
        value="", text=""
    )
