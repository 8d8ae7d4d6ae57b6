"""The vocabulary of questions to the ledger. Views choose and pass on; they never count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef

if TYPE_CHECKING:
    from ledger.models import Stop  # noqa: F401


class StopQuerySet(models.QuerySet["Stop"]):
    def current(self) -> Self:
        """Versions without a successor whose import was not undone. The one place that knows of undoing."""
        from ledger.models import ImportUndo

        undone = ImportUndo.objects.filter(import_run_id=OuterRef("import_run_id"))
        return self.filter(~Exists(undone), successor=None)

    def of_agency(self, agency_id: int) -> Self:
        return self.filter(agency_id=agency_id)

    def with_parts(self) -> Self:
        """Everything that a list or a detail page shows, in a constant number of queries."""
        return self.select_related(
            "agency__country", "post", "area", "officer", "violation", "private__vehicle", "author", "import_run"
        ).prefetch_related("persons__race")

    def waiting_for_review(self) -> Self:
        """Current stops with something to look at that nobody has accepted yet, the oldest entry first."""
        return self.current().filter(flags__gt=0, review=None).order_by("id")
