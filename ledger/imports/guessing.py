"""Which column of a file is meant by a field of ours: guessed from names and from the first values. People decide."""

from __future__ import annotations

import re
from collections.abc import Callable

from ledger.imports.columns import (
    UNKNOWN,
    Age,
    AgencyName,
    Choice,
    Code,
    CodeSet,
    Column,
    Date,
    Degrees,
    Minutes,
    Time,
    VehicleNumber,
    WholeNumber,
    YesNo,
)
from ledger.imports.known import Known
from ledger.imports.loose import plain_name
from ledger.imports.samples import Beginning
from ledger.imports.source import Source
from ledger.plates import normal_plate

LOOKED_AT = 60  # rows
SURE = 0.8  # share of values that a field takes, from which they speak for it
LIKELY = 0.6  # how alike names must be
SUPPORT = 0.15  # what values add that many fields would take
_DAY = re.compile(r"[0-9]{1,4}[-/. ][0-9A-Za-z]{1,9}[-/. ][0-9]{1,4}\b.*")
_TIME = re.compile(r"(.*[ T])?[0-9]{1,2}[:.h][0-9]{2}([:.][0-9]{2})?( ?[AaPp]\.?[Mm]\.?)?.{0,6}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,9}(\.[0-9]+)?")


def guess(source: Source, table: Beginning, known: Known) -> dict[str, str]:
    """A column of the file for each target, as far as one can be guessed; each column once.

    First the names that the source knows, then what scores highest by name and values; of fields that do equally well the one
    that the source names first.
    """
    columns = source.for_header(table.header).columns
    found = {target: name for target, column in columns.items() if (name := column.found_in(table.header))}
    scores = sorted(
        (-_score(target, column, name, table, known), at, place, target, name)
        for at, name in enumerate(table.header)
        if name and name not in found.values()
        for place, (target, column) in enumerate(columns.items())
        if target not in found
    )
    for score, _, _, target, name in scores:
        if score <= -LIKELY and target not in found and name not in found.values():
            found[target] = name
    return found


def _score(target: str, column: Column, name: str, table: Beginning, known: Known) -> float:
    """From 0 to 2: how alike the names are, and how many of the values the field takes."""
    named = max(_alike(name, other) for other in (*column.names, target))
    taken = taken_share(column, table.values(name, LOOKED_AT), known)
    if taken is None:
        return named
    if taken < SURE:
        return named if isinstance(column, AgencyName) else 0.0
    telling = isinstance(column, AgencyName | Code | Choice | Date | Time)
    return named + (LIKELY if telling else SUPPORT)


def _alike(one: str, other: str) -> float:
    """The share of words that two names have in common."""
    first, second = _words(one), _words(other)
    return len(first & second) / max(len(first | second), 1)


def _words(name: str) -> set[str]:
    return {word for word in plain_name(name).split("_") if word}


def taken_share(column: Column, texts: list[str], known: Known) -> float | None:
    """The share of the filled cells that a field would take; None where that says nothing, or nothing is filled."""
    takes = _takes(column, known)
    filled = [text.strip().lower() for text in texts if text.strip().lower() not in UNKNOWN]
    if takes is None or not filled:
        return None
    return sum(takes(text) for text in filled) / len(filled)


def _takes(column: Column, known: Known) -> Callable[[str], bool] | None:
    """What a field takes, roughly and without pandas: pages guess, the check decides."""
    if isinstance(column, AgencyName):
        return lambda text: text.casefold() in known.agencies
    if isinstance(column, CodeSet):
        codes = known.words[column.words].codes
        return lambda text: all(part.strip() in codes for part in text.replace("|", ",").split(","))
    if isinstance(column, Code):
        return known.words[column.words].codes.__contains__
    if isinstance(column, Choice):
        return column.words.codes.__contains__
    if isinstance(column, YesNo):
        return column.marks.__contains__
    if isinstance(column, Degrees):
        return lambda text: bool(_NUMBER.fullmatch(text)) and abs(float(text)) <= column.limit and "." in text
    if isinstance(column, Age | Minutes | WholeNumber):
        return lambda text: bool(_NUMBER.fullmatch(text)) and column.lowest <= float(text) <= column.highest
    if isinstance(column, VehicleNumber):
        return lambda text: bool(normal_plate(text)) and any(mark.isdigit() for mark in text)
    form = _DAY if isinstance(column, Date) else _TIME if isinstance(column, Time) else None
    return (lambda text: bool(form.fullmatch(text))) if form else None
