"""How long uploads and refused rows are kept: they hold plates and words, and serve no purpose once all is decided."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from ledger.choices import ImportState
from ledger.imports import uploads
from ledger.models import ImportRun, RefusedRow

KEPT_DAYS = 30  # an undecided upload, and the values of refused rows
DECIDED = (ImportState.LOADED, ImportState.FAILED, ImportState.ABANDONED)


def give_up(run: ImportRun) -> None:
    """Nothing of a file is wanted any longer: it goes, with its refused rows. Expects a transaction."""
    RefusedRow.objects.filter(import_run=run).delete()
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
    before = timezone.now() - timedelta(days=KEPT_DAYS)
    for run in ImportRun.objects.filter(state__in=DECIDED).exclude(stored_name=""):
        forget_file(run)
    for run in ImportRun.objects.filter(state=ImportState.CHECKED, created_at__lt=before).exclude(
        stored_name=""
    ):
        with transaction.atomic():
            give_up(run)
    RefusedRow.objects.filter(import_run__created_at__lt=before).exclude(value="", text="").update(
        value="", text=""
    )
