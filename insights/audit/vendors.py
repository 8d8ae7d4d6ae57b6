"""Bodies of imported predictions: one for each client of a vendor that has predictions, or areas with counts of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial
from itertools import count
from typing import Any

from django.db.models import Avg, Max, QuerySet, Sum
from django.utils.text import slugify

from insights.audit import abroad
from insights.audit.bodies import Body, DeclaredArea, Offer, Spot
from insights.audit.matching import Report, types
from insights.audit.residents import COUNTED, areas_of, current_figures
from ledger.models import (
    Agency,
    AreaBoundary,
    CrimePrediction,
    ImportUndo,
    Incident,
    VendorDepartment,
    VendorPrediction,
)

WITHIN = (
    0.5  # an agency is a client's when more than this part of its located incidents lies in the client's box
)


def offers() -> Iterator[Offer]:
    """By client. The mark changes with every import that the client's audit may rest on, and with undos."""
    newest: dict[str, int] = defaultdict(int)
    counted = current_figures().exclude(client="")
    for rows in (_predictions(), counted):
        for client, run in rows.values_list("client").annotate(Max("import_run")).order_by("client"):
            newest[client] = max(newest[client], run)
    shared = _mark_of_shared()
    having = {*_predictions().values_list("client", flat=True).distinct()}
    having |= {*counted.filter(measure=COUNTED).values_list("client", flat=True).distinct()}
    slugs: set[str] = set()
    for client in sorted(having):
        slug = _unused(slug_of(client), slugs)
        yield Offer(slug, f"{newest[client]}/{shared}", partial(load, client))


def _mark_of_shared() -> str:
    """The newest imports of what several clients' audits rest on, and the number of undos."""
    shared = (current_figures().filter(client=""), _departments(), _matched(), AreaBoundary.objects.current())
    marks = [rows.aggregate(last=Max("import_run"))["last"] or 0 for rows in shared]
    return "/".join(map(str, [*marks, ImportUndo.objects.count()]))


def _unused(slug: str, taken: set[str]) -> str:
    """The slug, with a number where another client has it already: “A b” and “a-b” are two."""
    numbered = (f"{slug}-{number}" for number in count(2))
    found = slug if slug not in taken else next(one for one in numbered if one not in taken)
    taken.add(found)
    return found


def slug_of(client: str) -> str:
    return slugify(client)[:60] or f"client-{client.encode().hex()[:40]}"


def _predictions() -> QuerySet[VendorPrediction]:
    return VendorPrediction.objects.current()  # type: ignore[return-value]


def _incidents() -> Any:
    return Incident.objects.current()


def _departments() -> Any:
    return VendorDepartment.objects.current()


def _matched() -> Any:
    return CrimePrediction.objects.current()


def load(client: str) -> Body:
    department = department_of(client)
    areas, notes = _areas(client)
    spots = list(_spots(client))
    agency = agency_in(areas)
    reports, actual = _reports(agency) if agency else ([], [])
    first, last = _period(department, spots)
    return Body(
        slug=slug_of(client),
        name=department.get("name") or client,
        about=f"Predictions that a vendor made for its client “{client}”, as imported.",
        areas=areas,
        spots=spots,
        first_day=first,
        last_day=last,
        made=department.get("predictions"),
        matched=reports,
        actual=actual,
        facts=department | {"client": client, "home": _home()},
        notes=notes,
    )


# Who the client is


def department_of(client: str) -> dict[str, Any]:
    """What the current tables of departments say of a client: of each field the newest that says anything."""
    fields = (
        *("name", "ucr_code", "first_prediction", "last_prediction", "analysis_start", "analysis_end"),
        *("predictions", "usable", "active"),
    )
    found: dict[str, Any] = {}
    rows = _departments().filter(client=client).order_by("import_run", "import_row")
    for row in rows.values(*fields):
        found |= {name: value for name, value in row.items() if value not in (None, "")}
    return found | ({"listed": True} if rows else {})


def _home() -> str:
    """The country of most clients, by the middle of each one's predictions."""
    located = _predictions().filter(latitude__isnull=False).values_list("client").order_by("client")
    middles = located.annotate(east=Avg("longitude"), north=Avg("latitude"))
    return abroad.home((east, north) for _, east, north in middles)


def _period(department: dict[str, Any], spots: list[Spot]) -> tuple[date | None, date | None]:
    """Days of the predictions themselves where they are dated, else those that the department's tables tell."""
    dated = [spot.day for spot in spots if spot.day]
    if dated:
        return min(dated), max(dated)
    return department.get("first_prediction"), department.get("last_prediction")


# Where the predictions were made for


def _areas(client: str) -> tuple[list[DeclaredArea], list[str]]:
    """Areas whose figures name the client; without any, those in which predictions fall and that have figures."""
    declared = current_figures().filter(client=client)
    if declared.exists():
        return areas_of(declared), []
    kind = _predictions().filter(client=client, area__isnull=False).values("area")
    named = current_figures().filter(client="", area__in=kind)
    note = (
        "No figures name this client, so only areas that predictions name are known: areas without predictions are missing, "
        "and who is targeted least cannot be told. Give the figures a column “client” to declare the whole jurisdiction."
    )
    return areas_of(named), [note]


def _spots(client: str) -> Iterator[Spot]:
    """Predictions added up by place, kind and day."""
    names = ("longitude", "latitude", "area__name", "label", "kind", "predicted_on")
    rows = (
        _predictions()
        .filter(client=client)
        .values_list(*names)
        .annotate(number=Sum("count"))
        .order_by(*names)
    )
    for longitude, latitude, area, label, kind, day, number in rows:
        yield Spot(number, longitude, latitude, area or "", label, kind, day, day)


# What was reported later


def agency_in(areas: Iterable[DeclaredArea]) -> Agency | None:
    """The agency of whose matched reports most lie in the box around the areas."""
    from insights.audit.placing import box

    boxes = [box(area.boundary) for area in areas if area.boundary]
    if not boxes:
        return None
    west, south = (min(one[at] for one in boxes) for at in (0, 1))
    east, north = (max(one[at] for one in boxes) for at in (2, 3))
    for number in _matched().order_by("agency").values_list("agency", flat=True).distinct():
        located = _incidents().filter(agency=number, latitude__isnull=False)
        inside = located.filter(longitude__range=(west, east), latitude__range=(south, north)).count()
        if inside > WITHIN * located.count():
            return Agency.objects.get(pk=number)
    return None


def _reports(agency: Agency) -> tuple[list[Report], list[tuple[float, float]]]:
    """Reports as they were matched, and where those that could have been predicted lay."""
    rows = _matched().filter(agency=agency)
    told = list(rows.values_list("incident_key", "would_fit", "predicted", "count"))
    keys = [key for key, fits, _, _ in told if fits]
    places = _incidents().filter(agency=agency, key__in=keys, latitude__isnull=False)
    reports = [Report(types(fits), types(predicted), count) for _, fits, predicted, count in told]
    return reports, list(places.values_list("longitude", "latitude"))
