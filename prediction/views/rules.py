"""The rules that history gives: the groups of the run in use, readable one by one."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from insights.viewer import Viewer
from insights.wording import count, percent
from ledger.access import permit
from prediction import runs
from prediction.features import FEATURES
from prediction.kinds import KINDS, kind_named
from prediction.models import StopGroup
from prediction.stops.answer import Serving, serving_of
from prediction.stops.told import features_of
from prediction.stops.words import StopWords

RULES_A_PAGE = 50


@permit("prediction.view_prediction")
@require_safe
def list_rules(request: HttpRequest) -> HttpResponse:
    """Of one kind and one set of inputs, every group, the largest first."""
    kind = kind_named(request.GET.get("kind", "")) or KINDS[0]
    run = runs.in_use(kind.name)
    context: dict[str, Any] = {
        "kind": kind,
        "kinds": [one for one in KINDS if one.trainer == KINDS[0].trainer],
        "run": run,
    }
    if run is not None and run.gate == "open":
        context |= _rules(request, serving_of(run.pk), kind.family)
    return render(request, "prediction/rules.html", context)


def _rules(request: HttpRequest, run: Serving, family: str) -> dict[str, Any]:
    words, exact = StopWords(), Viewer.of(request.user).exact
    held = StopGroup.objects.filter(run_id=run.pk).exclude(known=0)
    sets = sorted(
        held.order_by().values_list("known", flat=True).distinct(), key=lambda one: (one.bit_count(), one)
    )
    asked = request.GET.get("by", "")
    chosen = int(asked) if asked.isdecimal() and len(asked) < 9 and int(asked) in sets else (sets or [0])[-1]
    groups = held.filter(known=chosen)
    listed = groups.order_by("-stops", "codes") if exact else groups.without_small_counts().in_tens()
    page = Paginator(listed, RULES_A_PAGE).get_page(request.GET.get("page"))
    features = features_of(run.chain, chosen)
    return {
        "page": page,
        "labels": [words.label(family, code) for code in run.classes],
        "sets": [(one, _named(run, one), one == chosen) for one in sets],
        "rows": [
            {
                "name": words.group(features, group.codes),
                "stops": count(group.stops if exact else round(group.stops, -1)),
                "shares": [percent(share if exact else round(share, 2)) for share in group.shares],
            }
            for group in page.object_list
        ],
        "exact": exact,
    }


def _named(run: Serving, known: int) -> str:
    """“Violation and hour”; of a ladder the finest step alone."""
    finest = {FEATURES[name].ladder: FEATURES[name].label for name in features_of(run.chain, known)}
    return ", ".join(finest.values())
