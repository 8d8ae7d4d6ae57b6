"""What cleaning must know of the ledger: code lists, agencies and their clocks. Made from the database, or by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone

from ledger.imports.reader import Unreadable
from ledger.models import Agency, Contraband, Country, Race, SearchBasis, VendorDepartment, Violation

LONGEST_MESSAGE = 300
MOST_NEW_AGENCIES = 500  # of one file


@dataclass(frozen=True)
class Words:
    """The words of a code list (lower case) with their codes, and the labels to name when a word is not known."""

    codes: Mapping[str, int]
    labels: Sequence[str]

    def complaint(self, what: str = "is not a known word") -> str:
        """What is said of a word that is none of these."""
        named = {"unknown", *(label.lower() for label in self.labels)}
        more = [word for word in self.codes if word not in named]
        return _shortened(f"{what}. Known are: {', '.join([*self.labels, *more])}")


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_MESSAGE else text[: LONGEST_MESSAGE - 2].rsplit(",", 1)[0] + " …"


@dataclass
class Known:
    """Words of the code lists by name, and agencies. One that a file brings is remembered by its first spelling."""

    words: Mapping[str, Words]
    agencies: dict[str, str] = field(default_factory=dict)  # name in lower case: name
    clocks: dict[str, str] = field(default_factory=dict)  # name: local date and time as YYYY-MM-DD HH:MM:SS
    only_agency: str = ""  # rows of any other are refused
    clients: Mapping[str, str] = field(default_factory=dict)  # of vendors: name in lower case: client
    seen: dict[int, int] = field(default_factory=dict)  # checksums of what the file's earlier rows say
    countries: Sequence[str] = ()  # of the agencies; of all that the ledger has where it has no agency

    def __post_init__(self) -> None:
        self._most_agencies = len(self.agencies) + MOST_NEW_AGENCIES

    def agency(self, name: str) -> str:
        """The agency's name as the ledger writes it; a new name is taken as it stands. A file that names new ones without
        end names something else."""
        if len(self.agencies) > self._most_agencies:
            raise Unreadable(
                f"The file names more than {MOST_NEW_AGENCIES} agencies that the ledger does not know. "
                "Is the column that names them the right one?"
            )
        return self.agencies.setdefault(name.casefold(), name)

    def clock(self, agency: str, time_zone: str) -> str:
        """The agency's date and time as text that sorts. The time zone serves for agencies not in the ledger yet."""
        if agency not in self.clocks:
            self.clocks[agency] = as_text(timezone.now().astimezone(ZoneInfo(time_zone)))
        return self.clocks[agency]


def as_text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def from_database(only_agency: str = "") -> Known:
    """Everything that cleaning needs, in seven queries."""
    lists = {"violation": Violation, "race": Race, "search_basis": SearchBasis, "contraband": Contraband}
    departments = cast("QuerySet[VendorDepartment]", VendorDepartment.objects.current())
    agencies = list(Agency.objects.select_related("country"))
    countries = {agency.country.name for agency in agencies} or Country.objects.values_list("name", flat=True)
    known = Known(
        words={
            name: Words(m.objects.vocabulary(), list(m.objects.values_list("label", flat=True)))
            for name, m in lists.items()
        },
        agencies={agency.name.casefold(): agency.name for agency in agencies},
        clocks={agency.name: as_text(agency.now()) for agency in agencies},
        clients={one.name.casefold(): one.client for one in departments if one.name},
        countries=sorted(countries),
    )
    known.only_agency = known.agency(only_agency) if only_agency else ""
    return known
