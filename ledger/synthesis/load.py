"""Made-up stops into the ledger, by the same engine as every file: one import, all of it or nothing."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils import timezone

from ledger.choices import ImportState
from ledger.models import ImportRun
from ledger.synthesis.calendar import Month
from ledger.synthesis.draw import draw
from ledger.synthesis.effects import Effects
from ledger.synthesis.files import SYNTHETIC, write
from ledger.synthesis.places import ensure_places

if TYPE_CHECKING:
    from ledger.imports.report import Report

SOURCE = "synthetic"


class NotLoaded(Exception):
    """Why nothing was loaded, in a sentence."""


def load(total: int, seed: int, until: Month, effects: Effects | None = None, name: str = "") -> Report:
    """Draw stops and import them as one run. The same draw again adds nothing: every row is there already.

    The run's own row is part of the transaction: a kill in mid-load leaves no trace.
    """
    from ledger.imports import engine

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / (name or f"made-up-{total}-{seed}.csv")
        write(path, draw(total, seed, until, effects), SYNTHETIC)
        with transaction.atomic():
            ensure_places()
            run = ImportRun.objects.create(source=SOURCE, file_name=path.name)
            report = engine.load(run, path)
            if not report.stored:
                raise NotLoaded(
                    report.message or f"{report.rows_refused:,} rows were refused: {report.errors[0]}"
                )
    return report


def refresh_statistics() -> None:
    """Tell the planner of many new rows at once; after the load is committed."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def was_loaded(name: str) -> bool:
    """Whether made-up stops were loaded under this name, undone since or not."""
    return ImportRun.objects.filter(source=SOURCE, file_name=name, state=ImportState.LOADED).exists()


def last_full_month() -> Month:
    return Month.last_full(timezone.now().date())
