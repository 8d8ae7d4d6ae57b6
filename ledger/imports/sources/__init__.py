"""The sources, in reading order. To add one: a file here, and one line in `SOURCES`."""

from __future__ import annotations

from ledger.imports.source import Source
from ledger.imports.sources.atlanta_crime import AtlantaCrime
from ledger.imports.sources.nibrs_codes import NibrsCodes
from ledger.imports.sources.open_policing import OpenPolicing
from ledger.imports.sources.police_uk_archive import PoliceUkArchive
from ledger.imports.sources.police_uk_outcomes import PoliceUkOutcomes
from ledger.imports.sources.police_uk_stop_search import PoliceUkStopSearch
from ledger.imports.sources.police_uk_street import PoliceUkStreet
from ledger.imports.sources.securecheck import SecureCheck
from ledger.imports.sources.synthetic import Synthetic

SOURCES: list[Source] = [
    SecureCheck(),
    OpenPolicing(),
    PoliceUkStopSearch(),
    PoliceUkStreet(),
    PoliceUkOutcomes(),
    PoliceUkArchive(),
    AtlantaCrime(),
    NibrsCodes(),
    Synthetic(),
]


def source_named(name: str) -> Source | None:
    return next((source for source in SOURCES if source.name == name), None)


def offered_sources() -> list[Source]:
    """Those that people choose from."""
    return [source for source in SOURCES if source.offered]


def nearest(header: list[str]) -> Source:
    """The source that knows most columns of a header, and of those the one that reads most of them."""
    tables = (source for source in offered_sources() if not source.is_archive)
    return min(tables, key=lambda source: (len(source.unknown(header)), -source.found(header)))


def recognised(header: list[str]) -> Source | None:
    """The source whose file this is by its header; None when a column is missing even of the nearest."""
    found = nearest(header)
    return found if found.fits(header) else None
