"""The map of expected crime."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from insights.downloads import FORMATS, download, say
from insights.presenting import address
from ledger.access import agency_of, permit
from ledger.choices import AreaKind
from prediction.crime import mapping
from prediction.crime.hours import Abstains, months_offered
from prediction.crime.map_report import report_of
from prediction.crime.offences import CHOICES
from prediction.crime.rates import HOURS_OF_DAY, Served, served
from prediction.views.crime import NOT_IN_USE


@permit("prediction.view_prediction")
@require_safe
def show_map(request: HttpRequest) -> HttpResponseBase:
    """Expected incidents of a month by area, for all hours or one. What is asked stands in the address. Also as a download."""
    run, own = served(), agency_of(request.user)
    if run is None:
        return _say(request, NOT_IN_USE)
    try:
        asked = mapping.read(run, request.GET.dict(), own.pk if own else None)
    except Abstains as why:
        return _say(request, str(why))
    rows = mapping.by_area(run, asked)
    if style := request.GET.get("format", ""):
        question = f"{asked.choice.label} expected in {asked.month:%B %Y}, by area"
        return download(
            request, "crime", f"map-{asked.month:%Y-%m}", question, report_of(run, asked, rows), style
        )
    context: dict[str, Any] = {
        "asked": asked,
        "run": run.run,
        "choices": _choices(run, asked),
        "rows": rows,
        "map": mapping.map_of(asked, rows),
        "finding": mapping.finding(asked, rows),
        "year_before": mapping.year_before_words(asked, rows),
        "hours": mapping.hour_words(asked.hour),
        "downloads": {style: address(request, format=style, table=None) for style in FORMATS},
    }
    return render(request, "crime/map.html", context)


def _say(request: HttpRequest, sentence: str) -> HttpResponse:
    """There is no forecast, and why."""
    if style := request.GET.get("format", ""):
        return say(style, sentence, 404)
    return render(request, "crime/map.html", {"why_not": sentence})


def _choices(run: Served, asked: mapping.MapQuestion) -> list[dict[str, Any]]:
    """The lists of the form: name, label, options with the chosen one."""
    agencies = [(str(pk), run.agencies[pk].get("name", "")) for pk in mapping.agencies_of(run)]
    kinds = [(kind, f"{AreaKind(kind).label}s") for kind in mapping.kinds_of(asked.told)]
    months = [(f"{one:%Y-%m}", f"{one:%B %Y}") for one in months_offered(asked.told)]
    hours = [("", "All hours"), *((str(one), f"{one:02}:00 to {one:02}:59") for one in range(HOURS_OF_DAY))]
    chosen_hour = "" if asked.hour is None else str(asked.hour)
    lists = [
        ("agency", "Force", agencies, str(asked.agency)),
        ("kind", "Areas", kinds, asked.kind),
        ("month", "Month", months, f"{asked.month:%Y-%m}"),
        ("offence", "Offences", [(one.name, one.label) for one in CHOICES], asked.choice.name),
        ("hour", "Hour", hours, chosen_hour),
    ]
    return [
        {
            "name": name,
            "label": label,
            "options": [(value, words, value == chosen) for value, words in options],
        }
        for name, label, options, chosen in lists
        if len(options) > 1
    ]
