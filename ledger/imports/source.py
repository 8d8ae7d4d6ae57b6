"""The unit of importing: a class that declares what the columns of a kind of file mean."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

from ledger.imports.columns import Column
from ledger.imports.kind import Kind
from ledger.imports.kinds import STOPS
from ledger.imports.known import Known
from ledger.imports.reader import Unreadable

if TYPE_CHECKING:
    import pandas as pd

# Last column of the download of refused rows; passed over when they come back mended.
REFUSED_BECAUSE = "refused because"


# How names of files end, by format.
ENDINGS = {
    "csv": (".csv", ".txt", ".tsv"),
    "xlsx": (".xlsx", ".xlsm"),
    "geojson": (".json", ".geojson", ".topojson"),
    "zip": (".zip",),
}


@dataclass(frozen=True)
class Parameter:
    """What must be said of a file because the file does not: a year, a kind of area. Without `choices` it is free text."""

    label: str
    help: str = ""
    choices: tuple[str, ...] = ()
    required: bool = True
    default: str = ""


class Source:
    """One kind of file. `columns` names for each target the column that it comes from; the rest is optional.

    A target of `columns` that the kind of record does not have is one of the source's own, for `finish` to use up.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    kind: ClassVar[Kind] = STOPS
    columns: dict[str, Column]
    constants: ClassVar[dict[str, str | int]] = {}  # targets that are the same for every row of this source
    further: ClassVar[str] = ""  # what columns beside the declared ones are read as, where they are read
    kept: ClassVar[tuple[str, ...]] = ()  # columns that are known and stay in the recorded row only
    offered: ClassVar[bool] = True  # in the list of sources and on the upload page
    by_choice: ClassVar[bool] = False  # never recognised: whoever imports chooses it, and the columns
    for_analysts: ClassVar[bool] = (
        False  # of several agencies or none: not for those who import into their own
    )
    formats: ClassVar[tuple[str, ...]] = ("csv", "xlsx")  # also "geojson" (GeoJSON and TopoJSON) and "zip"
    file_names: ClassVar[str] = ""  # how its files are named, where the name says whose rows they are
    parameters: ClassVar[dict[str, Parameter]] = {}
    remembers: ClassVar[bool] = (
        False  # judges rows by earlier ones of the file: one process cleans them, in order
    )

    file_name: str = ""  # of the file at hand
    values: Mapping[str, str] = {}  # of the parameters, for the file at hand

    def for_file(self, file_name: str, options: Mapping[str, Any] | None = None) -> Self:
        """This source as it reads one file: under its name, with the chosen columns and values of parameters."""
        options = options or {}
        bound = copy.copy(self)
        bound.file_name = file_name
        bound.columns = self._chosen(options.get("columns", {}))
        bound.values = self._values(options.get("values", {}))
        return bound

    def _chosen(self, columns: Mapping[str, str]) -> dict[str, Column]:
        """The columns under the names that a file gives them. One that is said to be nowhere is left out."""
        if unknown := sorted(set(columns) - set(self.columns)):
            raise Unreadable(
                f"The source “{self.name}” has no {listed(unknown)}. It has: {listed(self.columns)}."
            )
        for target, name in columns.items():
            if not (name or self.columns[target].may_lack):
                raise Unreadable(f"Choose the column for “{target}”: the source “{self.name}” needs it.")
        return {
            target: column.called(columns[target]) if target in columns else column
            for target, column in self.columns.items()
            if columns.get(target) != ""
        }

    def _values(self, given: Mapping[str, str]) -> dict[str, str]:
        """The parameters' values. Refuses unknown ones and those that are missing or not among the choices."""
        if unknown := sorted(set(given) - set(self.parameters)):
            raise Unreadable(f"The source “{self.name}” knows no {listed(unknown)}.")
        values = {name: str(given.get(name) or one.default).strip() for name, one in self.parameters.items()}
        for name, one in self.parameters.items():
            if one.required and not values[name]:
                raise Unreadable(
                    f"The file does not say: {one.label.lower()}. Say it (in a command: --set {name}=…)."
                )
            if one.choices and values[name] and values[name] not in one.choices:
                raise Unreadable(f"{one.label}: choose one of {', '.join(one.choices)}.")
        return values

    # What a source may say of its files. The defaults suit most.

    def for_header(self, header: list[str]) -> Self:
        """This source as it reads files of this header, where there are several layouts."""
        return self

    def agency_of_file(self, file_name: str) -> str:
        """The agency that a file's name, or the kind of file alone, tells; empty when it tells none."""
        return ""

    def country_of(self, agency: str) -> str:
        """The country of an agency that the ledger does not know yet."""
        raise NotImplementedError

    def time_zone_of(self, agency: str) -> str:
        """The time zone of an agency that the ledger does not know yet."""
        return "UTC"

    def is_more_header(self, cells: list[str]) -> bool:
        """Whether a record after the first is one more line of the header. Asked until it is not."""
        return False

    def join_header(self, lines: list[list[str]]) -> list[str]:
        """The names of the columns from the header's lines; each name must occur once."""
        return lines[0]

    def passes_over(self, cells: list[str]) -> bool:
        """Whether a row is no record at all: a line of blanks, a line that sums up."""
        return False

    def judge(self, frame: pd.DataFrame, known: Known) -> Iterable[tuple[pd.Series, str, str]]:
        """What is wrong with rows beyond single columns: which rows (a mask), the target to name, and why."""
        return ()

    def notice(self, frame: pd.DataFrame, known: Known) -> Iterable[tuple[pd.Series, str]]:
        """What is odd about rows that are taken in all the same: which rows (a mask), and what. The run's notes count it.

        Gets the cleaned columns as declared, without refused rows, before `finish`.
        """
        return ()

    def finish(self, frame: pd.DataFrame, known: Known) -> pd.DataFrame:
        """The place for an oddity: gets the cleaned columns as declared and gives back targets only.

        The index is the number of the record. A row may become several (a wide table): then the number repeats. A column
        `apart` with "f" says that rows told the same are one record, not several alike.
        """
        return frame

    def source_of_entry(self, name: str) -> Source | None:
        """The source that reads a file of an archive; None passes it over."""
        return self if self.reads_file_named(name) else None

    def reads_file_named(self, name: str) -> bool:
        """Whether a file may be of this kind by the ending of its name. Hidden files, and those that programs add, are not."""
        last = name.replace("\\", "/").rpartition("/")[2].lower()
        endings = tuple(ending for one in self.formats for ending in ENDINGS[one])
        return (
            last.removesuffix(".gz").endswith(endings)
            and not last.startswith((".", "~$"))
            and "__macosx/" not in name.lower()
        )

    # What others ask of it.

    @property
    def is_archive(self) -> bool:
        """Whether its files are archives only."""
        return self.formats == ("zip",)

    @property
    def takes_any_table(self) -> bool:
        """Whether no column must have a certain name."""
        return self.by_choice or (bool(self.columns) and all(one.may_lack for one in self.columns.values()))

    @property
    def is_for_analysts(self) -> bool:
        """Whether its files are of several agencies or of none, so that nobody imports them into the own agency."""
        return self.for_analysts or not self.kind.has_agency

    @property
    def names_agency(self) -> bool:
        """Whether the rows say whose they are; else the agency must be named by whoever imports, or the file's name."""
        return "agency" in self.columns or not self.kind.has_agency

    @property
    def header(self) -> list[str]:
        """The columns as they are usually called."""
        return [column.names[0] for column in self.columns.values()]

    def found(self, header: list[str]) -> int:
        """How many of this source's columns a header has."""
        return sum(bool(column.found_in(header)) for column in self.columns.values())

    def fits(self, header: list[str]) -> bool:
        """Whether a header has all that this source needs. Asked of the first line of a file."""
        return not self.for_header(header)._missing(header)

    def places(self, header: list[str]) -> dict[str, int]:
        """Where in a record each target's column stands. Refuses a header that does not fit, in plain words."""
        refuse_doubled(header)
        source = self.for_header(header)
        if missing := source._missing(header):
            raise Unreadable(self._about_missing(header, missing))
        found = {target: column.found_in(header) for target, column in source.columns.items()}
        return {target: header.index(name) for target, name in found.items() if name}

    def unknown(self, header: list[str]) -> list[str]:
        """Columns of a header that this source does not know. They stay in the recorded row."""
        known = {name for column in self.columns.values() for name in column.names}
        known |= {
            *self.kept,
            REFUSED_BECAUSE,
            *(column.found_in(header) for column in self.columns.values()),
        } - {""}
        return [
            name or f"column {place}, without a name"
            for place, name in enumerate(header, 1)
            if name not in known
        ]

    def _missing(self, header: list[str]) -> list[str]:
        needed = (column for column in self.columns.values() if not column.may_lack)
        return [column.names[0] for column in needed if not column.found_in(header)]

    def _about_missing(self, header: list[str], missing: list[str]) -> str:
        if other := other_mark(header):
            return other
        seen = f" It has: {listed([name for name in header if name][:20])}." if any(header) else ""
        word = "column" if len(missing) == 1 else "columns"
        return f"The header lacks the {word} {listed(missing)} of the source “{self.name}”.{seen}"


