"""The list of imports."""

from __future__ import annotations

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ledger.choices import ImportState
from ledger.imports.sources import source_named
from ledger.models import ImportRun

COUNT = {"cell": {"class": "num"}}


def state_of(run: ImportRun) -> str:
    """Where an import stands, in words. Expects `undo` selected with it."""
    return "Undone" if hasattr(run, "undo") else ImportState(run.state).label


def kind_of(run: ImportRun) -> str:
    source = source_named(run.source)
    return source.title if source else run.source or "not known yet"


def agency_words(run: ImportRun) -> str:
    """Whose records an import brings."""
    source = source_named(run.source)
    named = run.agency.name if run.agency else str(run.notes.get("agency", ""))
    return named or ("as the file says" if source is None or source.kind.has_agency else "of no agency")


class ImportTable(tables.Table):
    caption = "Imports, the newest first"

    file_name = tables.Column(verbose_name="File")
    source = tables.Column(verbose_name="Kind", empty_values=())
    agency = tables.Column(verbose_name="Agency", empty_values=())
    state = tables.Column(verbose_name="State", empty_values=())
    rows_new = tables.Column(verbose_name="New", attrs=COUNT)
    rows_same = tables.Column(verbose_name="Already there", attrs=COUNT)
    rows_refused = tables.Column(verbose_name="Refused", attrs=COUNT)
    user = tables.Column(verbose_name="By", accessor="user", default="command line")
    created_at = tables.DateTimeColumn(verbose_name="On", format="j M Y, H:i")

    class Meta:
        orderable = False
        empty_text = "No file has been imported yet."

    def render_file_name(self, record: ImportRun) -> SafeString:
        return format_html('<a href="{}">{}</a>', record.get_absolute_url(), record.file_name)

    def render_source(self, record: ImportRun) -> str:
        return kind_of(record)

    def render_agency(self, record: ImportRun) -> str:
        return agency_words(record)

    def render_state(self, record: ImportRun) -> str:
        return state_of(record)


class TogetherTable(ImportTable):
    """Files that were uploaded together, each with its own errors."""

    caption = "The files"

    state = tables.Column(verbose_name="State", empty_values=(), attrs={"td": {"class": "wide"}})

    class Meta(ImportTable.Meta):
        exclude = ("user", "created_at")

    def render_state(self, record: ImportRun) -> str:
        return f"{state_of(record)}: {record.message}" if record.message else state_of(record)


class PartTable(TogetherTable):
    """The files of an archive, or the sheets of a workbook."""

    caption = "Its parts"

    rows_read = tables.Column(verbose_name="Rows", attrs=COUNT)

    class Meta(TogetherTable.Meta):
        sequence = ("file_name", "source", "agency", "state", "rows_read", "...")
        empty_text = "It has no parts."
