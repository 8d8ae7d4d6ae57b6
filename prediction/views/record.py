"""The record of forecasts: every one that was made, with its date, and how right it was when its month was over."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from insights.disparity.presenting import meanings_of
from insights.downloads import FORMATS, download
from insights.viewer import Viewer
from insights.wording import count, percent
from ledger import csvsafe
from ledger.access import permit
from prediction.crime.record.backtests import newest_backtest, shown
from prediction.crime.record.backtests import row as scores_row
from prediction.crime.record.keeping import newest_scores
from prediction.crime.record.plans import kept_plans, newest_plans
from prediction.crime.record.report import report_of
from prediction.crime.telling import figure
from prediction.models import CrimeForecast, CrimeScore

ROWS_A_PAGE = 24
COLUMNS = (
    *(
        "agency",
        "month",
        "areas",
        "made",
        "learned_until",
        "months_ahead",
        "expected",
        "low",
        "high",
        "happened",
    ),
    *(
        "within",
        "deviance",
        "deviance_flat",
        "coverage_cells",
        "coverage_areas",
        "flagged_land",
        "pai",
        "pai_low",
        "pai_high",
        "pei",
        "pei_low",
        "pei_high",
    ),
    *("digest", "scored"),
)


@permit("prediction.view_prediction")
@require_safe
def show_record(request: HttpRequest) -> HttpResponseBase:
    """Forecasts, the newest month first; those whose month is not over say so. All of them as downloads."""
    kept = CrimeForecast.objects.select_related("agency", "run").defer("body", "run__card", "run__metrics")
    style = request.GET.get("format", "")
    if style:
        return _download(request, list(kept), style)
    tested, tests = newest_backtest()
    page = Paginator(kept, ROWS_A_PAGE).get_page(request.GET.get("page"))
    scores = newest_scores(page.object_list)
    forecasts = [_shown(one, scores.get(one.pk)) for one in page.object_list]
    context = {
        "page": page,
        "rows": forecasts,
        "says": _says(),
        "newest": next((one for one in forecasts if one["score"]), None),
        "plans": newest_plans(Viewer.of(request.user)),
        "tested": tested,
        "tests": shown(tests),
        "downloads": {style: f"?format={style}" for style in FORMATS},
    }
    return render(request, "crime/record.html", context)


def _says() -> str:
    """How the scored forecasts did, computed from all of them."""
    scores = list(newest_scores(CrimeForecast.objects.defer("body")).values())
    if not scores:
        return "No month that was forecast is over yet. Each is scored when all its days are covered by imported incidents."
    within = sum(one.figures["within"] for one in scores)
    better = sum(one.figures["deviance"] < one.figures["deviance_flat"] for one in scores)
    told = [one.figures["pai"] for one in scores if one.figures["pai"] is not None]
    pai = (
        f" Flagged areas held {figure(sum(told) / len(told))} times their share of the land's incidents (mean PAI)."
        if told
        else ""
    )
    return (
        f"Of {count(len(scores))} scored forecasts the month's total lay in the 95% interval in {count(within)}, and the hours told more "
        f"than every hour alike in {count(better)}.{pai}"
    )


def _shown(one: CrimeForecast, score: CrimeScore | None) -> dict[str, Any]:
    row: dict[str, Any] = {"forecast": one, "score": score, "month": f"{one.month:%B %Y}"}
    if score is None:
        return row
    found = score.figures
    return row | {
        **scores_row(found | {"month": row["month"]}),
        "groups": [
            {
                "name": group["group"],
                "areas": count(group["areas"]),
                "expected": "–" if group["expected"] is None else percent(group["expected"]),
                "happened": "–" if group["happened"] is None else percent(group["happened"]),
                "flagged": count(group["flagged"]),
            }
            for group in found["groups"]
        ],
    }


def _download(request: HttpRequest, kept: list[CrimeForecast], style: str) -> HttpResponseBase:
    scores = newest_scores(kept)
    rows = [_row(one, scores.get(one.pk)) for one in kept]
    if style == "csv" and "table" not in request.GET:
        values = ([row[name] for name in COLUMNS] for row in rows)
        return csvsafe.response("crime-record.csv", list(COLUMNS), values)
    plans, tests = kept_plans(Viewer.of(request.user)), newest_backtest()[1]
    found = report_of(_says(), COLUMNS, rows, tests, plans)
    if style == "json":
        told = {
            "forecasts": rows,
            "plans": plans,
            "backtests": tests,
            "definitions": dict(meanings_of(found)),
        }
        return JsonResponse(told, json_dumps_params={"ensure_ascii": False})
    return download(request, "crime", "record", "Record of forecasts and plans", found, style)


def _row(one: CrimeForecast, score: CrimeScore | None) -> dict[str, Any]:
    figures: dict[str, Any] = score.figures if score else {}
    row = {
        "agency": one.agency.name,
        "month": f"{one.month:%Y-%m}",
        "areas": one.kind,
        "made": one.made_at.isoformat(timespec="seconds"),
        "learned_until": one.learned_until.isoformat(),
        "months_ahead": one.months_ahead,
        "digest": one.digest,
        "scored": score.at.isoformat(timespec="seconds") if score else None,
    }
    return {name: row[name] if name in row else figures.get(name) for name in COLUMNS}
