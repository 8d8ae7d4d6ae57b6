"""The page of published rates, and the same figures as CSV, JSON and spreadsheet. For all readers: the rates are public."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from insights import presenting
from insights.disparity.presenting import meanings_of, sections_of
from insights.disparity.reports import Report
from insights.downloads import no_such_table, say, table_as_csv
from insights.filters import FilterError
from insights.published import reading, workbook
from insights.published.form import PublishedForm, Question
from insights.published.reading import Place
from insights.published.report import meanings, report
from ledger.access import permit
from ledger.models import ImportRun, PublishedRate

FORMATS = ("", "csv", "json", "xlsx")
TITLE = "Published rates"
QUESTION = "Where are stops, rates and ratios highest in the published tables?"


@permit("insights.view_insights")
@require_safe
def show_published(request: HttpRequest) -> HttpResponseBase:
    style = request.GET.get("format", "")
    if not style and "" in request.GET.values():
        return redirect(presenting.address(request))
    held = reading.places()
    form = PublishedForm(request.GET, held, _largest(held))
    try:
        if style not in FORMATS:
            raise FilterError({"format": [f"“{style[:40]}” is not offered. Choose csv, json or xlsx."]})
        question = form.read()
    except FilterError as error:
        return _refuse(request, form, error, style)
    found = _answer(held, question) if held else None
    if style:
        return _download(request, question, found, style)
    return render(request, "fairness/published.html", _context(request, form, question, found))


def _largest(held: list[Place]) -> str:
    """The group with the most residents, with which others are compared unless another is named."""
    people: dict[str, float] = {}
    for one in held:
        people[one.group] = people.get(one.group, 0) + (one.people or 0)
    return max(sorted(people), key=lambda group: people[group], default="")


def _answer(held: list[Place], question: Question) -> Report:
    chosen = reading.chosen(held, question.level, question.state)
    drawn = [] if question.measure == "stop_rate" else reading.pairs(question.measure, question.reference)
    pairs = [
        one
        for one in drawn
        if question.level in ("", one.level)
        and question.state in ("", one.state)
        and question.group in ("", one.group)
    ]
    return report(chosen, pairs, reading.profile(), question)


def _context(
    request: HttpRequest, form: PublishedForm, question: Question, found: Report | None
) -> dict[str, Any]:
    return {
        "filter": SimpleNamespace(form=form),
        "form": form,
        "chips": presenting.chips_of(
            request, question.in_words(), {name: str(one.label) for name, one in form.fields.items()}
        ),
        "question": QUESTION,
        "report": found,
        "notes": found.notes if found else [],
        "sections": sections_of(request, found, TITLE) if found else [],
        "meanings": [*meanings(), *(_of_tables(found) if found else [])],
        "imports": _imports(),
        "downloads": {style: presenting.address(request, format=style) for style in ("json", "xlsx")},
    }


def _of_tables(found: Report) -> list[tuple[str, str]]:
    known = {name for name, _ in meanings()}
    return [(name, text) for name, text in meanings_of(found) if name not in known]


def _imports() -> list[ImportRun]:
    """The imports that the rates came with."""
    numbers = PublishedRate.objects.current().values("import_run_id")
    return list(ImportRun.objects.filter(pk__in=numbers).order_by("-id"))


def _download(request: HttpRequest, question: Question, found: Report | None, style: str) -> HttpResponseBase:
    if found is None:
        return say(style, "No published rates are imported.", 404)
    if style == "json":
        head = {
            "title": TITLE,
            "question": QUESTION,
            "arguments": vars(question),
            "divides_by": dict(meanings()),
        }
        return JsonResponse(head | found.as_json(), json_dumps_params={"ensure_ascii": False})
    if style == "xlsx":
        return workbook.response("published-rates.xlsx", QUESTION, found, [*meanings(), *_of_tables(found)])
    return no_such_table(request, found, style) or table_as_csv(request, found, "published")


def _refuse(request: HttpRequest, form: PublishedForm, error: FilterError, style: str) -> HttpResponse:
    if style:
        return say(style, str(error), 400)
    presenting.put_errors(form, error)
    context = {"filter": SimpleNamespace(form=form), "form": form, "question": QUESTION}
    return render(request, "fairness/published.html", context, status=400)
