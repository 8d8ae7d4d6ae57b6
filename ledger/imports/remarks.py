"""What a report says of a file beside its counts and errors: columns that hold nothing, lines that are no records, odd rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

NAMED = 40  # columns named in one sentence; a sheet may have hundreds


def remarks(notes: Mapping[str, Any]) -> list[str]:
    """Sentences for people, from the notes of a run. The same in the terminal and on the page."""
    said = [
        _listed("Empty in every row, so unknown", notes.get("empty_columns", ())),
        _listed("Empty in more than 30% of the rows", map(_with_share, _emptiest_first(notes))),
        _listed("Columns of the file that become no field", notes.get("extra_columns", ())),
        _passed_over(notes.get("passed_over", {})),
        _listed("Sheets that were not read", (f"“{name}”" for name in notes.get("sheets_left", ()))),
        *map(_noticed, notes.get("noticed", ())),
    ]
    return [sentence for sentence in said if sentence]


def _listed(what: str, names: Any) -> str:
    named = list(names)
    more = f" and {len(named) - NAMED:,} more" if len(named) > NAMED else ""
    return f"{what}: {', '.join(named[:NAMED])}{more}." if named else ""


def _emptiest_first(notes: Mapping[str, Any]) -> list[tuple[str, float]]:
    """The database keeps no order of such names, so they have one of their own."""
    return sorted(notes.get("mostly_empty", {}).items(), key=lambda column: (-column[1], column[0]))


def _with_share(column: tuple[str, float]) -> str:
    """A column with its share of empty cells, which is never said to be all of them."""
    name, share = column
    return f"{name} ({min(share, 0.999):.1%})"


def _passed_over(passed: Mapping[str, Any]) -> str:
    if count := passed.get("rows"):
        are = "line is no record and was" if count == 1 else "lines are no records and were"
        return f"{count:,} {are} passed over{_first(passed['first'], count)}."
    if count := passed.get("files"):
        was = "file of the archive was" if count == 1 else "files of the archive were"
        return f"{count:,} other {was} passed over{_first(passed['first'], count)}."
    return ""


def _first(texts: list[str], count: int) -> str:
    """The first of what was left, by how it begins."""
    told = ", ".join(f"“{text[:60]}”" for text in texts if text.strip(' ,;\t"'))
    return f": {told}{', …' if count > len(texts) else ''}" if told else ""


def _noticed(note: Mapping[str, Any]) -> str:
    count, first = note["rows"], note["first"]
    which = "The first are rows" if count > len(first) else "Row" if count == 1 else "Rows"
    return f"{count:,} row{'' if count == 1 else 's'} {note['what']}. {which} {', '.join(map(str, first))}."
