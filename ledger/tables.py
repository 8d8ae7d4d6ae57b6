"""Tables of stops: the list, a vehicle's stops, the review queue."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_tables2.data import TableQuerysetData

from ledger.choices import Gender, Outcome
from ledger.entry import private_of
from ledger.history import age_words, duration_words, mark_words, state_of
from ledger.models import Person, Stop

DASH = "–"
DEFAULT_COLUMNS = (
    "reference",
    "date",
    "time",
    "vehicle",
    "post",
    "officer",
    "violation",
    "outcome",
    "duration",
    "state",
)


class StopsByPage(TableQuerysetData):
    """Finds the keys of a page first and reads its stops whole then: joined before they are cut, all would be read."""

    def __getitem__(self, key: Any) -> Any:
        if not isinstance(key, slice):
            return super().__getitem__(key)
        return Stop.objects.whole(list(self.data.values_list("pk", flat=True)[key]))


def of_persons(stop: Stop, words: Callable[[Person], str]) -> str:
    """A fact of every person of the stop, in their order. The persons are read once for all columns."""
    if "people" not in stop.__dict__:
        stop.__dict__["people"] = list(stop.persons.all())
    return " | ".join(words(person) for person in stop.__dict__["people"])


def vehicle_of(stop: Stop) -> str:
    private = private_of(stop)
    return private.vehicle.number if private and private.vehicle else ""


TEXTS: dict[str, Callable[[Stop], Any]] = {
    "reference": lambda stop: stop.reference,
    "date": lambda stop: stop.stopped_on,
    "time": lambda stop: stop.stopped_at,
    "vehicle": vehicle_of,
    "agency": lambda stop: stop.agency.name,
    "post": lambda stop: stop.post.name if stop.post else "",
    "officer": lambda stop: stop.officer.number if stop.officer else "",
    "violation": lambda stop: stop.violation.label if stop.violation else "",
    "gender": lambda stop: of_persons(
        stop, lambda person: "" if not person.gender else Gender(person.gender).label
    ),
    "age": lambda stop: of_persons(stop, age_words),
    "race": lambda stop: of_persons(stop, lambda person: person.race.label if person.race else ""),
    "outcome": lambda stop: of_persons(
        stop, lambda person: "" if not person.outcome else Outcome(person.outcome).label
    ),
    "arrested": lambda stop: of_persons(
        stop, lambda person: "" if person.arrested is None else mark_words(person.arrested)
    ),
    "searched": lambda stop: of_persons(
        stop, lambda person: "" if person.searched is None else mark_words(person.searched)
    ),
    "drugs": lambda stop: "" if stop.drugs_related is None else mark_words(stop.drugs_related),
    "duration": lambda stop: duration_words(stop) if stop.duration_minutes or stop.duration_band else "",
    "state": state_of,
    "logged": lambda stop: stop.recorded_at,
}


class TextColumn(tables.Column):
    """A column whose words come from `TEXTS`, alike on the page and in the download."""

    def __init__(self, name: str, heading: str, *, order: tuple[str, ...] = (), css: str = "") -> None:
        attrs = {"td": {"class": css}} if css else {}
        super().__init__(
            accessor="pk",
            verbose_name=heading,
            orderable=bool(order),
            order_by=order or None,
            attrs=attrs,
            empty_values=(),
        )
        self.words = TEXTS[name]

    def render(self, record: Stop) -> Any:
        return self.words(record) or DASH


class DateColumn(TextColumn):
    def render(self, record: Stop) -> str:
        return f"{record.stopped_on.day} {record.stopped_on:%b %Y}"


class TimeColumn(TextColumn):
    def render(self, record: Stop) -> str:
        return f"{record.stopped_at:%H:%M}" if record.stopped_at else DASH


class MomentColumn(TextColumn):
    def render(self, record: Stop) -> str:
        """By the clock of the stop's agency."""
        at = record.recorded_at.astimezone(record.agency.now().tzinfo)
        return f"{at.day} {at:%b %Y, %H:%M}"


