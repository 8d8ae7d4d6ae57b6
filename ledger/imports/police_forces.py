"""The police forces of data.police.uk, whose files carry a short name of the force in theirs."""

from __future__ import annotations

import re
from pathlib import PurePath

COUNTRY = "United Kingdom"
TIME_ZONE = "Europe/London"

# The short name in file names: the name that data.police.uk gives the force, and writes into street files.
FORCES: dict[str, str] = {
    "avon-and-somerset": "Avon and Somerset Constabulary",
    "bedfordshire": "Bedfordshire Police",
    "btp": "British Transport Police",
    "cambridgeshire": "Cambridgeshire Constabulary",
    "cheshire": "Cheshire Constabulary",
    "city-of-london": "City of London Police",
    "cleveland": "Cleveland Police",
    "cumbria": "Cumbria Constabulary",
    "derbyshire": "Derbyshire Constabulary",
    "devon-and-cornwall": "Devon & Cornwall Police",
    "dorset": "Dorset Police",
    "durham": "Durham Constabulary",
    "dyfed-powys": "Dyfed-Powys Police",
    "essex": "Essex Police",
    "gloucestershire": "Gloucestershire Constabulary",
    "greater-manchester": "Greater Manchester Police",
    "gwent": "Gwent Police",
    "hampshire": "Hampshire Constabulary",
    "hertfordshire": "Hertfordshire Constabulary",
    "humberside": "Humberside Police",
    "kent": "Kent Police",
    "lancashire": "Lancashire Constabulary",
    "leicestershire": "Leicestershire Police",
    "lincolnshire": "Lincolnshire Police",
    "merseyside": "Merseyside Police",
    "metropolitan": "Metropolitan Police Service",
    "norfolk": "Norfolk Constabulary",
    "north-wales": "North Wales Police",
    "north-yorkshire": "North Yorkshire Police",
    "northamptonshire": "Northamptonshire Police",
    "northern-ireland": "Police Service of Northern Ireland",
    "northumbria": "Northumbria Police",
    "nottinghamshire": "Nottinghamshire Police",
    "south-wales": "South Wales Police",
    "south-yorkshire": "South Yorkshire Police",
    "staffordshire": "Staffordshire Police",
    "suffolk": "Suffolk Constabulary",
    "surrey": "Surrey Police",
    "sussex": "Sussex Police",
    "thames-valley": "Thames Valley Police",
    "warwickshire": "Warwickshire Police",
    "west-mercia": "West Mercia Police",
    "west-midlands": "West Midlands Police",
    "west-yorkshire": "West Yorkshire Police",
    "wiltshire": "Wiltshire Police",
}
_SMALL_WORDS = ("and", "of")


def force_of_file(file_name: str, kind: str) -> str:
    """The force that a file's name tells: `2022-09-metropolitan-stop-and-search.csv`. Empty when it tells none.

    A copy may be called `… (1).csv`, and a file of an archive may have its folder before it.
    """
    name = PurePath(file_name.replace("\\", "/")).name.lower()
    found = re.match(rf"[0-9]{{4}}-[0-9]{{2}}-([a-z][a-z-]{{1,48}}[a-z])-{re.escape(kind)}(?![a-z-])", name)
    return name_of_force(found[1]) if found else ""


def name_of_force(short: str) -> str:
    """The force's name; of a force that is not listed, its short name in capitals."""
    words = (word if word in _SMALL_WORDS else word.capitalize() for word in short.split("-"))
    return FORCES.get(short) or " ".join(words)
