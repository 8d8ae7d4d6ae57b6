"""The boroughs of London: one name each, however a file spells it, with the code of the Office for National Statistics."""

from __future__ import annotations

import re

# In the order of their codes, E09000001 to E09000033.
BOROUGHS = (
    *("City of London", "Barking and Dagenham", "Barnet", "Bexley", "Brent", "Bromley", "Camden", "Croydon"),
    *(
        "Ealing",
        "Enfield",
        "Greenwich",
        "Hackney",
        "Hammersmith and Fulham",
        "Haringey",
        "Harrow",
        "Havering",
    ),
    *("Hillingdon", "Hounslow", "Islington", "Kensington and Chelsea", "Kingston upon Thames", "Lambeth"),
    *("Lewisham", "Merton", "Newham", "Redbridge", "Richmond upon Thames", "Southwark", "Sutton"),
    *("Tower Hamlets", "Waltham Forest", "Wandsworth", "Westminster"),
)
CODES = {name: f"E090000{number:02}" for number, name in enumerate(BOROUGHS, 1)}
_TITLES = re.compile(r"^(the )?(london borough of|royal borough of|city of(?! london)) ")
_BY_SPELLING = {name.lower(): name for name in BOROUGHS} | {
    "kingston": "Kingston upon Thames",
    "richmond": "Richmond upon Thames",
}


def borough_named(text: str) -> str:
    """The borough that a text names; empty when it names none. `Richmond Upon Thames`, `City of Westminster` and
    `Barking & Dagenham` are spellings."""
    plain = " ".join(text.lower().replace("&", " and ").replace("-", " ").split())
    return _BY_SPELLING.get(_TITLES.sub("", plain), "")


def neighbourhood_named(text: str) -> str:
    """A neighbourhood with its borough, as in `Enfield - Edmonton and South`; empty where no borough is named first."""
    borough, dash, name = text.partition(" - ")
    borough, name = borough_named(borough), " ".join(name.replace("&", " and ").split())
    return f"{borough} - {name}" if dash and borough and name else ""
