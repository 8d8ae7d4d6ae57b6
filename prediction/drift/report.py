"""A look for drift as one HTML file that can be kept and passed on: it needs nothing else to be read."""

from __future__ import annotations

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from prediction.models import DriftReport

STYLE = "css/drift-report.css"


def as_html(report: DriftReport) -> str:
    """The page's table in a page of its own. Its style stands inside it, since the file is read away from the server."""
    path = finders.find(STYLE) or str(settings.BASE_DIR / "static" / STYLE)
    with open(path, encoding="utf-8") as file:
        style = file.read()
    body = render_to_string("prediction/drift_report.html", {"report": report, "version": settings.VERSION})
    title = f"Drift of {report.month:%B %Y}"
    return (
        f'<!doctype html>\n<html lang="en-GB"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{style}</style></head>'
        f"<body>{body}</body></html>\n"
    )