class ReferenceColumn(TextColumn):
    def render(self, record: Stop) -> SafeString:
        return format_html('<a href="{}">{}</a>', record.get_absolute_url(), record.reference)


NEWEST = ("stopped_on", "stopped_at", "id")


class StopTable(tables.Table):
    """One row a stop. Several persons of one stop stand in one cell, in their order, with strokes between."""

    reference = ReferenceColumn("reference", "Stop", order=("number",), css="mono")
    date = DateColumn("date", "Date", order=NEWEST, css="nowrap")
    time = TimeColumn("time", "Time", order=("stopped_at", "stopped_on", "id"))
    vehicle = TextColumn("vehicle", "Vehicle", order=("private__vehicle__number", *NEWEST), css="mono")
    agency = TextColumn("agency", "Agency", order=("agency__name", *NEWEST))
    post = TextColumn("post", "Post", order=("post__name", *NEWEST))
    officer = TextColumn("officer", "Officer", order=("officer__number", *NEWEST))
    violation = TextColumn(
        "violation", "Violation", order=("violation__position", "violation__label", *NEWEST)
    )
    gender = TextColumn("gender", "Gender")
    age = TextColumn("age", "Age")
    race = TextColumn("race", "Race")
    outcome = TextColumn("outcome", "Outcome")
    arrested = TextColumn("arrested", "Arrested")
    searched = TextColumn("searched", "Searched")
    drugs = TextColumn("drugs", "Drugs", order=("drugs_related", *NEWEST))
    duration = TextColumn("duration", "Duration", order=("duration_band", "duration_minutes", *NEWEST))
    state = TextColumn("state", "State")
    logged = MomentColumn("logged", "Logged", order=("recorded_at", "id"), css="nowrap")

    class Meta:
        attrs = {"class": "data"}
        order_by = "-date"

    caption = "Stops"

    def __init__(self, data: Any, *, columns: tuple[str, ...] = DEFAULT_COLUMNS, **options: Any) -> None:
        hidden = [name for name in self.base_columns if name not in columns]
        whole = data if isinstance(data, list) else StopsByPage(data)
        super().__init__(whole, exclude=hidden, order_by_field="sort", **options)


HEADINGS: dict[str, str] = {name: str(column.verbose_name) for name, column in StopTable.base_columns.items()}


def exported(stop: Stop) -> list[Any]:
    """A stop as one record of the download: every column, whichever the page shows."""
    return [words(stop) for words in TEXTS.values()]


class ReviewTable(tables.Table):
    """Flagged stops: what, why it is here, since when, and what can be done."""

    reference = ReferenceColumn("reference", "Stop", css="mono")
    date = DateColumn("date", "Date", css="nowrap")
    time = TimeColumn("time", "Time")
    vehicle = TextColumn("vehicle", "Vehicle", css="mono")
    why = tables.Column(
        accessor="reasons_to_review",
        verbose_name="Why it is here",
        orderable=False,
        attrs={"td": {"class": "wide"}},
    )
    outcome = TextColumn("outcome", "Outcome")
    post = TextColumn("post", "Post")
    officer = TextColumn("officer", "Officer")
    came = tables.Column(empty_values=(), verbose_name="Came from", orderable=False)
    logged = MomentColumn("logged", "Logged", css="nowrap")
    act = tables.TemplateColumn(template_name="review/_act.html", verbose_name="Decide", orderable=False)

    class Meta:
        attrs = {"class": "data"}
        orderable = False

    caption = "Stops to review, the oldest entry first"

    def __init__(self, data: Any, **options: Any) -> None:
        super().__init__(StopsByPage(data), **options)

    def render_why(self, value: Any) -> str:
        return ". ".join(str(flag.label) for flag in value) + "."

    def render_came(self, record: Stop) -> SafeString | str:
        if record.import_run is None:
            return "The log page" if record.version == 1 else "A correction"
        address = f"{reverse('review')}?import_run={record.import_run.key}"
        return format_html(
            '<a href="{}">{}, row {}</a>', address, record.import_run.file_name, record.import_row
        )