def country_said(values: Mapping[str, str], agency: str) -> str:
    """The country of an agency that the ledger does not know yet, as whoever imports said it; refuses where nobody did."""
    country = values.get("country", "")
    if not country:
        raise Unreadable(
            f"The agency “{agency}” is new: say its country (in a command: --set country=…), or mend its name."
        )
    return country


def other_mark(header: list[str]) -> str:
    """What to do where the cells of a header are separated by another mark than the comma; else nothing."""
    for mark, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "upright strokes")):
        if len(header) <= 2 and ",".join(header).count(mark) >= 2:
            return f"The cells are separated by {name}, not by commas. Save the file as CSV with commas."
    return ""


def refuse_doubled(header: list[str]) -> None:
    """Refuse a header in which a name stands for two columns."""
    counts = Counter(name for name in header if name)
    if doubled := sorted(name for name, count in counts.items() if count > 1):
        raise Unreadable(
            f"The header names {listed(doubled)} twice. Rename or remove one of the two columns."
        )


def listed(names: Iterable[str]) -> str:
    return ", ".join(f"“{name[:60]}”" for name in names)


def spread(frame: pd.DataFrame, parts: Iterator[pd.DataFrame]) -> pd.DataFrame:
    """Parts of the same records, one below the other, in the order of the records: for rows that become several."""
    import pandas as pd

    whole = list(parts)
    return pd.concat(whole).sort_index(kind="stable") if whole else frame.iloc[:0]
