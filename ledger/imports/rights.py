"""Who may import what: a supervisor into the own agency; what is of several agencies or of none, an analyst.

Asked by the form, by the view, and again when the work begins: rights may have changed in between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ledger.access import agency_of
from ledger.imports.reader import Unreadable
from ledger.imports.source import Source
from ledger.imports.sources import offered_sources
from ledger.models import ImportRun

ANY_AGENCY = "ledger.import_any_agency"
OWN_AGENCY = "ledger.import_stops"


def may_import(user: Any, source: Source) -> bool:
    """Whether a user may import files of this kind at all."""
    if user.has_perm(ANY_AGENCY):
        return True
    return bool(user.has_perm(OWN_AGENCY)) and not source.is_for_analysts


def sources_for(user: Any) -> list[Source]:
    """The kinds of file that a user may import."""
    return [source for source in offered_sources() if may_import(user, source)]


def check(run: ImportRun, source: Source) -> None:
    """Refuse a run that its user may not make. Nobody's run is one of the command line."""
    if run.user is None or run.user.has_perm(ANY_AGENCY):
        return
    if not may_import(run.user, source):
        raise Unreadable(about(source))
    agency = agency_of(run.user)
    if agency is None or run.agency_id != agency.pk:
        raise Unreadable("The import is not for your agency. Choose the file again.")


def check_agencies(run: ImportRun, staged: Callable[[], Iterable[str]]) -> None:
    """Refuse rows of other agencies, whichever way a source came to them. `staged` gives the agencies of the cleaned rows."""
    limited = run.user is not None and not run.user.has_perm(ANY_AGENCY)
    if limited and any(run.agency is None or name != run.agency.name for name in staged()):
        raise Unreadable("The file holds rows of another agency. Only an analyst imports those.")


def about(source: Source) -> str:
    """Why a user may not import files of a kind."""
    return f"Files of the kind “{source.title}” are of several agencies or of none: an analyst imports them."
