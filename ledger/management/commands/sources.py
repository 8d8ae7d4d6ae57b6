"""Lists the kinds of files that can be imported, with their headers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand

from ledger.imports.source import Parameter, Source
from ledger.imports.sources import offered_sources
from ledger.imports.table import NAMES


class Command(BaseCommand):
    help = "List the sources: the kinds of files that `import` takes, with the columns that each reads."

    def handle(self, *args: Any, **options: Any) -> None:
        for source in offered_sources():
            self.stdout.write("\n  ".join([f"{source.name}: {source.title}", *about(source)]))


def about(source: Source) -> Iterator[str]:
    """What is to be known of a kind of file before one is imported."""
    if source.is_archive:
        yield "a ZIP archive; the name of each file in it tells what it is and whose"
        return
    yield f"becomes: {source.kind.plural}"
    yield f"files: {', '.join(NAMES[one] for one in source.formats)}"
    yield f"header: {','.join(source.header)}"
    if lacking := [column.names[0] for column in source.columns.values() if column.may_lack]:
        yield f"may lack: {', '.join(lacking)}"
    if others := [" or ".join(column.names) for column in source.columns.values() if column.names[1:]]:
        yield f"other names: {'; '.join(others)}"
    if source.further:
        yield f"further columns: {source.further}"
    yield from about_agency(source)
    for name, one in source.parameters.items():
        yield f"--set {name}=…: {one.label}{'' if one.required and not one.default else ', if need be'}{words_about(one)}"


def about_agency(source: Source) -> Iterator[str]:
    """Whose records they are, where the rows do not say it."""
    if source.kind.has_agency and source.file_names:
        yield f"agency: from the file name, as in {source.file_names}, else add --agency NAME"
    elif not source.names_agency:
        yield "names no agency: add --agency NAME"


def words_about(one: Parameter) -> str:
    """What a parameter's value may be: its explanation, its choices, what it is when nothing is said."""
    words = [one.help.rstrip("."), f"one of {', '.join(one.choices)}" if one.choices else ""]
    words += [f"{one.default} unless said" if one.default else ""]
    return "".join(f"; {part}" for part in words if part)
