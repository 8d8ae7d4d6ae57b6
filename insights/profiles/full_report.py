"""The full report on the rows of one import: skrub's table report, written by the worker as one HTML file.

The file holds its own scripts and pictures and asks nothing of any other place. It is never shown inside our pages: it is
handed out as a download, with a sandbox, and carries a policy of its own for when it is opened from a disk.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from insights import tasks
from insights.models import ImportReport, RunState
from insights.profiles.kinds import Column, Kind, kinds
from ledger.models import ImportRun

MOST_ROWS = 50_000  # the first of a larger import; the page says so
KEPT_DAYS = 7
NO_ROWS = "This import holds no rows that count now."
OF_PARTS = "This import came in several files or sheets. Each has a page and a report of its own."
POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
HEAD = f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{POLICY}">'


def ask(run: ImportRun) -> ImportReport:
    """Have the report written, anew where it is there already; who asks while it is under way is given that one."""
    with transaction.atomic():
        report, made = ImportReport.objects.select_for_update(of=("self",)).get_or_create(import_run=run)
        if made or not report.is_under_way:
            report.state, report.message = RunState.WAITING, ""
            report.save()
            tasks.write_import_report.defer(report_id=report.pk)
    return report


def path_of(report: ImportReport) -> Path:
    return Path(settings.DATA) / "reports" / f"{report.key}.html"


def write(report_id: int, should_stop: Callable[[], None]) -> None:
    """Write the file of a report that waits; put in place whole or not at all."""
    waiting = ImportReport.objects.filter(pk=report_id, state__in=ImportReport.UNDER_WAY)
    if not waiting.update(state=RunState.RUNNING):
        return
    report = ImportReport.objects.select_related("import_run").get(pk=report_id)
    table, rows = _table(report.import_run)
    should_stop()
    if table is None:
        give_up(report_id, OF_PARTS if report.import_run.parts.exists() else NO_ROWS)
        return
    text = _drawn(table, f"{report.import_run.file_name} ({rows:,} rows)")
    should_stop()
    _keep(path_of(report), text)
    waiting.update(state=RunState.DONE, rows=rows, finished_at=timezone.now())


def give_up(report_id: int, sentence: str) -> None:
    waiting = ImportReport.objects.filter(pk=report_id, state__in=ImportReport.UNDER_WAY)
    waiting.update(state=RunState.FAILED, message=sentence, finished_at=timezone.now())


def tidy() -> None:
    """Files older than some days go, with their line; so does what no line names."""
    old = ImportReport.objects.filter(asked_at__lt=timezone.now() - timedelta(days=KEPT_DAYS))
    old.exclude(state__in=ImportReport.UNDER_WAY).delete()
    folder = Path(settings.DATA) / "reports"
    named = {f"{key}.html" for key in ImportReport.objects.values_list("key", flat=True)}
    for path in folder.glob("*.html") if folder.is_dir() else ():
        if path.name not in named:
            path.unlink(missing_ok=True)


def _keep(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = path.with_suffix(".part")
    aside.write_text(text, encoding="utf-8")
    os.replace(aside, path)


def _table(run: ImportRun) -> tuple[Any, int]:
    """The rows of an import as a pandas table, in words; no vehicle number, no text that may name somebody."""
    import pandas as pd

    found = _kind_of(run)
    if found is None:
        return None, 0
    kind, rows = found
    columns = [column for column in kind.columns if column.shown]
    paths = [column.path for column in columns]
    values = list(rows.order_by("pk").values_list(*paths)[:MOST_ROWS])
    told = zip(columns, zip(*values, strict=True), strict=True)
    return pd.DataFrame({column.label: _worded(some, column) for column, some in told}), len(values)


def _kind_of(run: ImportRun) -> tuple[Kind, Any] | None:
    """The kind of record that an import brought, and its rows: of stops the persons, with what is of their stop."""
    every = kinds()
    persons = _with_stops(every["persons"], every["stops"])
    for kind in (persons, *(one for slug, one in every.items() if slug not in ("stops", "persons"))):
        rows = kind.rows(run.source).filter(**{kind.run: run})
        if rows.exists():
            return kind, rows
    return None


def _with_stops(persons: Kind, stops: Kind) -> Kind:
    of_stop = tuple(
        Column(f"stop__{one.path}", one.label, one.type, one.unknown, one.shown, one.words)
        for one in stops.columns
        if one.shown
    )
    return Kind(
        persons.slug,
        persons.title,
        persons.model,
        (*of_stop, *persons.columns),
        persons.days,
        persons.agency,
        persons.run,
    )


def _worded(values: Sequence[Any], column: Column) -> Any:
    """Codes, be they numbers or letters, as labels, unknown ones as missing; lists and times as text."""
    import pandas as pd

    if column.type == "date":
        return pd.to_datetime(pd.Series(values, dtype="object"))
    if column.type in ("time", "list"):
        return [None if value in (None, []) else str(value) for value in values]
    if column.words is None:
        return list(values)
    words = column.words({value for value in values if value is not None})
    return [None if value == column.unknown else words.get(value) for value in values]


def _drawn(table: Any, title: str) -> str:
    """The report with a policy of its own put before everything else in the file."""
    import matplotlib

    matplotlib.use("Agg")
    from skrub import TableReport

    report = TableReport(table, title=title, verbose=0, plot_distributions=True, compute_associations=True)
    text: str = report.html()
    return (
        text.replace("<head>", f"<head>{HEAD}", 1)
        if "<head>" in text
        else f"<!doctype html><head>{HEAD}</head>{text}"
    )
