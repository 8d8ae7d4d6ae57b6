"""Who looks at an insight: whether figures are exact, and whether vehicle numbers may be seen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from insights.filter_fields import Word
from insights.filters import FilterError, Filters
from ledger.access import agency_of
from ledger.models import Agency

NO_VEHICLES = "Vehicle numbers are shown only to those who may read the stops themselves, so this table is empty for you."


@dataclass(frozen=True)
class Viewer:
    """`exact`: of all agencies. `agency`: the own one, whose figures are exact. `rows`: may read stops of that reach."""

    exact: bool = False
    agency: Agency | None = None
    rows: bool = False
    # What hiding small counts worked out of the whole ledger, for all answers to this viewer while the request lasts.
    covers: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, user: Any) -> Viewer:
        return cls(user.has_perm("insights.view_exact"), agency_of(user), user.has_perm("ledger.view_stop"))

    @classmethod
    def system(cls) -> Viewer:
        """Whoever can run commands on the machine reads the database anyhow."""
        return cls(exact=True, rows=True)

    @property
    def sees_vehicles(self) -> bool:
        """Of the own agency; the system, which has none, of all."""
        return self.rows and (self.agency is not None or self.exact)

    def sees_exact(self, filters: Filters) -> bool:
        return self.exact or (self.agency is not None and filters.is_agency(self.agency.pk))

    def reach(self, filters: Filters, vehicles: bool = False) -> Filters:
        """The filters as this viewer may use them: own agency where vehicles show, else whole months and bands.

        Raises `FilterError` when another agency's vehicles are asked for.
        """
        if (vehicles or "vehicle" in filters.values) and self.sees_vehicles:
            filters = self._in_own_agency(filters)
        return filters if self.sees_exact(filters) else filters.widened()

    def _in_own_agency(self, filters: Filters) -> Filters:
        if self.agency is None or filters.is_agency(self.agency.pk):
            return filters
        if "agency" in filters.values:
            raise FilterError(
                {"agency": [f"You see vehicles of {self.agency} only. Choose it, or leave the agency out."]}
            )
        note = f"Vehicles are shown of your own agency only: these are the stops of {self.agency}."
        return filters.put(note, agency=Word(self.agency.name, (self.agency.pk,)))
