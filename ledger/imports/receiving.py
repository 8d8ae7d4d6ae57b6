"""What is done with an uploaded file before the worker gets it: its kind is found, and what is still to be said of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ledger.imports import recognition
from ledger.imports.look import Look, look
from ledger.imports.reader import Unreadable
from ledger.imports.samples import table_for
from ledger.imports.source import Source, other_mark, refuse_doubled
from ledger.imports.table import reads_plainly


@dataclass
class Received:
    """A file as far as a look shows it: its source, what must be asked before it can be checked, or why it is refused."""

    file: Any
    source: Source | None = None
    asks: list[str] = field(default_factory=list)
    problem: str = ""

    @property
    def name(self) -> str:
        return str(self.file.name)[:255]


def receive(file: Any, chosen: Source | None, sources: list[Source], agency_is_known: bool) -> Received:
    """Look at a file. `chosen` is the source that the user named, `sources` are those that the user may import."""
    try:
        seen = look(file)
        source = _source_of(seen, file.name or "", chosen, sources)
    except Unreadable as why:
        return Received(file, problem=str(why))
    if source is None:
        return Received(file, asks=[recognition.about_unknown(seen, sources)])
    return Received(
        file, source, [*_about_columns(seen, source), *_about_rest(source, file.name or "", agency_is_known)]
    )


def _source_of(seen: Look, name: str, chosen: Source | None, sources: list[Source]) -> Source | None:
    """The chosen source, else the one that the file is recognised by. Refuses what no choice of columns could mend."""
    if chosen:
        recognition.refuse_misfit(seen, chosen)
        return chosen
    found = recognition.recognise(seen, name, sources)
    if found and found.table.header and reads_plainly(found.source):
        refuse_doubled(found.table.header)
    if found is None and seen.format != "xlsx":
        _refuse_hopeless(seen, sources)
    return found.source if found else None


def _refuse_hopeless(seen: Look, sources: list[Source]) -> None:
    """Refuse what is no table of several columns, or has a name twice: to choose columns would not help."""
    header = next((table.header for table in seen.tables if table.header), [])
    if len([name for name in header if name]) < 2 or other_mark(header):
        raise Unreadable(recognition.about_unknown(seen, sources))
    refuse_doubled(header)


def _about_columns(seen: Look, source: Source) -> list[str]:
    """Why the columns must be chosen, if they must."""
    if seen.format == "zip" or not reads_plainly(source):
        return []
    try:
        table = table_for(source, seen)
        source.places(table.header)
    except Unreadable as why:
        return [str(why)]
    return []


def _about_rest(source: Source, name: str, agency_is_known: bool) -> list[str]:
    """What the file does not say and nobody has said: whose it is, and the source's own questions."""
    asks = []
    if not (source.names_agency or source.is_archive or source.agency_of_file(name) or agency_is_known):
        asks.append(f"The file does not say whose {source.kind.plural} they are. Choose the agency.")
    missing = [one.label for one in source.parameters.values() if one.required and not one.default]
    return asks + [f"The file does not say: {label.lower()}." for label in missing]
