"""Taking an import back: its stops stay in the ledger and are no longer current."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest

from ledger import audit, signals
from ledger.choices import AuditVerb, ImportState
from ledger.imports import store
from ledger.imports.sources import source_named
from ledger.models import ImportRun, ImportUndo

CORRECTED = "A stop of this import was corrected since, so the import cannot be undone. Correct what is wrong stop by stop."
ALREADY = "This import is undone already."
NOT_LOADED = "Nothing of this import was loaded, so there is nothing to undo."


class UndoRefused(Exception):
    """Why an import stays. Its text is a sentence for people."""


def undo(run: ImportRun, user: Any, reason: str, request: HttpRequest | None = None) -> None:
    """Void an import, with its reason. The same file can be loaded again afterwards."""
    try:
        with transaction.atomic():
            _undo(run, user, reason, request)
    except IntegrityError as error:  # the database guards it, against corrections made at this moment too
        raise UndoRefused(CORRECTED if "was corrected" in str(error) else ALREADY) from error


def _undo(run: ImportRun, user: Any, reason: str, request: HttpRequest | None) -> None:
    store.wait_for_other_loads()  # one of the same file must not take for "already there" what goes now
    kept = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if kept.state != ImportState.LOADED:
        raise UndoRefused(NOT_LOADED)
    for part in ImportRun.objects.filter(parent=run, state=ImportState.LOADED, undo=None).order_by("pk"):
        _take_back(part, user, reason)
    _take_back(run, user, reason)
    audit.record(
        request, AuditVerb.ALTERATION, "import", run.key, user=user, act="undone", rows=kept.rows_new
    )


def _take_back(run: ImportRun, user: Any, reason: str) -> None:
    """Void one run; what is current follows."""
    ImportUndo.objects.create(import_run=run, user=user, reason=reason)
    source = source_named(run.source)
    if source:
        source.kind.take_back(run)
    signals.import_undone.send(sender=ImportRun, import_run_id=run.pk)
