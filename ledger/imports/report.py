"""What an import found and did: the answer of the engine, for pages, commands and scripts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ledger.imports.complaints import Complaint
from ledger.models import ImportRun

COUNTS = ("rows_read", "rows_new", "rows_same", "rows_refused", "rows_flagged")


@dataclass
class Report:
    """What a file holds and what became of it. Counts are of records: read = new + same + refused."""

    source: str
    file: str
    digest: str = ""
    rows_read: int = 0
    rows_new: int = 0
    rows_same: int = 0
    rows_refused: int = 0
    rows_flagged: int = 0
    errors: list[Complaint] = field(default_factory=list)
    stored: bool = False
    seconds: float = 0.0
    message: str = ""  # why the file as a whole could not be read
    notes: dict[str, Any] = field(default_factory=dict)
    parts: list[Report] = field(default_factory=list)  # the files of an archive

    def as_dict(self) -> dict[str, Any]:
        """The object that `import --json` prints."""
        plain = {name: value for name, value in vars(self).items() if name not in ("errors", "parts")}
        plain |= {"errors": [error.as_dict() for error in self.errors]}
        return plain | ({"parts": [part.as_dict() for part in self.parts]} if self.parts else {})


def report_of(run: ImportRun, errors: list[Complaint], stored: bool) -> Report:
    return Report(
        source=run.source,
        file=run.file_name,
        digest=run.digest,
        errors=errors,
        stored=stored,
        seconds=run.seconds or 0.0,
        message=run.message,
        notes=run.notes,
        **{name: getattr(run, name) for name in COUNTS},
    )
