"""What is likely at a stop: the page, and the same for programs. Every answer leaves a line in the audit trail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from insights.viewer import Viewer
from ledger.access import permit
from ledger.audit import record
from ledger.choices import AuditVerb
from prediction.models import ModelRun, RunState
from prediction.stops.answer import FAMILIES, Answer, answers
from prediction.stops.question import AFTER, ALIASES, Known, QuestionError, QuestionForm, read
from prediction.stops.told import as_json
from prediction.stops.words import StopWords
from prediction.views.showing import shown

BEFORE = ("country", "agency", "post", "area", "violation", "weekday", "time", "stop_type")
MOST_BYTES = 10_000  # of a request's body


@permit("prediction.view_prediction")
@require_safe
def show_prediction(request: HttpRequest) -> HttpResponse:
    """The form, and below it what is likely at such a stop. What is known stands in the address."""
    if "" in request.GET.values() or set(ALIASES) & set(request.GET):
        kept = _shortened(request.GET)
        return redirect(f"{request.path}?{kept.urlencode()}" if kept else request.path)
    words = StopWords()
    form = QuestionForm(request.GET, words)
    context: dict[str, Any] = {
        "form": form,
        "before": [form[name] for name in BEFORE if name != "area" or words.areas],
        "after": [form[name] for name in AFTER],
        "trained": ModelRun.objects.filter(kind__in=FAMILIES, state=RunState.IN_USE).exists(),
    }
    try:
        _refuse_others(form)
        known = form.known()
    except QuestionError:
        return render(request, "prediction/predict.html", context, status=400)
    if known.given:
        found = answers(known, Viewer.of(request.user), words)
        _note(request, known, found, request.user)
        context |= {"answers": [shown(one, words) for one in found], "known": known}
    return render(request, "prediction/predict.html", context)


def _shortened(query: QueryDict) -> QueryDict:
    """The same without what is empty, as a form sends every field, and under our own names."""
    kept = QueryDict(mutable=True)
    for name, value in query.items():
        if value:
            kept[ALIASES.get(name, name)] = str(value)
    return kept


def _refuse_others(form: QuestionForm) -> None:
    """Names that are no input are refused in the same words as elsewhere, race and gender among them; the form shows them."""
    try:
        read({name: value for name, value in form.data.items() if name not in form.fields}, form.words)
    except QuestionError as error:
        for name, sentences in error.errors.items():
            form.add_error(None, [f"{name}: {sentence}" for sentence in sentences])
        raise


def predicted(request: HttpRequest, data: dict[str, Any], user: Any) -> dict[str, Any]:
    """What is likely, as JSON, for a user who was let in, by session or token. Raises `QuestionError`."""
    words = StopWords()
    families = _families(data.pop("predict", None))
    known = read(data, words)
    found = answers(known, Viewer.of(user), words, families)
    _note(request, known, found, user)
    told = {one.kind.name.replace("-", "_"): as_json(one, words) for one in found}
    return {"given": dict(known.given), **told}


def _families(wanted: Any) -> Sequence[str]:
    if wanted in (None, ""):
        return FAMILIES
    if wanted not in FAMILIES:
        raise QuestionError({"predict": [f"Is neither of: {', '.join(FAMILIES)}."]})
    return (wanted,)


def _note(request: HttpRequest, known: Known, found: list[Answer], user: Any) -> None:
    """Who asked what, and which run answered: a line for each run, so that its card can list its uses."""
    with transaction.atomic():
        for one in found:
            if one.run is not None:
                record(
                    request,
                    AuditVerb.CONSULTATION,
                    "prediction",
                    one.run.key,
                    user=user,
                    kind=one.run.kind,
                    known=dict(known.given),
                    gate=one.run.gate,
                    rests_on=one.group,
                )
