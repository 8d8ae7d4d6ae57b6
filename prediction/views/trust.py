"""The forecast of trust: served from the table of the run in use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from insights.downloads import download
from insights.filters import FilterError
from insights.trust import figures
from insights.trust.asked import PageForm
from insights.trust.views import nothing, page_of, redirect_if_long, refuse
from ledger.access import permit
from prediction import runs
from prediction.models import ModelRun, TrustForecast
from prediction.trust import showing

NO_RUN = (
    "No forecast of trust is in use. Once a survey is imported, an analyst trains one on the page "
    "“Models and runs”, and somebody else signs it off."
)


class ForecastForm(PageForm):
    """Measure and area of the run in use; left out, the measure of trust and no area."""

    measure = forms.ChoiceField(label="Measure", required=False)
    area = forms.ChoiceField(label="Area", required=False)

    def __init__(self, data: Mapping[str, Any], run: ModelRun) -> None:
        self.measures = labelled({(one["survey"], one["measure"]) for one in run.metrics["measures"]})
        super().__init__(data, {"measure": figures.main_measure(self.measures)})
        areas = run.trust_forecasts.values_list("area", "area__name").distinct().order_by("area__name")
        self.offer("measure", [(one, one) for one in self.measures])
        self.offer("area", [("", "All areas"), *((str(pk), name) for pk, name in areas)])

    def read(self) -> tuple[str, str, int | None]:
        """Survey, measure and area. Raises `FilterError`."""
        told = self.checked()
        return *self.measures[told["measure"]], int(told["area"] or 0) or None


def labelled(told: set[tuple[str, str]]) -> dict[str, tuple[str, str]]:
    """Survey and measure by the measure's name; with the survey's where two surveys have a measure of the name."""
    names = Counter(measure for _, measure in told)
    return {
        measure if names[measure] == 1 else f"{measure}, {survey}": (survey, measure)
        for survey, measure in sorted(told, key=lambda one: (one[1], one[0]))
    }


@permit("prediction.view_prediction")
@require_safe
def show_forecast(request: HttpRequest) -> HttpResponseBase:
    """Every area's forecast of a measure, one and four quarters ahead, with the back-test that chose the way."""
    if short := redirect_if_long(request):
        return short
    run = runs.in_use("trust")
    if run is None or not run.trust_forecasts.exists():
        return nothing(request, "forecast", NO_RUN)
    form = ForecastForm(request.GET.dict(), run)
    try:
        survey, measure, area = form.read()
    except FilterError as error:
        return refuse(request, "forecast", form, error)
    told = showing.told_of(run, survey, measure)
    forecasts = list(
        TrustForecast.objects.filter(run=run, survey=survey, measure=measure)
        .select_related("area")
        .defer("area__boundary")
    )
    report = showing.report(run, told, forecasts, _measured(survey, measure) if area else None, area)
    if style := request.GET.get("format", ""):
        return download(request, "trust", "forecast", f"Forecast of {measure}", report, style)
    context = page_of(request, "forecast", report, form) | {
        "run": run,
        "measure": measure,
        "outdated": run.of is not None and run.of.has_newer(run),
    }
    return render(request, "trust/forecast.html", context)


def _measured(survey: str, measure: str) -> figures.Measured | None:
    found = next((one for one in figures.surveys() if one.slug == survey), None)
    return figures.measured(found, measure) if found else None
