"""`python -m securecheck.bench.sources FOLDER [--record]`: imports every published file of a folder into a database of its
own, and prints what was read, stored, refused and why, beside what the files are said to hold."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from securecheck.bench.database import own_database
from securecheck.bench.published import PUBLISHED, Published
from securecheck.children import HOUSE
from securecheck.postgres import ServerProblem

if TYPE_CHECKING:
    from ledger.imports.report import Report

PAGE = HOUSE / "docs" / "sources" / "README.md"
BEGIN, END = "<!-- measured -->", "<!-- /measured -->"
HEADS = [
    "files",
    "source",
    "count",
    "rows described",
    "read",
    "stored",
    "already there",
    "refused",
    "passed over",
    "why",
]
CAUSES = 4  # named in the table


@dataclass
class Totals:
    """What became of the files of one kind."""

    published: Published
    files: int = 0
    read: int = 0
    new: int = 0
    same: int = 0
    refused: int = 0
    passed_over: int = 0
    causes: Counter[str] = field(default_factory=Counter)
    unreadable: list[str] = field(default_factory=list)

    def add(self, report: Report) -> None:
        self.files += 1
        self.read += report.rows_read
        self.new += report.rows_new
        self.same += report.rows_same
        self.refused += report.rows_refused
        self.passed_over += report.notes.get("passed_over", {}).get("rows", 0)
        self.causes.update(
            f"{error.column}: {error.message}" if error.column else error.message for error in report.errors
        )
        if report.message:
            self.unreadable.append(f"{Path(report.file).name}: {report.message}")

    def cells(self) -> list[str]:
        described = self.published.described
        counts = [self.read, self.new, self.same, self.refused, self.passed_over]
        return [
            f"`{self.published.files}`",
            self.published.source or "none",
            f"{self.files:,}",
            "–" if described is None else f"{described:,}",
            *(f"{count:,}" if self.published.source else "–" for count in counts),
            "; ".join(self.reasons()),
        ]

    def reasons(self) -> list[str]:
        named = [f"{cause} ({count:,})" for cause, count in self.causes.most_common(CAUSES)]
        more = [f"{len(self.causes) - CAUSES} more causes"] if len(self.causes) > CAUSES else []
        return [*([self.published.why] if self.published.why else []), *named, *more, *self.unreadable]


def files_of(published: Published, folder: Path) -> list[Path]:
    """The files of a folder that are of a kind, in the order of their paths."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.match(published.files))


def left_over(folder: Path) -> list[Path]:
    """Files that are of no kind; pages that describe the others are not asked for."""
    known = {path for published in PUBLISHED for path in files_of(published, folder)}
    return sorted(
        path for path in folder.rglob("*") if path.is_file() and path.suffix != ".md" and path not in known
    )


def measure(folder: Path, say: Callable[[str], None]) -> list[Totals]:
    """Import all files into the database at hand, the good rows of each."""
    found = []
    for published in PUBLISHED:
        totals = Totals(published)
        for path in files_of(published, folder):
            say(path.name)
            if published.source:
                totals.add(_imported(published, path))
            else:
                totals.files += 1
        found.append(totals)
    return found


def _imported(published: Published, path: Path) -> Report:
    from ledger.imports import engine
    from ledger.models import ImportRun

    run = ImportRun.objects.create(
        source=published.source,
        file_name=path.name,
        partial=True,
        notes={"agency": published.agency} if published.agency else {},
        options={"values": dict(published.values)},
    )
    return engine.load(run, path)


def table(found: Iterable[Totals]) -> str:
    """Markdown that also reads well in a terminal; kinds without a file at hand are left out."""
    from securecheck.bench.report import lines

    rows = [totals.cells() for totals in found if totals.files]
    return lines(HEADS, rows)


def keep(text: str, page: Path = PAGE) -> None:
    """Put the table into the page, in place of the one before."""
    before, begin, rest = page.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise SystemExit(f"{page} has no place for the table between {BEGIN} and {END}.")
    plain = re.sub(
        r"-{4,}", "---", re.sub(r" {2,}", " ", text)
    )  # columns need not stand under each other there
    page.write_text(f"{before}{BEGIN}\n{plain}\n{END}{after}")


def main() -> int:
    parser = argparse.ArgumentParser("python -m securecheck.bench.sources", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--record", action="store_true", help="Keep the table in docs/sources/README.md.")
    chosen = parser.parse_args()
    if not chosen.folder.is_dir():
        parser.error(f"There is no folder “{chosen.folder}”.")
    try:
        with own_database():
            found = measure(chosen.folder, lambda name: print(f"… {name}", file=sys.stderr, flush=True))
    except ServerProblem as problem:
        print(problem, file=sys.stderr)
        return 1
    text = table(found)
    print(text)
    if chosen.record:
        keep(text)
    for path in left_over(chosen.folder):
        print(f"{path} is of no kind of published file.", file=sys.stderr)
    return 2 if left_over(chosen.folder) or any(totals.unreadable for totals in found) else 0


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "securecheck.settings")
    sys.exit(main())
