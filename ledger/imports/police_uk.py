"""What the files of data.police.uk about crimes have in common: whose they are, and their kinds of columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ledger.imports.columns import Column
from ledger.imports.known import Known
from ledger.imports.police_forces import COUNTRY, FORCES, TIME_ZONE, force_of_file
from ledger.imports.source import Source

if TYPE_CHECKING:
    from ledger.imports.columns import Texts


class Month(Column):
    """A month written as YYYY-MM: its first day."""

    complaint = "is not a month from 1900 on, written as YYYY-MM"

    def clean(self, texts: Texts, known: Known) -> Texts:
        return texts.where(texts.str.fullmatch(r"(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])", na=False)) + "-01"


class CrimeId(Column):
    """The publisher's id of a crime, which stays the same in every extract."""

    complaint = "is not an id of a crime: 64 digits and letters from a to f"

    def clean(self, texts: Texts, known: Known) -> Texts:
        lower = texts.str.lower()
        return lower.where(lower.str.fullmatch("[0-9a-f]{64}", na=False))


class PoliceUkFile(Source):
    """One CSV file a force and month. Each row says whose it is, and the file's name may not tell otherwise."""

    file_kind: ClassVar[str]  # last part of the file's name

    def agency_of_file(self, file_name: str) -> str:
        """The force by the file's name; of one that is not listed only its rows know how it is called."""
        force = force_of_file(file_name, self.file_kind)
        return force if force in FORCES.values() else ""

    def country_of(self, agency: str) -> str:
        return COUNTRY

    def time_zone_of(self, agency: str) -> str:
        return TIME_ZONE
