"""Kinds of columns of published tables: numbers as people write them, shares, days in the order of a country."""

from __future__ import annotations

import math
import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from ledger.imports.columns import UNKNOWN, Column, Text
from ledger.imports.known import Known

if TYPE_CHECKING:
    from ledger.imports.columns import Texts

_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,15}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})(?:[eE][+-]?[0-9]{1,3})?")
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{0,20})?")
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]{1,15},[0-9]{1,20}")
_MIDNIGHT = re.compile(r"[T ]0{1,2}:00(?::00(?:\.0+)?)?(?:Z|\+00:00)?$")
_TIME = re.compile(
    r"[T ][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?: ?[AaPp][Mm])?(?:Z|[+-][0-9]{2}:?[0-9]{2})?$"
)
EARLIEST, LATEST = 1900, 2199  # years


class Number(Column):
    """A number between two bounds, both included, to the precision of the file. `1e-04` is one; `inf` is none."""

    def __init__(
        self,
        *names: str,
        lowest: float = -math.inf,
        highest: float = math.inf,
        what: str = "a number",
        required: bool = False,
        may_lack: bool = False,
    ) -> None:
        super().__init__(*names, required=required, may_lack=may_lack)
        self.lowest, self.highest, self.what = lowest, highest, what

    def clean(self, texts: Texts, known: Known) -> Texts:
        return texts.map(self.value, na_action="ignore")

    def value(self, text: str) -> str | None:
        """The number as Python writes it, so that 0.6 and 0.60 are the same; None where it is none or out of bounds."""
        plain = self.plain(text)
        value = float(plain) if _NUMBER.fullmatch(plain) else math.nan
        inside = math.isfinite(value) and self.lowest <= value <= self.highest
        return repr(value + 0.0) if inside else None  # + 0.0 makes -0.0 plain

    def plain(self, text: str) -> str:
        """The text with a point for decimals and nothing else but digits."""
        return text.replace(",", "") if _THOUSANDS.fullmatch(text) else text

    def say(self, known: Known) -> str:
        low, high = self.lowest > -math.inf, self.highest < math.inf
        bounds = (
            f" between {self.lowest:g} and {self.highest:g}"
            if low and high
            else f" from {self.lowest:g} on"
            if low
            else ""
        )
        return f"is not {self.what}{bounds}"


class Share(Number):
    """A share from 0 to 1, with a point or a comma for decimals: `0.56`, `0,56`."""

    def __init__(self, *names: str, required: bool = False, may_lack: bool = False) -> None:
        super().__init__(*names, lowest=0, highest=1, what="a share", required=required, may_lack=may_lack)

    def plain(self, text: str) -> str:
        return text.replace(",", ".") if _DECIMAL_COMMA.fullmatch(text) else text


class Percentage(Share):
    """A percentage from 0 to 100, with or without its sign, as a share: `71` and `71%` are 0.71."""

    def plain(self, text: str) -> str:
        plain = super().plain(text.removesuffix("%").rstrip())
        return str(Decimal(plain) / 100) if _NUMBER.fullmatch(plain) else plain

    def say(self, known: Known) -> str:
        return "is not a percentage between 0 and 100"


class Day(Column):
    """A day, as YYYY-MM-DD (padded or not) or in the order of a country, `31/12/2014`. One at midnight sharp, as a
    spreadsheet writes days, is a day too; of other moments the day is taken where `times` allows it. `kept` are words, in
    lower case, that say something else and stay as they are, for the source to use up.
    """

    orders: ClassVar[dict[str, str]] = {"dmy": "D/M/YYYY", "mdy": "M/D/YYYY", "ymd": ""}

    def __init__(
        self,
        *names: str,
        order: str = "ymd",
        times: bool = False,
        kept: tuple[str, ...] = (),
        required: bool = False,
        may_lack: bool = False,
    ) -> None:
        super().__init__(*names, required=required, may_lack=may_lack)
        self.order, self.times, self.kept = order, times, kept

    def clean(self, texts: Texts, known: Known) -> Texts:
        return texts.map(self._day, na_action="ignore")

    def _day(self, text: str) -> str | None:
        if text.lower() in self.kept:
            return text.lower()
        text = (_TIME if self.times else _MIDNIGHT).sub("", text)
        if parts := re.fullmatch(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})", text):
            year, month, day = map(int, parts.groups())
        elif self.order != "ymd" and (
            parts := re.fullmatch(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})", text)
        ):
            first, second, year = map(int, parts.groups())
            day, month = (first, second) if self.order == "dmy" else (second, first)
        else:
            return None
        try:
            return date(year, month, day).isoformat() if EARLIEST <= year <= LATEST else None
        except ValueError:
            return None

    def say(self, known: Known) -> str:
        other = f" or {self.orders[self.order]}" if self.order != "ymd" else ""
        return f"is not a date from {EARLIEST} to {LATEST}, written as YYYY-MM-DD{other}"


class Plain(Text):
    """Text with single blanks only. `silent` are words, in lower case, that say nothing."""

    def __init__(
        self,
        *names: str,
        longest: int,
        silent: tuple[str, ...] = (),
        required: bool = False,
        may_lack: bool = False,
    ) -> None:
        super().__init__(*names, longest=longest, required=required, may_lack=may_lack)
        self.unknown = (*UNKNOWN, *silent)

    def clean(self, texts: Texts, known: Known) -> Texts:
        return super().clean(texts.str.replace(r"\s+", " ", regex=True), known)
