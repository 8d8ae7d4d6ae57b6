"""The archives of data.police.uk: many forces and months, of all three kinds of file, in one ZIP file."""

from __future__ import annotations

from typing import ClassVar

from ledger.imports.kinds import INCIDENTS
from ledger.imports.police_forces import COUNTRY, TIME_ZONE, force_of_file
from ledger.imports.source import Source
from ledger.imports.sources.police_uk_outcomes import PoliceUkOutcomes
from ledger.imports.sources.police_uk_stop_search import PoliceUkStopSearch
from ledger.imports.sources.police_uk_street import PoliceUkStreet


class PoliceUkArchive(Source):
    """An archive as downloaded. Each file is read by the source that its name tells; any other is passed over."""

    name = "police-uk-archive"
    title = "data.police.uk, archive of forces and months (ZIP)"
    kind = INCIDENTS
    for_analysts = True
    formats = ("zip",)
    columns = {}
    inside: ClassVar[dict[str, Source]] = {
        "street": PoliceUkStreet(),
        "outcomes": PoliceUkOutcomes(),
        "stop-and-search": PoliceUkStopSearch(),
    }

    @property
    def names_agency(self) -> bool:
        """Each of its files does."""
        return True

    def source_of_entry(self, name: str) -> Source | None:
        if not name.lower().endswith(".csv"):
            return None
        return next((source for kind, source in self.inside.items() if force_of_file(name, kind)), None)

    def country_of(self, agency: str) -> str:
        return COUNTRY

    def time_zone_of(self, agency: str) -> str:
        return TIME_ZONE
