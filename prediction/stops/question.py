"""What is known of a stop, as a person, a script or an old client says it: read by one form for page, command and API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django import forms

from ledger.choices import DurationBand
from ledger.forms.fields import ClockField, WholeNumberField
from ledger.forms.filter_fields import FilterDayField, Word
from prediction.features import FEATURES, Moment, part_of_day, part_of_week
from prediction.stops.fields import DurationField, KnownField, UnknownMarkField
from prediction.stops.words import StopWords

# Other names under which the same is sent: those of files and of older dashboards.
ALIASES = {
    "country_name": "country",
    "vehicle_type": "stop_type",
    "type": "stop_type",
    "stop_time": "time",
    "stop_date": "date",
    "day": "weekday",
    "search": "searched",
    "search_conducted": "searched",
    "drugs_related": "drugs",
    "drugs_related_stop": "drugs",
    "stop_duration": "duration",
    "duration_minutes": "duration",
    "duration_band": "duration",
    "district": "area",
}
PERSONAL = (
    "race",
    "ethnicity",
    "gender",
    "sex",
    "age",
    "vehicle",
    "name",
)  # parts of names that are never an input
MOST_CHARACTERS = 200  # of one value
AFTER = ("searched", "drugs", "duration")  # names of fields that are known only after the decision


@dataclass(frozen=True)
class Known:
    """What is known of a stop: codes by feature, coarse steps of a ladder with the finer ones, and the words as given."""

    codes: Mapping[str, int]
    given: Mapping[str, str]

    @property
    def afterwards(self) -> bool:
        """Whether anything of it is known only after the decision."""
        return any(FEATURES[name].moment is Moment.AFTER for name in self.codes)

    @property
    def agency(self) -> int | None:
        return self.codes.get("agency")


class QuestionForm(forms.Form):
    """Everything may be left out. `only`: names of the fields that are needed, so that no list is read in vain."""

    LABELS = {
        "country": "Country",
        "agency": "Agency",
        "post": "Post",
        "area": "Area",
        "violation": "Violation",
        "weekday": "Day of the week",
        "date": "Date",
        "time": "Time",
        "hour": "Hour",
        "stop_type": "Kind of stop",
        "searched": "Searched",
        "drugs": "Drug-related",
        "duration": "Duration",
    }

    def __init__(self, data: Any, words: StopWords, only: Sequence[str] | None = None) -> None:
        super().__init__(data)
        self.words = words
        for name, label in self.LABELS.items():
            if only is None or name in only:
                self.fields[name] = self._field(name, label)

    def _field(self, name: str, label: str) -> forms.Field:
        options: dict[str, Any] = {"label": label, "required": False}
        if name == "date":
            return FilterDayField(**options)
        if name == "time":
            return ClockField(**options)
        if name == "hour":
            return WholeNumberField(least=0, most=23, what="an hour of the day", **options)
        if name == "duration":
            return DurationField(**options)
        if name in ("searched", "drugs"):
            return UnknownMarkField(**options)
        return KnownField(self.words.words(name), **options)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self._check_place(cleaned)
        at: time | None = cleaned.get("time")
        if at is not None and cleaned.get("hour") not in (None, at.hour):
            self.add_error("hour", "Time and hour differ. Give one of them.")
        on, day = cleaned.get("date"), cleaned.get("weekday")
        if isinstance(on, date) and day is not None and day.codes[0] != on.isoweekday():
            self.add_error("weekday", "The date is another day of the week. Give one of them.")
        return cleaned

    def _check_place(self, cleaned: dict[str, Any]) -> None:
        """Country, agency, post and area must lie in each other; of posts of one name the agency tells which is meant."""
        country, agency = (_code(cleaned.get(name)) for name in ("country", "agency"))
        if country and agency and self.words.agencies[agency][1] != country:
            self.add_error("country", "The agency is in another country. Leave the country out.")
        if cleaned.get("post") and cleaned.get("area"):
            self.add_error("area", "Give a post or an area, not both.")
        for name in ("post", "area"):
            word = cleaned.get(name)
            if word is not None:
                self._choose_spot(name, word, agency)

    def _choose_spot(self, name: str, word: Word, agency: int | None) -> None:
        listed: Any = self.words.posts if name == "post" else self.words.areas
        of = {code: listed[code // 2][1] for code in word.codes}
        fitting = [code for code, owner in of.items() if agency is None or owner in (agency, None)]
        if len(fitting) == 1:
            self.cleaned_data[name] = Word(word.label, (fitting[0],))
        elif fitting:
            self.add_error(name, f"There are several of the name {word.label}. Give the agency as well.")
        else:
            self.add_error(name, "It belongs to another agency. Leave the agency out, or choose another.")

    def known(self) -> Known:
        """What was said, in codes. Raises `QuestionError` when something cannot be understood."""
        if not self.is_valid():
            raise QuestionError(
                {
                    "" if name == "__all__" else name: [str(one) for one in told]
                    for name, told in self.errors.items()
                }
            )
        data = self.cleaned_data
        codes = {**self._place(data), **self._moment(data)}
        for name in ("violation", "stop_type"):
            if data.get(name) is not None:
                codes[name] = data[name].codes[0]
        for name, feature in (("searched", "searched"), ("drugs", "drugs"), ("duration", "duration_band")):
            if data.get(name) is not None:
                codes[feature] = int(data[name])
        given = {name: self._said(name, value) for name, value in data.items() if value not in (None, "")}
        return Known(codes, given)

    def _place(self, data: Mapping[str, Any]) -> dict[str, int]:
        """Country, agency and spot as far as they follow from what was given."""
        country, agency = _code(data.get("country")), _code(data.get("agency"))
        codes: dict[str, int] = {}
        for name in ("post", "area"):
            if spot := _code(data.get(name)):
                codes["spot"] = spot
                listed: Any = self.words.posts if name == "post" else self.words.areas
                agency = agency or listed[spot // 2][1]
        if agency:
            codes["agency"], country = agency, self.words.agencies[agency][1]
        if country:
            codes["country"] = country
        return codes

    def _moment(self, data: Mapping[str, Any]) -> dict[str, int]:
        codes: dict[str, int] = {}
        hour = data["time"].hour if data.get("time") is not None else data.get("hour")
        if hour is not None:
            codes |= {"hour": int(hour), "part_of_day": part_of_day(int(hour))}
        weekday = data["date"].isoweekday() if data.get("date") else _code(data.get("weekday"))
        if weekday:
            codes |= {"weekday": weekday, "part_of_week": part_of_week(weekday)}
        return codes

    def _said(self, name: str, value: Any) -> str:
        """A value as a person would write it, for whoever reads the answer."""
        if isinstance(value, Word):
            return value.label
        if isinstance(value, bool):
            return "yes" if value else "no"
        if name == "duration":
            return str(DurationBand(value).label)
        return str(self.fields[name].prepare_value(value))


class QuestionError(Exception):
    """Something that was said cannot be understood: sentences by name; the empty name is for the whole."""

    def __init__(self, errors: Mapping[str, Sequence[str]]) -> None:
        self.errors = {name: list(sentences) for name, sentences in errors.items()}
        super().__init__(
            " ".join(f"{name}: {one}" if name else one for name, told in self.errors.items() for one in told)
        )


def read(data: Mapping[str, Any], words: StopWords) -> Known:
    """What a script says of a stop, by name. Raises `QuestionError`."""
    named: dict[str, str] = {}
    errors: dict[str, list[str]] = {}
    for key, value in data.items():
        name = ALIASES.get(key, key)
        if complaint := _refused(key, name, value):
            errors[key[:60]] = [complaint]
        elif value not in (None, "") and named.setdefault(name, _text(value)) != _text(value):
            errors[name] = ["Is given more than once with different values. Give one."]
    if errors:
        raise QuestionError(errors)
    return QuestionForm(named, words, tuple(named)).known()


def _refused(key: str, name: str, value: Any) -> str:
    """Why a name or value is not taken; empty when it is."""
    if name not in QuestionForm.LABELS:
        if any(part in key.lower().split("_") for part in PERSONAL):
            return "Is never an input: predictions are about stops, not about people. Leave it out."
        return f"There is no such input. The inputs are: {', '.join(QuestionForm.LABELS)}."
    if not isinstance(value, str | int | float | bool | None):
        return "Is not a single value."
    if len(_text(value)) > MOST_CHARACTERS:
        return f"Is longer than {MOST_CHARACTERS} characters."
    if "\0" in _text(value):
        return "Holds an unprintable character."
    return ""


def _text(value: Any) -> str:
    """A value of JSON as it would be typed."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()


def _code(word: Word | None) -> int | None:
    return word.codes[0] if word is not None else None
