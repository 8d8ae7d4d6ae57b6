"""Days and times of files without a fixed layout, in a form that whoever imports declares.

What a text means is never guessed from the text alone: 01/02/2024 is read by the order that whoever imports declares.
"""

from __future__ import annotations

import copy
import re
from datetime import datetime
from typing import TYPE_CHECKING, Self
from zoneinfo import ZoneInfo

from ledger.imports.columns import Date, Time
from ledger.imports.known import Known
from ledger.imports.loose import Loose

if TYPE_CHECKING:
    from ledger.imports.columns import Texts

ORDERS = {
    "year-month-day": ("year", "month", "day"),
    "day/month/year": ("day", "month", "year"),
    "month/day/year": ("month", "day", "year"),
    "day/month/yy": ("day", "month", "short"),
    "month/day/yy": ("month", "day", "short"),
}
HOURS, DIGITS = "14:30 or 2:30 PM", "1430"
EARLIEST, LATEST = 1900, 2199  # years
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_PARTS = {"year": r"(?P<year>[0-9]{4})", "month": r"(?P<month>[0-9]{1,2})", "day": r"(?P<day>[0-9]{1,2})"}
_PARTS["short"] = r"(?P<short>[0-9]{2})"
_NAMED = re.compile(
    r"(?:(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?[ .-]+(?P<name>[a-z]{3,9})|(?P<name2>[a-z]{3,9})[ .]+(?P<day2>[0-9]{1,2}))[., -]+"
    r"(?P<year>[0-9]{4})(?P<rest>\b.*)",
    re.IGNORECASE | re.DOTALL,
)
_ISO = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})(?P<rest>\D.*|)", re.DOTALL)
_COMPACT = re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})(?P<rest>)")
_CLOCK = re.compile(
    r"(?P<hour>[0-9]{1,2})[:.h](?P<minute>[0-9]{2})(?:[:.](?P<second>[0-9]{2})(?:[.,][0-9]+)?)?\s*(?P<half>[ap]\.?m\.?)?",
    re.IGNORECASE,
)
_HOUR = re.compile(r"(?P<hour>[0-9]{1,2})\s*(?P<half>[ap]\.?m\.?)", re.IGNORECASE)
_OFFSET = re.compile(r"\s*(Z|UTC|[+-][0-9]{2}:?[0-9]{2})$", re.IGNORECASE)


class DeclaredDay(Loose, Date):
    """A day in a declared order of its parts, perhaps with a time behind it: comes out as `2024-02-01` or
    `2024-02-01 14:30:00`. Years first and names of months are understood in every order.

    A time with an offset from UTC is told on the clocks of the declared zone; without one it is not understood.
    """

    order: str = "year-month-day"
    zone: str = ""
    earliest: int = EARLIEST  # year that is understood

    def declared(self, order: str, zone: str) -> Self:
        other = copy.copy(self)
        other.order, other.zone = order, zone
        return other

    def clean(self, texts: Texts, known: Known) -> Texts:
        return texts.map(self._read, na_action="ignore")

    def say(self, known: Known) -> str:
        zone = "" if self.zone else "; a time with an offset needs the time zone of the file"
        return (
            f"is not a day from {EARLIEST} to {LATEST} written as {self.order}, with or without a time{zone}"
        )

    def _read(self, text: str) -> str | None:
        found = self._parts(text)
        if found is None:
            return None
        (year, month, day), rest = found
        if not self.earliest <= year <= LATEST:
            return None
        rest, offset = rest.strip(" T,\t"), ""
        if match := _OFFSET.search(rest):
            rest, offset = rest[: match.start()], match[1]
        clock = clock_of(rest) if rest else ""
        if clock is None or (offset and not self.zone):
            return None
        try:
            moment = datetime.fromisoformat(f"{year:04}-{month:02}-{day:02} {clock or '00:00:00'}")
            if offset:
                moment = _told_on(moment, offset, self.zone)
        except (ValueError, OverflowError):
            return None
        return moment.replace(tzinfo=None).isoformat(" ") if clock else moment.date().isoformat()

    def _parts(self, text: str) -> tuple[tuple[int, int, int], str] | None:
        """Year, month and day, and what stands behind."""
        form = r"[/. -]".join(_PARTS[part] for part in ORDERS[self.order]) + r"(?P<rest>\D.*|)"
        found = _ISO.fullmatch(text) or re.fullmatch(form, text, re.DOTALL)
        if found is None and self.order == "year-month-day":
            found = _COMPACT.fullmatch(text)
        if found:
            parts = found.groupdict()
            year = int(parts["year"]) if parts.get("year") else 2000 + int(parts["short"])
            return (year, int(parts["month"]), int(parts["day"])), parts["rest"]
        named = _NAMED.fullmatch(text)
        month = named and _month_named(named["name"] or named["name2"])
        if not (named and month):
            return None
        return (int(named["year"]), month, int(named["day"] or named["day2"])), named["rest"]


def _month_named(name: str) -> int:
    """The month of `Sept` or `september`; 0 where it is none."""
    return _MONTHS.index(name[:3].lower()) + 1 if name[:3].lower() in _MONTHS else 0


def _told_on(moment: datetime, offset: str, zone: str) -> datetime:
    text = "+00:00" if offset.upper() in ("Z", "UTC") else offset
    return datetime.fromisoformat(f"{moment.isoformat()}{text}").astimezone(ZoneInfo(zone))


def clock_of(text: str) -> str | None:
    """A time of day as `14:30:00`, from `14:30`, `14.30`, `14h30`, `2:30 PM`, `2 pm`; None where it is none."""
    found = _CLOCK.fullmatch(text) or _HOUR.fullmatch(text)
    if not found:
        return None
    parts = found.groupdict()
    hour, minute, second = int(parts["hour"]), int(parts.get("minute") or 0), int(parts.get("second") or 0)
    if parts["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if parts["half"][0].lower() == "p" else 0)
    return f"{hour:02}:{minute:02}:{second:02}" if hour < 24 and minute < 60 and second < 60 else None


class DeclaredTime(Loose, Time):
    """A time of day, with colons or a half of the day, or where that is declared in digits: `1430`, `905`. Of a day with a
    time behind it the time."""

    form: str = HOURS

    def declared(self, form: str) -> Self:
        other = copy.copy(self)
        other.form = form
        return other

    def clean(self, texts: Texts, known: Known) -> Texts:
        return texts.map(self._read, na_action="ignore")

    def say(self, known: Known) -> str:
        return f"is not a time of day written as {self.form}"

    def _read(self, text: str) -> str | None:
        if self.form == DIGITS and re.fullmatch(r"[0-9]{1,4}", text):
            return clock_of(f"{text.zfill(4)[:2]}:{text.zfill(4)[2:]}")
        behind = re.sub(r"^[^:]*[-/. ][0-9]{1,4}[T ,]+", "", text) if ":" in text else text
        return clock_of(_OFFSET.sub("", behind).strip())
