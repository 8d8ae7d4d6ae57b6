"""A look for drift as its reader may see it, and as one HTML file that can be kept and passed on: it needs nothing else to be read."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from prediction.models import DriftReport, DriftState

STYLE = "css/drift-report.css"
TOLD_ROUGHLY = {"psi": "PSI", "base rate": "PSI", "missing": "missing", "calibration": "said and happened"}


def rows_for(report: DriftReport, exact: bool) -> list[dict[str, Any]]:
    """The measures. For whom small counts are hidden persons in tens, figures with two decimals, and no share in words.

    A share of an exact number of stops, or the stops with a value beside all stops, would tell how few lack it.
    """
    return [one | {"decimals": 3} if exact else _roughly(one) for one in report.measures]


def changed_for(report: DriftReport, exact: bool) -> list[dict[str, Any]]:
    """The measures that drift, as their reader may see them."""
    return [one for one in rows_for(report, exact) if one["state"] == DriftState.DRIFT]


def _roughly(one: dict[str, Any]) -> dict[str, Any]:
    label, _, told = one["told"].rpartition(": ")
    few = told.startswith("too few")
    tens = {name: round(one[name], -1) for name in ("reference", "month")}
    words = "too few known to tell" if few else TOLD_ROUGHLY[one["kind"]]
    return one | tens | {"told": f"{label}: {words}", "decimals": 2}


def as_html(report: DriftReport, exact: bool) -> str:
    """The page's table in a page of its own. Its style stands inside it, since the file is read away from the server."""
    path = finders.find(STYLE) or str(settings.BASE_DIR / "static" / STYLE)
    with open(path, encoding="utf-8") as file:
        style = file.read()
    context = {"report": report, "measures": rows_for(report, exact), "version": settings.VERSION}
    body = render_to_string("prediction/drift_report.html", context)
    title = f"Drift of {report.month:%B %Y}"
    return (
        f'<!doctype html>\n<html lang="en-GB"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{style}</style></head>'
        f"<body>{body}</body></html>\n"
    )
