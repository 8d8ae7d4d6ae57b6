"""Which source a file is of, by what a look at it shows. Whoever imports may overrule it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.imports.formats import refuse_format
from ledger.imports.look import Look, Table
from ledger.imports.reader import Unreadable
from ledger.imports.source import Source, other_mark
from ledger.imports.sources import nearest, recognised

UNKNOWN = "The header fits no kind of file known here."
HEADER_WITHIN = 20  # rows of a sheet: a title may stand above the header


@dataclass(frozen=True)
class Recognised:
    """The source, and the table that it was recognised by: its name, its header, the rows below."""

    source: Source
    table: Table


def recognise(seen: Look, file_name: str, among: Sequence[Source]) -> Recognised | None:
    """The source of a file, of those that may be used; None when it is none's."""
    if seen.format == "zip":
        return _of_archive(seen, file_name, among)
    readers = [source for source in among if seen.format in source.formats]
    return _best(seen.tables, file_name, readers, below_titles=seen.format == "xlsx")


def _of_archive(seen: Look, file_name: str, among: Sequence[Source]) -> Recognised | None:
    """An archive is known by the names of its files, else each of its files by its header."""
    for source in among:
        if source.is_archive and any(source.source_of_entry(name) for name in seen.entries):
            return Recognised(source, Table("", []))
    return _best(
        seen.tables, file_name, [source for source in among if not source.is_archive], below_titles=False
    )


def _best(
    tables: list[Table], file_name: str, among: Sequence[Source], below_titles: bool
) -> Recognised | None:
    for table in tables:
        for at in range(min(len(table.lines), HEADER_WITHIN if below_titles else 1)):
            source = recognised(
                table.lines[at], table.name if table.name and not below_titles else file_name, among
            )
            if source:
                return Recognised(source, Table(table.name, table.lines[at:]))
    return None


def refuse_misfit(seen: Look, source: Source) -> None:
    """Refuse what a source that was chosen by hand cannot read, as far as a look shows it."""
    if seen.format == "zip":
        if not any(source.source_of_entry(name) for name in seen.entries):
            raise Unreadable(f"The archive holds no file of the kind “{source.title}”.")
    else:
        refuse_format(seen.format, source, source.title)


def about_unknown(seen: Look, among: Sequence[Source]) -> str:
    """Which kind comes nearest, and what its header would need."""
    header = next((table.header for table in seen.tables if any(table.header)), [])
    readers = [
        source
        for source in among
        if seen.format in source.formats and not (source.is_archive or source.by_choice)
    ]
    if not (header and readers):
        return "The file is of no kind that is known here."
    if other := other_mark(header):
        return other
    kind = nearest(header, among=readers)
    needed = sum(not column.may_lack for column in kind.columns.values())
    if kind.found(header) < needed / 2:
        return UNKNOWN
    try:
        kind.places(header)
    except Unreadable as why:
        return f"{UNKNOWN} Nearest is “{kind.title}”: {why}"
    return UNKNOWN
