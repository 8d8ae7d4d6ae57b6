"""The imported lists of places that predictions should not point at."""

from __future__ import annotations

from typing import Any

from insights.audit.nearby import Sensitive
from ledger.models import ImportUndo, SensitivePlace


def _current() -> Any:
    return SensitivePlace.objects.current()


def listed() -> list[Sensitive]:
    """Those in force, from south to north."""
    rows = _current().order_by("latitude", "longitude", "name")
    return [Sensitive(*row) for row in rows.values_list("name", "kind", "longitude", "latitude")]


def mark() -> str:
    """Changes when a list is imported or undone."""
    newest = SensitivePlace.objects.order_by("-import_run").values_list("import_run", flat=True).first()
    undone = ImportUndo.objects.filter(import_run__source="sensitive-places").count()
    return f"{newest or 0}-{undone}"
