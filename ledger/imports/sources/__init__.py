"""The sources, in reading order. To add one: a file here, and one line in `SOURCES`."""

from __future__ import annotations

from collections.abc import Iterable

from ledger.imports.source import Source
from ledger.imports.sources.atlanta_crime import AtlantaCrime
from ledger.imports.sources.boundaries import Boundaries
from ledger.imports.sources.census_figures import CensusFigures
from ledger.imports.sources.incidents_by_mapping import IncidentsByMapping
from ledger.imports.sources.london_perceptions import LondonPerceptions
from ledger.imports.sources.london_survey import LondonSurvey
from ledger.imports.sources.nibrs_codes import NibrsCodes
from ledger.imports.sources.open_policing import OpenPolicing
from ledger.imports.sources.open_policing_rates import OpenPolicingRates
from ledger.imports.sources.patrol_log import PatrolLog
from ledger.imports.sources.plainfield_crimes import PlainfieldCrimes
from ledger.imports.sources.plainfield_patrols import PlainfieldPatrols
from ledger.imports.sources.police_uk_archive import PoliceUkArchive
from ledger.imports.sources.police_uk_outcomes import PoliceUkOutcomes
from ledger.imports.sources.police_uk_stop_search import PoliceUkStopSearch
from ledger.imports.sources.police_uk_street import PoliceUkStreet
from ledger.imports.sources.prediction_locations import PredictionLocations
from ledger.imports.sources.predpol_block_groups import PredpolBlockGroups
from ledger.imports.sources.predpol_counts import PredpolCounts
from ledger.imports.sources.predpol_departments import PredpolDepartments
from ledger.imports.sources.securecheck import SecureCheck
from ledger.imports.sources.sensitive_places import SensitivePlaces
from ledger.imports.sources.stops_by_mapping import StopsByMapping
from ledger.imports.sources.synthetic import Synthetic

SOURCES: list[Source] = [
    SecureCheck(),
    OpenPolicing(),
    PoliceUkStopSearch(),
    PoliceUkStreet(),
    PoliceUkOutcomes(),
    PoliceUkArchive(),
    AtlantaCrime(),
    PlainfieldCrimes(),
    PlainfieldPatrols(),
    PatrolLog(),
    NibrsCodes(),
    OpenPolicingRates(),
    LondonSurvey(),
    LondonPerceptions(),
    PredpolDepartments(),
    PredpolCounts(),
    PredictionLocations(),
    SensitivePlaces(),
    CensusFigures(),
    Boundaries(),
    PredpolBlockGroups(),
    StopsByMapping(),
    IncidentsByMapping(),
    Synthetic(),
]


def source_named(name: str) -> Source | None:
    return next((source for source in SOURCES if source.name == name), None)


def offered_sources() -> list[Source]:
    """Those that people choose from."""
    return [source for source in SOURCES if source.offered]


def nearest(header: list[str], file_name: str = "", among: Iterable[Source] | None = None) -> Source:
    """The source that knows most columns of a header, and of those the one that reads most of them."""
    return min(_of_tables(among), key=lambda source: _distance(source, header, file_name))


def recognised(
    header: list[str], file_name: str = "", among: Iterable[Source] | None = None
) -> Source | None:
    """The source whose file this is by its header; None when a column is missing even of the nearest, for a file of which
    another source reads a part would lose the rest."""
    sources = _of_tables(among)
    found = nearest(header, file_name, sources) if sources else None
    return found if found and found.fits(header) else None


def _of_tables(among: Iterable[Source] | None) -> list[Source]:
    """Of the given sources those that read a table and are recognised by it; of all that are offered those that read CSV."""
    given = [one for one in offered_sources() if "csv" in one.formats] if among is None else among
    return [source for source in given if not (source.is_archive or source.by_choice)]


def _distance(source: Source, header: list[str], file_name: str) -> tuple[int, int, bool, bool]:
    """How many columns a source does not know, and how many it does; then whether it fits, and whether the name is one of
    its files: what is nearer sorts first."""
    known = (len(source.unknown(header)), -source.found(header))
    return (*known, not source.fits(header), not source.agency_of_file(file_name))
