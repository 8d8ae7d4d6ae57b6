"""Crime by the hour: the page of bars, and the same figures as CSV, JSON, a spreadsheet or SVG."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db import transaction
from django.forms.utils import ErrorDict
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from insights.downloads import as_json, download, say
from ledger import csvsafe
from ledger.access import permit
from ledger.audit import record
from ledger.choices import AreaKind, AuditVerb
from prediction.crime import asked, telling
from prediction.crime.asked import AskedError, Question
from prediction.crime.drawing import bars
from prediction.crime.hours import Abstains, Day, day_of, months_offered, told_of
from prediction.crime.offences import CHOICES
from prediction.crime.rates import Served, served
from prediction.crime.report import report_of
from prediction.views.long_lists import LongSelect

NOT_IN_USE = "No forecast is in use. An analyst trains one from the incidents in the ledger, and somebody else signs it off."
FORMATS = ("csv", "json", "xlsx", "svg")


class HoursForm(forms.Form):
    """What may be asked for, as lists to choose from."""

    area = forms.ChoiceField(label="Area", widget=LongSelect)
    month = forms.ChoiceField(label="Month")
    offence = forms.ChoiceField(label="Offences", choices=[(one.name, one.label) for one in CHOICES])
    days = forms.ChoiceField(label="Days", choices=list(telling.DAY_TYPES.items()))

    def __init__(self, run: Served, question: Question | None, given: dict[str, str]) -> None:
        super().__init__(initial=_initial(question, given))
        area, month = self.fields["area"], self.fields["month"]
        assert isinstance(area, forms.ChoiceField) and isinstance(month, forms.ChoiceField)  # noqa: S101, PT018
        area.choices = _areas(run)
        place = question.place if question else None
        told = run.agencies.get(place.agency, {}) if place else {}
        offered = months_offered(told) if "covered" in told else []
        month.choices = [(f"{one:%Y-%m}", f"{one:%B %Y}") for one in offered] or [("", "The next one")]


def _initial(question: Question | None, given: dict[str, str]) -> dict[str, str]:
    if question is None:
        return given
    return {
        "area": str(question.place.area.pk) if question.place else "",
        "month": f"{question.month:%Y-%m}" if question.month else "",
        "offence": question.choice.name,
        "days": question.day_type,
    }


def _areas(run: Served) -> list[Any]:
    """Areas by kind, and by force where there are several."""
    forces = {pk: told.get("name", "") for pk, told in run.agencies.items()}
    groups: dict[str, list[tuple[str, str]]] = {}
    for area, agency, kind, name in asked.names(run):
        kind = str(AreaKind(kind).label)
        label = kind if len(forces) == 1 else f"{forces[agency]}: {kind.lower()}"
        groups.setdefault(label, []).append((str(area), name))
    return list(groups.items())


@permit("prediction.view_prediction")
@require_safe
def show_hours(request: HttpRequest) -> HttpResponseBase:
    """Expected incidents of one area by hour of the day. What is asked stands in the address."""
    style = request.GET.get("format", "")
    if "" in request.GET.values():  # a form sends every field; the address that is passed on is short
        kept = request.GET.copy()
        for name in [name for name, value in kept.items() if not value]:
            del kept[name]
        return redirect(f"{request.path}?{kept.urlencode()}" if kept else request.path)
    run = served()
    if run is None:
        return _say(request, style, NOT_IN_USE)
    given = {name: request.GET[name] for name in ("area", "month", "offence", "days") if name in request.GET}
    try:
        if style and style not in FORMATS:
            raise AskedError({"format": ["Choose csv, json, xlsx or svg."]})
        question = asked.read(run, given)
    except AskedError as error:
        return _refuse(request, run, given, error, style)
    try:
        day = _answer(run, question)
    except Abstains as why:
        return _say(request, style, str(why), run, question)
    note(request, run, day, request.user)
    if style:
        return _download(request, day, style)
    return render(request, "crime/hours.html", _context(run, question, day))


def note(request: HttpRequest, run: Served, day: Day, user: Any) -> None:
    """Who asked what of which run, for its card."""
    known = {
        "area": day.area.name,
        "month": f"{day.month:%Y-%m}",
        "offences": day.choice.name,
        "days": day.day_type,
    }
    with transaction.atomic():
        record(
            request,
            AuditVerb.CONSULTATION,
            "prediction",
            run.run.key,
            user=user,
            kind=run.run.kind,
            known=known,
            rests_on="the table of rates",
        )


def _answer(run: Served, question: Question) -> Day:
    if question.place is None:
        raise Abstains("There is no area with incidents to forecast for.")
    place = question.place
    if question.month is None:
        told_of(run, place.agency)
        raise Abstains("Choose a month.")
    return day_of(run, place.agency, place.area, question.month, question.choice, question.day_type)


def _context(run: Served, question: Question, day: Day) -> dict[str, Any]:
    chart, months = telling.trend(day)
    assert question.place is not None  # noqa: S101  an answer has an area
    says = telling.says(day)
    return {
        "form": HoursForm(run, question, {}),
        "day": day,
        "title": telling.title(day),
        "says": says,
        "picture": SafeString(bars(day.hours, telling.title(day), says)),
        "rows": [telling.written(one) for one in day.hours],
        "types": telling.by_type(day),
        "trend": chart,
        "months": months,
        "average": telling.average(day),
        "base": telling.figure(day.total.a_day / 24),
        "caveats": telling.caveats(day),
        "run": run.run,
        "judged": telling.judged(run, question.place.agency),
        "downloads": {style: f"?{_address(question)}&format={style}" for style in FORMATS},
    }


def _address(question: Question) -> str:
    """The same question as the end of an address, for downloads."""
    return urlencode(_initial(question, {}))


def _download(request: HttpRequest, day: Day, style: str) -> HttpResponseBase:
    name = f"crime-{day.area.pk}-{day.month:%Y-%m}"
    if style == "xlsx" or (style == "csv" and "table" in request.GET):
        return download(
            request, "crime", name.removeprefix("crime-"), telling.title(day), report_of(day), style
        )
    if style == "csv":
        hours = telling.rows(day)
        return csvsafe.response(f"{name}.csv", list(telling.COLUMNS), (list(row.values()) for row in hours))
    if style == "svg":
        picture = bars(day.hours, telling.title(day), telling.says(day))
        return HttpResponse(picture, content_type="image/svg+xml; charset=utf-8")
    found = report_of(day)
    body = as_json("hours", telling.title(day), found) | {
        "area": day.area.name,
        "month": f"{day.month:%Y-%m}",
        "offences": day.choice.name,
        "days": day.day_type,
        "expected": round(day.total.expected, 4),
        "low": day.total.low,
        "high": day.total.high,
        "says": telling.says(day),
        "rows": telling.rows(day),
    }
    return JsonResponse(body, json_dumps_params={"ensure_ascii": False})


def _say(
    request: HttpRequest,
    style: str,
    sentence: str,
    run: Served | None = None,
    question: Question | None = None,
) -> HttpResponse:
    """There is no forecast, and why."""
    if style:
        return say(style, sentence, 404)
    form = HoursForm(run, question, {}) if run is not None else None
    return render(request, "crime/hours.html", {"form": form, "why_not": sentence})


def _refuse(
    request: HttpRequest, run: Served, given: dict[str, str], error: AskedError, style: str
) -> HttpResponse:
    """What cannot be understood gets no figures; the page says so at the field."""
    if style:
        return JsonResponse({"errors": error.errors}, status=400)
    form = HoursForm(run, None, given)
    form.is_bound, form.data = True, given
    form._errors = ErrorDict()  # type: ignore[attr-defined]
    form.cleaned_data = {}
    for name, sentences in error.errors.items():
        for sentence in sentences:
            form.add_error(name if name in form.fields else None, sentence)
    return render(request, "crime/hours.html", {"form": form, "refused": True}, status=400)
