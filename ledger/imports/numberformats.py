"""Numbers of a workbook as their cells show them: which formats are days or times, and what the number then says; and the
letters of columns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

MOST_FORMATS = 100_000
LAST_DAY = 2_958_465  # 31 December 9999
SECONDS = 86_400
# Number formats that every workbook has, as far as they show days or times of day.
DATES = frozenset({*range(14, 18), *range(27, 32), 36, *range(50, 55), 57, 58})
TIMES = frozenset({*range(18, 22), *range(32, 36), *range(45, 48), 55, 56})
BOTH, ELAPSED = 22, 46
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?[0-9]*")
_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,16}")
_NO_CODE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)


@dataclass(frozen=True)
class Format:
    """What a number format shows: a day, a time of day, both, or a number of at least so many digits."""

    day: bool = False
    time: bool = False
    elapsed: bool = False  # hours go on past 24
    digits: int = 0


PLAIN = Format()


class Formats:
    """Number formats of the styles: those of the workbook's own, and which style uses which."""

    def __init__(self) -> None:
        self._codes: dict[str, str] = {}
        self._used: list[str] = []
        self._inside = False

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._codes) + len(self._used) > MOST_FORMATS:
            return
        if name == "numFmt":
            self._codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self._inside = True
        elif name == "xf" and self._inside:
            self._used.append(attributes.get("numFmtId", "0"))

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._inside = False

    def of_styles(self) -> list[Format]:
        known = {number: format_of_code(code) for number, code in self._codes.items()}
        return [known.get(number) or _built_in(number) for number in self._used]


def _built_in(number: str) -> Format:
    of = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 0
    return Format(day=of in DATES or of == BOTH, time=of in TIMES or of == BOTH, elapsed=of == ELAPSED)


def format_of_code(code: str) -> Format:
    """What a format such as `dd/mm/yyyy hh:mm` or `00000` shows. An m beside h or s means minutes."""
    plain = _NO_CODE.sub("", code.partition(";")[0]).lower()
    if plain and not plain.strip("0"):
        return Format(digits=len(plain))
    time = any(mark in plain for mark in "hs") or "[m" in plain
    day = any(mark in plain for mark in "yd") or ("m" in plain and not time)
    return PLAIN if "general" in plain else Format(day=day, time=time, elapsed="[h" in plain)


def as_text(number: str, shown: Format, starts_1904: bool) -> str:
    """A number as its cell shows it: a day, a time, or digits. What is no number stays as it is."""
    number = number.strip()
    if shown.day or shown.time:
        return _moment(number, shown, starts_1904) or number
    if _WHOLE.fullmatch(number):
        return number.zfill(shown.digits)
    try:
        value = float(number)
    except ValueError:
        return number
    text = f"{value + 0.0:.15g}"  # spreadsheets compute with 15 digits and store 17; there is no minus zero
    return text.zfill(shown.digits)


def _moment(number: str, shown: Format, starts_1904: bool) -> str:
    """Days since the first day of the workbook as text; nothing where it is no day from then to the year 9999."""
    try:
        days = float(number)
    except ValueError:
        return ""
    if not 0 <= days < LAST_DAY:
        return ""
    whole, seconds = divmod(round(days * SECONDS), SECONDS)
    hours = seconds // 3600 + (24 * whole if shown.elapsed else 0)
    time = f"{hours:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    if not shown.day or (whole == 0 and not starts_1904):
        return time
    day = _first_day(whole, starts_1904) + timedelta(days=whole)
    return f"{day:%Y-%m-%d}" if not (shown.time and seconds) else f"{day:%Y-%m-%d} {time}"


def _first_day(days: int, starts_1904: bool) -> datetime:
    """Day 0. Workbooks that begin with 1900 count a 29 February 1900 that never was."""
    if starts_1904:
        return datetime(1904, 1, 1)
    return datetime(1899, 12, 30) if days > 60 else datetime(1899, 12, 31)


def column_of(reference: str, following: int) -> int:
    """The column of `AB12`, counted from 0; the one that follows where a cell does not say where it is."""
    found = _REFERENCE.fullmatch(reference)
    if not found:
        return following
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return column - 1


def letters_of(column: int) -> str:
    """The letters of a column that is counted from 0."""
    letters = ""
    while column >= 0:
        column, letter = divmod(column, 26)
        letters, column = chr(65 + letter) + letters, column - 1
    return letters
