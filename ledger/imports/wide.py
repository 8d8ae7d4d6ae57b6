"""Files with several figures in a row, in columns that differ from file to file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ledger.imports.columns import UNKNOWN, Column
from ledger.imports.source import Source, spread

if TYPE_CHECKING:
    import pandas as pd

FIGURE, MARGIN = (
    "figure ",
    "margin ",
)  # what the targets of such columns begin with; the place in the header follows


@dataclass(frozen=True)
class Figure:
    """A column of figures: its place in the header, what the figures are of, and the place of their margins of error."""

    place: int
    measure: str
    group: str = ""
    meaning: str = ""
    margin: int | None = None


class WideSource(Source):
    """Declares in `columns` what a row is about. Which of the other columns are figures is found out with the header.

    `for_file` gives every file a source of its own, so what is found out stays with the file.
    """

    figures: tuple[Figure, ...] = ()

    def find_figures(self, lines: list[list[str]], names: list[str]) -> list[Figure]:
        """The figures of a file, from the lines of its header and the names of its columns."""
        raise NotImplementedError

    def name_columns(self, lines: list[list[str]]) -> list[str]:
        """The names of the columns, each once."""
        return lines[0]

    def column_of_figures(self, name: str) -> Column:
        """How a column of figures is read."""
        raise NotImplementedError

    def column_of_margins(self, name: str) -> Column:
        """How a column of margins of error is read."""
        raise NotImplementedError

    def join_header(self, lines: list[list[str]]) -> list[str]:
        names = self.name_columns(lines)
        self.figures = tuple(self.find_figures(lines, names))
        declared = {
            target: column
            for target, column in self.columns.items()
            if not target.startswith((FIGURE, MARGIN))
        }
        self.columns = {**declared, **self._found_columns(names)}
        return names

    def _found_columns(self, names: list[str]) -> dict[str, Column]:
        found: dict[str, Column] = {}
        for figure in self.figures:
            found[f"{FIGURE}{figure.place}"] = self.column_of_figures(names[figure.place])
            if figure.margin is not None:
                found[f"{MARGIN}{figure.place}"] = self.column_of_margins(names[figure.margin])
        return found

    def passes_over(self, cells: list[str]) -> bool:
        """A line without any figure says nothing. A broken one has no cells, and is refused."""
        return (
            bool(cells)
            and bool(self.figures)
            and not any(self._says(cells[one.place]) for one in self.figures)
        )

    def _says(self, cell: str) -> bool:
        return cell.strip().lower() not in UNKNOWN

    def parts(self, frame: pd.DataFrame, value: str) -> pd.DataFrame:
        """The rows, one for each figure, under the targets `value`, `measure`, `margin`, `group` and `meaning`."""
        own = [name for name in frame if not str(name).startswith((FIGURE, MARGIN))]
        return spread(frame, self._each(frame, frame[own], value))

    def _each(self, frame: pd.DataFrame, about: pd.DataFrame, value: str) -> Iterator[pd.DataFrame]:
        for figure in self.figures:
            said: dict[str, Any] = {value: frame[f"{FIGURE}{figure.place}"], "measure": figure.measure}
            said |= {name: text for name in ("group", "meaning") if (text := getattr(figure, name))}
            if figure.margin is not None:
                said["margin"] = frame[f"{MARGIN}{figure.place}"]
            part = about.assign(**said)
            yield part[part[value].notna()]
