"""The proof of our arithmetic: published figures beside what the shipped functions make of the published counts."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from insights.disparity.figures import MINUS
from insights.fairness.checks import Check, Results, Skipped, as_json, run_checks
from ledger import csvsafe
from ledger.access import permit

COLUMNS = ("name", "source", "theirs", "ours", "tolerance", "passed")


@permit("insights.view_insights")
@require_safe
def show_checks(request: HttpRequest) -> HttpResponseBase:
    """Checks of counts are computed at every look; those that need a whole published file are the command's."""
    results, style = run_checks(), request.GET.get("format", "")
    if style == "json":
        return JsonResponse(as_json(results), json_dumps_params={"ensure_ascii": False})
    if style == "csv":
        rows = ([getattr(check, name) for name in COLUMNS] for check in results.checks)
        return csvsafe.response("fairness-checks.csv", COLUMNS, rows)
    if style:
        return HttpResponse(
            f"“{style[:40]}” is not offered. Choose csv or json.\n",
            status=400,
            content_type="text/plain; charset=utf-8",
        )
    return render(request, "fairness/checks.html", _context(results))


def _context(results: Results) -> dict[str, Any]:
    by_source = groupby(results.checks, key=lambda check: check.source)
    groups = [(*_named(source), [_shown(check) for check in checks]) for source, checks in by_source]
    differences = [
        {"one": one, "theirs": _figure(one.theirs), "ours": _figure(one.ours)} for one in results.differences
    ]
    return {
        "groups": groups,
        "count": len(results.checks),
        "passed": len(results.checks) - results.failed,
        "failed": results.failed,
        "skipped": results.skipped,
        "wanting": _by_file(results.skipped),
        "differences": differences,
    }


def _named(source: str) -> tuple[str, str]:
    """What a heading can hold of a source, and where to find it."""
    name, _, where = source.partition("; ")
    return name, where


def _by_file(skipped: Iterable[Skipped]) -> dict[str, list[str]]:
    """What is not computed, by the file that it waits for."""
    found: dict[str, list[str]] = {}
    for one in skipped:
        found.setdefault(one.missing, []).append(one.name)
    return found


def _shown(check: Check) -> dict[str, Any]:
    names = ("theirs", "ours", "tolerance")
    return {"check": check, **{name: _figure(getattr(check, name)) for name in names}}


def _figure(value: float) -> str:
    """Six figures, thousands apart, never as a power of ten."""
    text = f"{value:,.0f}" if float(value).is_integer() and abs(value) >= 1 else f"{value:.6g}"
    if "e" in text:
        text = f"{Decimal(text):f}"
    return text.replace("-", MINUS)
