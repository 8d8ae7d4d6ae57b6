"""How the tables of the United States census write their figures: missing values, margins of error, headers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ledger import csvsafe
from ledger.imports.columns import UNKNOWN, Cells
from ledger.imports.known import Known
from ledger.imports.loose import Loose, plain_name
from ledger.imports.published import Number

# Instead of a figure: too few cases, not applicable, in an open-ended interval, controlled (no margin), and the like.
JAM_VALUES = frozenset((-222222222, -333333333, -555555555, -666666666, -888888888, -999999999))
MARKS = (*UNKNOWN, "-", "--", "*", "**", "***", "****", "*****", "(x)", "n", "(d)", "±-")
OPEN_ENDED = re.compile(r"[0-9,.]+[+-]")  # `250,000+`: somewhere above, which is no figure
ESTIMATE, MARGIN = "Estimate!!", "Margin of Error!!"  # what labels begin with
ACS_FILE = re.compile(r"ACS(?:DT|ST|DP|CP)([15])Y([0-9]{4})\.", re.IGNORECASE)
# Columns that identify or measure the land, and are no figures about people.
NO_FIGURES = frozenset(
    (
        *(
            "fid",
            "objectid",
            "object_id",
            "index",
            "id",
            "rowid",
            "unnamed_0",
            "name",
            "geography",
            "sumlevel",
            "logrecno",
        ),
        *(
            "statefp",
            "countyfp",
            "tractce",
            "blkgrpce",
            "affgeoid",
            "lsad",
            "mtfcc",
            "funcstat",
            "aland",
            "awater",
        ),
        *(
            "intptlat",
            "intptlon",
            "lat",
            "lon",
            "latitude",
            "longitude",
            "shape_area",
            "shape_length",
            "ucgid",
        ),
    )
)


def says_nothing(text: str) -> bool:
    """Whether a cell stands for a missing figure."""
    plain = csvsafe.unescape(text).strip().lower()
    if plain in MARKS or OPEN_ENDED.fullmatch(plain):
        return True
    try:
        return plain.startswith("-") and float(plain) in JAM_VALUES
    except ValueError:
        return False


class CensusNumber(Loose, Number):
    """A figure of a census table: `1,234`, `12.3%` (kept as 12.3), `±45`; missing as the census marks it."""

    unknown = MARKS

    def plain(self, text: str) -> str:
        return super().plain(text.removeprefix("±").removeprefix("+/-").removesuffix("%").strip())

    def read(self, cells: Sequence[str], known: Known) -> Cells:
        return super().read(["" if says_nothing(cell) else cell for cell in cells], known)


class FoundNumber(CensusNumber):
    """A column that may be one of figures. One in which the file's first rows have no number at all is one of words: it
    is left aside, and named in the report."""

    is_words: bool | None = None

    def read(self, cells: Sequence[str], known: Known) -> Cells:
        if self.is_words is None and any(not says_nothing(cell) for cell in cells):
            self.is_words = not any(self.value(cell.strip()) for cell in cells if not says_nothing(cell))
        if self.is_words:
            empty = sum(says_nothing(cell) for cell in cells)
            nothing = super().read([""] * len(cells), known)
            return Cells(nothing.values, nothing.problems, empty)
        return super().read(cells, known)


def margin_of(name: str, names: list[str]) -> int | None:
    """The place of the margins of error that belong to a column: `B02001_002M` to `…E`, `white_moe` to `white` or
    `white_alone`, `moe` to `estimate`."""
    if name.startswith(ESTIMATE):
        wanted = [MARGIN + name.removeprefix(ESTIMATE)]
    elif name.endswith("E") and name[:-1] + "M" in names:
        wanted = [name[:-1] + "M"]
    else:
        plain = plain_name(name)
        bases = (plain, re.sub(r"_?(estimate|est|alone)$", "", plain))
        wanted = [
            form.format(base).strip("_")
            for base in bases
            for form in ("{}_moe", "moe_{}", "{}_margin", "{}_margin_of_error")
        ]
    places = {plain_name(one): place for place, one in reversed(list(enumerate(names)))}
    return next((places[plain_name(one)] for one in wanted if plain_name(one) in places), None)


def is_margin(name: str) -> bool:
    """Whether a column is one of margins of error, whatever figure they belong to."""
    return name.startswith(MARGIN) or bool(
        re.search(r"(^|_)(moe|margin|margin_of_error)(_|$)", plain_name(name))
    )


def may_be_figure(name: str) -> bool:
    """Whether a column's name does not rule out that it holds figures about people."""
    annotation = name.startswith("Annotation of") or re.search(r"_[0-9]+P?(EA|MA|NA|M)$", name)
    return (
        bool(plain_name(name))
        and plain_name(name) not in NO_FIGURES
        and not annotation
        and not is_margin(name)
    )


def told_by_name(file_name: str) -> tuple[str, str]:
    """Source and year by the name of a download of the American Community Survey, `ACSDT5Y2019.B02001-Data.csv`."""
    found = ACS_FILE.search(file_name)
    if not found:
        return "", ""
    return f"ACS {found[2]}, {found[1]} {'year' if found[1] == '1' else 'years'}", found[2]
