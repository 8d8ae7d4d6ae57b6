"""The codes that the law of the house fixes, with their groupings.

Lists that a force may extend (violations, races, grounds of search, finds) are tables: `ledger.models.codes`.
Zero is always "Unknown", so that a code column in facts never holds NULL.
"""

from __future__ import annotations

from typing import Self

from django.db import models

NIGHT_HOURS = (20, 21, 22, 23, 0, 1, 2, 3, 4)
OLDEST_AGE = 120  # that can be recorded


class Words(models.IntegerChoices):
    """Choices that can be found by their label or by a source's word for them."""

    @classmethod
    def source_words(cls) -> dict[str, int]:
        """Lower-case words of sources that mean a member; labels need not be repeated here."""
        return {}

    @classmethod
    def vocabulary(cls) -> dict[str, int]:
        """Every lower-case word, label or source's, with its code."""
        labels = {str(member.label).lower(): int(member.value) for member in cls}
        return labels | cls.source_words()

    @classmethod
    def from_word(cls, word: str) -> Self | None:
        """The member for a label or a source's word; None when it is neither."""
        code = cls.vocabulary().get(word.strip().lower())
        return None if code is None else cls(code)


class Gender(Words):
    UNKNOWN = 0, "Unknown"
    MALE = 1, "Male"
    FEMALE = 2, "Female"
    OTHER = 3, "Other"

    @classmethod
    def source_words(cls) -> dict[str, int]:
        return {"m": cls.MALE, "f": cls.FEMALE, "man": cls.MALE, "woman": cls.FEMALE}


class Outcome(Words):
    """What the stop came to for the person, in rising severity (the order Open Policing uses)."""

    UNKNOWN = 0, "Unknown"
    NO_ACTION = 1, "No action"
    WARNING = 2, "Warning"
    CITATION = 3, "Citation"
    SUMMONS = 4, "Summons"
    ARREST = 5, "Arrest"

    @classmethod
    def source_words(cls) -> dict[str, int]:
        return {
            "ticket": cls.CITATION,
            "arrest driver": cls.ARREST,
            "arrest passenger": cls.ARREST,
            "n/d": cls.UNKNOWN,
        }


class StopType(Words):
    UNKNOWN = 0, "Unknown"
    VEHICLE = 1, "Vehicle"
    PEDESTRIAN = 2, "Pedestrian"
    BICYCLE = 3, "Bicycle"

    @classmethod
    def source_words(cls) -> dict[str, int]:
        return {"vehicular": cls.VEHICLE}


class PersonRole(Words):
    UNKNOWN = 0, "Unknown"
    DRIVER = 1, "Driver"
    PASSENGER = 2, "Passenger"
    PEDESTRIAN = 3, "Pedestrian"
    CYCLIST = 4, "Cyclist"


class DurationBand(Words):
    UNKNOWN = 0, "Unknown"
    SHORT = 1, "0-15 Min"
    MEDIUM = 2, "16-30 Min"
    LONG = 3, "30+ Min"

    @classmethod
    def of(cls, minutes: int | None) -> DurationBand:
        """The band of a duration in whole minutes."""
        if minutes is None:
            return cls.UNKNOWN
        return cls.SHORT if minutes <= 15 else cls.MEDIUM if minutes <= 30 else cls.LONG


class AgeBand(Words):
    UNKNOWN = 0, "Unknown"
    MINOR = 1, "0-17"
    YOUNG = 2, "18-24"
    TO_34 = 3, "25-34"
    TO_44 = 4, "35-44"
    TO_54 = 5, "45-54"
    TO_64 = 6, "55-64"
    SENIOR = 7, "65+"

    @classmethod
    def floors(cls) -> dict[int, int]:
        """Youngest age of each band, by code."""
        return {1: 0, 2: 18, 3: 25, 4: 35, 5: 45, 6: 55, 7: 65}

    @classmethod
    def wholly_from(cls, least: int) -> list[int]:
        """Codes of the bands in which nobody is younger. No recorded age is below 1."""
        return [code for code, floor in cls.floors().items() if max(floor, 1) >= least]

    @classmethod
    def wholly_up_to(cls, most: int) -> list[int]:
        """Codes of the bands in which nobody is older. The last one ends with the oldest age that can be recorded."""
        floors = cls.floors()
        return [code for code in floors if floors.get(code + 1, OLDEST_AGE + 1) - 1 <= most]

    @classmethod
    def of(cls, age: int | None) -> AgeBand:
        """The band of an age in years."""
        if age is None:
            return cls.UNKNOWN
        return cls(max(code for code, floor in cls.floors().items() if floor <= age))


