"""Kinds of record that are profiled, with their columns: stops, persons, and everything that is imported beside them.

A column's `type` says how it is summed up: code, date, time, number, yes/no, text, list, nested. Codes may hold an “Unknown”,
which counts as missing. Columns that name a person or hold free text show how many values there are, and no values.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from ledger.models import Agency, ImportRun, ImportUndo, Person, Stop
from ledger.models.incidents import Imported

LOGGED = ""  # the source of what was logged by hand
NEVER_SHOWN = {
    "officer",
    "place",
    "label",
    "unit",
    "name",
    "incident_key",
    "key",
    "words",
    "private__vehicle__number",
}
NOT_PROFILED = {"id", "import_run", "import_row", "stop", "position"}


@dataclass(frozen=True)
class Column:
    """`path` is how Django finds it from the kind's model; `unknown` the code that stands for missing."""

    path: str
    label: str
    type: str
    unknown: int | None = None
    shown: bool = True
    words: Callable[[set[Any]], dict[Any, str]] | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Kind:
    slug: str
    title: str
    model: type[models.Model]
    columns: tuple[Column, ...]
    days: tuple[str, ...] = ()  # columns that say when, the finest first; empty where the kind has no time
    agency: str = ""  # how to the agency; empty where the kind has none
    run: str = "import_run"  # how to the import

    def rows(self, source: str, agency: Agency | None = None) -> Any:
        """The current records of a source, of all agencies or of one."""
        undone = ImportUndo.objects.values("import_run_id")
        if self.model in (Stop, Person):
            stops = Stop.objects.current()
            found: Any = stops if self.model is Stop else Person.objects.filter(stop__in=stops.values("pk"))
        else:
            found = self.model._default_manager.exclude(**{f"{self.run}__in": undone})
        found = found.filter(**{f"{self.run}__source": source} if source else {f"{self.run}__isnull": True})
        return found.filter(**{self.agency: agency}) if agency and self.agency else found

    def sources(self) -> list[str]:
        """Sources with loaded imports of this kind, and the desk where it has records."""
        runs = ImportRun.objects.filter(state="loaded").exclude(undo__isnull=False)
        found = [
            source
            for source in runs.order_by("source").values_list("source", flat=True).distinct()
            if self.rows(source).exists()
        ]
        by_hand = self.model in (Stop, Person) and self.rows(LOGGED).exists()
        return ([LOGGED] if by_hand else []) + found


def _label_of(model: type[models.Model]) -> Callable[[set[Any]], dict[Any, str]]:
    def words(keys: set[Any]) -> dict[Any, str]:
        return {one.pk: str(one) for one in model._default_manager.filter(pk__in=keys)}

    return words


def column_of(model: type[models.Model], path: str, label: str = "") -> Column:
    """A column from the model's field: its type follows from the field's."""
    target: Any = model
    *before, name = path.split("__")
    for step in before:
        target = target._meta.get_field(step).related_model
    kept: Any = target._meta.get_field(name)
    label = label or str(kept.verbose_name).capitalize()
    shown = path not in NEVER_SHOWN and not isinstance(kept, models.JSONField)
    if isinstance(kept, models.ForeignKey):
        return Column(path, label, "code", shown=shown, words=_label_of(kept.related_model))
    if kept.choices:
        names = {code: str(word) for code, word in kept.flatchoices}
        unknown = 0 if names.get(0) == "Unknown" else None
        return Column(
            path, label, "code", unknown, shown, lambda keys: {key: names.get(key, str(key)) for key in keys}
        )
    return Column(path, label, _type_of(kept), shown=shown)


def _type_of(kept: Any) -> str:
    types = (
        (ArrayField, "list"),
        (models.JSONField, "nested"),
        (models.DateTimeField, "moment"),
        (models.DateField, "date"),
        (models.TimeField, "time"),
        (models.BooleanField, "yes/no"),
        ((models.IntegerField, models.FloatField), "number"),
    )
    return next((name for kind, name in types if isinstance(kept, kind)), "text")


STOP_COLUMNS = (
    *(
        "agency",
        "post",
        "area",
        "officer",
        "stopped_on",
        "stopped_at",
        "stop_type",
        "violation",
        "drugs_related",
    ),
    *("duration_minutes", "duration_band", "latitude", "longitude"),
)
PERSON_COLUMNS = (
    *(
        "role",
        "gender",
        "race",
        "age",
        "age_band",
        "outcome",
        "arrested",
        "searched",
        "search_bases",
        "frisked",
    ),
    *("contraband_found", "contraband"),
)
DAYS = ("stopped_on", "occurred_on", "period_end", "predicted_on", "month", "started_at")


def _imported_kind(model: type[models.Model]) -> Kind:
    """A kind from its model alone, so that what is imported later is profiled without a line here."""
    fields = [kept.name for kept in model._meta.concrete_fields if kept.name not in NOT_PROFILED]
    meta = model._meta
    return Kind(
        slug=str(meta.verbose_name_plural).replace(" ", "-"),
        title=str(meta.verbose_name_plural).capitalize(),
        model=model,
        columns=tuple(column_of(model, name) for name in fields),
        days=tuple(name for name in DAYS if name in fields),
        agency="agency" if "agency" in fields else "",
    )


def kinds() -> dict[str, Kind]:
    """Every kind by its slug, in reading order."""
    vehicle = Column("private__vehicle", "Vehicle", "code", shown=False)
    stops = Kind(
        slug="stops",
        title="Stops",
        model=Stop,
        columns=(*(column_of(Stop, name) for name in STOP_COLUMNS), vehicle),
        days=("stopped_on",),
        agency="agency",
    )
    persons = Kind(
        slug="persons",
        title="Persons stopped",
        model=Person,
        columns=tuple(column_of(Person, name) for name in PERSON_COLUMNS),
        days=("stop__stopped_on",),
        agency="stop__agency",
        run="stop__import_run",
    )
    imported = [
        _imported_kind(model) for model in sorted(Imported.__subclasses__(), key=lambda one: one.__name__)
    ]
    return {kind.slug: kind for kind in (stops, persons, *imported)}
