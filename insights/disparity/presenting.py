"""What a test's page shows around its report: tables for people, scope, chips, the state of a run."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import django_tables2 as tables
from django.core.paginator import EmptyPage
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from insights import presenting
from insights.columns import HIDDEN
from insights.disparity import runs
from insights.disparity.arguments import LABELS, WORDS, Arguments, TestFilter
from insights.disparity.figures import between, written
from insights.disparity.reports import OVER_FEW, Col, Report, Table
from insights.disparity.tests_of_record import TestOfRecord
from insights.filters import Filters
from insights.models import FairnessRun
from insights.relation import months_of
from insights.viewer import Viewer
from ledger.views.state import page_size

PLACE = " place"
NEXT_TO, ROWS_NEXT_TO = 4, 12  # columns and rows up to which a table stands beside its chart


class FigureColumn(tables.Column):
    """One column; an estimate shows its interval below it."""

    def __init__(self, key: str, column: Col) -> None:
        attrs = {} if column.style in ("text", "yes") else {"th": {"class": "num"}, "td": {"class": "num"}}
        super().__init__(
            accessor=key, verbose_name=column.label, attrs=attrs, empty_values=(), order_by=(f"{key}{PLACE}",)
        )
        self.key, self.column = key, column

    def render(self, record: dict[str, Any]) -> str | SafeString:
        value = record.get(self.key)
        text = written(value, self.column.style)
        if value is not None and record.get(f"{self.key}{OVER_FEW}") is True:
            text = f"{text} (few)"
        ends = [record.get(end) for end in self.column.ends]
        if len(ends) != 2 or value is None or None in ends or HIDDEN in ends:
            return text
        return format_html(
            '{}<span class="interval">{}</span>', text, between(ends[0], ends[1], self.column.style)
        )


def html_table(table: Table, request: HttpRequest) -> tables.Table:
    """The table with its own page and order in the address, so that several live on one page."""
    columns = {key: FigureColumn(key, column) for key, column in table.columns.items() if column.shown}
    fields = {"caption": table.caption, "Meta": type("Meta", (), {"empty_text": "Nothing to show."})}
    made = type("ReportTable", (tables.Table,), {**columns, **fields})
    shown = made([row | _places(row, table) for row in table.rows], prefix=f"{table.name}-")
    if order := request.GET.getlist(shown.prefixed_order_by_field):
        shown.order_by = order
    asked, size = request.GET.get(shown.prefixed_page_field, "1"), page_size(request)
    number = int(asked) if asked.isdecimal() and len(asked) < 9 else 1
    try:
        shown.paginate(page=max(1, number), per_page=size)
    except EmptyPage:
        shown.paginate(page=shown.paginator.num_pages, per_page=size)
    return shown


def _places(row: dict[str, Any], table: Table) -> dict[str, Any]:
    """What each cell sorts by: hidden and missing figures keep together, below all others."""
    found = {}
    for key in table.columns:
        value = row.get(key)
        lacking = value is None or value == HIDDEN
        found[f"{key}{PLACE}"] = (not lacking, 0 if lacking else value)
    return found


def sections_of(request: HttpRequest, report: Report, scope: str = "") -> list[dict[str, Any]]:
    """Each section with its table for people, the address of its CSV, and whether chart and table stand side by side.

    `scope` is said on a picture of a chart, which stands alone.
    """
    about = {"scope": scope, "source": "SecureCheck"}
    found = []
    for number, section in enumerate(report.sections, start=1):
        table = html_table(section.table, request) if section.table else None
        found.append(
            {
                "name": section.table.name if section.table else "",
                "title": section.title,
                "text": section.text,
                "chart": {**section.chart, "about": about} if section.chart else None,
                "chart_id": f"chart-{number}",
                "table": table,
                "wide": section.table is None or _is_wide(section.table),
                "csv_url": presenting.address(request, format="csv", table=section.table.name)
                if section.table
                else "",
            }
        )
    return found


def _is_wide(table: Table) -> bool:
    shown = sum(column.shown for column in table.columns.values())
    return shown > NEXT_TO or len(table.rows) > ROWS_NEXT_TO


def page_of(
    request: HttpRequest,
    test: TestOfRecord,
    form: TestFilter,
    arguments: Arguments,
    filters: Filters,
    viewer: Viewer,
    report: Report | None,
    run: FairnessRun | None,
) -> dict[str, Any]:
    exact = viewer.sees_exact(filters)
    words = filters.as_words()
    months = months_of(filters if exact else filters.only("date_after", "date_before"))
    told = SimpleNamespace(filters=words, exact=exact)  # what chips and scope ask of an answer
    scope = presenting.scope(told, months)  # type: ignore[arg-type]
    waiting = run if run is not None and run.is_under_way else None
    return {
        "test": test,
        "filter": form,
        "form": form.form,
        "first": len(test.arguments),
        "chips": presenting.chips(request, told),  # type: ignore[arg-type]
        "clear_url": presenting.address(request, **dict.fromkeys(words)),
        "scope": scope,
        "reach": presenting.reach(request, _NO_VEHICLES, viewer, told),  # type: ignore[arg-type]
        "notes": [*filters.notes, *(report.notes if report else arguments.notes)],
        "report": report,
        "sections": sections_of(request, report, scope) if report else [],
        "meanings": meanings_of(report) if report else [],
        "run": run,
        "waiting": waiting,
        "progress": {"done": waiting.progress, "total": runs.FULL if waiting.progress else 0}
        if waiting
        else None,
        "compute_url": _with_query(reverse(f"{test.name}-compute"), request) if test.fitted else "",
        "earlier": earlier_runs(test, run) if test.fitted else [],
        "outdated": bool(run and report and run.ledger_mark != runs.ledger_mark()),
        "json_url": presenting.address(request, format="json") if report else "",
        "data_as_at": timezone.localtime(run.finished_at)
        if run and run.finished_at
        else timezone.localtime(),
        "has_hidden": not exact,
    }


_NO_VEHICLES = SimpleNamespace(vehicles=False)


def _with_query(path: str, request: HttpRequest) -> str:
    query = request.GET.urlencode()
    return f"{path}?{query}" if query else path


def meanings_of(report: Report) -> list[tuple[str, str]]:
    """What the columns mean, each label once."""
    found: dict[str, str] = {}
    for table in report.tables.values():
        for column in table.columns.values():
            if column.meaning:
                found.setdefault(column.label, column.meaning)
    return list(found.items())


def earlier_runs(test: TestOfRecord, but: FairnessRun | None) -> list[dict[str, Any]]:
    """The last runs of the test, whatever was asked."""
    kept = FairnessRun.objects.filter(test=test.slug).select_related("user").defer("report")
    others = kept.exclude(pk=but.pk) if but else kept
    return [{"run": one, "words": words_of_run(one)} for one in others[:8]]


def words_of_run(run: FairnessRun) -> str:
    """What was asked, in one line and in the words of the form."""
    said = {**run.arguments, **run.filters}
    return "; ".join(
        f"{LABELS.get(name) or name.replace('_', ' ').capitalize()}: {WORDS.get(name, {}).get(value, value)}"
        for name in dict.fromkeys((*LABELS, *said))
        if (value := said.get(name)) not in ("", None)
    )