class Weekday(Words):
    """ISO 8601: the week starts on Monday."""

    MONDAY = 1, "Monday"
    TUESDAY = 2, "Tuesday"
    WEDNESDAY = 3, "Wednesday"
    THURSDAY = 4, "Thursday"
    FRIDAY = 5, "Friday"
    SATURDAY = 6, "Saturday"
    SUNDAY = 7, "Sunday"


class Profile(models.TextChoices):
    """Which rule set an agency records under. The plain one is complete; others are addable."""

    PLAIN = "plain", "Plain"


class AreaKind(models.TextChoices):
    BEAT = "beat", "Beat"
    ZONE = "zone", "Zone"
    NEIGHBOURHOOD = "neighbourhood", "Neighbourhood"
    BOROUGH = "borough", "Borough"
    DISTRICT = "district", "District"
    COUNTY = "county", "County"
    BLOCK_GROUP = "block-group", "Block group"
    LSOA = "lsoa", "LSOA"
    WARD = "ward", "Ward"
    TRACT = "tract", "Census tract"
    FORCE = "force", "Force area"
    CITY = "city", "City"


class Flag(models.IntegerChoices):
    """Why a stop asks for a second look. Kept as a sum of bits in `Stop.flags`."""

    ARREST_MISMATCH = 1, "The outcome and the arrest mark contradict each other"
    SEARCH_MISMATCH = 2, "The search mark and the kind of search contradict each other"
    DRUGS_MISMATCH = 4, "Drugs were found, but the stop is not marked as drug-related"
    LATE = 8, "Logged late"
    DUPLICATE = 16, "Likely logged twice: same vehicle within 30 minutes"
    LONG_DURATION = 32, "The duration is longer than four hours"

    @classmethod
    def in_bits(cls, bits: int) -> list[Flag]:
        return [flag for flag in cls if bits & flag.value]


class ReviewVerdict(models.TextChoices):
    ACCEPTED = "accepted", "Accepted as recorded"


class ImportState(models.TextChoices):
    """The life of an import. Undone is not a state: it is a row in `ImportUndo`."""

    ASKING = "asking", "Waiting for your answers"
    UPLOADED = "uploaded", "Waiting to be checked"
    CHECKING = "checking", "Being checked"
    CHECKED = "checked", "Checked, nothing stored yet"
    LOADING = "loading", "Being loaded"
    LOADED = "loaded", "Loaded"
    FAILED = "failed", "Could not be read"
    ABANDONED = "abandoned", "Given up, nothing stored"


class AuditVerb(models.TextChoices):
    """The six verbs of the UK Data Protection Act 2018 s.62, and the ones a sign-in needs."""

    COLLECTION = "collection", "Recorded"
    ALTERATION = "alteration", "Changed"
    CONSULTATION = "consultation", "Looked at"
    DISCLOSURE = "disclosure", "Exported"
    COMBINATION = "combination", "Combined"
    ERASURE = "erasure", "Erased"
    SIGN_IN = "sign-in", "Signed in"
    SIGN_OUT = "sign-out", "Signed out"
    SIGN_IN_FAILED = "sign-in-failed", "Sign-in failed"
    REFUSAL = "refusal", "Refused"
    ADMINISTRATION = "administration", "Administered"


class CrimeAgainst(models.TextChoices):
    PERSON = "Person", "Person"
    PROPERTY = "Property", "Property"
    SOCIETY = "Society", "Society"
    NOT_A_CRIME = "Not a Crime", "Not a crime"


class Severity(models.TextChoices):
    """Group of an offence in the National Incident-Based Reporting System."""

    A = "A", "Group A"
    B = "B", "Group B"


class OffenceGroup(Words):
    """Our groups of offences: what every source's own codes can be told apart into."""

    OTHER = 0, "Other"
    HOMICIDE = 1, "Homicide"
    SEXUAL = 2, "Sexual offences"
    ROBBERY = 3, "Robbery"
    ASSAULT = 4, "Assault"
    BURGLARY = 5, "Burglary"
    VEHICLE_THEFT = 6, "Vehicle theft"
    THEFT_FROM_VEHICLE = 7, "Theft from vehicle"
    THEFT = 8, "Other theft"
    DAMAGE = 9, "Damage and arson"
    DRUGS = 10, "Drugs"
    WEAPONS = 11, "Weapons"
    FRAUD = 12, "Fraud"
    DISORDER = 13, "Disorder"

    @property
    def is_discovered(self) -> bool:
        """Found by police activity rather than reported by a victim: such offences follow the patrols."""
        return self in (OffenceGroup.DRUGS, OffenceGroup.WEAPONS)
