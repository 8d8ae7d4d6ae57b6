"""The crosswalk of offences: every source's own codes and words, and the group of ours that each belongs to.

This is the one place where offences are told apart. The functions say None for a code or word that is not in the
tables, never a guess. Groups compare within a source; between sources only as far as the notes beside the tables allow.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import TypeVar

from django.conf import settings

from ledger.choices import OffenceGroup as Group

Value = TypeVar("Value")
CODE_LIST = "fixtures/offences.json"

# Codes of the National Incident-Based Reporting System, those no longer in use included.
NIBRS: Mapping[str, Group] = {
    **dict.fromkeys(("09A", "09B"), Group.HOMICIDE),
    "09C": Group.OTHER,  # justifiable homicide is no crime
    **dict.fromkeys(("11A", "11B", "11C", "11D", "36A", "36B", "90H"), Group.SEXUAL),
    "120": Group.ROBBERY,
    **dict.fromkeys(("13A", "13B", "13C"), Group.ASSAULT),
    "220": Group.BURGLARY,
    "240": Group.VEHICLE_THEFT,
    **dict.fromkeys(("23F", "23G"), Group.THEFT_FROM_VEHICLE),  # parts and accessories included
    **dict.fromkeys(("23A", "23B", "23C", "23D", "23E", "23H", "23*"), Group.THEFT),
    **dict.fromkeys(("200", "290"), Group.DAMAGE),
    **dict.fromkeys(("35A", "35B"), Group.DRUGS),
    **dict.fromkeys(("520", "521", "522", "526"), Group.WEAPONS),
    **dict.fromkeys(
        ("250", "26A", "26B", "26C", "26D", "26E", "26F", "26G", "26H", "270", "90A"), Group.FRAUD
    ),
    **dict.fromkeys(("90B", "90C", "90E"), Group.DISORDER),
    # Kidnapping, extortion, stolen property, offences against the state, vice, trafficking, animals, and the rest.
    **dict.fromkeys(
        ("100", "101", "103", "210", "280", "30A", "30B", "30C", "30D", "360", "370"), Group.OTHER
    ),
    **dict.fromkeys(
        ("39A", "39B", "39C", "39D", "40A", "40B", "40C", "49A", "49B", "49C", "510"), Group.OTHER
    ),
    **dict.fromkeys(("58A", "58B", "61A", "61B", "620", "64A", "64B", "720"), Group.OTHER),
    **dict.fromkeys(("90D", "90F", "90G", "90I", "90J", "90K", "90L", "90M", "90Z"), Group.OTHER),
}

# Beginnings of the three-digit numbers of Uniform Crime Reporting, as Atlanta wrote them until 2020, with the NIBRS code
# that took their place. Further digits tell weapon, place or hour. The longest beginning counts.
UCR: Mapping[str, str] = {
    "11": "09A",
    "12": "09B",
    "2": "11A",
    "3": "120",
    "4": "13A",
    "5": "220",
    "61": "23A",
    "62": "23B",
    "63": "23C",
    "64": "23F",
    "65": "23G",
    "66": "23H",  # bicycles
    "67": "23D",
    "68": "23E",
    "69": "23H",
    "7": "240",
}

# The words of Atlanta's column UC2_Literal, those of earlier years included.
UC2: Mapping[str, Group] = {
    "homicide": Group.HOMICIDE,
    "manslaughter": Group.HOMICIDE,
    "rape": Group.SEXUAL,
    **dict.fromkeys(
        ("robbery", "robbery-pedestrian", "robbery-residence", "robbery-commercial"), Group.ROBBERY
    ),
    "agg assault": Group.ASSAULT,
    **dict.fromkeys(("burglary", "burglary-residence", "burglary-nonres"), Group.BURGLARY),
    "larceny-from vehicle": Group.THEFT_FROM_VEHICLE,
    "larceny-non vehicle": Group.THEFT,
    "auto theft": Group.VEHICLE_THEFT,
}

# Crime types of data.police.uk, the coarser ones of 2010 to 2013 included.
UK: Mapping[str, Group] = {
    "anti-social behaviour": Group.DISORDER,
    "bicycle theft": Group.THEFT,
    "burglary": Group.BURGLARY,
    "criminal damage and arson": Group.DAMAGE,
    "drugs": Group.DRUGS,
    "other crime": Group.OTHER,
    "other theft": Group.THEFT,
    "possession of weapons": Group.WEAPONS,
    "public disorder and weapons": Group.DISORDER,  # holds possession of weapons too
    "public order": Group.DISORDER,
    "robbery": Group.ROBBERY,
    "shoplifting": Group.THEFT,
    "theft from the person": Group.THEFT,
    "vehicle crime": Group.THEFT_FROM_VEHICLE,  # holds the theft of vehicles too, which is the smaller part
    "violence and sexual offences": Group.ASSAULT,  # holds homicide and sexual offences too
    "violent crime": Group.ASSAULT,  # as above
}

# Beginnings of the words of New Jersey's offence classes, as Plainfield's reports have them. The longest counts.
NEW_JERSEY: Mapping[str, Group] = {
    **dict.fromkeys(("murder", "manslaughter"), Group.HOMICIDE),
    **dict.fromkeys(("rape", "sex offenses"), Group.SEXUAL),
    "robbery": Group.ROBBERY,
    **dict.fromkeys(("assault", "aggravated assault", "simple assault"), Group.ASSAULT),
    **dict.fromkeys(("forcible entry", "unlawful entry"), Group.BURGLARY),
    **dict.fromkeys(("stolen automobile", "stolen truck", "other stolen motor vehicle"), Group.VEHICLE_THEFT),
    **dict.fromkeys(("larceny", "lrcny"), Group.THEFT),
    **{
        f"{larceny} - {what}": Group.THEFT_FROM_VEHICLE
        for larceny in ("larceny over $200", "lrcny btwn $50 & $200", "larceny under $50")
        for what in ("from auto", "auto parts", "aut parts")
    },
    **dict.fromkeys(("arson", "criminal mischief"), Group.DAMAGE),
    **dict.fromkeys(("possession of", "sale/manufacture of"), Group.DRUGS),
    "weapons": Group.WEAPONS,
    **dict.fromkeys(("fraud", "forgery", "embezzlement"), Group.FRAUD),
    **dict.fromkeys(("disorderly conduct", "loitering"), Group.DISORDER),
    **dict.fromkeys(("buy/receive/process", "driving while", "family offenses", "missing"), Group.OTHER),
    **dict.fromkeys(("offenses not covered", "vice"), Group.OTHER),
}

# Words that cities use for a whole class of offences. Only the whole text counts: “possession of” is a word of several.
COMMON: Mapping[str, Group] = {
    **dict.fromkeys(("homicide", "murder", "manslaughter"), Group.HOMICIDE),
    **dict.fromkeys(
        ("sexual assault", "criminal sexual assault", "sex offense", "sex offence"), Group.SEXUAL
    ),
    **dict.fromkeys(("assault", "battery", "aggravated battery", "common assault"), Group.ASSAULT),
    **dict.fromkeys(("breaking and entering", "residential burglary", "commercial burglary"), Group.BURGLARY),
    **dict.fromkeys(("stolen vehicle", "theft of vehicle", "theft of motor vehicle"), Group.VEHICLE_THEFT),
    **dict.fromkeys(
        ("theft from auto", "larceny from vehicle", "vehicle break-in"), Group.THEFT_FROM_VEHICLE
    ),
    **dict.fromkeys(("theft", "larceny", "larceny theft"), Group.THEFT),
    **dict.fromkeys(
        ("vandalism", "criminal damage", "criminal mischief", "malicious mischief"), Group.DAMAGE
    ),
    **dict.fromkeys(("narcotics", "drug offense", "drug offence", "drug violation"), Group.DRUGS),
    **dict.fromkeys(("weapons violation", "weapons offense", "weapons offence"), Group.WEAPONS),
    **dict.fromkeys(("fraud", "forgery", "deceptive practice"), Group.FRAUD),
    **dict.fromkeys(("disorderly conduct", "public disorder", "public peace violation"), Group.DISORDER),
}


def group_of_nibrs(code: str) -> Group | None:
    return NIBRS.get(code.strip().upper())


def nibrs_of_ucr(number: str) -> str | None:
    """The NIBRS code in place of a UCR number: `640` and `0640` are 23F. None for what is no number of Part I."""
    digits = number.strip().lstrip("0")
    return _longest(UCR, digits) if digits.isascii() and digits.isdigit() and len(digits) == 3 else None


def group_of_uc2(literal: str) -> Group | None:
    return UC2.get(_plain(literal))


def group_of_uk(crime_type: str) -> Group | None:
    return UK.get(_plain(crime_type))


def group_of_new_jersey(words: str) -> Group | None:
    return _longest(NEW_JERSEY, _plain(words))


def group_of_words(words: str) -> Group | None:
    """The group of an offence in words that any of the tables may have: ours, the NIBRS's names, Atlanta's, the UK's, or
    what cities commonly write. The whole text must be one of them."""
    plain = _plain(words)
    own = Group.from_word(plain)
    tables = (_nibrs_names(), UC2, UK, COMMON)
    return own if own is not None else next((table[plain] for table in tables if plain in table), None)


@cache
def _nibrs_names() -> Mapping[str, Group]:
    """The groups of the built-in codes by their names."""
    listed = json.loads((settings.BASE_DIR / CODE_LIST).read_text(encoding="utf-8"))
    found = {_plain(one["fields"]["name"]): group_of_nibrs(one["pk"]) for one in listed}
    return {name: group for name, group in found.items() if group is not None}


def _plain(words: str) -> str:
    return " ".join(words.lower().split())


def _longest(table: Mapping[str, Value], text: str) -> Value | None:
    """The value of the longest key that a text begins with."""
    begun = max((key for key in table if text.startswith(key)), key=len, default=None)
    return None if begun is None else table[begun]
