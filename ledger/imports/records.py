"""What an import brought: each record beside the row of the file that it came from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import Field, ForeignKey, JSONField, Model, QuerySet

from ledger.imports.kind import Kind
from ledger.imports.sources import source_named
from ledger.models import ImportRun, Stop
from ledger.tables import TEXTS

FIRST = 10
CHUNK = 2_000
NOT_SHOWN = ("id", "import_run", "import_row")
NOT_OF_A_STOP = ("state", "logged")  # of the ledger, not of the file


@dataclass(frozen=True)
class Records:
    """The names of the columns, the file's row first, and the records in the order of the file."""

    header: list[str]
    rows: Iterator[list[Any]]


def kind_of(run: ImportRun) -> Kind | None:
    """The kind of record that a run's rows become; None where the source is no longer known."""
    source = source_named(run.source)
    return source.kind if source else None


def noun_of(run: ImportRun) -> str:
    """What the rows of a run become, in the plural; of an archive of several kinds and of unknown ones, records."""
    source = source_named(run.source)
    return source.kind.plural if source and not source.is_archive else "records"


def records_of(run: ImportRun) -> Records:
    """All records of a run, those of an undone one too."""
    kind = kind_of(run)
    if kind is None:
        return Records([], iter(()))
    return _stops_of(run) if kind.model is Stop else _others_of(run, kind.model)


def first_records(run: ImportRun) -> tuple[list[str], list[list[Any]]]:
    """The first records of a run, for its page."""
    found = records_of(run)
    return found.header, list(islice(found.rows, FIRST))


def _stops_of(run: ImportRun) -> Records:
    names = [name for name in TEXTS if name not in NOT_OF_A_STOP]
    stops = Stop.objects.filter(import_run=run).with_parts_in_bulk().order_by("import_row", "pk")
    found = stops.iterator(chunk_size=CHUNK)
    return Records(
        ["row", *names], ([stop.import_row, *(TEXTS[name](stop) for name in names)] for stop in found)
    )


def _others_of(run: ImportRun, model: type[Model]) -> Records:
    fields = [field for field in model._meta.concrete_fields if _is_shown(field)]
    related = [field.name for field in fields if isinstance(field, ForeignKey)]
    found: QuerySet[Model] = model._default_manager.filter(import_run=run)
    rows = found.select_related(*related).order_by("import_row", "pk").iterator(chunk_size=CHUNK)
    header = ["row", *(str(field.verbose_name) for field in fields)]
    return Records(header, ([one.import_row, *(_value(one, field) for field in fields)] for one in rows))  # type: ignore[attr-defined]


def _is_shown(field: Field[Any, Any]) -> bool:
    return field.name not in NOT_SHOWN and not isinstance(field, JSONField)


def _value(record: Model, field: Field[Any, Any]) -> Any:
    """A value as people read it: the word of a code, the name of what is referred to."""
    if field.choices:
        return getattr(record, f"get_{field.name}_display")()
    value = getattr(record, field.name)
    return str(value) if isinstance(value, Model) else value
