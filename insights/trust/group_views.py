"""The page of groups of respondents, where a survey tells them apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from insights.downloads import download
from insights.filters import FilterError
from insights.trust import drawings, groups
from insights.trust.asked import PageForm
from insights.trust.bands import MOST_ASKED
from insights.trust.groups import LEAST_ASKED, ByGroup
from insights.trust.views import nothing, page_of, redirect_if_long, refuse
from ledger.access import permit

FEW = f"Write a whole number, {LEAST_ASKED} at least: below that a gap in one area says next to nothing."


class GroupForm(PageForm):
    """Left out: the newest period's first measure, White British, nothing assumed of the number asked."""

    measure = forms.ChoiceField(label="Measure", required=False)
    reference = forms.ChoiceField(label="Compared with", required=False)
    asked = forms.IntegerField(
        label="People asked, of each group in an area",
        required=False,
        min_value=LEAST_ASKED,
        max_value=MOST_ASKED,
        error_messages={"invalid": FEW, "min_value": FEW},
    )

    def __init__(self, data: Mapping[str, Any], found: Sequence[ByGroup]) -> None:
        self.found = groups.chosen(found, str(data.get("measure", "")))
        super().__init__(
            data, {"measure": self.found.asked.slug, "reference": groups.reference_of(self.found)}
        )
        self.offer("measure", groups.as_choices(found))
        self.offer("reference", [(one, one) for one in self.found.groups])

    def read(self) -> tuple[ByGroup, str, int | None]:
        """What was measured, the reference group, and the number assumed. Raises `FilterError`."""
        told = self.checked()
        return self.found, told["reference"], told.get("asked")


@permit("insights.view_insights")
@require_safe
def show_groups(request: HttpRequest) -> HttpResponseBase:
    """Gaps between groups of respondents: on average over areas, by borough, in every area."""
    if short := redirect_if_long(request):
        return short
    every = groups.by_groups()
    if not every:
        return nothing(request, "groups", groups.NOTHING)
    form = GroupForm(request.GET.dict(), every)
    try:
        found, reference, asked = form.read()
    except FilterError as error:
        return refuse(request, "groups", form, error)
    report = groups.report(found, every, reference, asked)
    if style := request.GET.get("format", ""):
        return download(request, "trust", "groups", f"{found.asked.measure}, by group", report, style)
    context = page_of(request, "groups", report, form) | {
        "found": found,
        "plot": drawings.dot_plot(groups.dots(every, reference)),
        "legend": groups.legend(every),
        "reference": reference,
        "shares": groups.shares_in_words(found),
    }
    return render(request, "trust/groups.html", context)
