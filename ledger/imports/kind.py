"""Kinds of record: what the rows of a file become. A source names its kind; the kind knows its targets and its tables.

Cleaned rows wait in the temporary table `import_staging`. `find_new` tells which of them the ledger lacks and puts those into
`import_new`; `insert` writes them. Both run in the transaction of the caller. A kind of which files are large may take each
piece out of the staging table and compare it as soon as it is there (`take_piece`), before that transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from django.db.models import Model

from ledger import signals
from ledger.imports import sql
from ledger.models import ImportedKey, ImportRun

# Columns of every staging table beside the targets. A record may give several parts: a wide row of many figures.
# `apart`: rows that are told the same are counted and kept apart, as they may be distinct; else the first one stands for all.
COMMON = {
    "row": "integer NOT NULL",
    "part": "integer NOT NULL DEFAULT 1",
    "digest": "uuid NOT NULL",
    "apart": "boolean NOT NULL DEFAULT true",
}


@dataclass(frozen=True)
class Found:
    """Records of a file with something new in them, and how many of those ask for a second look."""

    new: int
    flagged: int = 0


class Kind:
    """One kind of record. `targets` are all that a row can say of it, with their PostgreSQL types."""

    name: ClassVar[str]
    plural: ClassVar[str]
    model: ClassVar[type[Model]]  # what the rows become; has `import_run` and `import_row`
    targets: ClassVar[dict[str, str]]
    identity: ClassVar[
        tuple[str, ...]
    ] = ()  # targets that tell one record from another; all of them when empty
    not_later: ClassVar[
        dict[str, str]
    ] = {}  # dates that cannot be in the future, each with its time of day or ""
    has_agency: ClassVar[bool] = True  # every record is some agency's
    waiting: ClassVar[str] = "import_staging"  # where all rows of a file are once it is read
    looked_up: ClassVar[str] = "row, digest, agency"  # its columns that the planner should know
    keeps_record: ClassVar[bool] = False  # the row as its source wrote it is kept

    @property
    def staged(self) -> dict[str, str]:
        """All columns of the staging table."""
        recorded = {"recorded": "text NOT NULL"} if self.keeps_record else {}
        return COMMON | recorded | {"agency": "text"} | self.targets

    def make_ready(self) -> None:
        """The place for temporary tables and views of its own, beside the empty staging table."""

    def take_piece(self, storing: bool) -> None:
        """The place to look at rows as soon as they are staged."""

    def find_new(self, storing: bool) -> Found:
        """Tell new rows from those that the ledger has."""
        sql.run("import_new_records", {"kind": self.name})
        return Found(sql.value("SELECT count(DISTINCT row) FROM import_new"))

    def insert(self, run: ImportRun) -> None:
        """Write the new rows as records of this run, and their keys."""
        self.write(run)
        sql.run("import_record_keys", {"run": run.pk, "kind": self.name})
        self.after_change(run)
        signals.records_changed.send(sender=ImportRun, import_run_id=run.pk, kind=self.name)

    def write(self, run: ImportRun) -> None:
        """Write the new rows: `ledger/sql/insert_<name>.sql`, with the run's number as `run`."""
        sql.run(f"insert_{self.name.replace('-', '_')}", {"run": run.pk})

    def take_back(self, run: ImportRun) -> None:
        """The run was undone: its rows are no longer current, and the file can be loaded again."""
        ImportedKey.objects.filter(import_run=run).delete()
        self.after_change(run)
        signals.records_changed.send(sender=ImportRun, import_run_id=run.pk, kind=self.name)

    def after_change(self, run: ImportRun) -> None:
        """The place for what follows from current rows, after a run was loaded or undone."""
