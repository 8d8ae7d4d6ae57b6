"""Fields that read what officers type: plates, days, times, ages. Each says in a plain sentence what is wrong."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from ledger.plates import normal_plate

UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
DAY = re.compile(r"(\d{1,2})[/. -](\d{1,2})(?:[/. -](\d{4}|\d{2}))?")
ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
CLOCK = re.compile(r"(\d{1,2})[:.h ]?(\d{2})(?::(\d{2}))?")


class PlainText(forms.CharField):
    """Text without unprintable characters, which no database keeps and no page shows."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("required", False)
        super().__init__(**options)
        self.validators = [check for check in self.validators if "NullChar" not in type(check).__name__]
        if self.max_length:
            self.error_messages["max_length"] = f"Shorten this to {self.max_length:,} characters at most."
            self.validators = [check for check in self.validators if "MaxLength" not in type(check).__name__]
            self.validators.append(self._check_length)

    def _check_length(self, text: str) -> None:
        if self.max_length and len(text) > self.max_length:
            raise ValidationError(
                f"This has {len(text):,} characters. Shorten it to {self.max_length:,} at most."
            )

    def to_python(self, value: Any) -> str:
        text: str = super().to_python(value) or ""
        if UNPRINTABLE.search(text):
            raise ValidationError("There is an unprintable character in this. Type it again.")
        return text


class PlateField(PlainText):
    """A vehicle number, as letters and digits in upper case."""

    widget = forms.TextInput(
        attrs={"class": "plate", "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
    )

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        if not text:
            return ""
        plate = normal_plate(text)
        if plate is None:
            raise ValidationError(
                "Write the number as on the plate: letters A–Z and digits, at most 20 of them."
            )
        return plate


class DayField(PlainText):
    """A day: 20/11, 20/11/26, 20/11/2026 or 2026-11-20; days come before months. Without a year the latest such day."""

    widget = forms.TextInput(attrs={"data-date": "", "inputmode": "numeric", "autocomplete": "off"})
    today = date.max

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values or isinstance(value, date):
            return value or None
        text = super().to_python(value)
        try:
            return self._read(text)
        except ValueError as error:
            raise ValidationError(
                f"“{text[:30]}” is not a day of the calendar. Write it as 20/11/2026."
            ) from error

    def _read(self, text: str) -> date:
        if found := ISO_DAY.fullmatch(text):
            return date(*(int(part) for part in found.groups()))
        found = DAY.fullmatch(text)
        if not found:
            raise ValueError
        day, month = int(found[1]), int(found[2])
        if found[3]:
            return date(int(found[3]) + (2000 if len(found[3]) == 2 else 0), month, day)
        return self._latest(day, month)

    def _latest(self, day: int, month: int) -> date:
        """This year's day, or last year's when this year's is still to come (29 February: when there was one)."""
        for year in (self.today.year, self.today.year - 1):
            try:
                found = date(year, month, day)
            except ValueError:
                continue
            if found <= self.today + timedelta(days=1):
                return found
        raise ValueError

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%d/%m/%Y}" if isinstance(value, date) else value


class ClockField(PlainText):
    """A time of day: 1021, 10:21, 10.21 or 905."""

    widget = forms.TextInput(attrs={"data-time": "", "inputmode": "numeric", "autocomplete": "off"})

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values or isinstance(value, time):
            return value or None
        text = super().to_python(value)
        found = CLOCK.fullmatch(text)
        hour, minute, second = (int(part or 0) for part in found.groups()) if found else (24, 0, 0)
        if hour > 23 or minute > 59 or second > 59:
            raise ValidationError(
                f"“{text[:30]}” is not a time of day. Write it as 10:21, between 00:00 and 23:59."
            )
        return time(hour, minute, second)

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, time):
            return value
        return f"{value:%H:%M:%S}" if value.second else f"{value:%H:%M}"


class WholeNumberField(PlainText):
    """A whole number between two bounds, which the message names."""

    def __init__(self, *, least: int, most: int, what: str, **options: Any) -> None:
        super().__init__(**options)
        self.least, self.most, self.what = least, most, what
        self.widget.attrs |= {"inputmode": "numeric", "autocomplete": "off", "class": "short"}

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values or isinstance(value, int):
            return None if value in self.empty_values else value
        text = super().to_python(value)
        if not re.fullmatch(r"[0-9]{1,6}", text) or not self.least <= int(text) <= self.most:
            raise ValidationError(
                f"“{text[:30]}” is not {self.what}. Write a whole number from {self.least} to {self.most:,}."
            )
        return int(text)
