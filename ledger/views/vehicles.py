"""Looking a vehicle up. The number travels in the body, never in an address, and every look-up is in the trail."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from ledger.access import permit, stops_for
from ledger.audit import record
from ledger.choices import AuditVerb
from ledger.forms.correction import LookupForm
from ledger.models import Vehicle
from ledger.plates import near_plates
from ledger.tables import StopTable

COLUMNS = ("reference", "date", "time", "post", "officer", "violation", "outcome", "state")
MOST_SHOWN = 100


@permit("ledger.view_stop")
@require_http_methods(["GET", "HEAD", "POST"])
def look_up_vehicle(request: HttpRequest) -> HttpResponse:
    """The stops of a vehicle within the user's reach, and vehicles whose numbers are easily taken for it."""
    if request.method != "POST":
        return render(request, "vehicles/lookup.html", {"form": LookupForm()})
    form = LookupForm(request.POST)
    if not form.is_valid():
        return render(request, "vehicles/lookup.html", {"form": form})
    plate, reason = form.cleaned_data["vehicle"], form.cleaned_data["reason"]
    return render(
        request, "vehicles/lookup.html", {"form": form, "reason": reason, **_found(request, plate, reason)}
    )


@transaction.atomic
def _found(request: HttpRequest, plate: str, reason: str) -> dict[str, Any]:
    reach = stops_for(request.user).current()
    stops = reach.of_vehicle(plate).newest_first()
    count = stops.count()
    vehicle = Vehicle.objects.filter(number=plate).first()
    record(request, AuditVerb.CONSULTATION, "vehicle", vehicle.pk if vehicle else "", why=reason, stops=count)
    newest = list(stops.with_parts().with_review()[:MOST_SHOWN])
    table = StopTable(newest, columns=COLUMNS, orderable=False, order_by=())
    table.caption = f"Stops of {plate}"
    oldest = stops.reverse().first()
    return {
        "plate": plate,
        "count": count,
        "shown": min(count, MOST_SHOWN),
        "since": oldest.stopped_on if oldest else None,
        "table": table,
        "near": _near(reach, plate),
    }


def _near(reach: Any, plate: str) -> list[dict[str, Any]]:
    """Vehicles one slip away that have stops within reach, with how many."""
    return list(reach.of_vehicles(near_plates(plate)).counted_by_vehicle())
